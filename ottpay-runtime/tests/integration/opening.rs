//! Which messages open and which do not: halves of surrogate pairs, reasons, and altered messages.

use std::collections::BTreeMap;

use ottpay_runtime::envelope::{Message, OpenError, Sealed, open, seal, seal_as};
use ottpay_runtime::incoming::{MessageProblem, Recipient};
use ottpay_runtime::{Cipher, SignKey};

const ECB: Cipher = Cipher::Aes128Ecb;

fn key() -> SignKey {
    SignKey::new("A8B5FE540E38A5A9").unwrap()
}

fn digest_of(values: &str) -> String {
    seal(&BTreeMap::from([("a", values)]), &key(), ECB).md5
}

/// The result of opening a JSON text that is sealed with the digest of these values.
fn opened(json: &str, values: &str) -> Result<ottpay_runtime::envelope::Fields, OpenError> {
    let Sealed { data, md5 } = seal_as(json, &digest_of(values), &key(), ECB);
    open(&data, &md5, &key(), ECB)
}

#[test]
fn half_of_a_surrogate_pair_is_read_according_to_the_digest() {
    let json = r#"{"order_id":"T1","remark":"a\ud83c \ud83c\udf1f","list":["\udf1f",{"b":1}]}"#;
    // As Node and as Java write it; the list as JSON and as Java prints its collections.
    let node = opened(json, "[\"\u{fffd}\",{\"b\":1}]T1a\u{fffd} \u{1f31f}").unwrap();
    assert_eq!(node.text("remark"), Some("a\u{fffd} \u{1f31f}"));
    let java = opened(json, "[?, {b=1.0}]T1a? \u{1f31f}").unwrap();
    assert_eq!((java.text("remark"), java.text("order_id")), (Some("a? \u{1f31f}"), Some("T1")));
    // Even in a name, which does not enter the digest.
    assert_eq!(opened(r#"{"\ud83c":"x"}"#, "x").unwrap().text("\u{fffd}"), Some("x"));
}

#[test]
fn half_of_a_surrogate_pair_that_has_no_such_digest_is_named() {
    for values in ["a", "a\u{1f31f}", "x", "a\u{fffd}?", ""] {
        assert_eq!(opened(r#"{"a":"a\ud83c\udf1f","b":"\ud83c"}"#, values), Err(OpenError::LoneSurrogate), "{values}");
    }
    // A string that contains the replacement character itself is an ordinary string.
    assert_eq!(opened(r#"{"a":"a\ufffd"}"#, "a?"), Err(OpenError::Digest));
    let text = OpenError::LoneSurrogate.to_string();
    assert!(text.contains(r"\ud83c") && !text.contains("sign key"), "{text}");
}

#[test]
fn invalid_json_is_distinguished_from_failed_decryption() {
    for json in ["not json", "", "{\"a\":\"1\"", "{'a':'1'}", "{\"a\":\"\u{1}\"}", r#"{"a":"\ud83c"x}"#] {
        assert_eq!(opened(json, "1"), Err(OpenError::NotJson), "{json}");
    }
    assert_eq!(opened("[1]", "1"), Err(OpenError::NotObject));
    let sealed = seal(&BTreeMap::from([("order_id", "T1")]), &key(), ECB);
    let other = SignKey::new("6698851A525C9433").unwrap();
    assert_eq!(open(&sealed.data, &sealed.md5, &other, ECB), Err(OpenError::Undecryptable));
    for (error, says) in
        [(OpenError::NotJson, "not JSON"), (OpenError::NotUtf8, "UTF-8"), (OpenError::Undecryptable, "wrong sign key")]
    {
        assert!(error.to_string().contains(says), "{error}");
    }
}

/// A name that sorts before those that follow it in the order of the digest.
#[derive(PartialEq, Eq)]
struct Backwards(&'static str);

impl AsRef<str> for Backwards {
    fn as_ref(&self) -> &str {
        self.0
    }
}

impl PartialOrd for Backwards {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Backwards {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.0.cmp(self.0)
    }
}

#[test]
fn fields_are_sealed_in_the_order_of_the_digest_however_their_names_sort() {
    let sealed = seal(&BTreeMap::from([(Backwards("a"), "1"), (Backwards("b"), "2")]), &key(), ECB);
    assert_eq!(sealed, seal(&BTreeMap::from([("a", "1"), ("b", "2")]), &key(), ECB));
}

#[test]
fn every_form_of_the_digest_is_tried_whatever_the_values_are() {
    for (json, digested) in [
        (r#"{"a":1}"#, &["1.0", "1"][..]),
        (r#"{"a":1,"b":"x"}"#, &["1.0x", "1x"]),
        (r#"{"a":[1,true]}"#, &["[1.0, true]", "[1,true]"]),
        (r#"{"a":true,"b":"x"}"#, &["truex"]),
        (r#"{"a":null}"#, &["null", ""]),
        (r#"{"a":null,"b":1,"c":"x"}"#, &["null1.0x", "1x", "1.0x", "null1x"]),
    ] {
        for values in digested {
            assert!(opened(json, values).is_ok(), "{json} {values}");
        }
        assert_eq!(opened(json, "y"), Err(OpenError::Digest), "{json}");
    }
}

#[test]
fn each_cause_of_a_failed_decryption_has_its_own_error() {
    let md5 = digest_of("1");
    for (data, error) in [
        ("", OpenError::Length),
        ("AAAA", OpenError::Length),
        ("AAAAAAAAAAAAAAAAAAAAAAA=", OpenError::Length),
        ("AAAAAAAAAAAAAAAAAAAAAA==", OpenError::Undecryptable),
        ("AAA", OpenError::NotBase64),
        ("*", OpenError::NotBase64),
    ] {
        assert_eq!(open(data, &md5, &key(), ECB), Err(error), "{data}");
    }
    assert_eq!(open("AAAA", &md5[1..], &key(), ECB), Err(OpenError::Md5Form));
}

/// The key is derived from `md5` as it was received, or else from its upper case.
#[test]
fn the_error_is_that_of_the_attempt_that_came_furthest() {
    let upper = digest_of("2");
    let lower = upper.to_ascii_lowercase();
    for derived in [&upper, &lower] {
        let data = seal_as(r#"{"a":"1"}"#, derived, &key(), ECB).data;
        assert_eq!(open(&data, &lower, &key(), ECB), Err(OpenError::Digest), "{derived}");
    }
}

/// A genuine callback with members that no JSON parser reads.
fn callback() -> (Vec<u8>, BTreeMap<&'static str, &'static str>) {
    let fields = BTreeMap::from([("order_id", "T1"), ("amount", "1999"), ("merchant_id", "ON00004652")]);
    let Sealed { data, md5 } = seal(&fields, &key(), ECB);
    let odd = b"{\"rsp_code\":\"SUCCESS\",\"rsp_msg\":\"\xb3\xc9\xb9\xa6\xd5\x5c\",\"a\":\"\\ud83c\nx\",";
    let rest = format!(r#""merchant_id":"ON00004652","data":"{data}","md5":"{md5}","b":[NaN,"]"]}}"#);
    ([&odd[..], rest.as_bytes()].concat(), fields)
}

/// The verified fields of a body.
fn received(body: &[u8]) -> Result<BTreeMap<String, String>, MessageProblem> {
    let key = key();
    let message = Message::read_callback(body)?;
    let received = Recipient::new(&key, ECB).merchant_id("ON00004652").open(&message, [])?;
    let fields = received.map(|received| received.fields().clone()).unwrap_or_default();
    Ok(fields.iter().map(|(name, value)| (name.to_owned(), value.as_text().unwrap_or_default().to_owned())).collect())
}

#[test]
fn whatever_is_altered_opens_as_it_was_sealed_or_not_at_all() {
    let (body, fields) = callback();
    let fields: BTreeMap<String, String> =
        fields.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    assert_eq!(received(&body).unwrap(), fields);
    let (mut same, mut nothing) = (0, 0);
    let mut assert_unchanged = |altered: &[u8]| match received(altered) {
        // Without `data` and `md5` there is nothing to verify.
        Ok(read) if read.is_empty() => nothing += 1,
        Ok(read) => {
            assert_eq!(read, fields, "{}", String::from_utf8_lossy(altered));
            same += 1;
        }
        Err(_) => {}
    };
    for index in 0..body.len() {
        for byte in b"\0A0\"\\{}[],: +=\x81\xff".iter().copied().chain([body[index] ^ 1, body[index] ^ 0x20]) {
            let mut altered = body.clone();
            altered[index] = byte;
            assert_unchanged(&altered);
        }
        let mut shorter = body.clone();
        shorter.remove(index);
        assert_unchanged(&shorter);
        let mut longer = body.clone();
        longer.insert(index, b'A');
        assert_unchanged(&longer);
    }
    // Changes outside the data do not matter, and there are some of each kind.
    assert!(same > 500 && nothing < 100, "{same} {nothing}");
    for length in 0..body.len() {
        assert!(received(&body[..length]).is_err(), "cut at {length}");
    }
}

#[test]
fn a_merchant_is_checked_before_a_message_is_opened_and_among_fields_without_one() {
    let (key, fields) = (key(), |merchant: &str| {
        let Sealed { data, md5 } = seal(&BTreeMap::from([("merchant_id", merchant)]), &key(), ECB);
        open(&data, &md5, &key(), ECB).unwrap()
    });
    let recipient = Recipient::new(&key, ECB).merchant_id("ON00004652");
    for (merchant, is_own) in [("ON00004652", true), ("ON00004653", false)] {
        assert_eq!(recipient.check_outer(&Message::new([("merchant_id", merchant)])).is_ok(), is_own, "{merchant}");
        assert_eq!(recipient.check_fields(&fields(merchant), []).is_ok(), is_own, "{merchant}");
    }
}

#[test]
fn a_message_for_another_merchant_is_shown_with_its_merchant() {
    let (body, _) = callback();
    let text = |from: &[u8], to: &[u8]| {
        let at = body.windows(from.len()).position(|window| window == from).unwrap();
        [&body[..at], to, &body[at + from.len()..]].concat()
    };
    let other = received(&text(b"\"ON00004652\"", b"\" ON00004653\"")).unwrap_err();
    assert_eq!(other, MessageProblem::OtherMerchant { named: "ON00004653".to_owned() });
    assert_eq!(other.to_string(), "the message is for another merchant");
    // An absent, null or empty merchant is not another merchant. A value that is not well-formed is not read.
    for same in [&b"null"[..], b"\"\"", b"\" ON00004652 \""] {
        received(&text(b"\"ON00004652\"", same)).unwrap();
    }
    for broken in [&b"[\"ON00004652\"]"[..], b"\"ON0000465\xb2\"", b"true", b"\"ON0000\n4652\""] {
        let error = received(&text(b"\"ON00004652\"", broken)).unwrap_err();
        assert!(error.to_string().contains("`merchant_id`"), "{error}");
    }
}
