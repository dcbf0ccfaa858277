//! Sends a callback again on request.

use super::state::Engine;
use crate::error::SandboxError;
use crate::store::{Callback, CallbackState};

impl Engine {
    /// Queues a callback of an order again: the same message to the same URL, and retried like any other callback.
    ///
    /// The fault of the first delivery does not apply, but a forged callback stays forged. `number` is the callback's
    /// position among those of the order, counted from 1. Returns after the commit.
    pub(crate) async fn resend(&self, id: &str, number: u32, who: &'static str) -> Result<Callback, SandboxError> {
        let id = id.to_owned();
        self.commit_in_group(move |engine| engine.queue_again(&id, number, who)).await?
    }

    fn queue_again(&self, id: &str, number: u32, who: &str) -> Result<Callback, SandboxError> {
        let order = self.require_order(id)?;
        let nth = number.checked_sub(1).map(|place| self.store.nth_callback(&order.id, place)).transpose()?.flatten();
        let sent = nth.ok_or_else(|| SandboxError::NoSuchCallback { order_id: order.id.clone(), number })?;
        let now = self.now();
        let again = Callback { state: CallbackState::Waiting, attempts: 0, fault: None, due: Some(now), ..sent };
        let what = format!("{who} sends callback {number} again");
        let again = self.store.add_callback(again, now, &what)?;
        tracing::info!(order_id = order.id, "{what}");
        self.set_alarm(&order, std::slice::from_ref(&again));
        self.news.announce();
        Ok(again)
    }
}
