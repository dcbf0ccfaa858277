//! Prints callbacks, and acknowledges the printed ones.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use ottpay::Acknowledgement;
use tokio::sync::mpsc;

use super::server::serve;
use super::verifier::Verifier;
use crate::failure::Failure;
use crate::{json, stderr, stdout};

/// The state shared by all requests.
struct Printer {
    verifier: Verifier,
    /// The answer to a callback that has been printed.
    acknowledgement: Acknowledgement,
    /// Ends the command.
    ended: mpsc::UnboundedSender<Failure>,
}

/// Serves until a callback cannot be printed. A reader that stalls blocks all callbacks: they are not acknowledged
/// before they are printed, so their senders wait.
pub(super) async fn print_callbacks(
    listen: SocketAddr,
    verifier: Verifier,
    acknowledgement: Acknowledgement,
) -> Result<(), Failure> {
    let (ended, mut end) = mpsc::unbounded_channel();
    let printer = Printer { verifier, acknowledgement, ended };
    let app = Router::new().fallback(receive_callback).with_state(Arc::new(printer));
    tokio::select! {
        served = serve(listen, app, None, "this, too; only the sealed fields are printed") => served,
        failure = end.recv() => failure.map_or(Ok(()), Err),
    }
}

async fn receive_callback(State(printer): State<Arc<Printer>>, body: Bytes) -> Response {
    let received = match printer.verifier.verify(&body) {
        Ok(received) => received,
        Err(reason) => {
            stderr::print_line(format_args!("error: rejected a callback: {reason}"));
            // The reason is not sent to the sender.
            return (StatusCode::BAD_REQUEST, "not accepted\n").into_response();
        }
    };
    // Acknowledged only after it is printed, because an acknowledged callback is not repeated.
    if let Err(failure) = json::format_fields(received.fields()).and_then(stdout::print_line) {
        let _ = printer.ended.send(failure);
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let answer = &printer.acknowledgement;
    let status = StatusCode::from_u16(answer.status()).unwrap_or(StatusCode::OK);
    let content_type = answer.content_type().to_owned();
    (status, [(header::CONTENT_TYPE, content_type)], answer.body().to_owned()).into_response()
}
