//! Tests the messages that cost the most to explain: the search ends within its limit, always with the same result, and
//! states that it is incomplete.

use super::super::limits::MAX_WORK;
use super::*;

/// Returns an object with this many members and about this many bytes.
fn object(count: usize, bytes: usize, value: impl Fn(usize) -> String) -> String {
    let length = (bytes / count).saturating_sub(8).max(1);
    let members: Vec<String> = (0..count).map(|number| format!("\"n{number:03}\":{}", value(length))).collect();
    format!("{{{}}}", members.join(","))
}

fn samples(bytes: usize) -> Vec<String> {
    vec![
        object(500, bytes, |length| "7".repeat(length)),
        object(500, bytes, |length| format!("[{}1]", "1,".repeat(length / 2))),
        object(500, bytes, |length| format!("{{\"a\":[{}{{}}]}}", "1.5,".repeat(length / 5))),
        object(1, bytes, |length| format!("\"{}\"", "<é'\u{1f600}".repeat(length / 8))),
        object(1, bytes, |length| format!("\"{}\"", " ".repeat(length))),
    ]
}

#[test]
fn a_truncated_search_has_the_same_result_each_time_and_reports_it() {
    for json in samples(10_000) {
        let [first, second] = [0, 1].map(|_| sealed(json.as_bytes(), &md5("no such digest")));
        assert!(first.work <= MAX_WORK, "{}", first.work);
        assert_eq!((first.work, &first.steps), (second.work, &second.steps));
        let is_long = first.work == MAX_WORK;
        let cause = first.problem().unwrap().cause.clone().unwrap();
        assert!(cause.starts_with("a value was changed after the digest was computed"), "{cause}");
        assert_eq!(is_long, cause.contains("possible mistakes were tried but not all"), "{cause}");
    }
    assert_eq!(sealed(samples(10_000)[0].as_bytes(), &md5("no such digest")).work, MAX_WORK);
}

#[test]
fn long_messages_do_not_cost_more_and_their_likely_causes_are_found() {
    for json in samples(200_000) {
        let explanation = sealed(json.as_bytes(), &md5("no such digest"));
        assert!(explanation.work <= MAX_WORK, "{}", explanation.work);
        assert_cause(&explanation, "compare the digests", "tried but not all");
        assert_cause(&sealed(json.as_bytes(), &md5(&json)), "compare the digests", "the digest is of the JSON text");
        let other = SignKey::new("another key").unwrap();
        let data = MessageKey::derive(&md5("x"), &other).encrypt(ECB, json.as_bytes());
        let explanation = explain(&body(&BASE64_STANDARD.encode(data), &md5("x")), &key(), ECB);
        assert_cause(&explanation, "decrypt data", "the sign key is not the merchant's");
        assert!(explanation.work < MAX_WORK / 2, "{}", explanation.work);
    }
}

#[test]
fn a_very_long_sign_key_does_not_cost_more() {
    let long = SignKey::new("k".repeat(1 << 20)).unwrap();
    let explanation = explain(&body(&BASE64_STANDARD.encode([7; 160]), &md5("x")), &long, ECB);
    assert!(explanation.work < MAX_WORK / 2, "{}", explanation.work);
    assert_cause(&explanation, "decrypt data", "the sign key is not the merchant's");
}
