//! Ids and numbers that are issued for each order anew, in the form of an example.

use crate::variation::Variation;

/// An id in the form of a sample: with other digits, which follow from the order and the name of the field.
pub(super) fn issue_like(sample: &str, order_id: &str, field: &str) -> String {
    let mut variation = Variation::from_texts([order_id, field]);
    let mut is_first = true;
    let issue = |character: char| {
        if !character.is_ascii_digit() {
            return character;
        }
        // What begins with a zero does so for every order, and nothing else begins with one.
        let is_leading = std::mem::replace(&mut is_first, false);
        if is_leading && character == '0' { character } else { variation.choose_digit(is_leading) }
    };
    sample.chars().map(issue).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issued_id_has_the_form_of_the_sample_and_differs_from_order_to_order() {
        let sample = "wx2018112112000000";
        let issued = issue_like(sample, "T1", "prepayId");
        let form = |text: &str| text.replace(|digit: char| digit.is_ascii_digit(), "0");
        assert_eq!(form(&issued), form(sample));
        assert_eq!(issue_like(sample, "T1", "prepayId"), issued);
        for other in [issue_like(sample, "T2", "prepayId"), issue_like(sample, "T1", "tradeNo"), sample.to_owned()] {
            assert_ne!(other, issued);
        }
        assert!((0..100).all(|id| !issue_like("1536606245849717", &id.to_string(), "x").starts_with('0')));
        assert!(issue_like("0123", "T1", "x").starts_with('0') && issue_like("", "T1", "x").is_empty());
    }
}
