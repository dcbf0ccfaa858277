//! Counts requests by action and order.

use super::state::Engine;
use crate::error::SandboxError;
use crate::store::{Counts, Filter};

impl Engine {
    /// Counts requests, optionally of one action, by method or constant, and of one order, by its id or that of its
    /// Checkout page.
    pub(crate) fn count_received(&self, action: Option<&str>, order_id: Option<&str>) -> Result<Counts, SandboxError> {
        let order_id = order_id.map(|id| self.find_kept_id(id)).transpose()?;
        let filter = |action: Option<&str>| Filter {
            action: action.map(str::to_owned),
            order_id: order_id.clone(),
            ..Filter::default()
        };
        let Some(action) = action else { return Ok(self.store.count_requests(&filter(None))?) };
        let actions = self.settings.gateway.actions.iter();
        let mut named = actions.filter(|info| info.has_name(action)).peekable();
        if named.peek().is_none() {
            return Err(SandboxError::NoSuchAction { action: action.to_owned() });
        }
        named.try_fold(Counts::default(), |all, info| {
            let Counts { accepted, refused } = self.store.count_requests(&filter(Some(info.name)))?;
            Ok(Counts { accepted: all.accepted + accepted, refused: all.refused + refused })
        })
    }
}
