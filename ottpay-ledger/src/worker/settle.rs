//! Settles orders by a person's decision, where no query can.

use ottpay::Amount;
use ottpay::spec::Role;

use super::columns::unreadable_row;
use super::committing::commit;
use super::fold::{add_to_payment, fold_order};
use super::offer::withdraw_offers;
use super::reserve::{release_reference, reserve_reference};
use super::verdict::Verdict;
use crate::db::Txn;
use crate::ledger::Ledger;
use crate::row::{parse_role, parse_state};
use crate::state::State;
use crate::store::{StoreError, Value};
use crate::told::Told;

/// Why a verdict was rejected.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettleError {
    /// No order, Checkout page or refund has this id.
    #[error("no order, Checkout page or refund has the id `{0}`")]
    NotFound(String),
    /// Several merchants of the ledger have an order with this id.
    #[error("several merchants have an order `{0}`: open the ledger with the client of one of them")]
    Ambiguous(String),
    /// The verdict does not fit: payments and refunds have different ones.
    #[error("verdict `{verdict}` does not apply to {}", if *is_refund { "a refund" } else { "a payment" })]
    OtherRole {
        /// The verdict.
        verdict: Verdict,
        /// Whether the id is that of a refund.
        is_refund: bool,
    },
    /// There is nothing to decide, or the order is in progress.
    #[error("an order in state {state} cannot be settled: {}", state.what_to_do())]
    NotOpen {
        /// The state of the order.
        state: State,
    },
    /// The amount or currency of the request is unknown, so the paid amount is unknown.
    #[error("the request states no amount or currency: settle with the amount that was received")]
    NoAmount,
    /// A refund of the payment has not ended. Settle the refund first.
    #[error("refund `{id}` of this payment has not ended: settle it first")]
    RefundInFlight {
        /// The refund.
        id: String,
    },
    /// The name of the person or the reason is missing; both are stored with a verdict.
    #[error("expected a name and a reason, found an empty string")]
    Unexplained,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Ledger {
    /// Settles an order, Checkout page or refund that the gateway's answers do not settle: a person has checked and
    /// decided.
    ///
    /// The verdict is stored with who decided and why. It is never handed over as an event, and the worker queries the
    /// order again only after a callback. A worker or claimant that holds the order loses its hold. If a person decided
    /// that an order is not paid and the gateway later reports money, [`Alert::Decide`](crate::Alert::Decide) is
    /// raised, and the verdict remains until a person settles the order again.
    ///
    /// What the gateway has settled cannot be changed: paid, given back and refunded orders stay as they are. A
    /// reversed payment, a second payment, and an order that ended or lapsed without payment can be settled.
    ///
    /// # Errors
    /// [`SettleError`].
    pub async fn settle(&self, id: &str, verdict: Verdict, by: &str, why: &str) -> Result<(), SettleError> {
        if by.trim().is_empty() || why.trim().is_empty() {
            return Err(SettleError::Unexplained);
        }
        let mut txn = self.0.db.begin().await?;
        let order = lock_row(&mut txn, id).await?;
        // A claim that was completed meanwhile counts; after this, no other claim can be completed.
        withdraw_offers(&mut txn, &order.merchant, id).await?;
        fold_order(&mut txn, &order.merchant, id).await?;
        // Folding may have changed the row.
        let order = lock_row(&mut txn, id).await?;
        if verdict.is_of_refund() != order.is_refund {
            return Err(SettleError::OtherRole { verdict, is_refund: order.is_refund });
        }
        if !may_be_settled(order.state, verdict) {
            return Err(SettleError::NotOpen { state: order.state });
        }
        if order.is_refund {
            settle_refund(&mut txn, &order, id, verdict).await?;
        } else {
            settle_payment(&mut txn, &order, id, verdict).await?;
        }
        record_verdict(&mut txn, &order.merchant, id, verdict, by, why).await?;
        // If the answer to the commit is lost, the state of the order shows the result. Deciding twice changes nothing
        // more.
        commit(txn).await?;
        self.0.wake.notify_one();
        Ok(())
    }
}

/// Whether a person may decide about an order in this state. While a request is being sent, or if it was never carried
/// out, there is nothing to decide. A request that is yet to be sent is cancelled by the verdict that no money moved.
fn may_be_settled(state: State, verdict: Verdict) -> bool {
    match state {
        State::Conflict
        | State::Open
        | State::Unpayable
        | State::Unknown
        | State::PaidAgain
        | State::Reserved
        | State::Reversed
        | State::Ended
        | State::Mismatch
        | State::Unconfirmed
        | State::Unresolved
        | State::Lapsed
        | State::RefundFailed
        | State::Settled => true,
        State::Noted => matches!(verdict, Verdict::NotPaid | Verdict::NotRefunded),
        State::Sending | State::NotSent | State::Refused | State::Paid | State::GivenBack | State::Refunded => false,
    }
}

struct Row {
    merchant: String,
    is_refund: bool,
    state: State,
    reference: String,
    original: Option<String>,
    amount: Option<Amount>,
    currency: Option<String>,
    paid: Option<Amount>,
    refunded: Amount,
    told: Option<String>,
}

async fn lock_row(txn: &mut Txn, id: &str) -> Result<Row, SettleError> {
    let sql = "SELECT merchant, role, state, reference, original, amount, currency, paid, refunded, told
         FROM {orders} WHERE id = $1 {lock}";
    let rows = txn.query(sql, &[id.into()]).await?;
    let row = match &rows[..] {
        [row] => row,
        [] => return Err(SettleError::NotFound(id.to_owned())),
        _ => return Err(SettleError::Ambiguous(id.to_owned())),
    };
    let read = || {
        Ok::<_, StoreError>(Row {
            merchant: row.get(0)?,
            is_refund: parse_role(&row.get::<String>(1)?)? == Role::Refund,
            state: parse_state(&row.get::<String>(2)?)?,
            reference: row.get(3)?,
            original: row.get(4)?,
            amount: row.get(5)?,
            currency: row.get(6)?,
            paid: row.get(7)?,
            refunded: row.get(8)?,
            told: row.get(9)?,
        })
    };
    Ok(read()?)
}

async fn settle_payment(txn: &mut Txn, order: &Row, id: &str, verdict: Verdict) -> Result<(), SettleError> {
    let sql = "SELECT id FROM {orders} WHERE merchant = $1 AND original = $2 AND ended_at IS NULL";
    if let Some(refund) = txn.query_first(sql, &[order.merchant.as_str().into(), id.into()]).await? {
        return Err(SettleError::RefundInFlight { id: refund.get(0).map_err(StoreError::from)? });
    }
    // A verdict never changes what was reported as paid, only what is left of it.
    let paid = match verdict {
        Verdict::PaidAmount(amount) => Some(amount),
        Verdict::Paid => Some(order.paid.or(order.amount).ok_or(SettleError::NoAmount)?),
        _ => order.paid,
    };
    let is_paid = matches!(verdict, Verdict::Paid | Verdict::PaidAmount(_));
    if is_paid && order.currency.is_none() {
        return Err(SettleError::NoAmount);
    }
    let (refunded, told) = refunded_after(order, paid, is_paid)?;
    let sql = "UPDATE {orders} SET paid = CAST($3 AS BIGINT), paid_currency = COALESCE(paid_currency, $4),
                   refunded = $5, told = $6
               WHERE merchant = $1 AND id = $2";
    let minor = paid.map(Value::try_from).transpose().map_err(StoreError::from)?.unwrap_or(Value::Null);
    let currency = order.currency.clone().filter(|_| paid.is_some());
    let refunded = refunded.try_into().map_err(StoreError::from)?;
    let values = [order.merchant.as_str().into(), id.into(), minor, currency.into(), refunded, told.into()];
    txn.execute(sql, &values).await?;
    if is_paid {
        // If another order already pays the reference, this one is a second payment.
        let _other = reserve_reference(txn, &order.merchant, &order.reference, id).await?;
    } else {
        release_reference(txn, &order.merchant, &order.reference, id).await?;
    }
    close(txn, order, id, State::Settled).await
}

/// Returns the refunded total after a verdict, and the value of the `told` column. The verdict that nothing is left
/// counts the whole payment as refunded. A verdict that corrects it restores the earlier total.
fn refunded_after(order: &Row, paid: Option<Amount>, is_paid: bool) -> Result<(Amount, Option<String>), StoreError> {
    let mut told: Told = match &order.told {
        Some(told) => serde_json::from_str(told).map_err(|_| unreadable_row())?,
        None => Told::default(),
    };
    let before = told.refunded_before.take().map_or(order.refunded, Amount::from_minor);
    let refunded = if is_paid {
        before
    } else {
        told.refunded_before = Some(before.minor());
        paid.unwrap_or(Amount::ZERO)
    };
    Ok((refunded, Some(serde_json::to_string(&told).map_err(|_| unreadable_row())?)))
}

async fn settle_refund(txn: &mut Txn, order: &Row, id: &str, verdict: Verdict) -> Result<(), SettleError> {
    let state = if verdict == Verdict::Refunded { State::Refunded } else { State::Settled };
    if state == State::Refunded {
        add_to_payment(txn, &order.merchant, order.original.as_deref(), order.amount).await?;
    }
    close(txn, order, id, state).await
}

/// Ends the order. Raising `turn` fences off a worker that holds it.
async fn close(txn: &mut Txn, order: &Row, id: &str, state: State) -> Result<(), SettleError> {
    let sql = "UPDATE {orders} SET state = $3, ended_at = {now}, next_at = NULL, turn = turn + 1,
                   turn_until = NULL, tries = 0, failing_since = NULL, failure = NULL, parked_at = NULL
               WHERE merchant = $1 AND id = $2";
    txn.execute(sql, &[order.merchant.as_str().into(), id.into(), state.as_str().into()]).await?;
    Ok(())
}

async fn record_verdict(
    txn: &mut Txn,
    merchant: &str,
    id: &str,
    verdict: Verdict,
    by: &str,
    why: &str,
) -> Result<(), SettleError> {
    let sql = "INSERT INTO {verdicts} (merchant, id, verdict, decided_by, why, decided_at) VALUES ($1, $2, $3, $4, $5, {now})";
    let values = [merchant.into(), id.into(), verdict.to_string().into(), by.trim().into(), why.trim().into()];
    txn.execute(sql, &values).await?;
    Ok(())
}
