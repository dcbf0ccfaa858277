//! Notes a request, sends it in a task of its own, and stores its reply before returning it.

use std::sync::Arc;
use std::time::Duration;

use ottpay::Client;
use ottpay::payment::{Proof, Resolved, Trackable, Tracked};
use ottpay::reply::Received;
use ottpay::request::Write;
use ottpay::spec::{ActionInfo, Moves, Role};
use ottpay::{Error, OrderId, Outcome};
use tokio::runtime::Handle;

use crate::db::Txn;
use crate::inside::is_inside_handler;
use crate::ledger::{Inner, Ledger};
use crate::note::{Beginning, Note, fence_off, insert, send_again};
use crate::reference::Reference;
use crate::refund::{check_refund, find_refunded_before};
use crate::send_end::Ended;
use crate::send_error::SendError;
use crate::state::State;
use crate::store::{CommitError, StoreError, StoreErrorKind, Value};
use crate::time::millis;

/// How long after the client's timeout a reply may still be on its way into the store.
const GRACE: Duration = Duration::from_secs(30);

impl Ledger {
    /// Sends a request that may move money: notes it, sends it once in a task of its own, and stores the reply before
    /// returning it.
    ///
    /// If the caller is dropped meanwhile, for example because the buyer closed the page, the task continues. A worker
    /// ([`run`](Self::run)) reports the outcome.
    ///
    /// An id is sent a second time only if no earlier attempt reached the gateway, or the gateway refused it.
    ///
    /// A refund is sent only if the ledger knows the payment, enough of it is left, and none of its other refunds is
    /// unfinished.
    ///
    /// # Errors
    /// [`SendError`]; its [`outcome`](SendError::outcome) states what is known about the money.
    pub async fn send<R>(&self, request: &R, of: &Reference) -> Result<R::Reply, SendError>
    where
        R: Write + Trackable,
        R::Reply: AsRef<Received>,
    {
        self.0.send(request, of).await.and_then(|(_, reply)| reply)
    }

    /// Sends a request that moves money at once, such as one with the code from the buyer's phone, and waits for the
    /// outcome.
    ///
    /// This is for a till, where the cashier cannot wait for a worker. It queries until the outcome is final, but not
    /// longer than the client's `timeout`.
    ///
    /// Show the result to the cashier. Work that must happen once, such as booking the sale, belongs in the handler of
    /// [`run`](Self::run), which receives this payment like any other.
    ///
    /// # Errors
    /// The errors of [`send`](Self::send) if nothing was sent; [`NotFollowed`](SendError::NotFollowed) if the gateway
    /// could not be queried.
    pub async fn charge<R>(&self, request: &R, of: &Reference) -> Result<Resolved, SendError>
    where
        R: Write + Trackable,
        R::Reply: AsRef<Received>,
    {
        let order = request.tracked();
        if order.moves() != Moves::AtOnce {
            return Err(SendError::NotAtOnce);
        }
        let client = self.0.check_caller(&order)?.clone();
        let (order, reply) = self.0.send(request, of).await?;
        match reply.as_ref().err().map(SendError::outcome) {
            // Nothing was carried out, and the error says why. `reply` is an error here: `map` only changes its type.
            Some(Outcome::Never | Outcome::NotSent) => return reply.map(|_| Resolved::NotDone),
            // A refusal is not a failure of this call: the till learns that the payment was not made.
            _ if order.proof() == Proof::NotDone => return Ok(Resolved::NotDone),
            _ => {}
        }
        match client.wait(&order).up_to(runtime_client(&client).timeout()).await {
            Ok(end) => Ok(Resolved::Took(end)),
            // One more query distinguishes a payment in progress from one that the gateway does not know.
            Err(_) => client.resolve(&order).await.map_err(SendError::NotFollowed),
        }
    }

    /// Notes a link or parameters for the vendor's SDK **before** they are handed to the buyer.
    ///
    /// # Errors
    /// [`SendError`] if they could not be noted. Do not hand them out then: the ledger could not follow the payment.
    pub async fn note(&self, order: &(impl Trackable + ?Sized), of: &Reference) -> Result<(), SendError> {
        let note = Note::for_link(order.tracked(), of);
        self.0.check_order(&note.tracked)?;
        if note.tracked.own_role() == Role::Refund {
            return Err(SendError::NotByBuyer);
        }
        let mut txn = self.0.db.begin().await.map_err(SendError::NotNoted)?;
        let noted = insert(&mut txn, &note, &Beginning::GivenOut).await.map_err(SendError::NotNoted)?;
        if let Some(state) = noted {
            return Err(SendError::AlreadySent { id: note.tracked.id().to_owned(), state });
        }
        // This program does not send what it hands out, so the row has no token.
        self.0.commit_note(txn, &note.tracked, None).await?;
        self.0.wake.notify_one();
        Ok(())
    }
}

impl Inner {
    /// Notes and sends a request. An error means that nothing was sent.
    async fn send<R>(self: &Arc<Self>, request: &R, of: &Reference) -> Result<Exchanged<R::Reply>, SendError>
    where
        R: Write + Trackable,
        R::Reply: AsRef<Received>,
    {
        let note = Note::for_request(request, request.tracked(), of);
        let client = self.check_caller(&note.tracked)?.clone();
        // `sending` is a future that sends nothing before it is polled, which happens after the note is committed.
        let (inner, sending, info) = (Arc::clone(self), client.send(request), request.values().info());
        go_on(async move {
            let underway = inner.note_sending(&client, note).await?;
            // A request that did not leave stays `NotSent`: its caller decides whether to send it again.
            Ok(inner.exchange(underway, sending, info, State::NotSent).await)
        })
        .await
    }

    /// Checks that the caller may send the request now.
    pub(crate) fn check_caller(&self, order: &Tracked) -> Result<&Client, SendError> {
        if is_inside_handler() {
            return Err(SendError::InsideHandler);
        }
        if Handle::try_current().is_err() {
            return Err(SendError::NoRuntime);
        }
        self.check_order(order)
    }

    /// Finds the client of an order.
    pub(crate) fn check_order(&self, order: &Tracked) -> Result<&Client, SendError> {
        self.client_of(order).ok_or_else(|| SendError::NoClient {
            merchant: order.merchant_id().to_owned(),
            environment: order.environment().to_owned(),
        })
    }

    /// Notes that a request is being sent. For a refund, the earlier refunds are queried after that: once this refund
    /// is in flight, no other refund of the ledger can change their total.
    async fn note_sending(&self, client: &Client, note: Note) -> Result<Underway, SendError> {
        let original = note.original.clone();
        let mut txn = self.db.begin().await.map_err(SendError::NotNoted)?;
        check_refund(&mut txn, &note).await?;
        let mut underway = claim_id(&mut txn, note, sending_limit(client)).await?;
        self.commit_note(txn, &underway.tracked, Some(&underway.token)).await?;
        let Some(original) = original else { return Ok(underway) };
        let asked = find_refunded_before(self, client, &underway.tracked, &original).await;
        let recorded = match asked {
            // The refund is sent without an earlier total. A query for the refund itself may still prove it.
            Ok(None) => Ok(()),
            Ok(Some(before)) => {
                underway.tracked.record_refunded_before(before);
                self.store_tracked(&underway, sending_limit(client)).await.map_err(SendError::NotNoted)
            }
            Err(error) => Err(error),
        };
        if let Err(error) = recorded {
            self.give_up(&underway).await;
            return Err(error);
        }
        Ok(underway)
    }

    /// Stores the tracked order again and restarts the time limit of its exchange. If the limit has already passed, a
    /// worker may have declared the request lost; the request must then not be sent.
    async fn store_tracked(&self, underway: &Underway, within: Duration) -> Result<(), StoreError> {
        let sql = "UPDATE {orders} SET tracked = $4, sending_until = {now} + $5, next_at = {now} + $5
                   WHERE merchant = $1 AND id = $2 AND send_token = $3 AND state = 'sending' AND sending_until > {now}";
        let [merchant, id, token] = underway.fence();
        let mut txn = self.db.begin().await?;
        let values = [merchant, id, token, underway.tracked.to_json().into(), millis(within).into()];
        let changed = txn.execute(sql, &values).await?;
        match txn.commit().await {
            Ok(()) if changed == 1 => Ok(()),
            Ok(()) => {
                Err(StoreError::new(StoreErrorKind::Serialization, "the time limit for sending the request has passed"))
            }
            // The request is not sent in either case, so it does not matter whether the commit was done.
            Err(CommitError::NotCommitted(error) | CommitError::Unknown(error)) => Err(error),
        }
    }

    /// Notes that nothing was sent. If this fails, the worker declares the request lost when its time limit passes.
    async fn give_up(&self, underway: &Underway) {
        let sql = "UPDATE {orders} SET state = 'not_sent', sending_until = NULL, next_at = NULL, ended_at = {now}
                   WHERE merchant = $1 AND id = $2 AND send_token = $3 AND state = 'sending'";
        if let Ok(mut txn) = self.db.begin().await
            && txn.execute(sql, &underway.fence()).await.is_ok()
        {
            let _ = txn.commit().await;
        }
    }

    /// Commits a note. If the answer to `COMMIT` is lost, it reads the note back before deciding. It compares the
    /// token, not only the id, because another process may have noted the same id.
    pub(crate) async fn commit_note(&self, txn: Txn, order: &Tracked, token: Option<&str>) -> Result<(), SendError> {
        let error = match txn.commit().await {
            Ok(()) => return Ok(()),
            Err(CommitError::NotCommitted(error)) => return Err(SendError::NotNoted(error)),
            Err(CommitError::Unknown(error)) => error,
        };
        let find = async {
            let mut txn = self.db.begin().await?;
            let sql = "SELECT send_token FROM {orders} WHERE merchant = $1 AND id = $2";
            let row = txn.query_first(sql, &[order.merchant_id().into(), order.id().into()]).await?;
            row.map(|row| row.get::<Option<String>>(0)).transpose().map_err(StoreError::from)
        };
        match find.await {
            Ok(Some(found)) if found.as_deref() == token => Ok(()),
            // Nothing is sent or handed out. If the note was committed all the same, a worker follows it to its end.
            _ => Err(SendError::NotNoted(error)),
        }
    }

    /// Sends a noted request and stores the result. If the request does not reach the gateway, its state becomes
    /// `unsent`.
    pub(crate) async fn exchange<R: AsRef<Received>>(
        &self,
        underway: Underway,
        sending: impl Future<Output = Result<R, Error>>,
        info: &'static ActionInfo,
        unsent: State,
    ) -> Exchanged<R> {
        let attempt = sending.await;
        let Underway { tracked, token } = underway;
        let ended = Ended::from_attempt(info, tracked, &attempt, unsent);
        let is_stored = self.store_end(&ended, &token).await;
        self.wake.notify_one();
        let is_at_once = ended.tracked.moves() == Moves::AtOnce;
        let reply = match (attempt, is_stored) {
            (Err(error), _) => Err(error.into()),
            // The money has moved or it has not, whatever the store reports. The worker finds out with a query.
            (Ok(reply), _) if is_at_once => Ok(reply),
            // A link that is not stored must not be returned. Otherwise a buyer could pay an order whose link a second
            // `pay` cannot find, and would get another order for the same reference.
            (Ok(reply), Ok(true)) => Ok(reply),
            (Ok(_), Ok(false)) => Err(SendError::NotStored { source: None }),
            (Ok(_), Err(source)) => Err(SendError::NotStored { source: Some(source) }),
        };
        (ended.tracked, reply)
    }
}

/// Runs `work` in a task of its own, which continues without the caller: a buyer may close the page at any moment, even
/// while the note is being committed.
pub(crate) async fn go_on<T: Send + 'static>(
    work: impl Future<Output = Result<T, SendError>> + Send + 'static,
) -> Result<T, SendError> {
    tokio::spawn(work).await.unwrap_or(Err(SendError::Interrupted))
}

/// A request that is noted as being sent, with the token of this attempt.
#[derive(Debug)]
pub(crate) struct Underway {
    pub(crate) tracked: Tracked,
    pub(crate) token: String,
}

impl Underway {
    /// Returns merchant, id and token, which identify this attempt and no other.
    fn fence(&self) -> [Value; 3] {
        [self.tracked.merchant_id().into(), self.tracked.id().into(), self.token.as_str().into()]
    }
}

/// The tracked order, and the reply or the reason why there is none.
type Exchanged<T> = (Tracked, Result<T, SendError>);

/// How long a request stays noted as being sent; longer than its exchange can take.
pub(crate) fn sending_limit(client: &Client) -> Duration {
    runtime_client(client).timeout().saturating_add(GRACE)
}

fn runtime_client(client: &Client) -> &ottpay_runtime::Client {
    client.as_ref()
}

/// Rejects an id if one of its attempts may have been carried out: a write is never sent twice.
fn check_unsent(note: &Note, state: State) -> Result<(), SendError> {
    match state {
        State::NotSent | State::Refused => Ok(()),
        _ => Err(SendError::AlreadySent { id: note.tracked.id().to_owned(), state }),
    }
}

/// Claims the id of a note: a new id, or one of which no attempt was carried out.
pub(crate) async fn claim_id(txn: &mut Txn, mut note: Note, within: Duration) -> Result<Underway, SendError> {
    // Only a random string: it is compared with the row and never sent.
    let token = OrderId::random().to_string();
    // For a refund, a query of its payment comes before the request.
    let within = if note.original.is_some() { within.saturating_mul(2) } else { within };
    let noted = insert(txn, &note, &Beginning::Sent { within, token: &token }).await.map_err(SendError::NotNoted)?;
    if let Some(state) = noted {
        check_unsent(&note, state)?;
        // `fence_off` waits for a completion that is being committed, so the state that it returns is checked again.
        let (state, earlier) =
            fence_off(txn, note.tracked.merchant_id(), note.tracked.id()).await.map_err(SendError::NotNoted)?;
        check_unsent(&note, state)?;
        // What the reply of this attempt proves depends on the attempts before it.
        note.tracked.follow_on(&earlier);
        send_again(txn, &note, within, &token).await.map_err(SendError::NotNoted)?;
    }
    Ok(Underway { tracked: note.tracked, token })
}
