//! The conditions under which a payment may be refunded.

use ottpay::payment::{Confirmed, Tracked};
use ottpay::{Amount, Client};

use crate::db::Txn;
use crate::ledger::Inner;
use crate::lock::lock_order;
use crate::note::Note;
use crate::row::{parse_state, parse_tracked};
use crate::send_error::SendError;
use crate::state::State;
use crate::store::StoreError;
use crate::worker::fold::fold_order;

/// Queries how much of the payment has been refunded, after the refund was noted and before it is sent. If the refund's
/// reply is lost, a total that has since risen by exactly its amount shows that it succeeded.
pub(crate) async fn find_refunded_before(
    inner: &Inner,
    client: &Client,
    refund: &Tracked,
    original: &str,
) -> Result<Option<Amount>, SendError> {
    let payment = find_payment(inner, refund.merchant_id(), original).await?;
    let payment = payment.ok_or(SendError::NotRefundable("the ledger has no such payment"))?;
    match client.confirm(&payment).await {
        Ok(Confirmed::Paid(payment)) => Ok(payment.refunded().map(|refunded| refunded.amount())),
        Ok(Confirmed::GivenBack(_)) => Err(SendError::NotRefundable("all of the payment has already been refunded")),
        // A total that the gateway does not state is not recorded. The note has already checked that the payment
        // exists.
        Ok(_) => Ok(None),
        // The total is the best proof if the reply is lost, so it is worth waiting for, unless waiting cannot help.
        Err(error) if error.is_transient() => Err(SendError::NotAsked(error)),
        Err(_) => Ok(None),
    }
}

async fn find_payment(inner: &Inner, merchant: &str, id: &str) -> Result<Option<Tracked>, SendError> {
    let find = async {
        let mut txn = inner.db.begin().await?;
        let sql = "SELECT tracked FROM {orders} WHERE merchant = $1 AND id = $2 AND original IS NULL";
        let row = txn.query_first(sql, &[merchant.into(), id.into()]).await?;
        row.map(|row| parse_tracked(&row.get::<String>(0)?)).transpose()
    };
    find.await.map_err(SendError::NotNoted)
}

/// Checks, in the transaction that notes a refund, that the payment exists, that enough of it is left, and that none of
/// its other refunds is unfinished. The payment's row stays locked until the commit, so two refunds cannot both pass
/// the check.
pub(crate) async fn check_refund(txn: &mut Txn, note: &Note) -> Result<(), SendError> {
    let Some(original) = &note.original else { return Ok(()) };
    let (merchant, own) = (note.tracked.merchant_id(), note.tracked.id());
    let asked = note.tracked.amount().ok_or(SendError::NotRefundable("the refund states no amount"))?;
    // Lock the refund before the payment, in the same order as a worker: otherwise the two could deadlock.
    lock_order(txn, merchant, own).await.map_err(SendError::NotNoted)?;
    let payment = lock_payment(txn, merchant, original).await.map_err(SendError::NotNoted)?;
    let (state, left) = payment.ok_or(SendError::NotRefundable("the ledger has no such payment"))?;
    let left = match (state, left) {
        // If a person settled the order as not paid or as given back, all of it counts as refunded, and nothing is
        // left.
        (State::Paid | State::PaidAgain | State::Settled, Some(left)) => left,
        _ => return Err(SendError::NotRefundable("the ledger has not recorded it as paid")),
    };
    if let Some(id) = find_in_flight(txn, merchant, original, own).await.map_err(SendError::NotNoted)? {
        return Err(SendError::RefundInFlight { id });
    }
    if asked > left { Err(SendError::RefundTooLarge { asked, left }) } else { Ok(()) }
}

/// Locks a payment. Returns its state and the amount that is left of it, or `None` if it does not exist.
async fn lock_payment(txn: &mut Txn, merchant: &str, id: &str) -> Result<Option<(State, Option<Amount>)>, StoreError> {
    let key = || [merchant.into(), id.into()];
    let sql = "SELECT 1 FROM {orders} WHERE merchant = $1 AND id = $2 AND original IS NULL {lock}";
    if txn.query_first(sql, &key()).await?.is_none() {
        return Ok(None);
    }
    // A completed claim may not have been folded into the row yet.
    fold_order(txn, merchant, id).await?;
    let sql = "SELECT state, paid, refunded FROM {orders} WHERE merchant = $1 AND id = $2";
    let Some(row) = txn.query_first(sql, &key()).await? else { return Ok(None) };
    let (paid, refunded) = (row.get::<Option<Amount>>(1)?, row.get::<Amount>(2)?);
    let left = paid.map(|paid| paid.checked_sub(refunded).unwrap_or(Amount::ZERO));
    Ok(Some((parse_state(&row.get::<String>(0)?)?, left)))
}

/// Finds another refund of the payment that has not ended.
async fn find_in_flight(
    txn: &mut Txn,
    merchant: &str,
    original: &str,
    own: &str,
) -> Result<Option<String>, StoreError> {
    let sql = "SELECT id FROM {orders} WHERE merchant = $1 AND original = $2 AND ended_at IS NULL AND id <> $3";
    let row = txn.query_first(sql, &[merchant.into(), original.into(), own.into()]).await?;
    row.map(|row| Ok(row.get(0)?)).transpose()
}
