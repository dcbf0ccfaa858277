//! The gateway's code and text when it does not accept a request.

use std::fmt;

use super::call::Call;
use super::outcome::Outcome;
use crate::redaction::excerpt;
use crate::spec::{CodeClass, CodeInfo};

/// The gateway's code and text when it does not accept a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    code: String,
    message: String,
    class: Option<CodeClass>,
}

impl Refusal {
    /// `shown` hides the sensitive parts of a string. The class is determined first, from the complete strings.
    pub(crate) fn new(code: &str, message: &str, codes: &[CodeInfo], shown: impl Fn(&str) -> String) -> Self {
        let declared = codes.iter().find(|known| known.code == code).and_then(|known| known.class);
        let is_about_id = |class: &CodeClass| matches!(class, CodeClass::Duplicate | CodeClass::AlreadyPaid);
        // It is not documented which of the two contains the word.
        let worded = || codes.iter().filter(|known| begins_with(message, known.code)).find_map(|known| known.class);
        let class = match declared.filter(is_about_id) {
            None => worded().filter(is_about_id).or(declared),
            own => own,
        };
        Self { code: excerpt(&shown(code)), message: excerpt(&shown(message)), class }
    }

    /// Returns the response code, in upper case.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Returns the gateway's text, at most 200 characters.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the meaning of the code, or of a code of class `Duplicate` or `AlreadyPaid` at the beginning of the
    /// text; `None` if the vendor does not document it.
    pub fn class(&self) -> Option<CodeClass> {
        self.class
    }

    /// Returns the outcome of a write with this answer. The meaning of an undocumented code is unknown, so the outcome
    /// is, too.
    pub(super) fn outcome(&self, call: &Call) -> Outcome {
        match self.class {
            Some(CodeClass::Refused) => Outcome::Refused,
            // Without the reply no buyer has a link, so a failure without a reason cannot have moved money.
            Some(CodeClass::Unexplained) if call.needs_reply() => Outcome::Refused,
            Some(CodeClass::Duplicate) => Outcome::DuplicateId,
            Some(CodeClass::AlreadyPaid) if !call.is_about_payment() => Outcome::DuplicateId,
            // These are codes that are not documented, or by which the gateway itself does not know the result. A paid
            // order may also be the payment that a refund is about.
            _ => Outcome::Unknown,
        }
    }

    /// Whether a read with this answer may succeed if it is retried. A failure without a reason and an undocumented
    /// code may be temporary.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(self.class, None | Some(CodeClass::Open | CodeClass::Unexplained))
    }
}

/// Whether a string begins with this code as a separate word.
fn begins_with(text: &str, code: &str) -> bool {
    let text = text.trim_start();
    let is_part_of_word = |next: char| next.is_alphanumeric() || next == '_';
    match text.split_at_checked(code.len()) {
        Some((word, rest)) => word.eq_ignore_ascii_case(code) && !rest.starts_with(is_part_of_word),
        None => false,
    }
}

/// Formats the refusal, for example as `PARAM_ERROR: parameter format error`.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.message.as_str() {
            "" => f.write_str(&self.code),
            message => write!(f, "{}: {message}", self.code),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_has_the_class_of_its_code_and_is_shown_with_its_text() {
        let codes = [
            CodeInfo { code: "FAIL", class: Some(CodeClass::Refused), doc: "" },
            CodeInfo { code: "ORDER_USED", class: Some(CodeClass::Duplicate), doc: "" },
        ];
        let refusal = |code, message| Refusal::new(code, message, &codes, str::to_owned);
        assert_eq!(refusal("FAIL", "no").class(), Some(CodeClass::Refused));
        assert_eq!(refusal("FAIL", "ORDER_USED").class(), Some(CodeClass::Duplicate));
        assert_eq!(refusal("X", "no").class(), None);
        assert_eq!(
            (refusal("FAIL", "no").to_string(), refusal("FAIL", "").to_string()),
            ("FAIL: no".to_owned(), "FAIL".to_owned())
        );
    }

    #[test]
    fn a_code_in_a_text_is_its_first_word() {
        for text in ["ORDER_USED", " order_used: T1", "ORDER_USED，重复", "Order_Used (T1)", "ORDER_USED\n"] {
            assert!(begins_with(text, "ORDER_USED"), "{text:?}");
        }
        for text in
            ["", "ORDER_USE", "ORDER_USED_BY", "ORDER_USED2", "FAIL: ORDER_USED", "ORDER_USEDé", "ORDER_US\u{e9}D"]
        {
            assert!(!begins_with(text, "ORDER_USED"), "{text:?}");
        }
    }
}
