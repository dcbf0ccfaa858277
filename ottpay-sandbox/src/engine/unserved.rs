//! Requests that are refused before they are handled: logged and stored without their bodies, at a limited rate, so that a
//! flood of them does not displace other messages.

use std::time::Instant;

use super::refusal::MAX_CAUSE;
use super::state::Engine;
use crate::line::fit;
use crate::store::Exchange;

/// The longest path that is kept, in characters.
const MAX_PATH: usize = 200;

impl Engine {
    /// Logs and keeps a request that was refused before it was handled, for this cause.
    pub(crate) async fn keep_unserved(&self, path: &str, status: u16, cause: &str) {
        let Some(dropped) = self.unserved.admit(Instant::now()) else { return };
        let (target, cause) = (fit(path, MAX_PATH), fit(cause, MAX_CAUSE));
        let not_listed = Some(dropped).filter(|dropped| *dropped > 0);
        tracing::warn!(target_path = target, status, not_listed, "refused: {cause}");
        let (at, note, cause) = (self.now(), Some(cause.clone()), Some(cause));
        let exchange = Exchange { at, target, status: Some(status), note, cause, ..Exchange::default() };
        if let Err(error) = self.commit_in_group(move |engine| engine.keep(&exchange)).await {
            tracing::error!(%error, "an exchange could not be kept");
        }
    }
}
