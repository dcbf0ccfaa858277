//! Keys, modes and paddings that senders use by mistake.

use aes::Aes256;
use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeEncrypt, KeyInit};

use super::*;
use crate::Iv;

/// Encrypted with this key, by AES-128 or AES-256 as its length asks for.
fn with_key(key_bytes: &[u8], cipher: Cipher, text: &str) -> Explanation {
    let data = match <[u8; 32]>::try_from(key_bytes) {
        Ok(long) => ecb::Encryptor::<Aes256>::new((&long).into()).encrypt_padded_vec::<Pkcs7>(text.as_bytes()),
        Err(_) => MessageKey::from_bytes(key_bytes.try_into().unwrap()).encrypt(cipher, text.as_bytes()),
    };
    explain(&body(&BASE64_STANDARD.encode(data), &md5(VALUES)), &key(), ECB)
}

#[track_caller]
fn key_says(key_bytes: &[u8], cause: &str) {
    assert_cause(&with_key(key_bytes, ECB, JSON), "decrypt data", cause);
}

fn derived(input: &str) -> String {
    md5(input)[8..24].to_owned()
}

#[test]
fn a_key_cut_from_the_wrong_place_is_named() {
    let digest = md5(md5(VALUES) + SIGN_KEY);
    let lower = digest.to_lowercase();
    for (key, cause) in [
        (&lower[8..24], "cut from the digest in lower-case hex"),
        (&digest[..16], "first 16 characters of the digest; "),
        (&lower[..16], "first 16 characters of the lower-case digest"),
        (&digest[16..], "last 16 characters of the digest; "),
        (&lower[16..], "last 16 characters of the lower-case digest"),
        (&digest[7..23], "one character too early"),
        (&digest[9..25], "one character too late"),
        (&digest[..], "whole hex digest, for AES-256"),
        (&lower[..], "whole digest in lower-case hex, for AES-256"),
    ] {
        key_says(key.as_bytes(), cause);
    }
    key_says(&Md5::digest(md5(VALUES) + SIGN_KEY), "the 16 bytes of the digest");
}

#[test]
fn a_key_derived_from_the_wrong_text_is_named() {
    let upper = md5(VALUES);
    let lower = upper.to_lowercase();
    for (input, cause) in [
        (format!("{lower}{SIGN_KEY}"), "lower-case form of `md5`"),
        (format!("{SIGN_KEY}{upper}"), "the order is md5 + sign key"),
        (format!("{SIGN_KEY}{lower}"), "sign key + md5 in lower case"),
        (format!("{upper}{}", SIGN_KEY.to_uppercase()), "the sign key in upper case"),
        (format!("{upper}{}", SIGN_KEY.to_lowercase()), "the sign key in lower case"),
        (SIGN_KEY.to_owned(), "from the sign key alone"),
        (upper.clone(), "from `md5` alone"),
        (format!("{upper}&key={SIGN_KEY}"), "`&key=` was put between"),
        (format!("{upper}{SIGN_KEY}\n"), "a line break was read"),
        (format!("{upper}{SIGN_KEY} "), "a space was read"),
        (format!("{upper}6698851A525C9433"), "a sample sign key of the vendor's pages"),
    ] {
        key_says(derived(&input).as_bytes(), cause);
    }
    let raw = [&Md5::digest(VALUES)[..], SIGN_KEY.as_bytes()].concat();
    key_says(&md5(raw).as_bytes()[8..24], "`md5` enters as its 32 hex digits");
}

#[test]
fn a_key_that_is_not_derived_is_named() {
    key_says(SIGN_KEY.as_bytes(), "the key is the sign key itself");
    key_says(&md5(VALUES).as_bytes()[8..24], "the middle of `md5` itself");
    key_says(&md5(VALUES).as_bytes()[..16], "the first half of `md5`");
    key_says(md5(VALUES).as_bytes(), "the key is `md5` itself");
}

#[test]
fn two_mistakes_are_both_named() {
    let key = md5(format!("{SIGN_KEY}{}", md5(VALUES))).to_lowercase();
    key_says(&key.as_bytes()[..16], "the order is md5 + sign key");
    key_says(&key.as_bytes()[..16], "first 16 characters of the lower-case digest");
}

#[test]
fn another_mode_is_named() {
    let right = derived(&(md5(VALUES) + SIGN_KEY));
    for (iv, cause) in [
        (Iv::Zero, "AES-128-CBC with an IV of zeros rather than AES-128-ECB"),
        (Iv::Key, "AES-128-CBC with the key as IV rather than AES-128-ECB"),
    ] {
        let explanation = with_key(right.as_bytes(), Cipher::Aes128Cbc { iv }, JSON);
        assert_cause(&explanation, "decrypt data", cause);
        let sealed = MessageKey::derive(&md5(VALUES), &key()).encrypt(ECB, JSON.as_bytes());
        let body = body(&BASE64_STANDARD.encode(sealed), &md5(VALUES));
        let explanation = explain(&body, &key(), Cipher::Aes128Cbc { iv });
        assert_cause(&explanation, "decrypt data", "`data` is encrypted with AES-128-ECB rather than AES-128-CBC");
    }
}

#[test]
fn what_was_encrypted_instead_of_the_json_text_is_named() {
    let right = derived(&(md5(VALUES) + SIGN_KEY));
    for (text, cause) in [
        (VALUES.to_owned(), "concatenation of the values"),
        (JSON.replace('"', "'"), "single ones"),
        (JSON.replace("\"5\"", "\"\"5\""), "is broken"),
        (JSON[..JSON.len() - 3].to_owned(), "the end of the JSON text is missing"),
        ("<xml></xml>".to_owned(), "to XML"),
        (BASE64_STANDARD.encode(JSON), "to Base64"),
        (format!("\u{feff}{JSON}"), "byte order mark"),
        ("order_id=T1&amount=100".to_owned(), "`name=value` pairs"),
        ("T1 and 100".to_owned(), "is not a JSON object"),
    ] {
        assert_cause(&with_key(right.as_bytes(), ECB, &text), "decrypt data", cause);
    }
    // With a wrong key on top.
    assert_cause(&with_key(SIGN_KEY.as_bytes(), ECB, VALUES), "decrypt data", "concatenation of the values");
}

#[test]
fn another_character_set_is_named() {
    let text = b"{\"remark\":\"caf\xe9\"}";
    assert_cause(&sealed(text, &md5(b"caf\xe9")), "decrypt data", "another character set");
}

#[test]
fn another_padding_is_named() {
    use aes::cipher::block_padding::NoPadding;
    let right = derived(&(md5(VALUES) + SIGN_KEY));
    for fill in [0, b' '] {
        let mut text = JSON.as_bytes().to_vec();
        text.resize(text.len().next_multiple_of(16), fill);
        let key_bytes: [u8; 16] = right.as_bytes().try_into().unwrap();
        let data = ecb::Encryptor::<aes::Aes128>::new((&key_bytes).into()).encrypt_padded_vec::<NoPadding>(&text);
        let explanation = explain(&body(&BASE64_STANDARD.encode(data), &md5(VALUES)), &key(), ECB);
        assert_cause(&explanation, "decrypt data", "PKCS#7");
    }
}

#[test]
fn anything_else_is_another_key_or_an_altered_message() {
    key_says(b"0123456789abcdef", "the sign key is not the merchant's");
    let data = vec![7; (64 << 10) + 16];
    let explanation = explain(&body(&BASE64_STANDARD.encode(data), &md5(VALUES)), &key(), ECB);
    assert_cause(&explanation, "decrypt data", "the sign key is not the merchant's");
}
