//! Tests mistakes in the digest; everything else about the message is right.

use super::*;

#[track_caller]
fn digest_says(json: &str, digested: impl AsRef<[u8]>, cause: &str) {
    assert_cause(&sealed(json.as_bytes(), &md5(digested)), "compare the digests", cause);
}

#[test]
fn the_right_digest_is_verified() {
    let explanation = sealed(JSON.as_bytes(), &md5(VALUES));
    assert!(explanation.is_verified(), "{:?}", explanation.problem());
    assert_eq!(explanation.concatenation(), Some(VALUES));
    let explanation = sealed(br#"{"b":1,"a":null}"#, &md5("null1.0"));
    assert!(explanation.is_verified(), "{:?}", explanation.problem());
    assert_eq!(explanation.concatenation(), Some("null1.0"));
}

#[test]
fn another_order_is_named() {
    digest_says(JSON, "T1100WECHATPAYa/b & café 5", "in the order of the members");
    digest_says(JSON, "100WECHATPAYT1a/b & café 5", "sorted case-insensitively");
    digest_says(JSON, "a/b & café T1WECHATPAY1005", "descending");
    digest_says(JSON, "1005T1WECHATPAYa/b & café ", "the values were sorted");
    let json = r#"{"order_id":"1","orderb":"2","Order":"3"}"#;
    digest_says(json, "321", "by the rules of a language");
    let json = "{\"\u{1f600}\":\"1\",\"\u{ff5e}\":\"2\"}";
    digest_says(json, "21", "by code point");
}

#[test]
fn a_separator_between_the_values_is_named() {
    let pairs =
        [("Tip", "5"), ("amount", "100"), ("biz_type", "WECHATPAY"), ("order_id", "T1"), ("remark", "a/b & café ")];
    let joined = |end: &str, between: &str| pairs.map(|(name, value)| format!("{name}{end}{value}")).join(between);
    digest_says(JSON, joined("=", "&"), "`name=value` joined by `&`");
    digest_says(JSON, joined("=", ""), "`name=value` without a separator");
    digest_says(JSON, joined("", ""), "digested too, before their values");
    digest_says(JSON, joined(":", ","), "`name:value` joined by commas");
    let values = |between: &str| pairs.map(|(_, value)| value).join(between);
    for (between, cause) in [
        (",", "commas"),
        ("&", "joined by `&`"),
        ("|", "joined by `|`"),
        (" ", "joined by spaces"),
        (";", "semicolons"),
        ("\n", "line breaks"),
    ] {
        digest_says(JSON, values(between), cause);
    }
    // As another gateway of WeChat Pay requires.
    let both = joined("=", "&") + "&key=" + SIGN_KEY;
    digest_says(JSON, &both, "`name=value` joined by `&`");
    digest_says(JSON, &both, "`&key=` and the sign key");
}

#[test]
fn a_sign_key_in_the_digest_is_named_and_not_shown() {
    digest_says(JSON, format!("{VALUES}{SIGN_KEY}"), "the sign key was digested after the values");
    digest_says(JSON, format!("{SIGN_KEY}{VALUES}"), "the sign key was digested before the values");
    // The key is sent as the value of a field.
    let explanation = sealed(format!(r#"{{"key":"{SIGN_KEY}","a":"1"}}"#).as_bytes(), &md5("1"));
    assert_cause(&explanation, "compare the digests", "leaves out `key`");
    let details: Vec<_> = explanation.steps.iter().flat_map(|step| &step.details).cloned().collect();
    let shown =
        format!("{details:?}{:?}{:?}{:?}", explanation.fields(), explanation.plaintext(), explanation.concatenation());
    assert!(!shown.contains(SIGN_KEY) && shown.contains("[sign key]"), "{shown}");
    // The key is sent as the name of a field.
    let explanation = sealed(format!(r#"{{"{SIGN_KEY}":"2","a":"1"}}"#).as_bytes(), &md5("1"));
    assert_cause(&explanation, "compare the digests", "leaves out `[sign key]`");
}

#[test]
fn a_digest_of_something_else_is_named() {
    digest_says(JSON, JSON, "the digest is of the JSON text");
    let json = r#"{ "b": "1", "a": "2" }"#;
    digest_says(json, r#"{"a":"2","b":"1"}"#, "of the sorted JSON text");
    digest_says(JSON, md5(VALUES), "the digest was digested again");
    digest_says(JSON, md5(VALUES).to_lowercase(), "the digest was digested again");
    digest_says(JSON, Md5::digest(VALUES), "the digest was digested again");
    digest_says(JSON, "5100WECHATPAYON1T1a/b & café ", "includes `merchant_id` from outside");
    digest_says(JSON, "whatever", "a value was changed after the digest was computed");
}

#[test]
fn values_in_another_form_are_named() {
    digest_says(JSON, "5100WECHATPAYT1a/b & café", "trimmed");
    digest_says(JSON, "5100WECHATPAYT1a/b & caf\\u00e9 ", "\\uXXXX");
    digest_says(JSON, "5100WECHATPAYT1a\\/b & caf\\u00e9 ", "including \\/");
    digest_says(JSON, "5100WECHATPAYT1a\\/b & café ", "\\/ instead of each slash");
    digest_says(JSON, b"5100WECHATPAYT1a/b & caf\xe9 ", "Latin-1");
    digest_says(JSON, "5100WECHATPAYT1a/b & caf? ", "became `?`");
    digest_says(JSON, "5100WECHATPAYT1a/b &amp; café ", "HTML escapes");
    digest_says(JSON, "5100WECHATPAYT1a%2Fb+%26+caf%C3%A9+", "percent-encoded, with `+`");
    digest_says(JSON, "5100WECHATPAYT1a%2Fb%20%26%20caf%C3%A9%20", "percent-encoded; ");
    digest_says(JSON, "5100WECHATPAYT1a/b&café", "spaces were removed");
    digest_says(JSON, "5100wechatpayt1a/b & café ", "lower case");
    digest_says(JSON, "5100WECHATPAYT1A/B & CAFÉ ", "upper case");
    digest_says(JSON, "\"5\"\"100\"\"WECHATPAY\"\"T1\"\"a/b & café \"", "quotation marks");
    digest_says(JSON, "5.0100.0WECHATPAYT1a/b & café ", "`.0`");
    let utf16: Vec<u8> = VALUES.encode_utf16().flat_map(u16::to_le_bytes).collect();
    digest_says(JSON, utf16, "UTF-16");
    digest_says(r#"{"a":"%41","b":"1"}"#, "A1", "percent-escapes in text were decoded");
    digest_says(r#"{"a":"x\"y","b":"1"}"#, "x\\\"y1", "JSON escapes");
}

#[test]
fn values_that_are_not_strings_are_named() {
    // Two JavaScript clients do this: right for small whole numbers, wrong from ten million.
    digest_says(r#"{"rate":650000000,"a":"x"}"#, "x650000000.0", "`.0`");
    digest_says(r#"{"rate":5.2474,"a":"x"}"#, "x5.2474.0", "every number, even to fractions;");
    digest_says(
        r#"{"rate":5.2474,"a":"x","total":100,"zip":"12"}"#,
        "x5.2474.0100.012",
        "every number, even to fractions;",
    );
    digest_says(
        r#"{"rate":5.2474,"a":"x","total":"100"}"#,
        "x5.2474.0100.0",
        "even to fractions and strings of digits",
    );
    digest_says(r#"{"rate":12345678,"a":"7"}"#, "712345678.0", "numbers that are not strings were written with `.0`");
    digest_says(r#"{"rate":"650000000","a":"x"}"#, "x6.5E8", "as Java writes them");
    digest_says(r#"{"rate":5.2400,"a":"x"}"#, "x5.25", "a value was changed");
    digest_says(r#"{"rate":"100.00","z":"x"}"#, "100x", "trailing zeros");
    digest_says(r#"{"a":"x","n":null}"#, "xNone", "`None`");
    digest_says(r#"{"a":"x","n":null}"#, "xundefined", "`undefined`");
    digest_says(r#"{"a":"x","n":""}"#, "xnull", "empty values were written as `null`");
    digest_says(r#"{"a":"x","b":true}"#, "xTrue", "`True`");
    digest_says(r#"{"a":"x","b":true}"#, "x1", "as PHP does");
}

#[test]
fn one_field_is_named_and_its_value_is_not() {
    let left_out = [("Tip", "100WECHATPAYT1a/b & café "), ("order_id", "5100WECHATPAYa/b & café ")];
    for (name, digested) in left_out {
        digest_says(JSON, digested, &format!("leaves out `{name}`"));
    }
    digest_says(JSON, "5100wechatpayT1a/b & café ", "for the field `biz_type`, letters were converted to lower case");
    digest_says(JSON, "5100.0WECHATPAYT1a/b & café ", "for the field `amount`, numbers were written with `.0`");
    let explanation = sealed(JSON.as_bytes(), &md5("5100WECHATPAYa/b & café "));
    let problem = explanation.problem().unwrap();
    assert!(!format!("{problem:?}{problem}").contains("T1"));
}

#[test]
fn a_duplicate_member_is_named_with_any_digest() {
    let json = br#"{"b":"2","a":"1","b":"3"}"#;
    for (digested, cause) in [
        ("123", "of both values"),
        ("12", "the first value only"),
        ("13", "the last value only"),
        ("", "two members `b`"),
    ] {
        assert_cause(&sealed(json, &md5(digested)), "read the JSON object", cause);
    }
}

#[test]
fn causes_of_an_invalid_object_are_distinguished() {
    let twice = serde_json::to_string(JSON).unwrap();
    assert_cause(&sealed(twice.as_bytes(), &md5(VALUES)), "read the JSON object", "as JSON twice");
    assert_cause(&sealed(b"[1]", &md5("1")), "read the JSON object", "with their names");
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(20), "]".repeat(20));
    assert_cause(&sealed(deep.as_bytes(), &md5("")), "read the JSON object", "never look like this");
}

#[test]
fn additions_around_the_values_are_named() {
    for (after, cause) in [
        ("\n", "line end (LF)"),
        ("\r\n", "line end (CR LF)"),
        ("\r", "carriage return"),
        (" ", "a space"),
        ("\0", "zero byte"),
    ] {
        digest_says(JSON, format!("{VALUES}{after}"), cause);
    }
    digest_says(JSON, format!("\u{feff}{VALUES}"), "a byte order mark");
    digest_says(JSON, format!("{SIGN_KEY}{VALUES}{SIGN_KEY}"), "before and after the values");
    digest_says(JSON, format!("{VALUES}{SIGN_KEY}\n"), "sign key and a line end");
    let utf16: Vec<u8> = "\u{feff}".encode_utf16().chain(VALUES.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    digest_says(JSON, utf16, "UTF-16");
}

#[test]
fn a_digest_of_more_than_the_values_is_named() {
    digest_says(JSON, "", "of empty input");
    digest_says(JSON, format!("{JSON}{SIGN_KEY}"), "of the JSON text and more");
    digest_says(JSON, BASE64_STANDARD.encode(JSON), "JSON text in Base64");
    digest_says(JSON, BASE64_STANDARD.encode(VALUES), "encoded in Base64 before they were digested");
    digest_says(JSON, md5(VALUES) + SIGN_KEY, "digested again with the sign key");
    digest_says(JSON, "Tipamountbiz_typeorder_idremark", "of the names");
    // HMAC-MD5 of the values under the sign key, as `openssl dgst -md5 -hmac` computes it.
    let hmac = |values: &str| {
        let pad = |pad: u8| -> Vec<u8> {
            (0..64).map(|index| SIGN_KEY.as_bytes().get(index).copied().unwrap_or(0) ^ pad).collect()
        };
        [pad(0x5c), Md5::digest([pad(0x36), values.into()].concat()).to_vec()].concat()
    };
    digest_says(JSON, hmac(VALUES), "HMAC-MD5");
    let json = r#"{"b":1,"a":[true,null]}"#;
    digest_says(json, r#"{"a":[true,null],"b":1}"#, "of the sorted JSON text");
    digest_says(json, r#"{"b": 1, "a": [true, null]}"#, "of the JSON text");
}

#[test]
fn missing_and_additional_fields_are_named() {
    digest_says(JSON, "5100WECHATPAYundefinedT1a/b & café ", "the word `undefined`");
    digest_says(JSON, "undefined5100WECHATPAYundefinedT1a/b & café undefined", "the word `undefined`");
    digest_says(JSON, "5100WECHATPAYNoneT1a/b & café ", "the word `None`");
    digest_says(JSON, "5100nullWECHATPAYT1a/b & café ", "the word `null`");
    digest_says(JSON, "100WECHATPAYa/b & café ", "leaves out `Tip` and `order_id`");
    digest_says(r#"{"a":"x","b":"0","c":"0"}"#, "x", "PHP's array_filter");
    digest_says(r#"{"a":"x","b":0,"c":false,"d":"0"}"#, "x0", "false, 0 or null were omitted");
    digest_says(r#"{"a":"x","b":7,"c":8}"#, "x", "that are not strings were omitted");
    digest_says(r#"{"a":"x","b":["y"],"c":{"d":"z"},"n":7}"#, "x7", "lists and objects were omitted");
}

#[test]
fn other_character_sets_are_named() {
    let json = r#"{"a":"可以","b":"café €"}"#;
    let says = |digested: &[u8], cause: &str| digest_says(json, digested, cause);
    says(&[b"\xbf\xc9\xd2\xd4caf\xa8\xa6 ", &b"\x80"[..]].concat(), "in GBK");
    digest_says(r#"{"a":"繁體"}"#, b"\xc1c\xc5\xe9", "in Big5");
    digest_says(r#"{"a":"€ é"}"#, b"\x80 \xe9", "Windows-1252, which is similar to Latin-1");
    digest_says(r#"{"a":"é"}"#, b"\xe9", "Latin-1");
    digest_says(r#"{"a":"é"}"#, "Ã©", "read as Latin-1 and encoded again");
    digest_says(r#"{"a":"可"}"#, b"\xef", "only one byte");
    digest_says(r#"{"a":"😀"}"#, b"\xed\xa0\xbd\xed\xb8\x80", "CESU-8");
    digest_says(r#"{"a":"可以x"}"#, "??x", "became `?`");
    digest_says(r#"{"a":"可x"}"#, "???x", "for each byte");
    digest_says(r#"{"a":"可x"}"#, "x", "outside ASCII were omitted");
    digest_says(r#"{"a":"é😀x"}"#, "éx", "of four bytes were omitted");
    digest_says(r#"{"a":"é😀x"}"#, "é?x", "of four bytes became `?`");
    let utf16: Vec<u8> = "可以café €".encode_utf16().flat_map(u16::to_be_bytes).collect();
    says(&utf16, "UTF-16");
    // Only one field.
    digest_says(r#"{"a":"é","b":"é"}"#, b"\xe9\xc3\xa9", "for the field `a`, text was digested in Latin-1");
}

#[test]
fn further_forms_of_values_are_named() {
    let of_each = |text: &str| text.split(' ').map(md5).collect::<String>();
    let json = r#"{"a":"x","b":"","c":"y"}"#;
    digest_says(json, of_each("x  y"), "each value was digested separately; ");
    digest_says(json, of_each("x  y").to_lowercase(), "each value was digested separately; ");
    digest_says(json, of_each("x y"), "except empty ones");
    digest_says(
        json,
        "xD41D8CD98F00B204E9800998ECF8427Ey",
        "empty values were written as the digest of an empty string",
    );
    digest_says(
        json,
        "xd41d8cd98f00b204e9800998ecf8427ey",
        "empty values were written as the digest of an empty string",
    );
    digest_says(json, "xundefinedy", "`undefined`");
    digest_says(json, "x\"\"y", "as quotation marks");
    digest_says(r#"{"a":"one\ntwo"}"#, "one\r\ntwo", "became CR LF");
    digest_says(r#"{"a":"one\r\ntwo"}"#, "one\ntwo", "became LF");
    digest_says(r#"{"a":"one\ntwo"}"#, "onetwo", "line ends were removed");
    digest_says(r#"{"a":"it's"}"#, "it\\'s", "addslashes");
    digest_says(r#"{"a":"it's"}"#, "it&#039;s", "&#039;");
    digest_says(r#"{"a":"a &amp; b"}"#, "a & b", "were decoded");
    digest_says(r#"{"a":"a b(é)"}"#, "a%20b(%C3%A9)", "encodeURIComponent");
    digest_says(r#"{"a":"http://x/é y"}"#, "http://x/%C3%A9%20y", "JavaScript's encodeURI;");
    digest_says(r#"{"a":"é/"}"#, "%c3%a9%2f", "percent-encoded in lower case");
    digest_says(r#"{"a":"a+b%20c"}"#, "a b c", "`+` became a space");
    digest_says(r#"{"a":"xyz","b":"1"}"#, "eHl6MQ==", "Base64");
    digest_says(r#"{"a":"xyz","b":"10"}"#, "eHl6MTA=", "Base64");
    digest_says(r#"{"a":"xyz","amount":"1050"}"#, "xyz10.50", "amounts were written in dollars");
    digest_says(r#"{"a":"xyz","amount":"5"}"#, "xyz0.05", "amounts were written in dollars");
    // Two mistakes at once.
    digest_says(r#"{"b":"a/b","a":"x"}"#, "b=a%2Fb&a=x", "`name=value` joined by `&`");
    digest_says(r#"{"b":"a/b","a":"x"}"#, "b=a%2Fb&a=x", "percent-encoded, with `+` for spaces");
    digest_says(r#"{"b":"a/b","a":"x"}"#, "b=a%2Fb&a=x", "in the order of the members");
}

#[test]
fn half_of_a_surrogate_pair_is_named() {
    let text = br#"{"order_id":"T1","remark":"\ud83c"}"#;
    assert_cause(&sealed(text, &md5("T1")), "compare the digests", "split in the middle of an emoji");
    for stand_in in ["\u{fffd}", "?"] {
        let explanation = sealed(text, &md5(format!("T1{stand_in}")));
        assert!(explanation.is_verified());
        let details: Vec<_> = explanation.steps.iter().flat_map(|step| &step.details).cloned().collect();
        assert!(
            details.contains(&format!(r"half of a surrogate pair, such as \ud83c, read as {stand_in}")),
            "{details:?}"
        );
    }
}
