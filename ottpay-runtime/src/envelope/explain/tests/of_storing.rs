//! Tests mistakes in storing, copying and reading a sign key at the sender.

use super::*;

/// Explains a message that was made with another sign key.
fn made_with(sign_key: impl AsRef<[u8]>, md5_in_key: &str) -> Explanation {
    let digest = md5([md5_in_key.as_bytes(), sign_key.as_ref()].concat());
    let key_of_message = MessageKey::from_bytes(digest.as_bytes()[8..24].try_into().unwrap());
    let data = key_of_message.encrypt(ECB, JSON.as_bytes());
    explain(&body(&BASE64_STANDARD.encode(data), &md5(VALUES)), &key(), ECB)
}

#[test]
fn every_slip_is_named_and_the_key_is_not_shown() {
    let hex = base16ct::lower::encode_string(SIGN_KEY.as_bytes());
    let utf16: Vec<u8> = SIGN_KEY.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let full_width: String =
        SIGN_KEY.chars().map(|letter| char::from_u32(u32::from(letter) + 0xfee0).unwrap()).collect();
    let upper = md5(VALUES);
    let slips: Vec<(Vec<u8>, &str)> = vec![
        (format!("\"{SIGN_KEY}\"").into(), "quotation marks around it"),
        (format!("'{SIGN_KEY}'").into(), "single quotes"),
        (format!("\u{201c}{SIGN_KEY}\u{201d}").into(), "typographic quotes"),
        (format!("$'{SIGN_KEY}'").into(), "the quotes of a shell"),
        (format!("b'{SIGN_KEY}'").into(), "a Python bytes literal"),
        (format!("\u{feff}{SIGN_KEY}").into(), "a byte order mark"),
        (format!("\u{feff}{SIGN_KEY}\r\n").into(), "a byte order mark and a line break"),
        (format!("{SIGN_KEY}\n").into(), "a line break was read"),
        (format!("{SIGN_KEY}\r\n").into(), "a line break (CR LF)"),
        (format!("{SIGN_KEY}\t").into(), "a tab"),
        (format!("{SIGN_KEY}\0").into(), "a zero byte"),
        (format!("{SIGN_KEY}\u{a0}").into(), "a no-break space"),
        (format!("{SIGN_KEY}\u{200b}").into(), "a zero-width space"),
        (format!("{SIGN_KEY}\\n").into(), "a literal \\n"),
        (format!("{SIGN_KEY};").into(), "a semicolon"),
        (SIGN_KEY.to_uppercase().into(), "in upper case"),
        (SIGN_KEY.to_lowercase().into(), "in lower case"),
        (format!("KEY={SIGN_KEY}").into(), "as a whole line"),
        (format!("export OTTPAY_SIGN_KEY={SIGN_KEY}").into(), "as a whole line"),
        (format!("sign_key = {SIGN_KEY}").into(), "as a whole line"),
        (format!("SIGN_KEY=\"{SIGN_KEY}\"").into(), "as a whole line"),
        ("OTTPAY_SIGN_KEY".into(), "the name of the setting"),
        ("${SIGN_KEY}".into(), "the name of the setting"),
        ("undefined".into(), "the word `undefined`"),
        ("null".into(), "the word `null`"),
        (BASE64_STANDARD.encode(SIGN_KEY).into(), "the sign key in Base64"),
        (hex.clone().into(), "the sign key in hex"),
        (hex.to_uppercase().into(), "the sign key in hex"),
        (utf16, "the sign key in UTF-16"),
        (full_width.into(), "full-width characters"),
        (SIGN_KEY[1..].into(), "the first character of the sign key is missing"),
        (SIGN_KEY[..SIGN_KEY.len() - 1].into(), "the last character of the sign key is missing"),
        (SIGN_KEY.repeat(2).into(), "twice in a row"),
        ("aB16-char-acte-rsXy".into(), "in groups of four"),
        ("ON1".into(), "the merchant id as the sign key"),
    ];
    for (sign_key, cause) in slips {
        for md5_in_key in [upper.clone(), upper.to_lowercase()] {
            let explanation = made_with(&sign_key, &md5_in_key);
            let is_lower = md5_in_key != upper && cause != "the merchant id as the sign key";
            if md5_in_key == upper || is_lower {
                assert_cause(&explanation, "decrypt data", cause);
            }
            let shown = format!("{:?} {explanation:?}", explanation.problem()).to_lowercase();
            assert!(!shown.contains(&SIGN_KEY.to_lowercase()), "{shown}");
        }
    }
}

#[test]
fn a_key_that_only_one_side_decoded_is_named() {
    let stored =
        [("6162636465666768", "abcdefgh", "decoded from hex"), ("YWJjZGVmZ2g=", "abcdefgh", "decoded from Base64")];
    for (own, used, cause) in stored {
        let digest = md5(md5(VALUES) + used);
        let data = MessageKey::from_bytes(digest.as_bytes()[8..24].try_into().unwrap()).encrypt(ECB, JSON.as_bytes());
        let explanation = explain(&body(&BASE64_STANDARD.encode(data), &md5(VALUES)), &SignKey::new(own).unwrap(), ECB);
        assert_cause(&explanation, "decrypt data", cause);
    }
}
