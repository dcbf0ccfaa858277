//! Rejects writes whose own id is of another type than what they make.

use ottpay_vocabulary::{Effect, Role};

use super::model::Field;
use crate::diagnostic::{Diagnostics, Mistake};

/// A write with the id of an earlier payment makes a refund.
pub(super) fn reject_unfit_own_ids(effect: Option<Effect>, request: &[Field], diagnostics: &mut Diagnostics) {
    if effect != Some(Effect::Write) {
        return;
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
