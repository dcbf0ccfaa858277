//! The explanation of a message: it agrees with opening. Its search for a cause takes ten times as long as opening a
//! message, so it has a target of its own.

use ottpay::Framing;
use ottpay::envelope::{Message, Sealed, explain, seal_as};

use crate::inner;
use crate::merchant::{SIGN_KEY, sign_key};
use crate::pieces::choice_and_text;

/// A digest that is almost never the right one.
const DIGEST: &str = "0123456789ABCDEF0123456789ABCDEF";

/// Seals a text, under its own digest or another, and explains how it opens. Returns whether it is verified.
pub fn target(data: &[u8]) -> bool {
    let Some((choice, text)) = choice_and_text(data) else { return false };
    let cipher = inner::find_cipher(choice);
    let key = sign_key(SIGN_KEY);
    let sealed = match inner::seal(&text, choice, cipher) {
        Ok(sealed) if choice & 4 == 0 => sealed,
        _ => seal_as(&text, DIGEST, &key, cipher),
    };
    let Sealed { data, md5 } = sealed;
    let message = Message::new([("data", &*data), ("md5", &*md5)]).to_body(Framing::Json);
    let opened = Message::read(&message).expect("a message").open(&key, cipher);
    let explanation = explain(&message, &key, cipher);
    assert_eq!(explanation.is_verified(), matches!(opened, Ok(Some(_))));
    assert_eq!(explanation.problem().is_none(), explanation.is_verified());
    explanation.is_verified()
}
