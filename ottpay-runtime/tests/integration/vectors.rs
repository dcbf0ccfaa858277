//! The envelope against known answers: three samples of the vendor and 30 computed ones, in both directions where
//! possible.

use std::collections::BTreeMap;

use ottpay_runtime::envelope::{DigestForm, OpenError, Value, open, seal, seal_json};
use ottpay_runtime::{Cipher, SignKey};

const ECB: Cipher = Cipher::Aes128Ecb;

fn vectors(group: &str) -> Vec<serde_json::Value> {
    let all: serde_json::Value = serde_json::from_str(include_str!("../vectors/envelope.json")).unwrap();
    all[group].as_array().unwrap().clone()
}

fn vector(group: &str, name: &str) -> serde_json::Value {
    vectors(group).into_iter().find(|vector| vector["name"] == name).unwrap()
}

fn key(text: &str) -> SignKey {
    SignKey::new(text).unwrap()
}

fn text<'a>(vector: &'a serde_json::Value, member: &str) -> &'a str {
    vector[member].as_str().unwrap_or_else(|| panic!("{} has no {member}", vector["name"]))
}

/// Vectors that may be sent: strings only.
fn sendable() -> Vec<serde_json::Value> {
    let all: Vec<_> = vectors("published").into_iter().chain(vectors("sent")).collect();
    assert_eq!(all.len(), 3 + 9);
    all
}

#[test]
fn sealing_the_fields_gives_the_digest_of_every_vector() {
    for vector in sendable() {
        let key = key(text(&vector, "sign_key"));
        let fields: BTreeMap<String, String> = serde_json::from_str(text(&vector, "plaintext")).unwrap();
        let sealed = seal(&fields, &key, ECB);
        assert_eq!(sealed.md5, text(&vector, "md5"), "{}", vector["name"]);
        // The order of members and the escapes are free, so only the content can be compared.
        let opened = open(&sealed.data, &sealed.md5, &key, ECB).unwrap();
        let back: BTreeMap<_, _> =
            opened.iter().map(|(n, v)| (n.to_owned(), v.as_text().unwrap().to_owned())).collect();
        assert_eq!(back, fields, "{}", vector["name"]);
        let concatenation: String = opened.iter().map(|(_, value)| value.as_text().unwrap()).collect();
        assert_eq!(concatenation, text(&vector, "sorted_concatenation"), "{}", vector["name"]);
    }
}

#[test]
fn sealing_the_same_text_gives_the_same_bytes() {
    for vector in sendable() {
        let key = key(text(&vector, "sign_key"));
        let sealed = seal_json(text(&vector, "plaintext"), DigestForm::TextNullEmpty, &key, ECB).unwrap();
        assert_eq!((&*sealed.data, &*sealed.md5), (text(&vector, "data"), text(&vector, "md5")), "{}", vector["name"]);
    }
}

#[test]
fn every_sendable_vector_opens() {
    for vector in sendable() {
        let key = key(text(&vector, "sign_key"));
        let fields: BTreeMap<String, String> = serde_json::from_str(text(&vector, "plaintext")).unwrap();
        for member in ["data", "data_as_printed"] {
            let Some(data) = vector[member].as_str() else { continue };
            let opened = open(data, text(&vector, "md5"), &key, ECB).unwrap();
            assert_eq!(opened.len(), fields.len());
            for (name, value) in &fields {
                assert_eq!(opened.get(name), Some(Value::Text(value)), "{} {name}", vector["name"]);
            }
        }
    }
}

#[test]
fn every_received_vector_is_accepted_or_refused_as_stated() {
    let all = vectors("received");
    assert_eq!(all.len(), 21);
    let mut refused = 0;
    for vector in all {
        let data = vector["data_as_received"].as_str().unwrap_or_else(|| text(&vector, "data"));
        let opened = open(data, text(&vector, "md5"), &key(text(&vector, "sign_key")), ECB);
        match text(&vector, "expect") {
            "accept" => {
                let opened = opened.unwrap_or_else(|error| panic!("{}: {error}", vector["name"]));
                let plain: BTreeMap<String, serde_json::Value> =
                    serde_json::from_str(text(&vector, "plaintext")).unwrap();
                assert!(opened.iter().map(|(name, _)| name).eq(plain.keys().map(String::as_str)), "{}", vector["name"]);
            }
            _ => {
                refused += 1;
                assert_eq!(opened, Err(OpenError::Digest), "{}", vector["name"]);
            }
        }
    }
    assert_eq!(refused, 1);
}

#[test]
fn every_digest_form_can_be_made_as_well_as_read() {
    for vector in vectors("received") {
        let upper = text(&vector, "md5").bytes().all(|byte| !byte.is_ascii_lowercase());
        if text(&vector, "expect") != "accept" || !upper {
            continue;
        }
        let form = &vector["digest_form"];
        let form = match (form["numbers"].as_str().unwrap(), form["null"].as_str().unwrap()) {
            ("java", "word") => DigestForm::JavaNullWord,
            ("java", _) => DigestForm::JavaNullEmpty,
            (_, "word") => DigestForm::TextNullWord,
            _ => DigestForm::TextNullEmpty,
        };
        let sealed = seal_json(text(&vector, "plaintext"), form, &key(text(&vector, "sign_key")), ECB).unwrap();
        assert_eq!((&*sealed.data, &*sealed.md5), (text(&vector, "data"), text(&vector, "md5")), "{}", vector["name"]);
    }
}

#[test]
fn a_plus_that_became_a_space_is_found_anywhere() {
    let key = key("6698851A525C9433");
    let (mut first, mut last) = (0, 0);
    for number in 0..4000 {
        let sealed = seal(&BTreeMap::from([("order_id", format!("T{number}"))]), &key, ECB);
        first += u32::from(sealed.data.starts_with('+'));
        last += u32::from(sealed.data.trim_end_matches('=').ends_with('+'));
        for data in [sealed.data.replace('+', " "), format!(" {}\r\n", sealed.data)] {
            assert!(open(&data, &sealed.md5, &key, ECB).is_ok(), "{data}");
        }
        // Spaces that were added at the ends are not read as `+`.
        if !sealed.data.starts_with('+') {
            let data = format!(" \t{} \n", sealed.data.replace('+', " "));
            assert!(open(&data, &sealed.md5, &key, ECB).is_ok(), "{data}");
        }
    }
    assert!(first > 10, "the test must meet a `+` in the first place");
    assert_eq!(last, 0, "padding follows one `+` at most");
}

#[test]
fn numbers_of_a_reply_keep_their_written_form() {
    let vector = vector("received", "numbers-text-trailing-zeros");
    let opened = open(text(&vector, "data"), text(&vector, "md5"), &key(text(&vector, "sign_key")), ECB).unwrap();
    assert_eq!(opened.text("exchange_rate"), Some("5.24740000"));
}

#[test]
fn the_vendors_checkout_sample_opens_as_raw_fields() {
    let vector = vector("published", "prepay-init-request");
    let opened =
        open(text(&vector, "data_as_printed"), text(&vector, "md5"), &key(text(&vector, "sign_key")), ECB).unwrap();
    assert_eq!(opened.len(), 13);
    assert_eq!(opened.text("remarks"), Some("BLABLA"));
    assert_eq!(opened.text("shop_id"), Some("ON00004652001"));
}

#[test]
fn a_wrong_key_opens_nothing() {
    for vector in sendable() {
        let error = open(text(&vector, "data"), text(&vector, "md5"), &key("6698851A525C9434"), ECB).unwrap_err();
        assert_eq!(error, OpenError::Undecryptable, "{}", vector["name"]);
    }
}

#[test]
fn no_single_changed_character_goes_unnoticed() {
    let vector = vector("published", "callback");
    let (data, md5) = (text(&vector, "data"), text(&vector, "md5"));
    let key = key(text(&vector, "sign_key"));
    for index in 0..data.len() {
        let mut changed = data.as_bytes().to_vec();
        changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        // The last characters of Base64 may stand for the same bytes, or for none at all.
        assert!(open(&changed, md5, &key, ECB).is_err(), "character {index}");
    }
    for index in 0..md5.len() {
        let mut changed = md5.as_bytes().to_vec();
        changed[index] = if changed[index] == b'0' { b'1' } else { b'0' };
        assert!(open(data, std::str::from_utf8(&changed).unwrap(), &key, ECB).is_err(), "digit {index}");
    }
}

#[test]
fn truncated_data_never_opens() {
    let vector = vector("published", "callback");
    let (data, md5) = (text(&vector, "data"), text(&vector, "md5"));
    let key = key(text(&vector, "sign_key"));
    for length in 0..data.len() {
        let error = open(&data[..length], md5, &key, ECB).unwrap_err();
        assert_ne!(error, OpenError::Digest, "cut at {length}");
    }
}
