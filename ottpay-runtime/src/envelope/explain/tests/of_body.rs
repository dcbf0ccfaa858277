//! Tests mistakes that are visible without a key.

use super::*;
use crate::envelope::{DigestForm, seal_json};

#[track_caller]
fn body_says(body: &[u8], cause: &str) {
    assert_cause(&explain(body, &key(), ECB), "read the body", cause);
}

#[test]
fn causes_of_an_invalid_body_are_distinguished() {
    body_says(b"", "had already read");
    body_says(b"\x1f\x8b\x08", "gzip");
    body_says(b"\xff\xfe{\x00", "UTF-16");
    body_says(b"{\"a\":\"caf\xe9\"", "another character set");
    body_says(b"{\"merchant_id\":\"caf\xe9\"}", "not well-formed");
    body_says(b"<html>", "proxy");
    body_says(b"%7B%22data%22%3A%22x%22%7D", "percent-encoded");
    body_says(b"{'data':'x'}", "single quotes; JSON needs double quotes");
    body_says(b"{\"data\":\"x", "truncated");
    body_says(b"{\"data\":\"\"x\"}", "JSON library");
    body_says(b"{\"data\":\"x\",\"md5\":\"y\"}\nx", "after the object");
    body_says(b"{\"data\":\"x\"}}", "after the object");
    body_says(b"data=x&data=y&md5=z", "each name only once");
    body_says(b"???", "never a message");
    body_says(b"[{\"data\":\"x\"}]", "inside a list or a JSON string");
    body_says(b"{\"data\":\"x\",\"data\":\"y\"}", "the existing one was not removed");
}

#[test]
fn wrappings_are_named() {
    let message = String::from_utf8(body("x", &md5(VALUES))).unwrap();
    let base64 = BASE64_STANDARD.encode(&message);
    let escaped: String = form_urlencoded::byte_serialize(message.as_bytes()).collect();
    let utf16: Vec<u8> = message.encode_utf16().flat_map(u16::to_le_bytes).collect();
    body_says(&utf16, "the body is UTF-16");
    body_says(b"\x78\x9c\xab", "deflate");
    for (body, cause) in [
        (format!("json={escaped}"), "the form field `json`"),
        (format!("a=1&payload={escaped}"), "the form field `payload`"),
        (format!("content={}", base64.replace('=', "%3D").replace('+', "%2B")), "the form field `content`"),
        (escaped.replace('%', "%25"), "percent-encoded twice"),
        (message.replace('"', "&quot;"), "escaped for HTML"),
        (message.replace('"', "&#34;"), "escaped for HTML"),
        (message.replace('"', "\\\""), "escaped as a JSON string"),
        ("--x\r\nContent-Disposition: form-data; name=\"data\"\r\n\r\nx\r\n--x--".to_owned(), "multipart/form-data"),
        ("[object Object]".to_owned(), "JSON.stringify"),
        ("undefined".to_owned(), "an empty or undefined value"),
        ("Array\n(\n    [data] => x\n)".to_owned(), "PHP array"),
        ("a:1:{s:4:\"data\";s:1:\"x\";}".to_owned(), "serialize"),
        (format!("b'{message}'"), "Python"),
        ("map[data:x md5:y]".to_owned(), "Go map"),
        ("System.Collections.Generic.Dictionary`2[System.String,System.String]".to_owned(), ".NET"),
        (message.replace('"', "\u{201c}"), "typographic"),
        ("{data=x, md5=y}".to_owned(), "Java prints"),
        ("{data: \"x\", md5: \"y\"}".to_owned(), "not in quotation marks"),
        (message.replace('}', ",}"), "a comma after the last member"),
        (BASE64_STANDARD.encode(&base64), "Base64 twice"),
        (base16ct::lower::encode_string(message.as_bytes()), "in hex"),
        (format!("POST /x HTTP/1.1\r\nHost: y\r\n\r\n{message}"), "the headers of the HTTP message"),
        (format!("{:x}\r\n{message}\r\n0\r\n", message.len()), "chunk lengths"),
        (format!("callback({message});"), "JSONP"),
        (format!(")]}}',\n{message}"), "prefix against JSON hijacking"),
        (format!("data:application/json;base64,{base64}"), "data URL"),
        (format!("https://example.com/?data={escaped}"), "it is a URL"),
    ] {
        body_says(body.as_bytes(), cause);
    }
    let unpadded = (0..3).map(|spaces| BASE64_STANDARD.encode(format!("{message}{}", " ".repeat(spaces))));
    for base64 in unpadded.filter(|base64| base64.ends_with('=')) {
        body_says(base64.trim_end_matches('=').as_bytes(), "without padding");
    }
}

#[test]
fn a_request_as_a_form_is_not_verified() {
    let sealed = seal_json(JSON, DigestForm::TextNullEmpty, &key(), ECB).unwrap();
    let form = |names: &[(&str, &str)]| form_urlencoded::Serializer::new(String::new()).extend_pairs(names).finish();
    let (data, md5) = (("data", sealed.data.as_str()), ("md5", sealed.md5.as_str()));
    let callback = form(&[("rsp_code", "SUCCESS"), data, md5]);
    assert!(explain(callback.as_bytes(), &key(), ECB).is_verified());
    let request = form(&[("action", "STATUS_QUERY"), ("version", "1.0"), data, md5]);
    body_says(request.as_bytes(), "only callbacks may be forms");
    let part = |(name, value): (&str, &str)| {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let callback = [part(data), part(md5), "--x--\r\n".to_owned()].concat();
    let explanation = explain(callback.as_bytes(), &key(), ECB);
    assert!(explanation.is_verified(), "{explanation:?}");
    assert!(explanation.steps[0].details.contains(&"form fields, as multipart/form-data".to_owned()));
    body_says((part(("action", "STATUS_QUERY")) + &callback).as_bytes(), "only callbacks may be forms");
}

#[test]
fn missing_members_are_named() {
    body_says(br#"{"rsp_code":"FAIL"}"#, "reports a failure");
    body_says(br#"{"Data":"x","MD5":"y"}"#, "lower case");
    body_says(br#"{"order_id":"x"}"#, "encrypt the fields");
    body_says(br#"{"data":"x"}"#, "`md5` is missing");
    body_says(br#"{"md5":"x","data":null}"#, "`data` is empty or not a string");
    body_says(br#"{"md5":"x","data":{"order_id":"T1"}}"#, "must be a string");
    body_says(br#"{"md5":"x","Data":"x"}"#, "`data` is missing");
}

#[test]
fn causes_of_an_invalid_digest_are_distinguished() {
    let right = md5(VALUES);
    for (md5, cause) in [
        (format!(" {right}\n"), "whitespace"),
        (right[8..24].to_owned(), "only the key is shortened"),
        (BASE64_STANDARD.encode(Md5::digest(VALUES)), "in Base64"),
        ("0".repeat(40), "SHA-1"),
        ("0".repeat(64), "SHA-256"),
        (right[1..].to_owned(), "leading zeros"),
        ("x".repeat(32), "32 upper-case hex digits"),
        (
            right.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap()).collect::<Vec<_>>().join("-"),
            "hyphens",
        ),
        (format!("{}  -", right.to_lowercase()), "md5sum"),
        (format!("MD5(stdin)= {right}"), "md5sum and openssl"),
        (format!("b'{right}'"), "md5sum and openssl"),
        (format!("\"{right}\""), "around the digest"),
        (format!("0x{right}"), "around the digest"),
        ("0".repeat(128), "SHA-512"),
    ] {
        assert_cause(&explain(&body("x", &md5), &key(), ECB), "check the form of md5", cause);
    }
}

#[test]
fn causes_of_invalid_base64_are_distinguished() {
    // Fields whose sealed form contains characters that the URL-safe alphabet and percent-encoding change.
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
    says(&data[..data.len() - 5], "truncated");
    says(&data[..8], "truncated");
    says(&format!("b'{data}'"), "Python");
    // Encoded but never encrypted, or encoded twice, in whole blocks of 16 and otherwise.
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
