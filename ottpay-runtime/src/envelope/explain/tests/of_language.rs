//! Tests how languages print values that are not strings; everything else about the message is right.

use super::*;

const NESTED: &str = r#"{"l":["a",2,null,true],"o":{"z":"x","y":[]},"s":"t"}"#;

#[track_caller]
fn digest_says(json: &str, digested: impl AsRef<[u8]>, cause: &str) {
    assert_cause(&sealed(json.as_bytes(), &md5(digested)), "compare the digests", cause);
}

#[test]
fn nested_values_as_languages_print_them_are_named() {
    for (digested, cause) in [
        ("a,2,,true[object Object]t", "JavaScript's String()"),
        ("ArrayArrayt", "PHP"),
        ("['a', 2, None, True]{'z': 'x', 'y': []}t", "Python's str()"),
        ("[a 2 <nil> true]map[y:[] z:x]t", "Go's fmt"),
        (r#"["a", 2, nil, true]{"z" => "x", "y" => []}t"#, "Ruby's inspect"),
        (r#"["a", 2, nil, true]{"z"=>"x", "y"=>[]}t"#, "Ruby's inspect"),
        ("[a, 2, null, true]{z=x, y=[]}t", "Java prints collections"),
        (r#"["a", 2, nil, true]["z": "x", "y": []]t"#, "Swift"),
        ("[a, 2, null, true]{z: x, y: []}t", "Dart"),
        ("[a, 2, null, true][z:x, y:[]]t", "Groovy"),
        ("List(a, 2, null, true)Map(z -> x, y -> List())t", "Scala"),
        ("System.Object[]System.Collections.Generic.Dictionary`2[System.String,System.Object]t", ".NET"),
        (
            "System.Collections.Generic.List`1[System.String]System.Collections.Generic.Dictionary`2[System.String,System.String]t",
            ".NET",
        ),
        (r#"["a",2,null,true]{"y":[],"z":"x"}t"#, "nested objects were sorted"),
        (r#"["a", 2, null, true]{"z": "x", "y": []}t"#, "Python's json.dumps"),
        (r#"["a", 2, null, true]{"y": [], "z": "x"}t"#, "with spaces and sorted"),
        ("[\n  \"a\",\n  2,\n  null,\n  true\n]{\n  \"z\": \"x\",\n  \"y\": []\n}t", "on several lines"),
        (
            "[\r\n  \"a\",\r\n  2,\r\n  null,\r\n  true\r\n]{\r\n  \"z\": \"x\",\r\n  \"y\": []\r\n}t",
            "on several lines",
        ),
        ("a2truext", "only the values inside"),
    ] {
        digest_says(NESTED, digested, cause);
    }
    digest_says(r#"{"o":{"a":"b/é"}}"#, r#"{"a":"b\/\u00e9"}"#, "PHP's json_encode");
    digest_says(r#"{"o":{"a":"b/é"}}"#, r#"{"a":"b/\u00e9"}"#, "\\uXXXX");
    digest_says(r#"{"o":{"b":"1","a":"2"}}"#, "21", "only the values inside lists and objects were digested, sorted");
    digest_says(r#"{"o":{"a":"it's"}}"#, r#"{'a': "it's"}"#, "Python's str()");
}

#[test]
fn numbers_as_languages_print_them_are_named() {
    for (number, digested, cause) in [
        ("100.00", "100", "trailing zeros"),
        ("1E3", "1000", "JavaScript"),
        ("1e21", "1e+21", "JavaScript"),
        ("0.0000001", "1e-7", "JavaScript"),
        ("0.0000015", "1.5e-06", "Python"),
        ("1e16", "1e+16", "Python"),
        ("1000000", "1e+06", "Go"),
        ("650000000", "6.5e+08", "Go"),
        ("1e25", "1.0E+25", "PHP"),
    ] {
        digest_says(&format!(r#"{{"a":"x","n":{number}}}"#), format!("x{digested}"), cause);
    }
}

#[test]
fn words_for_null_and_booleans_are_named() {
    for (json, digested, cause) in [
        (r#"{"a":"x","n":null}"#, "xnil", "`nil`"),
        (r#"{"a":"x","n":null}"#, "xNULL", "`NULL`"),
        (r#"{"a":"x","b":false}"#, "x0", "as `1` and `0`"),
        (r#"{"a":"x","b":true,"c":false}"#, "xTRUEFALSE", "`TRUE`"),
        (r#"{"a":"x","b":true,"c":false}"#, "xTrueFalse", "`True`"),
        (r#"{"a":"x","n":null,"b":true,"l":[]}"#, "x1Array", "PHP"),
    ] {
        digest_says(json, digested, cause);
    }
}
