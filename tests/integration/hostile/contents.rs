//! Peers whose HTTP is valid, but whose replies are not what a gateway sends.

use super::cases::{Case, FIELDS, check, genuine, http};
use super::ends::Ends;
use crate::common::{accepted, sealed_bytes};
use ottpay::Framing;
use ottpay::envelope::{MessageError, OpenError};
use serde_json::json;

/// The longest reply by default.
const LIMIT: usize = 1 << 20;

#[test]
fn whatever_a_reply_contains_it_is_read_in_little_memory() {
    check(concat!(module_path!(), "::whatever_a_reply_contains_it_is_read_in_little_memory"), cases);
}

fn cases() -> Vec<Case> {
    let body = genuine();
    let around = |members: &[u8]| [b"{", members, &body[1..]].concat();
    let text = |message: &[u8]| around(&[b"\"note\":\"", message, b"\","].concat());
    let inside = |plaintext: &[u8]| {
        let (data, md5) = sealed_bytes(plaintext);
        json!({ "rsp_code": "SUCCESS", "data": data, "md5": md5 }).to_string().into_bytes()
    };
    let gzip = "content-encoding: gzip\r\n";
    let utf16: Vec<u8> = String::from_utf8_lossy(&body).encode_utf16().flat_map(u16::to_le_bytes).collect();
    let code = |more: &str| format!(r#"{{"rsp_code":"SUCCESS"{more}}}"#).into_bytes();
    let bodies = [
        // Compressed, though that was not asked for.
        ("a gzip bomb: 500 kB that unpack to 80 MB", gzip, gzip_bomb(500_000), Ends::Unreadable(MessageError::NotText)),
        ("a gzip bomb that does not say so", "", gzip_bomb(500_000), Ends::Unreadable(MessageError::NotText)),
        ("a genuine reply that claims to be compressed", gzip, body.clone(), Ends::Accepted),
        // Many and deep.
        ("50,000 members around a genuine reply", "", around(&b"\"\":0,".repeat(50_000)), Ends::Accepted),
        ("a million members, more than the limit", "", around(&b"\"\":0,".repeat(1_000_000)), Ends::TooLarge),
        ("50,000 members and no code", "", [&b"{"[..], &b"\"\":0,".repeat(50_000), b"\"\":0}"].concat(), Ends::NoCode),
        (
            "100,000 times `data`",
            "",
            around(&b"\"data\":\"\",".repeat(100_000)),
            Ends::Unreadable(MessageError::DuplicateMember),
        ),
        ("400,000 levels beside `data`", "", around(&nested("\"x\":", 400_000, ",")), Ends::Accepted),
        (
            "400,000 levels that never end",
            "",
            [&b"{\"x\":"[..], &vec![b'['; 400_000]].concat(),
            Ends::Unreadable(MessageError::NotJson),
        ),
        ("400,000 levels instead of an object", "", nested("", 400_000, ""), Ends::Unreadable(MessageError::NotObject)),
        (
            "50,000 levels inside `data`",
            "",
            inside(&nested("{\"x\":", 50_000, "}")),
            Ends::Unverified(OpenError::TooDeep),
        ),
        ("20,000 members inside `data`", "", inside(&numbered(20_000)), Ends::Unverified(OpenError::TooManyMembers)),
        (
            "a number of 100,000 digits inside `data`",
            "",
            inside(&[&b"{\"x\":1"[..], &vec![b'0'; 100_000], b"}"].concat()),
            Ends::Unverified(OpenError::Digest),
        ),
        (
            "the number 1e999999999 inside `data`",
            "",
            inside(b"{\"x\":1e999999999}"),
            Ends::Unverified(OpenError::Digest),
        ),
        // Twice.
        ("two codes", "", code(r#","rsp_code":"SUCCESS""#), Ends::Unreadable(MessageError::DuplicateMember)),
        ("two times `md5`", "", around(br#""md5":"00","#), Ends::Unreadable(MessageError::DuplicateMember)),
        (
            "two members of one name inside `data`",
            "",
            inside(br#"{"order_id":"T1","order_id":"T2"}"#),
            Ends::Unverified(OpenError::DuplicateMember),
        ),
        ("two texts beside `data`", "", around(br#""rsp_msg":"a","rsp_msg":"b","#), Ends::Accepted),
        // Characters.
        ("NUL instead of a reply", "", vec![0; 100_000], Ends::Unreadable(MessageError::NotJson)),
        ("NUL in a text beside `data`", "", text(b"a\0b"), Ends::Accepted),
        ("NUL after the reply", "", [&*body, b"\0"].concat(), Ends::Unreadable(MessageError::NotJson)),
        ("NUL inside `data`", "", inside(b"{\"order_id\":\"T1\0\"}"), Ends::Unverified(OpenError::NotJson)),
        ("half of a surrogate pair beside `data`", "", text(br"\ud83c"), Ends::Accepted),
        ("10,000 halves of surrogate pairs beside `data`", "", text(&br"\ud83c".repeat(10_000)), Ends::Accepted),
        (
            "half of a surrogate pair inside `data`",
            "",
            inside(br#"{"order_id":"T1\ud83c"}"#),
            Ends::Unverified(OpenError::LoneSurrogate),
        ),
        ("bytes that are not UTF-8 beside `data`", "", text(&[0xff; 100_000]), Ends::Accepted),
        (
            "bytes that are not UTF-8 inside `data`",
            "",
            inside(b"{\"order_id\":\"\xff\"}"),
            Ends::Unverified(OpenError::NotUtf8),
        ),
        ("a byte order mark", "", [b"\xef\xbb\xbf", &*body].concat(), Ends::Accepted),
        ("UTF-16", "", utf16, Ends::Unreadable(MessageError::NotJson)),
        ("spaces up to the limit", "", vec![b' '; LIMIT], Ends::Unreadable(MessageError::Empty)),
        // Other messages.
        ("a genuine reply in Base64", "", accepted(FIELDS).to_body(Framing::Base64), Ends::Accepted),
        ("the reply to another order", "", accepted(&FIELDS.replace("T1", "T2")).to_body(Framing::Json), Ends::Other),
        ("the code without `data`", "", code(""), Ends::Other),
        ("a page", "", b"<html>".repeat(1000), Ends::Unreadable(MessageError::Markup)),
    ];
    let cases = bodies.map(|(name, lines, body, ends)| Case::answer(name, http(lines, &body), ends));
    cases.into()
}

/// Lists in lists, with this before and after.
fn nested(before: &str, levels: usize, after: &str) -> Vec<u8> {
    format!("{before}{}{}{after}", "[".repeat(levels), "]".repeat(levels)).into_bytes()
}

/// An object with this many members, each with a name of its own.
fn numbered(members: usize) -> Vec<u8> {
    let members: Vec<_> = (0..members).map(|number| format!("\"{number}\":0")).collect();
    format!("{{{}}}", members.join(",")).into_bytes()
}

/// About this many bytes of gzip. Its only block contains a zero, and then repeatedly: the last byte 258 more times.
/// Each repetition takes 13 bits, so 13 bytes unpack to 2,064.
fn gzip_bomb(length: usize) -> Vec<u8> {
    let mut bits: Vec<bool> = Vec::new();
    let mut add = |text: &str| bits.extend(text.bytes().map(|bit| bit == b'1'));
    // The last block, by the fixed code; the literal 0; then length 258 and distance 1.
    add("110");
    add("00110000");
    (0..length * 8 / 13).for_each(|_| add("1100010100000"));
    add("0000000");
    let packed = bits.chunks(8).map(|byte| byte.iter().rev().fold(0, |all, bit| all << 1 | u8::from(*bit)));
    [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3].into_iter().chain(packed).chain([0; 8]).collect()
}

#[test]
fn the_bomb_is_one() {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    let Ok(mut python) = Command::new("python3")
        .args(["-c", "import sys, zlib; print(len(zlib.decompressobj(31).decompress(sys.stdin.buffer.read())))"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
    else {
        return println!("skipped: python3 is not installed");
    };
    python.stdin.take().unwrap().write_all(&gzip_bomb(13_000)[..12_000]).unwrap();
    let unpacked = String::from_utf8(python.wait_with_output().unwrap().stdout).unwrap();
    assert!(unpacked.trim().parse::<usize>().unwrap() > 1_800_000, "{unpacked}");
}
