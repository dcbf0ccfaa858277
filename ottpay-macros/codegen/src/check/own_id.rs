//! Rejects writes whose own id could be omitted by accident, or is of another type than what they make.

use ottpay_vocabulary::{Effect, Role};

use super::model::Field;
use crate::diagnostic::{Diagnostics, Mistake};

/// By its own id the gateway is asked what became of a write whose reply was lost. A write with the id of an earlier
/// payment makes a refund.
pub(super) fn reject_unfit_own_ids(effect: Option<Effect>, request: &[Field], diagnostics: &mut Diagnostics) {
    if effect != Some(Effect::Write) {
        return;
    }
    for field in request.iter().filter(|field| field.role.is_some_and(Role::is_own_id) && !field.required) {
        let message = format!("the field `{}` is the id of a write, and is `optional`", field.wire);
        let help = "write `may_omit: true` instead: if the reply is lost, the gateway can only be asked by this id, so the \
                    caller sets it or omits it explicitly";
        diagnostics.report(Mistake::Contradiction, &field.source, message, help);
    }
    let player = |role| request.iter().find(|field| field.role == Some(role));
    if let (Some(original), Some(own)) = (player(Role::OriginalOrder), player(Role::Order)) {
        let (own_wire, original_wire) = (&own.wire, &original.wire);
        let message = format!("the field `{own_wire}` is the id of an order, although a refund is made");
        let related = (&original.source, "what is given back");
        let help = format!("write `type: refund_id`, or give `{original_wire}` another role");
        diagnostics.report_beside(Mistake::Contradiction, &own.source, message, related, help);
    }
}
