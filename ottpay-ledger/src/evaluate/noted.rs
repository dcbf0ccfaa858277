//! Orders that were never carried out, as the record of their sending shows.

use super::case::{Case, Step};
use super::said::Said;
use super::silence::rest;
use crate::event::{Ended, Kind, Reason};
use crate::told::count;

/// Handles an order of which nothing reached the gateway. Money reported under its id therefore belongs to another
/// order.
pub(super) fn not_arrived(case: &Case<'_>, said: &Said<'_>) -> Step {
    if is_about_money(said) { case.conflict() } else { case.stay(rest(case)) }
}

/// Handles an order that the gateway refused. The refusal is reported. Money reported under its id is not believed to
/// be the buyer's.
pub(super) fn after_refusal(case: &Case<'_>, said: &Said<'_>) -> Step {
    let mut after = case.position.clone();
    if after.told.ended == 0 {
        let number = count(&mut after.told.ended);
        let (code, text) = split_refusal(case.refusal);
        let ended = Ended { reason: Reason::Refused, code, text };
        return case.report(after, Kind::Ended(ended), &format!("ended:{number}"));
    }
    not_arrived(case, said)
}

/// Whether the gateway reports money under the id.
fn is_about_money(said: &Said<'_>) -> bool {
    match said {
        Said::Paid(_)
        | Said::Reserved(_)
        | Said::GivenBack(_)
        | Said::Mismatch(_)
        | Said::Unreadable(_)
        | Said::Conflict => true,
        Said::Ended(_) | Said::Nothing(_) | Said::NotDone | Said::NotAsked => false,
    }
}

/// Splits a refusal such as `PARAM_ERROR: format error` into its code and text.
pub(super) fn split_refusal(refusal: Option<&str>) -> (Option<String>, String) {
    let refusal = refusal.unwrap_or_default();
    let (code, text) = refusal.split_once(": ").unwrap_or((refusal, ""));
    ((!code.is_empty()).then(|| code.to_owned()), text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_has_a_code_and_perhaps_a_text() {
        let split = |refusal| split_refusal(Some(refusal));
        assert_eq!(split("PARAM_ERROR: format: amount"), (Some("PARAM_ERROR".into()), "format: amount".into()));
        assert_eq!(split("FAIL"), (Some("FAIL".into()), String::new()));
        assert_eq!(split(""), (None, String::new()));
        assert_eq!(split_refusal(None), (None, String::new()));
    }
}
