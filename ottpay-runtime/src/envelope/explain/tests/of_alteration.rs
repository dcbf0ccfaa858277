//! Tests that the explanation never blames the sender if one character of `data` was altered in transit.

use super::*;
use crate::Iv;

const CBC: Cipher = Cipher::Aes128Cbc { iv: Iv::Zero };

/// Returns sign keys, each with an `md5` and the plaintext of that digest.
fn samples() -> Vec<(SignKey, String, String)> {
    let all: serde_json::Value = serde_json::from_str(include_str!("../../../../tests/vectors/envelope.json")).unwrap();
    let text = |vector: &serde_json::Value, name: &str| vector[name].as_str().unwrap().to_owned();
    let published = all["published"].as_array().unwrap();
    let samples = published.iter().map(|vector| {
        (SignKey::new(text(vector, "sign_key")).unwrap(), text(vector, "md5"), text(vector, "plaintext"))
    });
    // Letters of several bytes, some of which a damaged block cuts in two.
    let own = r#"{"order_id":"T1","remark":"可以收货 café 😀 可以收货可以收货可以收货"}"#;
    let own = (key(), md5("T1可以收货 café 😀 可以收货可以收货可以收货"), own.to_owned());
    samples.chain([own]).collect()
}

/// Returns the cause of the failure, or `None` if the message still opens.
fn cause(data: &str, md5: &str, key: &SignKey, cipher: Cipher) -> Option<String> {
    let explanation = explain(&body(data, md5), key, cipher);
    (!explanation.is_verified()).then(|| explanation.problem().unwrap().cause.clone().unwrap())
}

#[test]
fn an_altered_character_is_found_in_its_block() {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (key, md5, plaintext) in samples() {
        for cipher in [ECB, CBC] {
            let sealed = MessageKey::derive(&md5, &key).encrypt(cipher, plaintext.as_bytes());
            let count = sealed.len() / 16;
            let data = BASE64_STANDARD.encode(sealed);
            assert_eq!(cause(&data, &md5, &key, cipher), None);
            let letters = data.trim_end_matches('=').len();
            // Some bits of the last letter may be beyond the last byte, and then a change does not even decode.
            for place in 0..letters - 1 {
                let value = ALPHABET.iter().position(|letter| *letter == data.as_bytes()[place]).unwrap();
                for change in [4, 63] {
                    let mut altered = data.clone().into_bytes();
                    altered[place] = ALPHABET[value ^ change];
                    let altered = String::from_utf8(altered).unwrap();
                    let cause = cause(&altered, &md5, &key, cipher).unwrap();
                    let changed: Vec<usize> = (0..6).filter(|bit| change >> (5 - bit) & 1 == 1).collect();
                    let block = (place * 6 + changed[0]) / 128 + 1;
                    assert!(
                        cause.starts_with(&format!("block {block} of {count} is unreadable, but the rest is text"))
                            || cause.starts_with(&format!("blocks {block} ")),
                        "{cipher:?}, place {place}, block {block}: {cause}"
                    );
                    assert!(cause.contains("the sign key is right, and `data` was altered there"), "{cause}");
                }
            }
        }
    }
}

#[test]
fn a_character_outside_base64_is_not_blamed_on_the_sender() {
    for (key, md5, plaintext) in samples().into_iter().take(1) {
        let data = BASE64_STANDARD.encode(MessageKey::derive(&md5, &key).encrypt(ECB, plaintext.as_bytes()));
        for place in 0..data.len() {
            for character in [b' ', b'\n', b'-', b'_', b'=', b'"', b'\'', b'{', b'%', b'\\', b'A', b'/', 0] {
                let mut altered = data.clone().into_bytes();
                altered[place] = character;
                let altered = String::from_utf8(altered).unwrap();
                let Some(cause) = cause(&altered, &md5, &key, ECB) else { continue };
                // Where `=` became whitespace, it is missing.
                let is_lost = data.as_bytes()[place] == b'=' && cause.contains("with padding");
                assert!(cause.contains("altered") || is_lost, "place {place}, {:?}: {cause}", char::from(character));
            }
        }
    }
}

#[test]
fn data_truncated_between_blocks_is_distinguished_from_a_wrong_key() {
    let (key, md5, plaintext) = samples().remove(0);
    let bytes = MessageKey::derive(&md5, &key).encrypt(ECB, plaintext.as_bytes());
    for end in (32..bytes.len()).step_by(16) {
        let cause = cause(&BASE64_STANDARD.encode(&bytes[..end]), &md5, &key, ECB).unwrap();
        assert!(cause.contains("truncated after a block"), "{cause}");
        let cause = self::cause(&BASE64_STANDARD.encode(&bytes[bytes.len() - end..]), &md5, &key, ECB).unwrap();
        assert!(cause.contains("the first part of `data` was lost"), "{cause}");
    }
}

#[test]
fn another_character_set_is_reported_only_if_the_digest_confirms_it() {
    let text = b"{\"order_id\":\"T1\",\"remark\":\"caf\xe9 and more of it\"}";
    for digest in [md5(b"T1caf\xe9 and more of it"), md5("T1café and more of it")] {
        assert_cause(&sealed(text, &digest), "decrypt data", "the decrypted object is in another character set");
    }
    let explanation = sealed(text, &md5("something else"));
    assert_cause(&explanation, "decrypt data", "block 2 of 4 is unreadable, but the rest is text");
    assert_cause(&explanation, "decrypt data", "or the text there is in a character set other than UTF-8");
    // A text in GBK, with its characters in all blocks.
    let gbk = [b"{\"remark\":\"".as_slice(), &[0xbf, 0xc9, 0xd2, 0xd4].repeat(30), b"\"}"].concat();
    assert_cause(&sealed(&gbk, &md5("x")), "decrypt data", "the decrypted object is in another character set");
}
