//! Checks that objects are read as `serde_json` reads them: which are accepted or rejected, and their contents.

use fastrand::Rng;
use serde_json::value::RawValue;

use super::fields::Fields;
use super::json::code_units;
use super::json_error::JsonError;
use super::members::Members;
use super::random_json::{object, one_of, white_space};
use super::reader::MAX_MEMBERS;
use super::value::Value;

/// Returns a value as a string, read by `serde_json` alone.
fn text_of(raw: &RawValue) -> Result<Option<String>, JsonError> {
    let text = raw.get();
    Ok(match text.as_bytes()[0] {
        b'"' => Some(serde_json::from_str(text).map_err(|_| JsonError::NotJson)?),
        b'n' => None,
        b'[' | b'{' => Some(compact(raw, 16)?),
        _ => Some(text.to_owned()),
    })
}

fn compact(raw: &RawValue, levels: usize) -> Result<String, JsonError> {
    let text = raw.get();
    let deeper = || levels.checked_sub(1).ok_or(JsonError::TooDeep);
    Ok(match text.as_bytes()[0] {
        b'"' => {
            let text: String = serde_json::from_str(text).map_err(|_| JsonError::NotJson)?;
            serde_json::to_string(&text).unwrap()
        }
        b'[' => {
            let levels = deeper()?;
            let items: Vec<Box<RawValue>> = serde_json::from_str(text).unwrap();
            let items: Vec<_> = items.iter().map(|item| compact(item, levels)).collect::<Result<_, _>>()?;
            format!("[{}]", items.join(","))
        }
        b'{' => {
            let levels = deeper()?;
            let Members(members) = serde_json::from_str(text).map_err(|_| JsonError::NotJson)?;
            if members.len() > MAX_MEMBERS {
                return Err(JsonError::TooMany);
            }
            let write = |(name, value): &(String, Box<RawValue>)| -> Result<String, JsonError> {
                Ok(format!("{}:{}", serde_json::to_string(name).unwrap(), compact(value, levels)?))
            };
            let members: Vec<_> = members.iter().map(write).collect::<Result<_, _>>()?;
            format!("{{{}}}", members.join(","))
        }
        _ => text.to_owned(),
    })
}

/// Name and text of each member, in the order of the digest.
type Read = Result<Vec<(String, Option<String>)>, JsonError>;

/// Returns the result of `serde_json` alone.
fn expected(text: &str) -> Read {
    let Members(members) = match serde_json::from_str(text) {
        Ok(members) => members,
        Err(_) if text.trim_start().starts_with('{') => return Err(JsonError::NotJson),
        Err(_) if serde_json::from_str::<&RawValue>(text).is_ok() => return Err(JsonError::NotObject),
        Err(_) => return Err(JsonError::NotJson),
    };
    if members.len() > MAX_MEMBERS {
        return Err(JsonError::TooMany);
    }
    let read = members.into_iter().map(|(name, value)| Ok((name, text_of(&value)?)));
    let mut read: Vec<_> = read.collect::<Result<_, JsonError>>()?;
    read.sort_by(|(a, _), (b, _)| code_units(a, b));
    let is_double = read.windows(2).any(|pair| pair[0].0 == pair[1].0);
    if is_double { Err(JsonError::Duplicate) } else { Ok(read) }
}

fn read(text: &str) -> Read {
    let fields = Fields::parse_object(text)?;
    Ok(fields.iter().map(|(name, value)| (name.to_owned(), value.as_text().map(str::to_owned))).collect())
}

#[track_caller]
fn assert_agreement(text: &str) -> Read {
    let read = read(text);
    assert_eq!(read, expected(text), "{text}");
    read
}

#[test]
fn objects_are_read_as_serde_json_reads_them() {
    let random = &mut Rng::with_seed(0x2545_f491_4f6c_dd1d);
    for _ in 0..20_000 {
        let text = [white_space(random), &object(random, 3), white_space(random)].concat();
        let read = assert_agreement(&text);
        assert!(matches!(read, Ok(_) | Err(JsonError::Duplicate)), "{text}");
    }
}

#[test]
fn altered_objects_are_refused_where_serde_json_refuses_them() {
    const PIECES: [&str; 34] = [
        "\"", "\\", "{", "}", "[", "]", ",", ":", " ", "\t", "\u{b}", "\u{a0}", "\0", "\u{1f}", "\n", "0", "1", "-",
        "+", ".", "e", "E", "n", "null", "true", "t", "\\u", "\\ud83c", "\\udf1f", "\\u+123", "\\x", "u", "é",
        "\u{feff}",
    ];
    let random = &mut Rng::with_seed(0x9e37_79b9_7f4a_7c15);
    let (mut accepted, mut refused) = (0, 0);
    for _ in 0..60_000 {
        let mut text = object(random, 2);
        for _ in 0..=random.usize(..2) {
            let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let at = random.usize(..places.len());
            let end = (at + random.usize(..3)).min(places.len() - 1);
            text.replace_range(places[at]..places[end], one_of(random, &PIECES));
        }
        match assert_agreement(&text) {
            Ok(_) => accepted += 1,
            Err(_) => refused += 1,
        }
    }
    assert!(accepted > 3_000 && refused > 30_000, "{accepted} {refused}");
}

#[test]
fn deep_nesting_and_many_members_are_errors_and_cost_no_stack() {
    let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
    assert!(assert_agreement(&nested(16)).is_ok());
    assert_eq!(assert_agreement(&nested(17)), Err(JsonError::TooDeep));
    assert_eq!(read(&nested(200_000)), Err(JsonError::TooDeep));
    assert_eq!(read(&nested(200_000)[..300_000]), Err(JsonError::NotJson));
    let many = |count: usize| -> String { (0..count).map(|at| format!("\"{at}\":[{at}],")).collect() };
    for (count, accepted) in [(498, true), (499, true), (500, false), (501, false), (2_000, false)] {
        for text in [format!("{{{}\"x\":1}}", many(count)), format!("{{\"a\":{{{}\"x\":1}}}}", many(count))] {
            let read = assert_agreement(&text);
            assert_eq!(read.is_ok(), accepted, "{count}");
            assert!(accepted || read == Err(JsonError::TooMany));
        }
    }
    // The first one in the order of the text counts, an object before what is in it.
    let deep = format!("{}1{}", "[".repeat(17), "]".repeat(17));
    let within = format!("{{\"a\":{{{}\"x\":{deep}}}}}", many(500));
    assert_eq!(assert_agreement(&within), Err(JsonError::TooMany));
    let before = format!("{{\"a\":{deep},\"b\":{{{}\"x\":1}}}}", many(500));
    assert_eq!(assert_agreement(&before), Err(JsonError::TooDeep));
    let broken = format!("{{\"a\":{deep},\"b\":\"\\q\"}}");
    assert_eq!(assert_agreement(&broken), Err(JsonError::NotJson));
    let around = format!("{{\"a\":{deep},{}\"x\":1}}", many(500));
    assert_eq!(assert_agreement(&around), Err(JsonError::TooMany));
}

#[test]
fn numbers_keep_the_form_in_which_they_were_written() {
    let fields = Fields::parse_object(r#"{"b":5.24740000,"a":1E2,"c":-0,"d":[1.50,{"e":1e0}]}"#).unwrap();
    let values: Vec<_> = fields.iter().map(|(_, value)| value).collect();
    assert_eq!(values[..3], [Value::Number("1E2"), Value::Number("5.24740000"), Value::Number("-0")]);
    assert_eq!(fields.text("d"), Some(r#"[1.50,{"e":1e0}]"#));
    assert!(assert_agreement(r#"{"a":1e999,"b":[1e999]}"#).is_ok());
}

#[test]
fn names_sort_by_code_units() {
    let text = r#"{"tip":1,"order_id":1,"orderId":1,"Tip":1,"1":1,"\uff5e":1,"\ud83d\ude00":1}"#;
    let fields = Fields::parse_object(text).unwrap();
    let names: Vec<_> = fields.iter().map(|(name, _)| name).collect();
    // U+1F600 is a surrogate pair, which sorts before U+FF5E by code units and after it by code points.
    assert_eq!(names, ["1", "Tip", "orderId", "order_id", "tip", "\u{1f600}", "\u{ff5e}"]);
}

#[test]
fn other_json_values_are_distinguished_from_invalid_json() {
    for text in ["[1]", "1", " \"x\"", "null", "\"\\ud83c\""] {
        assert_eq!(assert_agreement(text), Err(JsonError::NotObject), "{text}");
    }
    for text in ["", " ", "{", "{\"a\"}", "<html>", "{\"a\":1}x", "[1", "\u{feff}{}", "{\"a\":01}", "{\"a\":-}"] {
        assert_eq!(assert_agreement(text), Err(JsonError::NotJson), "{text}");
    }
    let halves = [r#"{"a":"\ud800"}"#, r#"{"\ud800":1}"#, r#"{"a":[{"\udc00x":1}]}"#, r#"{"a":"\ud83c\ud83c\udf1f"}"#];
    for text in halves {
        assert_eq!(assert_agreement(text), Err(JsonError::NotJson), "{text}");
    }
    // Too many members take precedence over half of a pair in a value, but not over one in a name.
    let many: String = (0..600).map(|at| format!("\"{at}\":1,")).collect();
    assert_eq!(assert_agreement(&format!("{{{many}\"a\":\"\\ud83c\"}}")), Err(JsonError::TooMany));
    assert_eq!(assert_agreement(&format!("{{{many}\"\\ud83c\":1}}")), Err(JsonError::NotJson));
}

#[test]
fn a_duplicate_member_is_rejected() {
    assert_eq!(assert_agreement(r#"{"a":"1","b":"2","\u0061":"1"}"#), Err(JsonError::Duplicate));
    assert!(assert_agreement(r#"{"a":{"b":1,"b":2}}"#).is_ok());
}

#[test]
fn debug_shows_no_value() {
    let fields = Fields::parse_object(r#"{"cvn2":"987","n":12345,"l":["secret"],"o":{"k":"secret"}}"#).unwrap();
    let shown = format!("{fields:?} {:?}", fields.iter().collect::<Vec<_>>());
    for secret in ["987", "12345", "secret"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    let lists = Fields::parse_object(r#"{"a":[],"b":[1],"c":["[,",{"a":1,"b":[2,3]},[4,5]]}"#).unwrap();
    assert_eq!(format!("{lists:?}"), r#"{"a": list of 0, "b": list of 1, "c": list of 3}"#);
}
