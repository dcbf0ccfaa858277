//! Pays a reference with one order at a time: opening the page again shows the first link.

use std::sync::Arc;
use std::time::Duration;

use ottpay::payment::{Trackable, Tracked};
use ottpay::reply::Received;
use ottpay::request::{InvalidRequest, Write};
use ottpay::spec::{ActionInfo, Role};
use ottpay::{CheckoutId, Client, Error, OrderId};

use crate::db::Txn;
use crate::given::{is_stored_whole, read_given, write_given};
use crate::ledger::{Inner, Ledger};
use crate::note::Note;
use crate::offer::Offer;
use crate::reference::Reference;
use crate::row::{parse_state, parse_tracked};
use crate::send::{claim_id, go_on, sending_limit};
use crate::send_error::SendError;
use crate::state::State;
use crate::store::StoreError;

/// A type of id that a shop gives to what it sells: [`OrderId`], or [`CheckoutId`] for a Checkout page.
pub trait NewId: private::Sealed {
    /// Creates a random id, which is unique for all practical purposes.
    fn random() -> Self;
}

mod private {
    pub trait Sealed {}

    impl Sealed for super::OrderId {}

    impl Sealed for super::CheckoutId {}
}

impl NewId for OrderId {
    fn random() -> Self {
        Self::random()
    }
}

impl NewId for CheckoutId {
    fn random() -> Self {
        Self::random()
    }
}

/// What already pays a reference, or may still do so.
enum Earlier {
    /// No order blocks a new one.
    Nothing,
    /// The request of another order is in progress.
    Underway { id: String, state: State },
    /// An order has an end that forbids another order, or has not ended.
    InTheWay { id: String, state: State },
    /// The buyer can still pay this order.
    Open { tracked: Box<Tracked>, given: String },
}

impl Ledger {
    /// Returns what the buyer needs to pay a reference: the link of its open order, or of a new order, which is sent as
    /// by [`send`](Self::send). A buyer who opens the page twice therefore does not get two orders that could both be
    /// paid.
    ///
    /// `make` builds the request with the given id. A new order is sent only if, according to the gateway, none of the
    /// reference's earlier orders can be paid any more. Otherwise the error names the order that prevents it.
    ///
    /// # Errors
    /// [`SendError`]; among others [`InTheWay`](SendError::InTheWay) if the reference is paid, and
    /// [`OtherRequest`](SendError::OtherRequest) if its open order has another amount or action.
    pub async fn pay<I, R>(
        &self,
        of: &Reference,
        make: impl Fn(I) -> Result<R, InvalidRequest>,
    ) -> Result<Offer, SendError>
    where
        I: NewId,
        R: Write + Trackable,
        R::Reply: AsRef<Received>,
    {
        // All rounds share one id, because only the round that sends the request uses it.
        let request = make(I::random())?;
        let note = || Note::for_request(&request, request.tracked(), of);
        let client = self.0.check_caller(&request.tracked())?.clone();
        if note().original.is_some() || note().is_at_once() {
            return Err(SendError::NotByBuyer);
        }
        let info = request.values().info();
        // The request that is in the way was noted by an earlier call, and ends within the same time limit.
        let patience = tokio::time::Instant::now() + sending_limit(&client);
        loop {
            let (inner, client, note, sending) = (Arc::clone(&self.0), client.clone(), note(), client.send(&request));
            match go_on(async move { inner.try_pay(&client, note, sending, info).await }).await? {
                Tried::Offered(offer) => return Ok(offer),
                Tried::Underway { id, state } if tokio::time::Instant::now() >= patience => {
                    return Err(SendError::InTheWay { id, state });
                }
                // Usually the same buyer clicked twice. Waiting lets the second click show the first one's link.
                Tried::Underway { .. } => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }
}

/// How an attempt to pay a reference ended.
enum Tried {
    Offered(Offer),
    /// Another request of the reference is in progress.
    Underway {
        id: String,
        state: State,
    },
}

impl Inner {
    async fn try_pay<R: AsRef<Received>>(
        &self,
        client: &Client,
        note: Note,
        sending: impl Future<Output = Result<R, Error>>,
        info: &'static ActionInfo,
    ) -> Result<Tried, SendError> {
        let mut txn = self.db.begin().await.map_err(SendError::NotNoted)?;
        match find_earlier(&mut txn, &note).await.map_err(SendError::NotNoted)? {
            Earlier::Nothing => {
                let underway = claim_id(&mut txn, note, sending_limit(client)).await?;
                self.commit_note(txn, &underway.tracked, Some(&underway.token)).await?;
                let (order, reply) = self.exchange(underway, sending, info, State::NotSent).await;
                let given = write_given(info, reply?.as_ref());
                Ok(Tried::Offered(make_offer(info, order.id().to_owned(), given, true)))
            }
            Earlier::Open { tracked, given } => resume_offer(info, &note.tracked, &tracked, given).map(Tried::Offered),
            Earlier::InTheWay { id, state } => Err(SendError::InTheWay { id, state }),
            Earlier::Underway { id, state } => Ok(Tried::Underway { id, state }),
        }
    }
}

/// Finds what pays the reference. It holds the reference's lock until the transaction ends, so no other process begins
/// an order of it meanwhile.
async fn find_earlier(txn: &mut Txn, note: &Note) -> Result<Earlier, StoreError> {
    let (merchant, reference) = (note.tracked.merchant_id(), &note.reference);
    // Only an existing row can be locked.
    let sql = "INSERT INTO {references} (merchant, reference) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    txn.execute(sql, &[merchant.into(), reference.into()]).await?;
    let sql = "SELECT paid_by FROM {references} WHERE merchant = $1 AND reference = $2 {lock}";
    if let Some(row) = txn.query_first(sql, &[merchant.into(), reference.into()]).await?
        && let Some(id) = row.get::<Option<String>>(0)?
    {
        return Ok(Earlier::InTheWay { id, state: State::Paid });
    }
    // A refund has a reference, too, but does not pay it.
    let sql = "SELECT id, state, tracked, given FROM {orders}
               WHERE merchant = $1 AND reference = $2 AND original IS NULL ORDER BY serial";
    let mut found = Earlier::Nothing;
    for row in txn.query(sql, &[merchant.into(), reference.into()]).await? {
        let (id, state) = (row.get::<String>(0)?, parse_state(&row.get::<String>(1)?)?);
        let given = row.get::<Option<String>>(3)?;
        found = match (state, given) {
            (state, _) if state.allows_new_id() => continue,
            (State::Sending | State::Noted, _) => Earlier::Underway { id, state },
            // The search goes on, because a later order may be in the way.
            (State::Open, Some(given)) => {
                Earlier::Open { tracked: Box::new(parse_tracked(&row.get::<String>(2)?)?), given }
            }
            // This includes an open order without a stored reply, such as a link that the shop made itself and noted.
            (state, _) => return Ok(Earlier::InTheWay { id, state }),
        };
    }
    Ok(found)
}

/// Returns the stored link, if the new request asks for the same.
fn resume_offer(info: &ActionInfo, asked: &Tracked, open: &Tracked, given: String) -> Result<Offer, SendError> {
    let id = open.id().to_owned();
    let is_same = (open.method(), open.amount(), open.currency()) == (asked.method(), asked.amount(), asked.currency());
    match is_same {
        false => Err(SendError::OtherRequest { id }),
        // Sensitive fields of the reply were not stored, so the buyer could not pay with the rest.
        true if !is_stored_whole(info) => Err(SendError::InTheWay { id, state: State::Open }),
        true => Ok(make_offer(info, id, given, false)),
    }
}

fn make_offer(info: &ActionInfo, order_id: String, given: String, is_new: bool) -> Offer {
    let fields = read_given(&given);
    let link = info.reply_field(Role::PaymentLink).and_then(|field| fields.get(field.name)).cloned();
    Offer { order_id, link, fields, is_new }
}
