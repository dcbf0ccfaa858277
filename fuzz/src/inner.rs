//! The object inside `data`: read as `serde_json` reads it, sealed and opened again, and opened only with its own key.

use std::collections::BTreeMap;

use ottpay::envelope::{DigestForm, Fields, Message, OpenError, Sealed, Value, open, seal as seal_fields, seal_json};
use ottpay::{Cipher, Iv};

use crate::json::{self, Members};
use crate::merchant::{SIGN_KEY, sign_key};
use crate::opened;
use crate::pieces::{choice_and_text, seed};
use crate::vectors;

const OTHER_KEY: &str = "6698851A525C9433";

/// Seals a text, opens it again, and alters it. Returns whether it can be sealed.
pub fn target(data: &[u8]) -> bool {
    let Some((choice, text)) = choice_and_text(data) else { return false };
    let cipher = find_cipher(choice);
    let key = sign_key(SIGN_KEY);
    let sealed = seal(&text, choice, cipher);
    match &sealed {
        Ok(sealed) => {
            let fields = open(&sealed.data, &sealed.md5, &key, cipher).expect("what was sealed opens");
            if let Some(members) = Members::parse(&text) {
                json::assert_same(&fields, &members);
            }
            assert_same_in_other_forms(&fields, sealed, cipher);
            assert_opens_by_its_own_key(sealed, cipher);
            assert_nothing_shown(&fields);
            assert_sealed_again(&fields, cipher);
            if cipher == Cipher::Aes128Ecb {
                let found = opened::open(&sealed.data, &sealed.md5, SIGN_KEY);
                // Numbers may be longer than any float.
                assert!(found.is_some() || Members::parse(&text).is_none(), "the libraries do not open it");
            }
        }
        Err(error) => assert_refused(&text, *error),
    }
    sealed.is_ok()
}

/// Returns the cipher that the choice names.
pub(crate) fn find_cipher(choice: u8) -> Cipher {
    let ciphers = [Cipher::Aes128Ecb, Cipher::Aes128Cbc { iv: Iv::Zero }, Cipher::Aes128Cbc { iv: Iv::Key }];
    ciphers[usize::from(choice >> 4 & 3) % 3]
}

/// Seals a text in the form of the digest that the choice names.
pub(crate) fn seal(text: &str, choice: u8, cipher: Cipher) -> Result<Sealed, OpenError> {
    seal_json(text, DigestForm::ALL[usize::from(choice & 3)], &sign_key(SIGN_KEY), cipher)
}

/// It opens unchanged with a lower-case digest, wrapped into lines, and after a form decoder has replaced `+` with
/// spaces.
fn assert_same_in_other_forms(fields: &Fields, Sealed { data, md5 }: &Sealed, cipher: Cipher) {
    let key = sign_key(SIGN_KEY);
    let (head, tail) = data.split_at(data.len() / 2);
    let others = [
        (data.clone(), md5.to_ascii_lowercase()),
        (format!("{head}\r\n{tail}\n"), md5.clone()),
        (data.replace('+', " "), md5.clone()),
    ];
    for (data, md5) in others {
        assert_eq!(open(&data, &md5, &key, cipher).as_ref(), Ok(fields), "{md5} {data:?}");
    }
}

/// With another sign key or another digest, it does not open.
fn assert_opens_by_its_own_key(Sealed { data, md5 }: &Sealed, cipher: Cipher) {
    assert!(open(data, md5, &sign_key(OTHER_KEY), cipher).is_err(), "opened by another sign key");
    let first = if md5.starts_with('0') { "1" } else { "0" };
    let other = format!("{first}{}", &md5[1..]);
    assert!(open(data, &other, &sign_key(SIGN_KEY), cipher).is_err(), "opened under another digest");
}

/// `Debug` depends only on names, kinds and lengths.
fn assert_nothing_shown(fields: &Fields) {
    let masked: Option<Vec<String>> = fields
        .iter()
        .map(|(name, value)| {
            let name = serde_json::to_string(name).ok()?;
            let value = match value {
                Value::Text(text) => format!("\"{}\"", "x".repeat(text.len())),
                Value::Number(text) => "1".repeat(text.len()),
                other => other.as_text().unwrap_or("null").to_owned(),
            };
            Some(format!("{name}:{value}"))
        })
        .collect();
    let masked = format!("{{{}}}", masked.unwrap_or_default().join(","));
    let (_, masked) = Message::read_plain(masked.as_bytes()).expect("an object");
    assert_eq!(format!("{fields:?}"), format!("{masked:?}"));
}

/// As strings, which is how requests are sent, the fields are the same after they were sealed and opened.
fn assert_sealed_again(fields: &Fields, cipher: Cipher) {
    let texts: BTreeMap<_, _> =
        fields.iter().map(|(name, value)| (name, value.as_text().unwrap_or_default())).collect();
    let key = sign_key(SIGN_KEY);
    let Sealed { data, md5 } = seal_fields(&texts, &key, cipher);
    let again = open(&data, &md5, &key, cipher).expect("strings open");
    let texts_again: BTreeMap<_, _> =
        again.iter().map(|(name, value)| (name, value.as_text().unwrap_or_default())).collect();
    assert_eq!(texts_again, texts);
}

/// A refused object has a reason.
fn assert_refused(text: &str, error: OpenError) {
    let members = Members::parse(text);
    match error {
        OpenError::NotJson => assert!(members.is_none(), "`serde_json` reads it"),
        OpenError::NotObject => assert!(!text.trim_start().starts_with('{')),
        OpenError::DuplicateMember => assert!(members.is_none_or(|members| members.has_duplicate()), "no duplicate"),
        OpenError::TooDeep => assert!(text.matches(['[', '{']).count() > 16),
        OpenError::TooManyMembers => assert!(text.matches(':').count() > 500),
        other => panic!("{other}"),
    }
}

/// The plaintext of every vector, and objects at the limits.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut texts = vectors::texts("plaintext");
    texts.extend([
        r#"{"b":5.24740000,"a":1E2,"c":-0,"d":[1.50,{"e":1e0}],"f":null,"g":true}"#.to_owned(),
        r#"{"tip":1,"order_id":1,"orderId":1,"Tip":1,"1":1,"\uff5e":1,"\ud83d\ude00":1}"#.to_owned(),
        format!("{{\"a\":{}{}}}", "[".repeat(16), "]".repeat(16)),
        format!("{{{}\"x\":1}}", (0..499).map(|at| format!("\"{at}\":{at},")).collect::<String>()),
        r#"{"a":"\ud83c"}"#.to_owned(),
        "{}".to_owned(),
    ]);
    texts.iter().enumerate().map(|(index, text)| seed((index % 256) as u8, text)).collect()
}
