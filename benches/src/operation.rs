//! Each operation by its name, so that time, instructions and allocations are measured for the same operation.

use std::collections::BTreeMap;
use std::hint::black_box;

use ottpay::envelope;

use crate::fixture::{self, CIPHER};
use crate::floor;

/// Does one thing once.
pub type Operation = Box<dyn FnMut()>;

/// Everything that can be measured; the floors are last.
pub const NAMES: [&str; 11] =
    ["seal", "open", "build", "call", "callback", "seal_10k", "open_10k", "c", "c_prepared", "two_md5", "md5_10k"];

/// The operation of that name, prepared.
pub fn named(name: &str) -> Option<Operation> {
    Some(match name {
        "seal" => seal(fixture::small()),
        "open" => open(fixture::small()),
        "build" => build(),
        "call" => call(),
        "callback" => callback(),
        "seal_10k" => seal(fixture::large()),
        "open_10k" => open(fixture::large()),
        "c" => c(),
        "c_prepared" => c_prepared(),
        "two_md5" => {
            let values = values(fixture::small());
            Box::new(move || _ = black_box(floor::two_digests(black_box(values.as_bytes()))))
        }
        "md5_10k" => {
            let values = values(fixture::large());
            Box::new(move || _ = black_box(floor::digest(black_box(values.as_bytes()))))
        }
        _ => return None,
    })
}

type Fields = BTreeMap<&'static str, String>;

fn seal(fields: Fields) -> Operation {
    let key = fixture::key();
    Box::new(move || drop(black_box(envelope::seal(black_box(&fields), &key, CIPHER))))
}

fn open(fields: Fields) -> Operation {
    let key = fixture::key();
    let sealed = envelope::seal(&fields, &key, CIPHER);
    Box::new(move || {
        let fields = envelope::open(black_box(&sealed.data), &sealed.md5, &key, CIPHER);
        drop(black_box(fields.expect("it was sealed with this key")));
    })
}

/// A typed request.
fn build() -> Operation {
    let (client, order) = (fixture::client(), fixture::order());
    Box::new(move || drop(black_box(fixture::payment(&client, &order))))
}

/// A typed request, its envelope, and the typed reply to it.
fn call() -> Operation {
    let (client, order) = (fixture::client(), fixture::order());
    Box::new(move || {
        let payment = fixture::payment(&client, &order);
        let reply = fixture::now(client.send(&payment)).expect("the gateway in memory accepts each payment");
        black_box(reply.code_url());
    })
}

/// A typed callback from a body.
fn callback() -> Operation {
    let (client, body) = (fixture::client(), fixture::callback_body());
    Box::new(move || {
        let paid = client.callback(black_box(&body)).expect("it was sealed with this key");
        black_box((paid.order_id(), paid.amount()));
    })
}

/// The cryptography of an envelope in C.
fn c() -> Operation {
    let fields = fixture::small();
    let (json, values) = (fixture::json(&fields), values(fields));
    Box::new(move || {
        let data = floor::in_c(black_box(values.as_bytes()), json.as_bytes());
        drop(black_box(data.expect("OpenSSL has MD5 and AES")));
    })
}

/// The same, with everything prepared that can be created once.
fn c_prepared() -> Operation {
    let fields = fixture::small();
    let (json, values) = (fixture::json(&fields), values(fields));
    let mut prepared = floor::Prepared::new().expect("OpenSSL has MD5 and AES");
    Box::new(move || {
        let data = prepared.seal(black_box(values.as_bytes()), json.as_bytes());
        drop(black_box(data.expect("the key has 16 bytes")));
    })
}

/// The digested text.
fn values(fields: Fields) -> String {
    fields.into_values().collect()
}
