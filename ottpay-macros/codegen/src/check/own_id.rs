//! Rejects the id of a write if it could be omitted by accident, or if its type does not match what the write creates.

use ottpay_vocabulary::{Effect, Role};

use super::model::Field;
use crate::diagnostic::{Diagnostics, Mistake};

/// Checks a write's own id, by which the gateway is queried after a lost reply. A write that names an earlier payment
/// is a refund, so its own id is a refund id.
pub(super) fn reject_unfit_own_ids(effect: Option<Effect>, request: &[Field], diagnostics: &mut Diagnostics) {
    if effect != Some(Effect::Write) {
        return;
    }
    for field in request.iter().filter(|field| field.role.is_some_and(Role::is_own_id) && !field.required) {
        let message = format!("the field `{}` is the id of a write, and is `optional`", field.wire);
        let help = "write `may_omit: true` instead: if the reply is lost, only this id finds the order, so the caller \
                    must set it or omit it explicitly";
        diagnostics.report(Mistake::Contradiction, &field.source, message, help);
    }
    let player = |role| request.iter().find(|field| field.role == Some(role));
    if let (Some(original), Some(own)) = (player(Role::OriginalOrder), player(Role::Order)) {
        let (own_wire, original_wire) = (&own.wire, &original.wire);
        let message = format!("the field `{own_wire}` is the id of an order, but the action makes a refund");
        let related = (&original.source, "the refunded payment");
        let help = format!("write `type: refund_id`, or give `{original_wire}` another role");
        diagnostics.report_beside(Mistake::Contradiction, &own.source, message, related, help);
    }
}
