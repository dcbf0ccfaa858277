//! Hostile callbacks: any body is read in little time and memory. The measured memory excludes the body itself, which the shop's
//! server holds.

use std::fs;
use std::time::{Duration, Instant};

use allocation_counter::measure;
use ottpay::Framing;

use crate::common::{accepted, sample, sealed_bytes};
use serde_json::json;

const FIELDS: &str = r#"{"finish_time":"2025-01-01 00:00:00","order_id":"T1","amount":"1999","bizpay_order_id":"W1","merchant_id":"ON00004652"}"#;

/// The longest body by default.
const LIMIT: usize = 1 << 20;

/// How long a processor may be busy with a body, in a debug build, which is some 30 times as slow as a release build.
const TIME: Duration = Duration::from_secs(8);

const MEMORY: u64 = 16_000_000;

/// What `callback` returns for a body: `Ok`, or the error.
fn read(name: &str, body: &[u8]) -> String {
    let client = sample().max_reply(body.len().max(LIMIT)).build().unwrap();
    let (mut read, start, busy) = (None, Instant::now(), busy());
    let used = measure(|| read = Some(client.callback(body).map_err(|error| error.to_string()).map(drop)));
    let took = self::busy().zip(busy).map_or(start.elapsed(), |(after, before)| after - before);
    println!("{name}: {} bytes, {} kB allocated, {took:?}: {read:?}", body.len(), used.bytes_max / 1000);
    assert!(took <= TIME && used.bytes_max <= MEMORY, "{name}: {took:?}, {used:?}");
    read.unwrap().err().unwrap_or("Ok".to_owned())
}

/// How long this thread has kept a processor busy, which does not depend on other work on the machine.
fn busy() -> Option<Duration> {
    let times = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    times.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

/// As many of these as fit into the longest body, with something before and after them.
fn fill(before: &str, again: &[u8], after: &[u8]) -> Vec<u8> {
    let room = LIMIT - before.len() - after.len();
    [before.as_bytes(), &again.repeat(room / again.len()), after].concat()
}

fn seal_callback(plaintext: &[u8]) -> Vec<u8> {
    let (data, md5) = sealed_bytes(plaintext);
    json!({ "rsp_code": "SUCCESS", "data": data, "md5": md5 }).to_string().into_bytes()
}

#[test]
fn additions_around_a_genuine_callback_cost_little_and_change_nothing() {
    let good = accepted(FIELDS).to_body(Framing::Json);
    assert_eq!(read("a genuine callback", &good), "Ok");
    let rest = &good[1..];
    let text = [&b"\","[..], rest].concat();
    let numbered: Vec<String> = (0..60_000).map(|number| format!("\"n{number}\":{number},")).collect();
    let names = |length: usize| format!("{{{}", (0..500).map(|n| format!("\"{n:0length$}\":0,")).collect::<String>());
    for (name, body) in [
        ("members without a name", fill("{", b"\"\":0,", rest)),
        ("members", [b"{", numbered.concat().as_bytes(), rest].concat()),
        ("500 long names", fill(&names(1000), b"\"\":0,", rest)),
        ("a million members", [&b"{"[..], &b"\"\":0,".repeat(1_000_000), rest].concat()),
        ("levels", [&b"{\"x\":"[..], &vec![b'['; 500_000], &vec![b']'; 500_000], b",", rest].concat()),
        (
            "levels of objects",
            [&b"{\"x\":"[..], &b"{\"\":".repeat(150_000), b"0", &vec![b'}'; 150_000], b",", rest].concat(),
        ),
        ("a long number", fill("{\"x\":", b"9", &[b",", rest].concat())),
        ("a long name", fill("{\"", b"x", &[b"\":0,", rest].concat())),
        ("a long text", fill("{\"x\":\"", b"x", &text)),
        ("escapes", fill("{\"x\":\"", br"\u0041", &text)),
        ("escapes in a name", fill("{\"", br"\u0041", &[b"\":0,", rest].concat())),
        ("halves of surrogate pairs", fill("{\"x\":\"", br"\ud83c", &text)),
        ("backslashes", fill("{\"x\":\"", br"\\", &text)),
        ("NUL", fill("{\"x\":\"", b"\0", &text)),
        ("bytes that are not UTF-8", fill("{\"x\":\"", b"\xff", &text)),
        ("GBK", fill("{\"x\":\"", b"\x81\x5c", &text)),
        ("spaces", fill(" ", b" \n", &good)),
    ] {
        assert_eq!(read(name, &body), "Ok");
    }
}

#[test]
fn rejecting_a_body_that_is_not_a_callback_costs_little() {
    let page = |end: &str| fill("", b"a", end.as_bytes());
    let not_json = "expected a JSON object, or Base64 of one; the body is neither, or was truncated";
    let twice = "the body has two members with the same name";
    for (name, body, expected) in [
        ("`data` again and again", fill("{", b"\"data\":0,", b"\"md5\":0}"), twice),
        (
            "`md5` after 500 members",
            fill(&format!("{{{}", "\"x\":0,".repeat(500)), b"\"md5\":0,", b"\"data\":0}"),
            twice,
        ),
        ("open lists", fill("{\"x\":", b"[", b""), not_json),
        ("open objects", fill("", b"{\"x\":", b""), not_json),
        ("open texts", fill("{\"x\":\"", b"\\\"", b""), not_json),
        ("lists", fill("", b"[", b""), "expected a JSON object, but the body is another kind of JSON value"),
        ("zeros", vec![0; LIMIT], not_json),
        (
            "noise",
            (0..LIMIT).map(|at| ((at * 7919) >> 3) as u8).collect(),
            "expected JSON text in UTF-8, but the body has other bytes",
        ),
        ("spaces", vec![b' '; LIMIT], "expected a JSON object, but the body is empty"),
        ("byte order marks", b"\xef\xbb\xbf".repeat(LIMIT / 3), "expected a JSON object, but the body is empty"),
        ("Base64", page("=="), not_json),
        ("a form of separators", fill("", b"&", b""), not_json),
        ("a form of equal signs", fill("", b"=", b"&data=x"), not_json),
        ("a form with many fields", fill("", b"a=b&", b"data=x"), not_json),
        ("a form with many `data`", fill("", b"data=x&", b"md5=x"), not_json),
        (
            "a form of percent signs",
            fill("data=", b"%41", b"&md5="),
            "expected both `data` and `md5`, found only one of them",
        ),
        ("parts", fill("--x\r\n", b"Content-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--x\r\n", b""), not_json),
        ("parts without an end", fill("--x\r\n", b"--x\r\n", b""), not_json),
        ("header lines of a part", fill("--x\r\n", b"a: b\r\n", b"\r\n\r\n--x--"), not_json),
        ("hyphens", fill("", b"-", b""), not_json),
    ] {
        assert_eq!(read(name, &body), expected, "{name}");
    }
}

#[test]
fn duplicates_after_many_members_cost_no_more_than_other_members() {
    let client = sample().build().unwrap();
    // Compared with each other, so that it matters little how fast this machine is.
    let took = |body: &[u8]| {
        let once = || {
            let start = busy()?;
            client.callback(body).unwrap_err();
            Some(busy()? - start)
        };
        (0..3).map(|_| once()).min().flatten()
    };
    let json = format!("{{{}", "\"abc\":0,".repeat(500));
    for (before, duplicate, other, after) in [
        ("abc&".repeat(500), "md5&", "abc&", "data=x"),
        ("abc&".repeat(500), "data&", "abcd&", "md5=x"),
        (json.clone(), "\"md5\":0,", "\"abc\":0,", "\"data\":0}"),
        (json, "\"merchant_id\":0,", "\"merchant_no\":0,", "\"data\":0}"),
    ] {
        let body = |again: &str| fill(&before, again.as_bytes(), after.as_bytes());
        let Some((duplicates, others)) = took(&body(duplicate)).zip(took(&body(other))) else {
            return println!("the time of a thread is not measured, as this is not Linux");
        };
        println!("{duplicate}: {duplicates:?}, {other}: {others:?}");
        assert!(duplicates < others * 4, "{duplicate}: {duplicates:?}, {other}: {others:?}");
    }
}

#[test]
fn the_content_of_a_callback_costs_little_before_it_is_verified() {
    let digest = "digest mismatch: the values inside `data` do not match `md5`; the message was altered";
    let members = "an object inside `data` has more than 500 members";
    let number = |text: &str| seal_callback(format!("{{\"amount\":{text}}}").as_bytes());
    let many = |member: &str, count: usize| {
        let all: Vec<String> = (0..count).map(|number| format!("\"{number}\":{member}")).collect();
        format!("{{{}}}", all.join(","))
    };
    let long = |text: &str| text.repeat(700_000 / text.len());
    for (name, body, expected) in [
        ("members", seal_callback(many("0", 60_000).as_bytes()), members),
        ("members of a member", seal_callback(format!("{{\"x\":{}}}", many("0", 60_000)).as_bytes()), members),
        (
            "levels",
            seal_callback(format!("{{\"x\":{}{}}}", "[".repeat(350_000), "]".repeat(350_000)).as_bytes()),
            "the object inside `data` is nested more than 16 levels deep",
        ),
        ("a long number", number(&long("9")), digest),
        ("a long fraction", number(&format!("0.{}1", long("0"))), digest),
        ("a huge exponent", number("1e999999999"), digest),
        ("a tiny exponent", number("1e-999999999"), digest),
        ("an exponent over 64 bits", number("1e99999999999999999999"), digest),
        ("a long exponent", number(&format!("1e{}", long("9"))), digest),
        ("500 numbers with exponents", seal_callback(many("123456789.5e308", 500).as_bytes()), digest),
        ("500 long numbers", seal_callback(many(&"9".repeat(1300), 500).as_bytes()), digest),
        ("500 objects", seal_callback(many("{\"a\":[1,2,{\"b\":null}],\"c\":1.50}", 500).as_bytes()), digest),
        ("a list of numbers", seal_callback(format!("{{\"x\":[{}1]}}", long("1.50,")).as_bytes()), digest),
        ("escapes", seal_callback(format!("{{\"x\":\"{}\"}}", long(r"\u0041")).as_bytes()), digest),
        ("spaces in a list", seal_callback(format!("{{\"x\":[{}1]}}", long(" 1,")).as_bytes()), digest),
        ("500 lists with spaces", seal_callback(many(&format!("[{}1]", " 1,".repeat(400)), 500).as_bytes()), digest),
        (
            "one name twice",
            seal_callback(br#"{"a":0,"a":0}"#),
            "the object inside `data` has two members with the same name",
        ),
    ] {
        assert_eq!(read(name, &body), expected, "{name}");
    }
    let halves = seal_callback(format!("{{\"x\":\"{}\"}}", long(r"\ud83c")).as_bytes());
    assert!(
        read("halves of surrogate pairs", &halves).starts_with("a string inside `data` has half of a surrogate pair")
    );
}
