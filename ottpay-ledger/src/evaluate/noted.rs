//! Orders that were never carried out, as the record of their sending shows.

use super::case::{Case, Step};
use super::silence::next_query;
use super::statement::Statement;
use crate::event::{Ended, Kind, Reason};
use crate::told::increment;

/// Handles an order of which nothing reached the gateway. Money reported under its id therefore belongs to another
/// order.
pub(super) fn evaluate_unsent(case: &Case<'_>, statement: &Statement<'_>) -> Step {
    if is_about_money(statement) { case.report_conflict() } else { case.stay(next_query(case)) }
}

/// Handles an order that the gateway refused. The refusal is reported. Money reported under its id is not believed to
/// be the buyer's.
pub(super) fn evaluate_refused(case: &Case<'_>, statement: &Statement<'_>) -> Step {
    let mut after = case.position.clone();
    if after.told.ended == 0 {
        let number = increment(&mut after.told.ended);
        let (code, text) = split_refusal(case.refusal);
        let ended = Ended { reason: Reason::Refused, code, text };
        return case.report(after, Kind::Ended(ended), &format!("ended:{number}"));
    }
    evaluate_unsent(case, statement)
}

/// Whether the gateway reports money under the id.
fn is_about_money(statement: &Statement<'_>) -> bool {
    match statement {
        Statement::Paid(_)
        | Statement::Reserved(_)
        | Statement::GivenBack(_)
        | Statement::Mismatch(_)
        | Statement::Unreadable(_)
        | Statement::Conflict => true,
        Statement::Ended(_) | Statement::Nothing(_) | Statement::NotDone | Statement::NotAsked => false,
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
