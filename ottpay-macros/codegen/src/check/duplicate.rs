//! Rejects an action that sends the same data under the same constant as another one, and asks about the same thing.

use std::collections::BTreeMap;

use ottpay_vocabulary::{Effect, Role};

use super::model::Action;
use super::rust_names::Pairs;
use crate::diagnostic::{Diagnostics, Mistake};

/// `reported` are pairs that have been reported already.
pub(super) fn reject_duplicate_actions(actions: &[Action], reported: &Pairs, diagnostics: &mut Diagnostics) {
    let mut seen: BTreeMap<_, &Action> = BTreeMap::new();
    // An action without a constant has been reported.
    let mut in_order: Vec<&Action> = actions.iter().filter(|action| !action.action.is_empty()).collect();
    // In the order of the files, so that the later of two is reported.
    in_order.sort_by_key(|action| &action.source);
    for action in in_order {
        let fields: Vec<_> = action.request.iter().map(|field| (&field.wire, &field.constant)).collect();
        // Queries also differ in what the id belongs to: an order, a refund or a Checkout page.
        let asked: Vec<Role> = match action.effect {
            Effect::Read => {
                action.request.iter().filter_map(|field| field.role.filter(|role| role.is_own_id())).collect()
            }
            Effect::Write => Vec::new(),
        };
        let Action { action: constant, version, base_url, path, source, .. } = action;
        if let Some(earlier) = seen.insert((constant, version, base_url, path, fields, asked), action)
            && !reported.contains(&(earlier.source.clone(), source.clone()))
        {
            let message = format!("the action `{constant}` is described twice, with the same fields");
            let related = (&earlier.source, "first here");
            let help = "remove one of the two";
            diagnostics.report_beside(Mistake::DuplicateAction, source, message, related, help);
        }
    }
}
