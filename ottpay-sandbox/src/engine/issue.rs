//! Issues a new id, number or random string for each order, in the format of an example.

use ottpay::spec::{ObjectInfo, Role};
use serde_json::{Map, Value};

use crate::variation::Variation;

/// Issues an id in the format of a sample. The order and the name of the field determine its digits and letters.
/// Letters before the first digit are a prefix, which is kept.
pub(super) fn issue_like(sample: &str, order_id: &str, field: &str) -> String {
    let mut variation = Variation::from_texts([order_id, field]);
    let mut is_first = true;
    let issue = |character: char| match character {
        // A leading zero is kept, and no other first digit becomes a zero.
        '0'..='9' => {
            let is_leading = std::mem::replace(&mut is_first, false);
            if is_leading && character == '0' { character } else { variation.choose_digit(is_leading) }
        }
        'a'..='z' | 'A'..='Z' if !is_first => variation.choose_letter(character.is_ascii_uppercase()),
        other => other,
    };
    sample.chars().map(issue).collect()
}

/// Issues new values for those members of a JSON object in a sample that differ for each order.
pub(super) fn issue_members(sample: &str, info: &ObjectInfo, order_id: &str) -> String {
    let members: Map<String, Value> = serde_json::from_str(sample).unwrap_or_default();
    let issued = info.fields.iter().filter(|field| field.role == Some(Role::Issued));
    issued.filter_map(|field| Some((field.name, members.get(field.name)?.as_str()?))).fold(
        sample.to_owned(),
        // Issued values need the same escapes as the sample, so the format of the object does not change.
        |text, (name, value)| text.replace(value, &issue_like(value, order_id, name)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issued_id_has_the_form_of_the_sample_and_differs_from_order_to_order() {
        let sample = "wx2018112112000000";
        let nonce = issue_like("hieqzx1aK8sXTdMq", "T1", "nonceStr");
        assert!(nonce.starts_with("hieqzx") && !nonce.contains("sXTdMq"), "{nonce}");
        let cases: Vec<_> = nonce.chars().map(|letter| letter.is_ascii_uppercase()).collect();
        assert_eq!(cases, "hieqzx1aK8sXTdMq".chars().map(|letter| letter.is_ascii_uppercase()).collect::<Vec<_>>());
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
