//! Decides which queries know an order, by the sandbox's assumptions.

use ottpay::spec::{ActionInfo, Evidence, QueryInfo, QueryValue, Role};

use super::state::Engine;
use crate::assume::Queries;
use crate::order::Order;

impl Engine {
    /// Returns whether this query knows the order.
    pub(super) fn is_served(&self, query: &ActionInfo, order: &Order) -> bool {
        let is_this = |known: &&QueryInfo| known.action.name == query.name && !is_about_original(known, order.action);
        let mut listed = order.action.queries.iter().filter(is_this);
        match self.assumptions().queries {
            Queries::Any => true,
            Queries::Listed => listed.next().is_some(),
            Queries::Certain => listed.any(|known| known.evidence != Evidence::Assumed),
            Queries::None => false,
        }
    }
}

/// Returns whether the query listed for an action is about the payment that the action refunds.
fn is_about_original(query: &QueryInfo, info: &ActionInfo) -> bool {
    let original = info.request_field(Role::OriginalOrder).map(|field| field.name);
    query.set.iter().any(|set| matches!(set.value, QueryValue::Field(name) if Some(name) == original))
}
