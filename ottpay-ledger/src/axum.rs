//! Extractors for axum: one stores a callback before the handler runs; one only verifies it, for shops without a
//! ledger.

use std::time::Duration;

use ::axum_core::body::Body;
use ::axum_core::extract::{FromRef, FromRequest, Request};
use ::axum_core::response::{IntoResponse, Response};
use bytes::Bytes;
use http::Method;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use ottpay::{Acknowledgement, CallbackError, Client, PaymentCallback};

use crate::answer::Answer;
use crate::http::respond;
use crate::ledger::Ledger;
use crate::posted::{find_ids, find_received};

/// How long a body may take to arrive. A callback of the gateway has a few hundred bytes.
const READ_WITHIN: Duration = Duration::from_secs(30);

/// A callback that is stored; both the extractor and the response. If a callback cannot be accepted, the handler is not
/// called; see [`Answer`] for the status of the response.
///
/// ```no_run
/// use axum::{Router, routing::post};
/// use ottpay_ledger::{Ledger, axum::Accepted};
///
/// async fn hook(answer: Accepted) -> Accepted {
///     answer
/// }
///
/// fn routes(ledger: Ledger) -> Router {
///     Router::new().route("/ottpay", post(hook)).with_state(ledger)
/// }
/// ```
///
/// The state is the ledger, or provides it through `FromRef`. A body longer than the client's `max_reply` is rejected
/// without being read further, and one that does not arrive within 30 seconds is abandoned. axum's own server has no
/// timeouts, not even for a request's head: limit the number of open connections in the proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "the sender of the callback waits for the answer"]
pub struct Accepted(Answer);

impl<S: Send + Sync> FromRequest<S> for Accepted
where
    Ledger: FromRef<S>,
{
    type Rejection = Answer;

    async fn from_request(request: Request, state: &S) -> Result<Self, Answer> {
        let ledger = Ledger::from_ref(state);
        // The merchant is known only after the body has been read, so the largest limit of all clients applies here;
        // `accept` then checks the limit of the merchant's own client.
        let limit = ledger.0.clients.values().map(|client| client.as_ref().max_reply()).max();
        let body = read_body(request, limit.unwrap_or_default()).await?;
        let answer = ledger.accept(&body).await;
        if answer.is_stored() { Ok(Self(answer)) } else { Err(answer) }
    }
}

impl IntoResponse for Accepted {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        respond::<Body>(&self)
    }
}

/// A callback that is verified and **not stored**, for shops without a ledger.
///
/// ```no_run
/// use axum::{Router, extract::State, http::StatusCode, routing::post};
/// use ottpay::Client;
/// use ottpay_ledger::axum::{Acknowledged, Received};
///
/// # async fn store(ids: &[String]) -> std::io::Result<()> { Ok(()) }
/// async fn hook(received: Received) -> Result<Acknowledged, StatusCode> {
///     // Durably, in the shop's own database: a reason to query the gateway about these orders.
///     store(received.ids()).await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
///     Ok(received.acknowledge())
/// }
///
/// fn routes(client: Client) -> Router {
///     Router::new().route("/ottpay", post(hook)).with_state(client)
/// }
/// ```
///
/// **Acknowledged means stored.** Once the gateway has an acknowledgement, it has no reason to repeat the callback. The
/// shop therefore stores the ids first and follows each order to its end; if storing fails, it answers 503. A callback
/// is never proof of payment: use [`Client::confirm`].
#[derive(Debug)]
#[must_use = "store what it names, then acknowledge it"]
pub struct Received {
    read: Result<PaymentCallback, CallbackError>,
    ids: Vec<String>,
    acknowledgement: Acknowledgement,
}

impl Received {
    /// The ids that the callback names: the order's, and the Checkout page's. Each is a reason to query. Ignore ids
    /// that the shop did not issue.
    pub fn ids(&self) -> &[String] {
        &self.ids
    }

    /// The content of the callback.
    ///
    /// # Errors
    /// [`CallbackError::Field`] if the callback is genuine but cannot be read; [`CallbackError::PossiblyAltered`] if
    /// none of its content can be trusted. In both cases, store the ids, query the order, and acknowledge the callback.
    pub fn callback(&self) -> Result<&PaymentCallback, &CallbackError> {
        self.read.as_ref()
    }

    /// Turns the callback into its acknowledgement. **Call this only after storing the ids.**
    pub fn acknowledge(self) -> Acknowledged {
        Acknowledged(Answer::from_acknowledgement(&self.acknowledgement))
    }
}

impl<S: Send + Sync> FromRequest<S> for Received
where
    Client: FromRef<S>,
{
    type Rejection = Answer;

    async fn from_request(request: Request, state: &S) -> Result<Self, Answer> {
        let client = Client::from_ref(state);
        let body = read_body(request, client.as_ref().max_reply()).await?;
        let read = client.callback(&body);
        // `read_body` has already enforced the length, so everything else that is unreadable is rejected.
        let ids = find_received(&read).map(|received| find_ids(&client, received)).ok_or(Answer::REJECTED)?;
        Ok(Self { read, ids, acknowledgement: client.acknowledgement().clone() })
    }
}

/// The acknowledgement of a callback.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "the sender of the callback waits for the answer"]
pub struct Acknowledged(Answer);

impl IntoResponse for Acknowledged {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

/// Reads a body of at most `limit` bytes.
async fn read_body(request: Request, limit: usize) -> Result<Bytes, Answer> {
    if request.method() != Method::POST {
        return Err(Answer::WRONG_METHOD);
    }
    let read = Limited::new(request.into_body(), limit).collect();
    match tokio::time::timeout(READ_WITHIN, read).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Answer::TOO_LARGE),
        Ok(Err(_)) => Err(Answer::REJECTED),
        Err(_) => Err(Answer::TOO_SLOW),
    }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Context, Poll};

    use tokio::time::{Instant, Interval, interval};

    use super::*;

    /// A body of which this much arrives, and then nothing more.
    struct Stalled(Option<Bytes>);

    impl futures_core::Stream for Stalled {
        type Item = Result<Bytes, std::io::Error>;

        fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
            self.0.take().map_or(Poll::Pending, |bytes| Poll::Ready(Some(Ok(bytes))))
        }
    }

    /// An endless body in pieces of 4 KiB, and how many of them were read.
    struct Endless(Arc<AtomicUsize>);

    impl futures_core::Stream for Endless {
        type Item = Result<Bytes, std::io::Error>;

        fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
            self.0.fetch_add(1, Ordering::SeqCst);
            Poll::Ready(Some(Ok(Bytes::from_static(&[b' '; 4096]))))
        }
    }

    /// A body without an end, of which a byte arrives now and then.
    struct Trickle(Interval);

    impl futures_core::Stream for Trickle {
        type Item = Result<Bytes, std::io::Error>;

        fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
            self.0.poll_tick(context).map(|_| Some(Ok(Bytes::from_static(b" "))))
        }
    }

    /// A body whose connection ends before the body does.
    struct Broken;

    impl futures_core::Stream for Broken {
        type Item = Result<Bytes, std::io::Error>;

        fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
            Poll::Ready(Some(Err(std::io::ErrorKind::ConnectionReset.into())))
        }
    }

    fn post(body: Body) -> Request {
        let mut request = Request::new(body);
        *request.method_mut() = Method::POST;
        request
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_arrive_is_given_up() {
        let stalled = Body::from_stream(Stalled(Some(Bytes::from_static(b"{"))));
        assert_eq!(read_body(post(stalled), 1024).await, Err(Answer::TOO_SLOW));
        assert_eq!(Answer::TOO_SLOW.into_response().status(), 408);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_arrives_byte_by_byte_has_no_more_time() {
        let (start, body) = (Instant::now(), Body::from_stream(Trickle(interval(Duration::from_secs(1)))));
        assert_eq!(read_body(post(body), 1024).await, Err(Answer::TOO_SLOW));
        assert_eq!(start.elapsed(), READ_WITHIN);
    }

    #[tokio::test]
    async fn an_endless_body_is_not_read_beyond_the_limit() {
        let taken = Arc::new(AtomicUsize::new(0));
        let body = Body::from_stream(Endless(Arc::clone(&taken)));
        assert_eq!(read_body(post(body), 1 << 20).await, Err(Answer::TOO_LARGE));
        assert_eq!(taken.load(Ordering::SeqCst), 257, "256 pieces fit");
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_is_not_too_large() {
        assert_eq!(read_body(post(Body::from_stream(Broken)), 1024).await, Err(Answer::REJECTED));
    }

    #[tokio::test]
    async fn a_body_is_read_up_to_the_limit() {
        let body = |length| post(Body::from(vec![b'x'; length]));
        assert_eq!(read_body(body(1024), 1024).await.map(|body| body.len()), Ok(1024));
        assert_eq!(read_body(body(1025), 1024).await, Err(Answer::TOO_LARGE));
    }
}
