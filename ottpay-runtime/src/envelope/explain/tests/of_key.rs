//! Tests keys, modes and paddings that senders use by mistake.

use aes::cipher::block_padding::{NoPadding, Pkcs7};
use aes::cipher::{BlockModeEncrypt, KeyInit, KeyIvInit};
use aes::{Aes128, Aes192, Aes256};

use super::*;
use crate::Iv;

/// Explains a text encrypted with this key, by AES-128, AES-192 or AES-256 according to its length.
fn with_key(key_bytes: &[u8], cipher: Cipher, text: &str) -> Explanation {
    let text = text.as_bytes();
    explain_data(&match key_bytes.len() {
        32 => {
            let key: [u8; 32] = key_bytes.try_into().unwrap();
            ecb::Encryptor::<Aes256>::new((&key).into()).encrypt_padded_vec::<Pkcs7>(text)
        }
        24 => {
            let key: [u8; 24] = key_bytes.try_into().unwrap();
            ecb::Encryptor::<Aes192>::new((&key).into()).encrypt_padded_vec::<Pkcs7>(text)
        }
        _ => MessageKey::from_bytes(key_bytes.try_into().unwrap()).encrypt(cipher, text),
    })
}

fn explain_data(data: &[u8]) -> Explanation {
    explain(&body(&BASE64_STANDARD.encode(data), &md5(VALUES)), &key(), ECB)
}

/// Returns the right key for the digest of the values.
fn right_key() -> [u8; 16] {
    derived(&(md5(VALUES) + SIGN_KEY)).as_bytes().try_into().unwrap()
}

/// Explains a text encrypted with the right key, but with its padding already appended.
fn with_padded(text: &[u8]) -> Explanation {
    explain_data(&ecb::Encryptor::<Aes128>::new((&right_key()).into()).encrypt_padded_vec::<NoPadding>(text))
}

/// Extends bytes with zeros to this length.
fn filled(bytes: &[u8], length: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes.resize(length, 0);
    bytes
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
fn a_key_derived_from_the_wrong_input_is_named() {
    let upper = md5(VALUES);
    let lower = upper.to_lowercase();
    for (input, cause) in [
        (format!("{lower}{SIGN_KEY}"), "from `md5` in lower case"),
        (format!("{SIGN_KEY}{upper}"), "use md5 + sign key"),
        (format!("{SIGN_KEY}{lower}"), "sign key + md5 in lower case"),
        (format!("{upper}{}", SIGN_KEY.to_uppercase()), "the sign key in upper case"),
        (format!("{upper}{}", SIGN_KEY.to_lowercase()), "the sign key in lower case"),
        (SIGN_KEY.to_owned(), "derived only from the sign key"),
        (upper.clone(), "derived only from `md5`"),
        (format!("{upper}&key={SIGN_KEY}"), "`&key=` was put between"),
        (format!("{upper}{SIGN_KEY}\n"), "a line break was read"),
        (format!("{upper}{SIGN_KEY} "), "a space was read"),
        (format!("{upper}6698851A525C9433"), "a sample sign key from the vendor's pages"),
    ] {
        key_says(derived(&input).as_bytes(), cause);
    }
    let raw = [&Md5::digest(VALUES)[..], SIGN_KEY.as_bytes()].concat();
    key_says(&md5(raw).as_bytes()[8..24], "use the 32 hex digits of `md5`");
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
    key_says(&key.as_bytes()[..16], "use md5 + sign key");
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
fn a_plaintext_that_is_not_the_json_text_is_named() {
    let right = derived(&(md5(VALUES) + SIGN_KEY));
    for (text, cause) in [
        (VALUES.to_owned(), "concatenation of the values"),
        (JSON.replace('"', "'"), "single quotes"),
        (JSON.replace("\"5\"", "\"\"5\""), "is invalid"),
        (JSON[..JSON.len() - 3].to_owned(), "the end of the JSON text is missing"),
        ("<xml></xml>".to_owned(), "is XML"),
        (BASE64_STANDARD.encode(JSON), "is Base64"),
        (format!("\u{feff}{JSON}"), "byte order mark"),
        ("order_id=T1&amount=100".to_owned(), "`name=value` pairs"),
        ("T1 and 100".to_owned(), "is not a JSON object"),
    ] {
        assert_cause(&with_key(right.as_bytes(), ECB, &text), "decrypt data", cause);
    }
    // With a wrong key, too.
    assert_cause(&with_key(SIGN_KEY.as_bytes(), ECB, VALUES), "decrypt data", "concatenation of the values");
}

#[test]
fn another_character_set_is_named() {
    let text = b"{\"remark\":\"caf\xe9\"}";
    assert_cause(&sealed(text, &md5(b"caf\xe9")), "decrypt data", "another character set");
}

#[test]
fn another_padding_is_named() {
    // At every length of the text, even where the padding looks the same.
    for spaces in 0..32 {
        let text = [&JSON.as_bytes()[..JSON.len() - 1], &b" ".repeat(spaces), b"}"].concat();
        let missing = text.len().next_multiple_of(16) - text.len();
        let pad = |filling: Vec<u8>| with_padded(&[text.as_slice(), &filling].concat());
        let long = 32 - text.len() % 32;
        if long > 16 {
            let explanation = pad(vec![u8::try_from(long).unwrap(); long]);
            assert_cause(&explanation, "decrypt data", "padded to blocks of 32 bytes");
        }
        if missing == 0 {
            assert_cause(&pad(Vec::new()), "decrypt data", "has no padding");
            continue;
        }
        let count = u8::try_from(missing).unwrap();
        assert_cause(&pad(vec![0; missing]), "decrypt data", "with zeros; use PKCS#7");
        assert_cause(&pad(vec![b' '; missing]), "decrypt data", "with spaces; use PKCS#7");
        let iso_7816 = [vec![0x80], vec![0; missing - 1]].concat();
        assert_cause(&pad(iso_7816), "decrypt data", "ISO 7816-4");
        if missing > 1 {
            let ansi = [vec![0; missing - 1], vec![count]].concat();
            assert_cause(&pad(ansi), "decrypt data", "ANSI X9.23");
            let iso_10126 = [vec![0xa7; missing - 1], vec![count]].concat();
            assert_cause(&pad(iso_10126), "decrypt data", "ISO 10126");
        }
    }
    // With another key, too.
    let key_bytes: [u8; 32] = md5(md5(VALUES) + SIGN_KEY).as_bytes().try_into().unwrap();
    let text = filled(JSON.as_bytes(), JSON.len().next_multiple_of(16));
    let data = ecb::Encryptor::<Aes256>::new((&key_bytes).into()).encrypt_padded_vec::<NoPadding>(&text);
    let explanation = explain_data(&data);
    assert_cause(&explanation, "decrypt data", "for AES-256");
    assert_cause(&explanation, "decrypt data", "with zeros");
}

#[test]
fn a_key_for_a_longer_cipher_is_named() {
    let right = right_key();
    key_says(&filled(&right, 32), "padded with zeros for AES-256, as PHP's openssl_encrypt");
    key_says(&filled(&right, 24), "padded with zeros for AES-192");
    key_says(&[right, right].concat(), "repeated to 32 bytes");
    let lower = right.to_ascii_lowercase();
    key_says(&filled(&lower, 32), "in lower-case hex");
    key_says(&filled(&lower, 32), "AES-256");
    let digest = md5(md5(VALUES) + SIGN_KEY);
    key_says(&digest.as_bytes()[8..], "characters 8 to 31, for AES-192");
    key_says(&filled(&digest.as_bytes()[8..16], 16), "only characters 8 to 15");
    let raw = Md5::digest(md5(VALUES) + SIGN_KEY);
    key_says(&filled(&raw[8..16], 16), "from the bytes of the digest and not from its hex form");
    key_says(&filled(&raw[4..12], 16), "were decoded from hex");
    key_says(&BASE64_STANDARD.encode(raw).as_bytes()[..24], "the digest in Base64");
    let utf16: Vec<u8> = right.iter().flat_map(|byte| [*byte, 0]).collect();
    key_says(&utf16, "the 16 characters in UTF-16");
    key_says(&filled(SIGN_KEY.as_bytes(), 32), "the key is the sign key itself");
    key_says(&Md5::digest(VALUES), "the 16 bytes of `md5`");
}

#[test]
fn further_wrong_inputs_of_a_key_are_named() {
    let upper = md5(VALUES);
    let once = md5(format!("{upper}{SIGN_KEY}"));
    for (input, cause) in [
        (once.clone(), "digested twice"),
        (once.to_lowercase(), "digested twice"),
        (format!("{upper}|{SIGN_KEY}"), "`|` was put between"),
        (format!("{}_{SIGN_KEY}", upper.to_lowercase()), "`_` was put between"),
        (format!("{SIGN_KEY}{upper}{SIGN_KEY}"), "before and after `md5`"),
        (format!("{upper}{}", md5(SIGN_KEY)), "the digest of the sign key"),
        (format!("{}{SIGN_KEY}", &upper[8..24]), "the middle of `md5`; use all 32 digits"),
        (format!("{upper}ON1{SIGN_KEY}"), "derived with the merchant id"),
    ] {
        key_says(derived(&input).as_bytes(), cause);
    }
}

#[test]
fn an_iv_is_named() {
    let right = right_key();
    let cbc = |iv: &[u8; 16]| {
        cbc::Encryptor::<Aes128>::new((&right).into(), iv.into()).encrypt_padded_vec::<Pkcs7>(JSON.as_bytes())
    };
    let iv = *b"0123456789abcdef";
    assert_cause(&explain_data(&[&iv[..], &cbc(&iv)].concat()), "decrypt data", "with the IV before the ciphertext");
    assert_cause(&explain_data(&cbc(&iv)), "decrypt data", "AES-CBC with another IV");
    let long = filled(&right, 32);
    let long: [u8; 32] = long.try_into().unwrap();
    let data = cbc::Encryptor::<Aes256>::new((&long).into(), (&iv).into()).encrypt_padded_vec::<Pkcs7>(JSON.as_bytes());
    let explanation = explain_data(&[&iv[..], &data].concat());
    assert_cause(&explanation, "decrypt data", "with the IV before the ciphertext");
    assert_cause(&explanation, "decrypt data", "AES-256");
    // The digest of `data` does not matter here.
    assert_cause(&explain_data(&[b"Salted__12345678".as_slice(), &data].concat()), "decrypt data", "as a passphrase");
}

#[test]
fn utf_16_is_named() {
    let little: Vec<u8> = JSON.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = JSON.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for text in [little.clone(), big.clone(), [b"\xff\xfe", &*little].concat(), [b"\xfe\xff", &*big].concat()] {
        assert_cause(&sealed(&text, &md5(VALUES)), "decrypt data", "encrypted as UTF-16");
        let data = MessageKey::from_bytes(SIGN_KEY.as_bytes().try_into().unwrap()).encrypt(ECB, &text);
        let explanation = explain_data(&data);
        assert_cause(&explanation, "decrypt data", "encrypted as UTF-16");
        assert_cause(&explanation, "decrypt data", "the key is the sign key itself");
    }
}

#[test]
fn a_digest_of_the_ciphertext_is_named() {
    let data = MessageKey::from_bytes(right_key()).encrypt(ECB, JSON.as_bytes());
    let base64 = BASE64_STANDARD.encode(&data);
    for digest in [md5(&base64), md5(&data), md5(&data).to_lowercase()] {
        let explanation = explain(&body(&base64, &digest), &key(), ECB);
        assert_cause(&explanation, "decrypt data", "`md5` is the digest of the ciphertext");
    }
}

#[test]
fn other_encodings_of_the_json_text_are_named() {
    for (text, cause) in [
        (JSON.replace('"', "\\\""), "was escaped as a string"),
        (JSON.replace('"', "&quot;"), "has HTML escapes"),
        (base16ct::lower::encode_string(JSON.as_bytes()), "in hex"),
        (form_urlencoded::byte_serialize(JSON.as_bytes()).collect(), "is percent-encoded"),
    ] {
        assert_cause(&with_key(&right_key(), ECB, &text), "decrypt data", cause);
    }
}

#[test]
fn anything_else_is_another_key_or_an_altered_message() {
    key_says(b"0123456789abcdef", "the sign key is not the merchant's");
}
