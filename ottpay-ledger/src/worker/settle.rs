//! Settles what no query settles: a person has decided.

use ottpay::Amount;
use ottpay::spec::Role;

use super::columns::unreadable;
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

/// Why a verdict was not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettleError {
    /// There is no such order.
    #[error("there is no order, Checkout page or refund `{0}`")]
    NotFound(String),
    /// Several merchants of the ledger have one.
    #[error("several merchants have an order `{0}`: open the ledger with the client of one of them")]
    Ambiguous(String),
    /// Refunds have verdicts of their own.
    #[error("`{verdict}` is not a verdict about {}", if *is_refund { "a refund" } else { "a payment" })]
    OtherRole {
        /// What was decided.
        verdict: Verdict,
        /// Whether the id is that of a refund.
        is_refund: bool,
    },
    /// Nothing is left to decide, or it is under way.
    #[error("an order that is {state} is not settled by a person: {}", state.what_to_do())]
    NotOpen {
        /// Where it is.
        state: State,
    },
    /// The order's currency or amount is not known, so it is not known what was paid.
    #[error("the request states no amount: say which was received")]
    NoAmount,
    /// A refund of the payment has no end. Decide about it first.
    #[error("the refund `{id}` of this payment has no end yet: settle it first")]
    RefundInFlight {
        /// The refund.
        id: String,
    },
    /// A verdict is kept with who decided and why.
    #[error("say who decides and why")]
    Unexplained,
    /// The store cannot do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Ledger {
    /// Settles an order, Checkout page or refund that the gateway's answers do not settle: a person has looked and decided. The
    /// verdict is kept with who decided and why. The worker asks about it only after a callback, and nothing of it is handed
    /// over; a worker or claimant that has it at the moment loses it. If it was called not paid and the gateway then names
    /// money, [`Alert::Decide`](crate::Alert::Decide) tells of it, and the verdict stays until a person settles it anew.
    ///
    /// What the gateway has settled is not for a person: paid, given back and refunded stay. A reversed payment, a second one,
    /// and one that ended or lapsed without payment may be settled.
    ///
    /// # Errors
    /// [`SettleError`].
    pub async fn settle(&self, id: &str, verdict: Verdict, by: &str, why: &str) -> Result<(), SettleError> {
        if by.trim().is_empty() || why.trim().is_empty() {
            return Err(SettleError::Unexplained);
        }
        let mut txn = self.0.db.begin().await?;
        let order = lock(&mut txn, id).await?;
        // What has been completed elsewhere counts, and what has not is completed no more.
        withdraw_offers(&mut txn, &order.merchant, id).await?;
        fold_order(&mut txn, &order.merchant, id).await?;
        let order = lock(&mut txn, id).await?;
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
        keep(&mut txn, &order.merchant, id, verdict, by, why).await?;
        // A commit whose answer is lost is seen in the order's state; deciding twice changes nothing more.
        commit(txn).await?;
        self.0.wake.notify_one();
        Ok(())
    }
}

/// What a person may decide about. What is being sent, or was never carried out, has nothing to decide; what is yet to be sent
/// is given up by the verdict that nothing has moved.
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

async fn lock(txn: &mut Txn, id: &str) -> Result<Row, SettleError> {
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
    // What was reported as paid is not changed by somebody's word, only what is left of it.
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
        // If another order is the payment already, this one is a second one.
        let _other = reserve_reference(txn, &order.merchant, &order.reference, id).await?;
    } else {
        release_reference(txn, &order.merchant, &order.reference, id).await?;
    }
    close(txn, order, id, State::Settled).await
}

/// How much has been given back, as the verdict says, and the column `told`. A verdict that nothing is left counts all of it; one
/// that corrects it goes back to what was known before.
fn refunded_after(order: &Row, paid: Option<Amount>, is_paid: bool) -> Result<(Amount, Option<String>), StoreError> {
    let mut told: Told = match &order.told {
        Some(told) => serde_json::from_str(told).map_err(|_| unreadable())?,
        None => Told::default(),
    };
    let before = told.refunded_before.take().map_or(order.refunded, Amount::from_minor);
    let refunded = if is_paid {
        before
    } else {
        told.refunded_before = Some(before.minor());
        paid.unwrap_or(Amount::ZERO)
    };
    Ok((refunded, Some(serde_json::to_string(&told).map_err(|_| unreadable())?)))
}

async fn settle_refund(txn: &mut Txn, order: &Row, id: &str, verdict: Verdict) -> Result<(), SettleError> {
    let state = if verdict == Verdict::Refunded { State::Refunded } else { State::Settled };
    if state == State::Refunded {
        add_to_payment(txn, &order.merchant, order.original.as_deref(), order.amount).await?;
    }
    close(txn, order, id, state).await
}

/// Ends the order, and whatever is under way with it.
async fn close(txn: &mut Txn, order: &Row, id: &str, state: State) -> Result<(), SettleError> {
    let sql = "UPDATE {orders} SET state = $3, ended_at = {now}, next_at = NULL, turn = turn + 1,
                   turn_until = NULL, tries = 0, failing_since = NULL, failure = NULL, parked_at = NULL
               WHERE merchant = $1 AND id = $2";
    txn.execute(sql, &[order.merchant.as_str().into(), id.into(), state.as_str().into()]).await?;
    Ok(())
}

async fn keep(
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
