//! Stores callbacks in a ledger, and acknowledges the stored ones.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use ottpay_ledger::Ledger;
use tokio::sync::Notify;

use super::server::serve;
use super::verifier::{Verifier, find_order_id};
use crate::failure::Failure;
use crate::stderr;

/// The state shared by all requests.
struct Receiver {
    ledger: Ledger,
    /// Verifies callbacks again, to report what the ledger does not tell the sender.
    verifier: Verifier,
    /// Wakes what forwards events.
    wake: Arc<Notify>,
}

/// Serves until the task is aborted.
pub(super) async fn store_callbacks(
    listen: SocketAddr,
    note: &str,
    ledger: Ledger,
    verifier: Verifier,
    wake: Arc<Notify>,
) -> Result<(), Failure> {
    let receiver = Receiver { ledger, verifier, wake };
    let app = Router::new().fallback(receive_callback).with_state(Arc::new(receiver));
    serve(listen, app, Some(note), "this, too; only the sealed fields are stored").await
}

async fn receive_callback(State(receiver): State<Arc<Receiver>>, body: Bytes) -> Response {
    let answer = receiver.ledger.accept(&body).await;
    let is_stored = answer.is_stored();
    if is_stored {
        receiver.wake.notify_waiters();
    }
    receiver.explain(&body, is_stored).await;
    let status = StatusCode::from_u16(answer.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, answer.content_type().to_owned())], answer.body().to_owned()).into_response()
}

impl Receiver {
    /// Prints notes about a callback that its sender must not learn.
    async fn explain(&self, body: &[u8], is_stored: bool) {
        let received = match self.verifier.verify(body) {
            Ok(received) => received,
            Err(reason) if is_stored => {
                return stderr::print_line(format_args!(
                    "warning: a callback is only a reason to query its order: {reason}"
                ));
            }
            Err(reason) => return stderr::print_line(format_args!("error: rejected a callback: {reason}")),
        };
        let order_id = find_order_id(&received);
        if !is_stored {
            return stderr::print_line(format_args!(
                "error: the callback for the order `{order_id}` could not be stored, so it is not acknowledged"
            ));
        }
        if self.ledger.is_stray(self.verifier.merchant_id(), &order_id).await.unwrap_or(false) {
            stderr::print_line(format_args!(
                "note: the order `{order_id}` of a callback is not noted, so there is no amount to compare with and nothing is \
                 forwarded; note it with `ottpay ledger note`, before or after it is paid"
            ));
        }
    }
}
