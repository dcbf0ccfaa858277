//! The row of an order, written before anything is sent.

use std::time::Duration;

use ottpay::payment::Tracked;
use ottpay::request::Request;
use ottpay::spec::{Moves, Role};

use crate::db::Txn;
use crate::hint::adopt_strays;
use crate::lock::lock_order;
use crate::reference::Reference;
use crate::row::{parse_state, parse_tracked, role_word};
use crate::state::State;
use crate::store::{StoreError, StoreErrorKind, Value};
use crate::time::millis;
use crate::worker::fold::fold_order;
use crate::worker::offer::withdraw_offers;

/// The record of a request.
pub(crate) struct Note {
    pub(crate) tracked: Tracked,
    pub(crate) reference: Reference,
    /// For a refund: the id of the payment that it refunds.
    pub(crate) original: Option<String>,
}

impl Note {
    pub(crate) fn for_request<R: Request>(request: &R, tracked: Tracked, reference: &Reference) -> Self {
        let original = request.values().role(Role::OriginalOrder).map(str::to_owned);
        Self { tracked, reference: reference.clone(), original }
    }

    /// Notes a link or parameters for the vendor's SDK. The buyer's device sends them, not this program.
    pub(crate) fn for_link(tracked: Tracked, reference: &Reference) -> Self {
        Self { tracked, reference: reference.clone(), original: None }
    }

    pub(crate) fn is_at_once(&self) -> bool {
        self.tracked.moves() == Moves::AtOnce
    }
}

/// How an order begins.
pub(crate) enum Beginning<'a> {
    /// The worker sends it.
    ByWorker {
        /// The serialized request.
        request: &'a str,
    },
    /// It is sent as soon as the transaction is committed. Its reply arrives within this time, or never.
    Sent {
        /// The time limit.
        within: Duration,
        /// Distinguishes this attempt from others that note the same id.
        token: &'a str,
    },
    /// It was handed to the buyer.
    GivenOut,
}

impl Beginning<'_> {
    fn state(&self) -> State {
        match self {
            Self::ByWorker { .. } => State::Noted,
            Self::Sent { .. } => State::Sending,
            Self::GivenOut => State::Open,
        }
    }

    fn request(&self) -> Option<&str> {
        match self {
            Self::ByWorker { request } => Some(request),
            Self::Sent { .. } | Self::GivenOut => None,
        }
    }

    fn time_limit(&self) -> Option<i64> {
        match self {
            Self::Sent { within, .. } => Some(millis(*within)),
            Self::ByWorker { .. } | Self::GivenOut => None,
        }
    }

    fn token(&self) -> Option<&str> {
        match self {
            Self::Sent { token, .. } => Some(token),
            Self::ByWorker { .. } | Self::GivenOut => None,
        }
    }
}

/// Inserts the row, unless the id exists. In that case it locks the existing row and returns its state.
pub(crate) async fn insert(txn: &mut Txn, note: &Note, beginning: &Beginning<'_>) -> Result<Option<State>, StoreError> {
    let Note { tracked, reference, original } = note;
    let merchant = Value::from(tracked.merchant_id());
    let sql = "INSERT INTO {references} (merchant, reference) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    txn.execute(sql, &[merchant.clone(), reference.into()]).await?;
    // `CAST` tells PostgreSQL the type of values that may be NULL, because a NULL parameter is a `text`. A request that
    // is being sent is due when its time limit passes, so it is followed even if no result is ever stored.
    let sql =
        "INSERT INTO {orders} (merchant, id, role, action, reference, original, amount, currency, tracked, request,
                   noted_at, sends, sending_until, state, next_at, alive_at, send_token)
               VALUES ($1, $2, $3, $4, $5, $6, CAST($7 AS BIGINT), $8, $9, $10, {now}, $11,
                   {now} + CAST($12 AS BIGINT), $13, {now} + COALESCE(CAST($12 AS BIGINT), 0), {now}, $14)
               ON CONFLICT (merchant, id) DO NOTHING";
    let amount = tracked.amount().map(Value::try_from).transpose()?;
    let sends = if matches!(beginning, Beginning::Sent { .. }) { 1 } else { 0 };
    let values = [
        merchant,
        tracked.id().into(),
        role_word(tracked.own_role()).into(),
        tracked.method().into(),
        reference.into(),
        original.clone().into(),
        amount.unwrap_or(Value::Null),
        tracked.currency().map(|currency| currency.code().to_owned()).into(),
        tracked.to_json().into(),
        beginning.request().into(),
        Value::Int(sends),
        beginning.time_limit().into(),
        beginning.state().as_str().into(),
        beginning.token().into(),
    ];
    if txn.execute(sql, &values).await? == 1 {
        adopt_strays(txn, tracked.merchant_id(), tracked.id()).await?;
        return Ok(None);
    }
    lock_order(txn, tracked.merchant_id(), tracked.id()).await?;
    let (state, _) = read_noted(txn, tracked.merchant_id(), tracked.id()).await?;
    Ok(Some(state))
}

/// Locks an order and withdraws its offers, so that no event of an earlier attempt can be completed any more. This
/// waits for a completion that is being committed; therefore only the returned state decides whether the id may be sent
/// again.
pub(crate) async fn fence_off(txn: &mut Txn, merchant: &str, id: &str) -> Result<(State, Tracked), StoreError> {
    lock_order(txn, merchant, id).await?;
    withdraw_offers(txn, merchant, id).await?;
    read_noted(txn, merchant, id).await
}

/// Reads an order whose row is locked.
async fn read_noted(txn: &mut Txn, merchant: &str, id: &str) -> Result<(State, Tracked), StoreError> {
    // A completed claim may not have been folded into the row yet.
    fold_order(txn, merchant, id).await?;
    let sql = "SELECT state, tracked FROM {orders} WHERE merchant = $1 AND id = $2";
    let gone = || StoreError::new(StoreErrorKind::Serialization, "the order was deleted in the meantime");
    let row = txn.query_first(sql, &[merchant.into(), id.into()]).await?.ok_or_else(gone)?;
    Ok((parse_state(&row.get::<String>(0)?)?, parse_tracked(&row.get::<String>(1)?)?))
}

/// Notes that the same id is sent again, because no earlier attempt reached the gateway or was carried out. Call
/// [`fence_off`] first: it reads the state that this decision needs. Raising `turn` fences off a worker that holds the
/// order, because it only knows the earlier request.
pub(crate) async fn send_again(txn: &mut Txn, note: &Note, within: Duration, token: &str) -> Result<(), StoreError> {
    let Note { tracked, reference, original } = note;
    let sql = "UPDATE {orders} SET state = $3, sends = sends + 1, sending_until = {now} + $4, next_at = {now} + $4,
                   tracked = $5, reference = $6, original = $7, amount = CAST($8 AS BIGINT), currency = $9, action = $10,
                   role = $11, send_token = $12, ended_at = NULL, alive_at = {now}, turn = turn + 1, turn_until = NULL,
                   tries = 0, failing_since = NULL, failure = NULL, parked_at = NULL
               WHERE merchant = $1 AND id = $2";
    let amount = tracked.amount().map(Value::try_from).transpose()?;
    let values = [
        tracked.merchant_id().into(),
        tracked.id().into(),
        State::Sending.as_str().into(),
        Value::Int(millis(within)),
        tracked.to_json().into(),
        reference.into(),
        original.clone().into(),
        amount.unwrap_or(Value::Null),
        tracked.currency().map(|currency| currency.code().to_owned()).into(),
        tracked.method().into(),
        role_word(tracked.own_role()).into(),
        token.into(),
    ];
    txn.execute(sql, &values).await?;
    Ok(())
}
