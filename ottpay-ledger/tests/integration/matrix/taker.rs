//! The receivers of a case's callbacks, and their answers.

use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::StatusCode;
use ottpay::Client;
use ottpay_ledger::Ledger;

use super::life::Life;

/// The receiver of the callbacks.
#[derive(Clone)]
pub(crate) enum Taker {
    /// The shop's server is away.
    Absent,
    Client(Client),
    Ledger(Ledger, Life),
}

/// Answers a callback. `has_taken` becomes true once a callback was acknowledged.
pub(crate) async fn answer_callback(taker: Taker, has_taken: &AtomicBool, body: &[u8]) -> (StatusCode, String) {
    let (is_taken, answer) = match taker {
        Taker::Absent => (false, (StatusCode::SERVICE_UNAVAILABLE, String::new())),
        Taker::Client(client) => match client.callback(body) {
            Ok(_) => (true, (StatusCode::OK, "SUCCESS".to_owned())),
            Err(error) => (false, (StatusCode::BAD_REQUEST, error.to_string())),
        },
        Taker::Ledger(_, life) if life.is_dead() => (false, (StatusCode::SERVICE_UNAVAILABLE, String::new())),
        Taker::Ledger(ledger, _) => {
            let answer = ledger.accept(body).await;
            let status = StatusCode::from_u16(answer.status()).unwrap();
            (answer.is_stored(), (status, answer.body().to_owned()))
        }
    };
    has_taken.fetch_or(is_taken, Ordering::SeqCst);
    answer
}
