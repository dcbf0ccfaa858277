//! Tests that exactly the messages that open are explained as verified.

use std::collections::BTreeMap;

use super::super::explain;
use crate::envelope::message::Message;
use crate::envelope::open::OpenError;
use crate::envelope::seal::{seal, seal_as};
use crate::{Cipher, Framing, Iv, SignKey};

const ECB: Cipher = Cipher::Aes128Ecb;

fn vectors() -> Vec<serde_json::Value> {
    let all: serde_json::Value = serde_json::from_str(include_str!("../../../../tests/vectors/envelope.json")).unwrap();
    let kinds = ["published", "sent", "received"];
    let all: Vec<_> = kinds.iter().flat_map(|kind| all[kind].as_array().unwrap().clone()).collect();
    assert_eq!(all.len(), 33);
    all
}

fn opens(body: &[u8], key: &SignKey, cipher: Cipher) -> bool {
    Message::read_callback(body)
        .is_ok_and(|message| message.check_members().is_ok() && matches!(message.open(key, cipher), Ok(Some(_))))
}

fn agrees(body: &[u8], key: &SignKey, cipher: Cipher) -> bool {
    let explanation = explain(body, key, cipher);
    let opens = opens(body, key, cipher);
    assert_eq!(explanation.is_verified(), opens, "{}", String::from_utf8_lossy(body));
    assert_eq!(explanation.problem().is_none(), opens);
    if let Some(problem) = explanation.problem() {
        assert!(!problem.what.is_empty() && !problem.what.ends_with('.'));
        assert!(problem.cause.as_ref().is_some_and(|cause| !cause.is_empty() && !cause.ends_with('.')));
    }
    opens
}

fn sample() -> (SignKey, Message<'static>) {
    let vector = vectors().into_iter().find(|vector| vector["name"] == "callback").unwrap();
    let text = |name: &str| vector[name].as_str().unwrap().to_owned();
    let message = Message::new([
        ("rsp_code", "SUCCESS".to_owned()),
        ("merchant_id", text("merchant_id")),
        ("data", text("data")),
        ("md5", text("md5")),
    ]);
    (SignKey::new(text("sign_key")).unwrap(), message)
}

#[test]
fn every_vector_is_explained_as_it_opens() {
    let mut verified = 0;
    for vector in vectors() {
        let key = SignKey::new(vector["sign_key"].as_str().unwrap()).unwrap();
        for member in ["data", "data_as_printed", "data_as_received"] {
            let Some(data) = vector[member].as_str() else { continue };
            let message = Message::new([("data", data), ("md5", vector["md5"].as_str().unwrap())]);
            for framing in [Framing::Json, Framing::Base64] {
                verified += u32::from(agrees(&message.to_body(framing), &key, ECB));
            }
            let explanation = explain(&message.to_body(Framing::Json), &key, ECB);
            let derivation = explanation.derivation().map(|derivation| (derivation.digest(), derivation.key()));
            if let (Some(derivation), Some(digest)) = (derivation, vector["key_digest"].as_str()) {
                assert_eq!(derivation, (digest, vector["aes_key"].as_str().unwrap()), "{}", vector["name"]);
            }
            if let (true, Some(text)) = (explanation.is_verified(), vector["sorted_concatenation"].as_str()) {
                assert_eq!(explanation.concatenation(), Some(text), "{}", vector["name"]);
                assert_eq!(explanation.plaintext(), vector["plaintext"].as_str());
                assert!(explanation.md5_received().unwrap().eq_ignore_ascii_case(explanation.md5_computed().unwrap()));
            }
        }
    }
    assert!(verified >= 64, "{verified}");
}

#[test]
fn a_fault_outside_the_data_is_explained_as_it_opens() {
    let (key, message) = sample();
    let [data, md5] = ["data", "md5"].map(|name| format!(r#""{name}":"{}""#, message.text(name).unwrap()));
    for (beside, verified) in [
        (r#""merchant_id":"M","merchant_id":"M""#, false),
        (r#""merchant_id":[]"#, false),
        (&data, false),
        (r#""md5":null"#, false),
        (r#""rsp_code":"FAIL","rspCode":[]"#, true),
        (r#""rsp_code":[]"#, false),
        (r#""x":"&data=D&md5=M""#, true),
    ] {
        assert_eq!(agrees(format!("{{{data},{md5},{beside}}}").as_bytes(), &key, ECB), verified, "{beside}");
    }
}

#[test]
fn halves_of_surrogate_pairs_are_explained_as_they_open() {
    let (key, _) = sample();
    for (json, values, verified) in [
        // Two names are equal with one of the replacements, and differ with the other.
        ("{\"a\u{fffd}\":\"1\",\"a\\ud83c\":\"2\\ud83c\"}", "2?1", true),
        ("{\"a\u{fffd}\":\"1\",\"a\\ud83c\":\"2\"}", "x", false),
        (r#"{"a?":"1","a\ud83c":"2\ud83c"}"#, "12\u{fffd}", true),
        (r#"{"a?":"1","a\ud83c":"2\ud83c"}"#, "12?", false),
        // Two names are equal with both replacements.
        (r#"{"\ud83c":"1","\ud83d":"2"}"#, "12", false),
        (r#"{"a":"1","a":"2","b":"\ud83c"}"#, "12?", false),
        (r#"{"\ud83cx":"1\ud83c","a":"2"}"#, "1?2", true),
        (r#"{"a":"1\ud83c","b":}"#, "1?", false),
        (r#"{"a":"1\ud83c"}"#, "1", false),
    ] {
        let sealed = seal(&BTreeMap::from([("a", values)]), &key, ECB);
        let sealed = seal_as(json, &sealed.md5, &key, ECB);
        let message = Message::new([("data", &sealed.data), ("md5", &sealed.md5)]);
        assert_eq!(agrees(&message.to_body(Framing::Json), &key, ECB), verified, "{json}");
        let error = message.open(&key, ECB).err();
        let named = if json.ends_with(":}") { OpenError::NotJson } else { OpenError::LoneSurrogate };
        assert_eq!(error, (!verified).then_some(named), "{json}");
        let problem = explain(&message.to_body(Framing::Json), &key, ECB).problem().map(|problem| problem.what.clone());
        assert_eq!(problem, error.map(|error| error.to_string()), "{json}");
    }
}

#[test]
fn a_form_is_explained_as_it_opens() {
    let (key, message) = sample();
    let text = |name| message.text(name).unwrap();
    let escaped: String = form_urlencoded::byte_serialize(text("data").as_bytes()).collect();
    assert!(agrees(format!("md5={}&data={escaped}", text("md5")).as_bytes(), &key, ECB));
    let part = |name| format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{}\r\n", text(name));
    let multipart = [part("rsp_code"), part("data"), part("md5"), "--x--".to_owned()].concat();
    assert!(agrees(multipart.as_bytes(), &key, ECB));
    for index in 0..multipart.len() {
        let mut multipart = multipart.clone().into_bytes();
        multipart[index] ^= 1;
        agrees(&multipart, &key, ECB);
    }
    // Not escaped, so that a form decoder replaces `+` with spaces.
    assert!(agrees(format!("md5={}&data={}", text("md5"), text("data")).as_bytes(), &key, ECB));
}

#[test]
fn every_single_changed_byte_is_explained_as_it_opens() {
    let (key, message) = sample();
    let body = message.to_body(Framing::Json);
    assert!(agrees(&body, &key, ECB));
    for index in 0..body.len() {
        for change in [1, 0x20, 0x80] {
            let mut body = body.clone();
            body[index] ^= change;
            agrees(&body, &key, ECB);
        }
    }
    for length in 0..body.len() {
        assert!(!agrees(&body[..length], &key, ECB));
    }
}

#[test]
fn any_body_is_explained_as_it_opens() {
    let (key, message) = sample();
    let body = message.to_body(Framing::Json);
    // A fixed sequence, so that a failure can be reproduced.
    let mut random = fastrand::Rng::with_seed(0x2545_f491_4f6c_dd1d);
    for _ in 0..300 {
        let noise: Vec<u8> = (0..random.usize(..200)).map(|_| random.u8(..)).collect();
        agrees(&noise, &key, ECB);
        // Two messages cut and joined anywhere get further into the parsers than noise does.
        let (start, end) = (random.usize(..body.len()), random.usize(..body.len()));
        agrees(&[&body[..start], &body[end..]].concat(), &key, Cipher::Aes128Cbc { iv: Iv::Zero });
        let data: String = (0..random.usize(..100)).map(|_| char::from(b"Aa+/=- _%\\9z"[random.usize(..12)])).collect();
        let md5 = format!("{:032x}", random.u32(..));
        agrees(&Message::new([("data", data), ("md5", md5)]).to_body(Framing::Json), &key, ECB);
    }
}

#[test]
fn the_same_body_is_explained_in_the_same_words() {
    let (key, message) = sample();
    let body = message.to_body(Framing::Base64);
    for key in [key, SignKey::new("another key").unwrap()] {
        assert_eq!(explain(&body, &key, ECB).steps, explain(&body, &key, ECB).steps);
    }
}

#[test]
fn a_body_over_a_mebibyte_is_not_read() {
    let (key, message) = sample();
    let mut body = message.to_body(Framing::Json);
    body.resize((1 << 20) + 1, b' ');
    let explanation = explain(&body, &key, ECB);
    assert_eq!(explanation.problem().unwrap().what, "expected at most 1 MiB, but the body is longer");
    body.truncate(1 << 20);
    assert!(explain(&body, &key, ECB).is_verified());
}

#[test]
fn debug_and_steps_show_no_secret() {
    let (key, message) = sample();
    let explanation = explain(&message.to_body(Framing::Json), &key, ECB);
    let shown = format!("{explanation:?} {explanation:#?} {:?}", explanation.derivation());
    let derivation = explanation.derivation().unwrap();
    let details: Vec<_> = explanation.steps.iter().flat_map(|step| &step.details).cloned().collect();
    for secret in ["A8B5FE540E38A5A9", derivation.digest(), derivation.key()] {
        assert!(!shown.contains(secret) && !details.concat().contains(secret), "{secret}");
    }
    assert!(!shown.contains("2088032832386722") && !shown.contains("16795056216014900"), "{shown}");
    assert!(details.iter().any(|line| line == "order_id = 16795056216014900"), "{details:?}");
    assert_eq!(explanation.fields().len(), 9);
}
