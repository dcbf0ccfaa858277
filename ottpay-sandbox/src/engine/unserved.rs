//! Logs and stores requests that are refused before they are handled, without their bodies and at a limited rate, so
//! that a flood of them does not displace other messages.

use std::time::Instant;

use super::refusal::MAX_CAUSE;
use super::state::Engine;
use crate::line::fit;
use crate::store::Exchange;

/// The maximum length of a stored path, in characters.
const MAX_PATH: usize = 200;

impl Engine {
    /// Logs and stores a request that was refused before it was handled, with its cause.
    pub(crate) async fn keep_unserved(&self, path: &str, status: u16, cause: &str) {
        let Some(dropped) = self.unserved.admit(Instant::now()) else { return };
        let (target, cause) = (fit(path, MAX_PATH), fit(cause, MAX_CAUSE));
        let not_listed = Some(dropped).filter(|dropped| *dropped > 0);
        tracing::warn!(target_path = target, status, not_listed, "refused: {cause}");
        let (at, note, cause) = (self.now(), Some(cause.clone()), Some(cause));
        let exchange = Exchange { at, target, status: Some(status), note, cause, ..Exchange::default() };
        if let Err(error) = self.commit_in_group(move |engine| engine.record_exchange(&exchange)).await {
            tracing::error!(%error, "an exchange could not be stored");
        }
    }
}
