//! The outer message: read as `serde_json` reads it, if that can read it, and unchanged after it was written and read
//! again.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ottpay::Framing;
use ottpay::envelope::{Message, MessageError};

use crate::json::{self, Members};
use crate::vectors;

/// Members that are read strictly.
const STRICT: [&str; 6] = ["data", "md5", "rsp_code", "rep_code", "rspCode", "merchant_id"];
/// The names that are looked up.
const NAMES: [&str; 7] = ["data", "md5", "rsp_code", "rep_code", "rspCode", "merchant_id", "rsp_msg"];
/// How many of the members that are not read strictly are kept.
const MOST: usize = 500;

/// Reads a body as a request or reply, as a callback, and as a message without an envelope. Returns whether it is a message.
pub fn target(data: &[u8]) -> bool {
    let (read, callback) = (Message::read(data), Message::read_callback(data));
    if let Ok(message) = &read {
        assert_eq!(callback.as_ref(), Ok(message), "a callback is read as everything else is");
    }
    for message in [&read, &callback].into_iter().flatten() {
        assert_eq!(&message.clone().into_owned(), message);
        assert_written_and_read(message);
        assert_nothing_shown(message);
    }
    if let Ok((message, fields)) = Message::read_plain(data) {
        let text = json_text(data).expect("a message without an envelope is text");
        if let Some(members) = Members::parse(&text) {
            json::assert_same(&fields, &members);
        }
        assert_eq!(message.code(), message.clone().into_owned().code());
    }
    if let Some(members) = std::str::from_utf8(data).ok().filter(|text| text.starts_with('{')).and_then(Members::parse)
    {
        assert_members(&read, &members);
        assert_plain(data, &members);
    }
    callback.is_ok()
}

/// The JSON text in a body, which may have it in Base64.
fn json_text(body: &[u8]) -> Option<String> {
    let is_blank = |character: char| character.is_whitespace() || character == '\u{feff}';
    let text = std::str::from_utf8(body).ok()?.trim_matches(is_blank);
    if text.starts_with('{') {
        return Some(text.to_owned());
    }
    let stripped: String = text.chars().filter(|character| !character.is_ascii_whitespace()).collect();
    let decoded = String::from_utf8(BASE64_STANDARD.decode(stripped).ok()?).ok()?;
    Some(decoded.trim_matches(is_blank).to_owned())
}

/// An object that `serde_json` reads is a message, unless its code cannot be read; and each of its members has the same
/// value there.
fn assert_members(read: &Result<Message<'_>, MessageError>, Members(members): &Members) {
    let message = match read {
        Ok(message) => message,
        Err(MessageError::DuplicateMember | MessageError::Malformed { .. }) => return,
        Err(error) => panic!("an object is not read: {error}"),
    };
    let loose = members.iter().filter(|(name, _)| !STRICT.contains(&name.as_str())).count();
    for name in NAMES {
        let mut of_name = members.iter().filter(|(known, _)| known == name).map(|(_, value)| value);
        let first = of_name.next();
        let is_doubled = STRICT.contains(&name) && of_name.next().is_some();
        let is_kept = STRICT.contains(&name) || loose + STRICT.len() <= MOST;
        let expected = first.filter(|_| !is_doubled).and_then(|value| {
            let may_be_number = !matches!(name, "data" | "md5");
            let is_read = may_be_number || value.get().starts_with('"');
            json::scalar(value).filter(|text| is_read && !text.is_empty())
        });
        if is_kept {
            assert_eq!(message.text(name), expected.as_deref(), "{name}");
        }
    }
}

/// A message without an envelope is read if it is an object without duplicates.
fn assert_plain(data: &[u8], members: &Members) {
    if members.has_duplicate() {
        assert!(Message::read_plain(data).is_err(), "a duplicate member is accepted");
    }
}

/// A message is the same after it was written and read again, in both framings.
fn assert_written_and_read(message: &Message<'_>) {
    let body = message.to_body(Framing::Json);
    for framing in [Framing::Json, Framing::Base64] {
        let again = message.to_body(framing);
        let again = Message::read(&again).expect("what was written is read");
        assert_eq!(again.code(), message.code());
        for name in NAMES {
            assert_eq!(again.text(name), message.text(name), "{name} after {framing:?}");
        }
        assert_eq!(again.to_body(Framing::Json), body);
    }
}

/// `Debug` does not depend on the values: for others of the same length it shows the same.
fn assert_nothing_shown(message: &Message<'_>) {
    let body = String::from_utf8(message.to_body(Framing::Json)).expect("a body in JSON is text");
    let Some(Members(members)) = Members::parse(&body) else { return };
    let texts = |hide: fn(&str) -> String| {
        let texts = members.iter().filter_map(|(name, value)| Some((name.clone(), hide(&json::scalar(value)?))));
        format!("{:?}", Message::new(texts))
    };
    assert_eq!(texts(str::to_owned), texts(|text| "x".repeat(text.len())));
}

/// Bodies of the vectors, in every framing, and with every kind of mistake.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = [
        r#"{"rsp_code":"PARAM_INVALID","rsp_msg":"invalid parameter"}"#,
        r#"{ "rep_code" : "SUCCESS", "rsp_msg" : null, "data" : "", "md5" : null, "merchant_id" : 4652 }"#,
        r#"{"rsp_code":"SUCCESS","rsp_code":"FAIL","x":[1,{"y":"}"}],"z":-1.5e3}"#,
        r#"{"rsp_msg":"\ud83c half","rsp_code":"success "}"#,
        "{\"rsp_msg\":\"raw\nbreak\",\"rsp_code\":\"FAIL\"}",
        "<html>502</html>",
        "rsp_code=SUCCESS&data=a%2Bb%3D&md5=00&merchant_id=M",
        "--x\r\nContent-Disposition: form-data; name=\"data\"\r\n\r\nAAAA\r\n--x\r\nContent-Disposition: form-data; \
         name=\"md5\"\r\n\r\n00\r\n--x--\r\n",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec();
    // In GBK.
    seeds.push(b"{\"rsp_code\":\"FAIL\",\"rsp_msg\":\"\xca\xa7\xb0\xdc\x81\x5c\"}".to_vec());
    for vector in vectors::all() {
        let (Some(data), Some(md5)) = (vector["data"].as_str(), vector["md5"].as_str()) else { continue };
        let message = Message::new([("rsp_code", "SUCCESS"), ("rsp_msg", "success"), ("data", data), ("md5", md5)]);
        seeds.extend([message.to_body(Framing::Json), message.to_body(Framing::Base64)]);
    }
    seeds
}
