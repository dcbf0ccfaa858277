//! The time to explain the most expensive messages: long ones in which no cause is found.
#![allow(clippy::print_stdout, reason = "a benchmark prints what it measures")]

use std::error::Error;
use std::time::Instant;

use ottpay_runtime::envelope::explain::explain;
use ottpay_runtime::envelope::{Message, seal_as};
use ottpay_runtime::{Cipher, Framing, SignKey};

const ECB: Cipher = Cipher::Aes128Ecb;

/// An object with this many members and bytes, whose values are made from their length.
fn object(count: usize, bytes: usize, value: impl Fn(usize) -> String) -> String {
    let length = (bytes / count).saturating_sub(8).max(1);
    let members: Vec<String> = (0..count).map(|number| format!("\"n{number:03}\":{}", value(length))).collect();
    format!("{{{}}}", members.join(","))
}

fn main() -> Result<(), Box<dyn Error>> {
    let (right, wrong) = (SignKey::new("6698851A525C9433")?, SignKey::new("x".repeat(16))?);
    let nested = |length: usize| format!("{}{}", "[".repeat(15), "1,".repeat(length / 2) + "1" + &"]".repeat(15));
    for bytes in [10_000, 700_000] {
        let objects = [
            ("500 numbers", object(500, bytes, |length| "7".repeat(length))),
            ("500 nested lists", object(500, bytes, |length| format!("[{}1]", "1,".repeat(length / 2)))),
            (
                "500 nested objects",
                object(500, bytes, |length| format!("{{\"a\":[{}{{}}]}}", "1.5,".repeat(length / 5))),
            ),
            ("deep lists", object(1, bytes, nested)),
            ("500 strings", object(500, bytes, |length| format!("\"{}\"", "é".repeat(length / 2)))),
            ("a long string", object(1, bytes, |length| format!("\"{}\"", "<\\\"'\u{1f600}".repeat(length / 8)))),
            ("many spaces", object(1, bytes, |length| format!("\"{}\"", " ".repeat(length)))),
        ];
        for (what, json) in objects {
            let sealed = seal_as(&json, "0123456789ABCDEF0123456789ABCDEF", &right, ECB);
            let body = |data: &str| {
                let members = [("merchant_id", "M"), ("data", data), ("md5", &sealed.md5)];
                Message::new(members).to_body(Framing::Json)
            };
            let spaced = sealed.data.replace('A', " A");
            for (how, key, data) in [
                ("wrong digest", &right, &sealed.data),
                ("wrong key", &wrong, &sealed.data),
                ("wrong digest, spaces", &right, &spaced),
            ] {
                let body = body(data);
                let start = Instant::now();
                let explanation = explain(&body, key, ECB);
                let took = start.elapsed();
                let failed = explanation.steps.last().map_or("", |step| step.title);
                println!("{:>9} bytes of {what}, {how}: {took:?}, {failed}", body.len());
            }
        }
    }
    Ok(())
}
