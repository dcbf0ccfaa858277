//! Callbacks: an accepted one was sealed with the sign key, and has the order and the amount that were sealed, even if
//! the message was altered in transit.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ottpay::envelope::{Fields, Message, Sealed};
use ottpay::reply::Received;
use ottpay::spec::FieldInfo;
use ottpay::{CallbackError, Client, Framing, GATEWAY};

use crate::merchant::{ID, SIGN_KEY, client, seal, sign_key};
use crate::pieces::{choice_and_text, object, seed};
use crate::secret::{assert_hidden, secrets};
use crate::{opened, vectors};

/// A genuine callback.
struct Genuine {
    /// The merchant whose callback it is.
    client: &'static Client,
    sign_key: &'static str,
    sealed: Sealed,
    body: Vec<u8>,
}

/// The sample merchant, and the one of the vector of a forgery.
static CLIENTS: LazyLock<[(Client, String); 2]> = LazyLock::new(|| {
    let pair = vectors::parse(vectors::FORGERY);
    let text = |name: &str| pair[name].as_str().expect("a string").to_owned();
    let other = client().merchant_id(text("merchant_id")).sign_key(sign_key(&text("sign_key"))).build();
    [(client().build().expect("a client"), SIGN_KEY.to_owned()), (other.expect("a client"), text("sign_key"))]
});

static GENUINE: LazyLock<Vec<Genuine>> = LazyLock::new(|| {
    let [(own, own_key), (other, other_key)] = &*CLIENTS;
    let wrap = |client, sign_key: &'static String, sealed: Sealed, merchant: Option<&str>| {
        let Sealed { data, md5 } = &sealed;
        let members =
            [("rsp_code", "SUCCESS"), ("merchant_id", merchant.unwrap_or_default()), ("data", data), ("md5", md5)];
        let members = members.into_iter().filter(|(_, text)| !text.is_empty());
        Genuine { client, sign_key, body: Message::new(members).to_body(Framing::Json), sealed }
    };
    let mut genuine = Vec::new();
    for vector in vectors::all().iter().filter(|vector| vector["name"] == "callback") {
        let text = |name: &str| vector[name].as_str().unwrap_or_default().to_owned();
        genuine.push(wrap(own, own_key, Sealed { data: text("data"), md5: text("md5") }, None));
    }
    for example in GATEWAY.callbacks.iter().flat_map(|callback| callback.examples) {
        let own_merchant = |name: &str, value: &'static str| if name == "merchant_id" { ID } else { value };
        let text = object(example.iter().map(|(name, value)| (*name, own_merchant(name, value))));
        genuine.extend(seal(&text).map(|sealed| wrap(own, own_key, sealed, Some(ID))));
    }
    let pair = vectors::parse(vectors::FORGERY);
    let text = |name: &str| pair["genuine"]["body"][name].as_str().unwrap_or_default().to_owned();
    let sealed = Sealed { data: text("data"), md5: text("md5") };
    genuine.push(wrap(other, other_key, sealed, pair["merchant_id"].as_str()));
    genuine
});

/// The first byte selects: a body, a genuine one whose blocks are moved, or fields that a gateway might seal. Returns
/// whether it was accepted.
pub fn target(data: &[u8]) -> bool {
    let Some((choice, text)) = choice_and_text(data) else { return false };
    match choice & 3 {
        0 => CLIENTS.iter().fold(false, |is_taken, (client, key)| is_taken | assert_genuine(client, key, &data[1..])),
        1 | 2 => {
            let genuine = &GENUINE[usize::from(choice >> 2) % GENUINE.len()];
            let body = with_moved_blocks(genuine, &data[1..]);
            assert_genuine(genuine.client, genuine.sign_key, &body)
        }
        _ => {
            let Some(Sealed { data, md5 }) = seal(&text) else { return false };
            let body = Message::new([("rsp_code", "SUCCESS"), ("data", &*data), ("md5", &*md5)]).to_body(Framing::Json);
            !assert_read_as_sealed(&CLIENTS[0].0, SIGN_KEY, &body).is_empty()
        }
    }
}

/// The declarations by which callbacks are read.
fn read_in_every_way(client: &Client, body: &[u8]) -> [Result<Received, CallbackError>; 3] {
    [
        client.callback(body).map(|callback| callback.raw().clone()),
        client.wallet_callback(body).map(|callback| callback.raw().clone()),
        client.elavon_callback(body).map(|callback| callback.raw().clone()),
    ]
}

/// Without the sign key, a sender gets only callbacks with the sealed order and the sealed amount accepted.
fn assert_genuine(client: &Client, sign_key: &str, body: &[u8]) -> bool {
    let expected = assert_read_as_sealed(client, sign_key, body);
    for (order, amount, md5) in &expected {
        let same = GENUINE.iter().find(|genuine| genuine.sealed.md5.eq_ignore_ascii_case(md5));
        let same = same.unwrap_or_else(|| panic!("nothing with the digest {md5} was ever sealed"));
        let sealed =
            opened::open(&same.sealed.data, &same.sealed.md5, same.sign_key).expect("a genuine callback opens");
        assert_eq!(&text_of(&sealed, ORDER), order, "a different order than the one that was sealed");
        assert_eq!(&text_of(&sealed, AMOUNT), amount, "a different amount than the one that was sealed");
    }
    !expected.is_empty()
}

const ORDER: [&str; 2] = ["order_id", "orderId"];
const AMOUNT: [&str; 2] = ["amount", "total_amount"];

fn text_of(fields: &BTreeMap<String, String>, names: [&str; 2]) -> Option<String> {
    names.iter().find_map(|name| fields.get(*name).filter(|text| !text.is_empty())).cloned()
}

/// An accepted message also opens with the libraries alone, and has the same fields. Returns order, amount and digest
/// of an accepted message.
fn assert_read_as_sealed(
    client: &Client,
    sign_key: &str,
    body: &[u8],
) -> Vec<(Option<String>, Option<String>, String)> {
    let mut taken = Vec::new();
    for read in read_in_every_way(client, body) {
        match read {
            Ok(received) => {
                let message = Message::read_callback(body).expect("what was taken is a message");
                let md5 = message.text("md5").expect("what was taken has a digest");
                let data = message.text("data").expect("what was taken is sealed");
                let opened = opened::open(data, md5, sign_key).expect("what was taken opens by the libraries");
                for (name, text) in texts(received.fields()) {
                    if let Some(expected) = opened.get(name) {
                        assert_eq!(text, expected, "{name}");
                    }
                }
                assert!(opened.keys().all(|name| received.get(name).is_some()), "a field is missing");
                taken.push((text_of(&opened, ORDER), text_of(&opened, AMOUNT), md5.to_owned()));
            }
            Err(error) => assert_error_hides(&error),
        }
    }
    taken
}

fn texts(fields: &Fields) -> impl Iterator<Item = (&str, &str)> {
    fields.iter().filter_map(|(name, value)| Some((name, value.as_text()?)))
}

/// An error shows nothing that is sensitive, and no sign key.
fn assert_error_hides(error: &CallbackError) {
    let shown = format!("{error} {error:?}");
    assert_hidden(&shown, &[SIGN_KEY]);
    let received = match error {
        CallbackError::PossiblyAltered { callback, .. } => callback.received(),
        CallbackError::Field { received, .. } => received,
        _ => return,
    };
    let declared: Vec<&[FieldInfo]> = GATEWAY.callbacks.iter().map(|callback| callback.fields).collect();
    for declared in declared {
        assert_hidden(&shown, &secrets(received.fields(), declared));
    }
}

/// A genuine callback with its encrypted blocks moved, as an attacker without the key can: every three bytes of the
/// recipe select the operation, the block it starts from, and its target.
fn with_moved_blocks(genuine: &Genuine, recipe: &[u8]) -> Vec<u8> {
    let sealed = BASE64_STANDARD.decode(&genuine.sealed.data).expect("Base64");
    let mut blocks: Vec<[u8; 16]> = sealed.chunks_exact(16).map(|block| block.try_into().expect("16 bytes")).collect();
    let original = blocks.clone();
    for step in recipe.chunks_exact(3).take(8) {
        let [what, from, to] = [step[0], step[1], step[2]];
        let count = blocks.len();
        if count == 0 {
            break;
        }
        let (from, to) = (usize::from(from) % count, usize::from(to) % count);
        match what % 6 {
            0 => drop(blocks.remove(from)),
            1 => blocks.swap(from, to),
            2 => blocks.insert(to, blocks[from]),
            3 => {
                let block = blocks.remove(from);
                blocks.insert(to.min(blocks.len()), block);
            }
            4 => drop(blocks.drain(from.min(to)..from.max(to))),
            _ => blocks[to] = original[usize::from(what) / 6 % original.len()],
        }
    }
    let data = BASE64_STANDARD.encode(blocks.concat());
    Message::new([("rsp_code", "SUCCESS"), ("data", &data), ("md5", &genuine.sealed.md5)]).to_body(Framing::Json)
}

/// Genuine bodies in every framing, the forgery, recipes, and fields that a gateway might seal.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    let mut raw = |body: &[u8]| seeds.push([&[0], body].concat());
    for genuine in &*GENUINE {
        raw(&genuine.body);
        let Sealed { data, md5 } = &genuine.sealed;
        let escaped = data.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
        raw(format!("rsp_code=SUCCESS&data={escaped}&md5={md5}").as_bytes());
        raw(BASE64_STANDARD.encode(&genuine.body).as_bytes());
    }
    raw(vectors::parse(vectors::FORGERY)["forged"]["body"].to_string().as_bytes());
    for index in 0..GENUINE.len() {
        let choice = ((index * 4) % 256) as u8;
        seeds.push(vec![choice | 1, 1, 2, 3]);
        seeds.push(vec![choice | 2, 4, 2, 3, 2, 1, 5, 0, 4, 0]);
    }
    for callback in GATEWAY.callbacks {
        for example in callback.examples {
            seeds.push(seed(3, &object(example.iter().copied())));
        }
    }
    seeds.push(seed(3, r#"{"order_id":"T1","amount":1999,"tip":1.0,"remarks":null,"exchange_rate":5.24740000}"#));
    seeds
}
