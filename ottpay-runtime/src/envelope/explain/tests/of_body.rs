//! Mistakes that show without a key.

use super::*;
use crate::envelope::{DigestForm, seal_json};

#[track_caller]
fn body_says(body: &[u8], cause: &str) {
    assert_cause(&explain(body, &key(), ECB), "read the body", cause);
}

#[test]
fn what_is_no_message_is_told_apart() {
    body_says(b"", "already been read");
    body_says(b"\x1f\x8b\x08", "gzip");
    body_says(b"\xff\xfe{\x00", "UTF-16");
    body_says(b"{\"a\":\"caf\xe9\"", "another character set");
    body_says(b"{\"merchant_id\":\"caf\xe9\"}", "not well-formed");
    body_says(b"<html>", "proxy");
    body_says(b"%7B%22data%22%3A%22x%22%7D", "percent-escaped");
    body_says(b"{'data':'x'}", "double quotes");
    body_says(b"{\"data\":\"x", "cut off");
    body_says(b"{\"data\":\"\"x\"}", "JSON library");
    body_says(b"{\"data\":\"x\",\"md5\":\"y\"}\nx", "follows the object");
    body_says(b"{\"data\":\"x\"}}", "follows the object");
    body_says(b"data=x&data=y&md5=z", "each name is there once");
    body_says(b"???", "never a message");
    body_says(b"[{\"data\":\"x\"}]", "a list or into a JSON string");
    body_says(b"{\"data\":\"x\",\"data\":\"y\"}", "already there");
}

#[test]
fn what_is_missing_is_named() {
    body_says(br#"{"rsp_code":"FAIL"}"#, "reports a failure");
    body_says(br#"{"Data":"x","MD5":"y"}"#, "lower case");
    body_says(br#"{"order_id":"x"}"#, "belong encrypted");
    body_says(br#"{"data":"x"}"#, "`md5` is missing");
    body_says(br#"{"md5":"x","data":null}"#, "`data` is empty, or no text");
    body_says(br#"{"md5":"x","data":{"order_id":"T1"}}"#, "has to be text");
    body_says(br#"{"md5":"x","Data":"x"}"#, "`data` is missing");
}

#[test]
fn what_is_no_digest_is_told_apart() {
    let right = md5(VALUES);
    for (md5, cause) in [
        (format!(" {right}\n"), "white space"),
        (right[8..24].to_owned(), "only the key is cut"),
        (BASE64_STANDARD.encode(Md5::digest(VALUES)), "in Base64"),
        ("0".repeat(40), "SHA-1"),
        ("0".repeat(64), "SHA-256"),
        (right[1..].to_owned(), "leading zeros"),
        ("x".repeat(32), "32 upper-case hex digits"),
    ] {
        assert_cause(&explain(&body("x", &md5), &key(), ECB), "look at md5", cause);
    }
}

#[test]
fn what_is_no_base64_is_told_apart() {
    // Fields whose sealed form has what the URL-safe alphabet and percent-escapes change.
    let sealed = (0..)
        .map(|number| {
            let text = format!(r#"{{"order_id":"T{number}"}}"#);
            seal_json(&text, DigestForm::TextNullEmpty, &key(), ECB).unwrap()
        })
        .find(|sealed| sealed.data.contains('+') && sealed.data.contains('/') && sealed.data.ends_with('='))
        .unwrap();
    let data = &sealed.data;
    let says = |data: &str, cause: &str| {
        assert_cause(&explain(&body(data, &sealed.md5), &key(), ECB), "decode data from Base64", cause);
    };
    says(&data.replace('+', "-").replace('/', "_"), "URL-safe");
    says(data.replace('+', "-").replace('/', "_").trim_end_matches('='), "URL-safe");
    says(&data.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D"), "percent-escapes");
    says(&data.replace('/', "\\/"), "JSON escapes");
    says(&data.replace('=', "\\u003d"), "JSON escapes");
    says(data.trim_end_matches('='), "with padding");
    says(&format!("\"{data}\""), "quotation marks");
    says(r#"{"order_id":"T1"}"#, "JSON text itself");
    says(&data[..data.len() - 5], "cut off");
    says(&data[..8], "cut off");
    says(&format!("b'{data}'"), "Python");
    // Encoded, but never encrypted; or encoded once too often. In whole blocks of 16, and not.
    for text in [r#"{"order_id":"T1"}"#, r#"{"order_id":"T123456789012345"}"#] {
        let explanation = explain(&body(&BASE64_STANDARD.encode(text), &sealed.md5), &key(), ECB);
        let last = explanation.steps.last().unwrap().title;
        assert_cause(&explanation, last, "not encrypted");
    }
    for data in [data.clone(), BASE64_STANDARD.encode([7; 48])] {
        let explanation = explain(&body(&BASE64_STANDARD.encode(data), &sealed.md5), &key(), ECB);
        let last = explanation.steps.last().unwrap().title;
        assert_cause(&explanation, last, "Base64 twice");
    }
    // Read as Base64, these 96 digits are 72 bytes.
    says(&base16ct::lower::encode_string(&[7; 48]), "in hex");
}

#[test]
fn hex_that_could_be_base64_is_recognised_by_the_key() {
    // 64 hex digits are 48 bytes of Base64, which are whole blocks.
    let bytes = MessageKey::derive(&md5("T123456789"), &key()).encrypt(ECB, br#"{"order_id":"T123456789"}"#);
    assert_eq!(bytes.len(), 32);
    let explanation = explain(&body(&base16ct::upper::encode_string(&bytes), &md5("T123456789")), &key(), ECB);
    assert_cause(&explanation, "decrypt data", "in hex");
}

#[test]
fn names_and_values_cannot_move_a_cursor() {
    let explanation = sealed(br#"{"a":"\u001b[2J\n"}"#, &md5("\x1b[2J\n"));
    assert!(explanation.is_verified());
    let details: Vec<_> = explanation.steps.iter().flat_map(|step| &step.details).cloned().collect();
    assert!(!details.concat().contains(['\x1b', '\n']));
    assert!(details.contains(&r"a = \u{1b}[2J\n".to_owned()), "{details:?}");
}
