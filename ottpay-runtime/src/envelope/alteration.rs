//! Signs that a message was put together from the encrypted blocks of a genuine one.
//!
//! The digest covers the values but not the boundaries between them, and each block is encrypted separately. With a
//! genuine message an attacker can therefore remove, repeat and reorder blocks, and the result verifies as long as its
//! concatenated values are the same. These rules describe properties that genuine messages have and such messages
//! rarely do.

use std::collections::HashMap;
use std::fmt;

use ottpay_vocabulary::{Cipher, ValueError};

use super::cipher::BLOCK;
use super::open::Opened;
use super::scan::find_stop;

/// A sign that a message was altered although it decrypts and has the right digest.
///
/// It contains no value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Alteration {
    /// A block of `data` occurs twice. In a genuine message this is only possible if a value has at least 31 characters
    /// and repeats the same 16.
    RepeatedBlock {
        /// The number of the block, counted from 1.
        block: usize,
        /// The number of the earlier block that it repeats.
        earlier: usize,
    },
    /// Whitespace between two tokens of the JSON text. The published messages have none.
    WhiteSpace {
        /// The position of the byte, starting at 1.
        byte: usize,
    },
    /// An escape in a string, such as `\u0041`, for a character that JSON libraries write as it is.
    Escape {
        /// The position of the byte, starting at 1.
        byte: usize,
    },
    /// A field that no callback of the specification declares. Its content may be part of another field.
    Undeclared {
        /// Its name; `None` if it is not a plain name, and might therefore be part of a value.
        name: Option<String>,
    },
    /// A field occurs under two of its names.
    TwoNames {
        /// The field, by its name in the specification.
        field: &'static str,
    },
    /// A field does not have the form that it has in every documented callback.
    Form {
        /// The field, by its name in the specification.
        field: &'static str,
        /// What was expected.
        expected: FieldForm,
    },
    /// A field other than the merchant's contains the merchant's id, or begins or ends with a part of it.
    MerchantInside {
        /// The field, by its name in the specification.
        field: &'static str,
    },
    /// The merchant inside `data` is not the one that the message is for.
    OtherMerchant,
    /// There is an order id of the wallet or acquirer, but neither a merchant nor a time. Every documented callback has
    /// one of these between that id and the order's id.
    NoBorder,
}

impl Alteration {
    /// Formats several signs in one line.
    pub fn describe_all(signs: &[Self]) -> String {
        let signs: Vec<_> = signs.iter().map(ToString::to_string).collect();
        signs.join("; ")
    }
}

/// The form that the value of a field in a callback must have.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldForm {
    /// A string, or a number if the field is one.
    Scalar,
    /// A whole number of at most 12 digits.
    WholeNumber,
    /// A decimal number of at most 12 digits before the point and 12 after it.
    Decimal,
    /// An id without whitespace.
    Id,
    /// An id of at most 31 letters, digits, `-` and `_`.
    ProviderId,
    /// A date and time in one of the known formats.
    DateTime,
    /// A word of at most 32 letters, `-`, `_` and spaces.
    Word,
    /// A value within the field's limits.
    Limits(ValueError),
}

impl fmt::Display for FieldForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scalar => "expected a string",
            Self::WholeNumber => "expected a whole number of at most 12 digits",
            Self::Decimal => "expected a decimal number of at most 12 digits before the point and 12 after it",
            Self::Id => "expected an id without whitespace",
            Self::ProviderId => "expected an id of at most 31 letters, digits, `-` and `_`",
            Self::DateTime => "expected a date and time such as 2023-03-23 01:21:53",
            Self::Word => "expected a word of at most 32 letters",
            Self::Limits(error) => return error.fmt(f),
        })
    }
}

impl fmt::Display for Alteration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RepeatedBlock { block, earlier } => {
                write!(f, "block {block} of `data` is the same as block {earlier}")
            }
            Self::WhiteSpace { byte } => write!(f, "whitespace between two tokens of the JSON text, at byte {byte}"),
            Self::Escape { byte } => {
                write!(f, "an unnecessary escape in the JSON text, at byte {byte}")
            }
            Self::Undeclared { name: Some(name) } => write!(f, "no declared callback has a field `{name}`"),
            Self::Undeclared { name: None } => f.write_str("a field has a name that no declared callback has"),
            Self::TwoNames { field } => write!(f, "`{field}` occurs under two of its names"),
            Self::Form { field, expected } => write!(f, "{field}: {expected}"),
            Self::MerchantInside { field } => write!(f, "`{field}` contains the merchant's id, or a part of it"),
            Self::OtherMerchant => f.write_str("the merchant inside `data` differs from the one outside"),
            Self::NoBorder => {
                f.write_str("neither a merchant nor a time is between the wallet's order id and the order id")
            }
        }
    }
}

/// Finds the signs that need no specification: in the blocks and in the JSON text. At most one of each kind.
pub(crate) fn find_alterations(opened: &Opened, cipher: Cipher) -> Vec<Alteration> {
    let plaintext = opened.plaintext();
    let mut found = Vec::from_iter(find_repeated_block(plaintext, cipher));
    // The reader has already established that a plain text has none.
    if !opened.is_plain {
        found.extend(Text::new(plaintext).find_alterations());
    }
    found
}

/// Up to this number of blocks, each is compared with each.
const FEW_BLOCKS: usize = 64;

/// Finds the first repeated block. It compares plaintext, because in ECB equal plaintext gives equal ciphertext; in
/// other modes a block depends on those before it.
fn find_repeated_block(plaintext: &str, cipher: Cipher) -> Option<Alteration> {
    if cipher != Cipher::Aes128Ecb {
        return None;
    }
    let (blocks, rest) = plaintext.as_bytes().as_chunks::<BLOCK>();
    // The last block contains the padding.
    let mut last = [u8::try_from(BLOCK - rest.len()).unwrap_or_default(); BLOCK];
    last.iter_mut().zip(rest).for_each(|(last, byte)| *last = *byte);
    let mut all = blocks.iter().chain([&last]).zip(1..);
    let repeated = |block, earlier| Alteration::RepeatedBlock { block, earlier };
    // For the few blocks of a usual message, comparing is faster than hashing.
    if blocks.len() <= FEW_BLOCKS {
        return all.find_map(|(content, block)| {
            let earlier = blocks.get(..block - 1)?.iter().position(|earlier| earlier == content)?;
            Some(repeated(block, earlier + 1))
        });
    }
    let mut seen = HashMap::with_capacity(blocks.len() + 1);
    all.find_map(|(content, block)| seen.insert(content, block).map(|earlier| repeated(block, earlier)))
}

/// A JSON text that has been parsed before, so that its strings and escapes are complete.
struct Text<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Text<'a> {
    fn new(text: &'a str) -> Self {
        Self { bytes: text.as_bytes(), at: 0 }
    }

    fn find_alterations(mut self) -> impl Iterator<Item = Alteration> {
        let (mut white_space, mut escape) = (None, None);
        while let Some(byte) = self.next() {
            match byte {
                // After `next`, this is the position of the byte, starting at 1.
                b' ' | b'\t' | b'\r' | b'\n' => _ = white_space.get_or_insert(self.at),
                b'"' => {
                    if let Some(at) = self.skip_string() {
                        escape.get_or_insert(at);
                    }
                }
                _ => {}
            }
        }
        let white_space = white_space.map(|byte| Alteration::WhiteSpace { byte });
        white_space.into_iter().chain(escape.map(|byte| Alteration::Escape { byte }))
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.bytes.get(self.at).copied();
        self.at += 1;
        byte
    }

    /// Moves past the end of a string. Returns the position of its first escape that no library writes.
    fn skip_string(&mut self) -> Option<usize> {
        let mut found = None;
        loop {
            self.at += self.bytes.get(self.at..).map_or(0, find_stop);
            match self.next() {
                None | Some(b'"') => return found,
                Some(b'\\') => {
                    let at = self.at;
                    // Escapes of two characters are usual: `json_encode` writes even a slash as `\/`.
                    if self.next() == Some(b'u') && !self.is_usual_escape() {
                        found.get_or_insert(at);
                    }
                }
                Some(_) => {}
            }
        }
    }

    /// Whether a JSON library writes the next four hex digits as an escape instead of the character. Gson, Jackson,
    /// `json_encode` and `JSON.stringify` together do so for control characters, for characters outside ASCII, and for
    /// characters with a meaning in HTML.
    fn is_usual_escape(&self) -> bool {
        let digits = self.bytes.get(self.at..).and_then(|rest| rest.get(..4));
        let code = digits.and_then(|digits| u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        code.is_some_and(|code| {
            let html = u8::try_from(code).is_ok_and(|code| b"\"&'<=>".contains(&code));
            !(0x20..0x7f).contains(&code) || html
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::json::read_object;
    use crate::envelope::random_json::object;

    fn signs_of(text: &str) -> Vec<Alteration> {
        Text::new(text).find_alterations().collect()
    }

    #[test]
    fn compact_json_of_any_library_has_no_sign() {
        for text in [
            r#"{}"#,
            r#"{"a":"b c","d":[1,"x y",null,true]}"#,
            // Gson, Jackson, `json_encode`, `JSON.stringify`.
            r#"{"a":"prepay_id\u003d1\u0026x\u003c\u003e\u0027","b":"\u2028"}"#,
            r#"{"a":"\u001F\b\f\n\r\t\"\\","b":"\u007F"}"#,
            r#"{"a":"https:\/\/shop.example\/","b":"\u5f20\u4e09\ud83c\udf75"}"#,
            r#"{"a":"\u001f/\u0022","b":"可以"}"#,
            // Not an escape, but a backslash and a letter.
            r#"{"a":"\\u0041"}"#,
        ] {
            assert_eq!(signs_of(text), [], "{text}");
        }
    }

    #[test]
    fn white_space_and_needless_escapes_are_signs() {
        for (text, byte) in [
            (r#" {"a":"b"}"#, 1),
            (r#"{ "a":"b"}"#, 2),
            (r#"{"a" :"b"}"#, 5),
            (r#"{"a":"b","c": "d"}"#, 14),
            ("{\"a\":[1,\n2]}", 9),
            ("{\"a\":\"b\"}\r\n", 10),
        ] {
            assert_eq!(signs_of(text), [Alteration::WhiteSpace { byte }], "{text}");
        }
        for (text, byte) in [(r#"{"a":"\u0041"}"#, 7), (r#"{"\u0061":"b"}"#, 3), (r#"{"a":"x\\\u005f"}"#, 10)] {
            assert_eq!(signs_of(text), [Alteration::Escape { byte }], "{text}");
        }
        assert_eq!(signs_of("{ \"a\": \"\\u0030\\u0031\"}").len(), 2);
    }

    #[test]
    fn a_text_that_the_reader_calls_plain_has_no_sign() {
        let random = &mut fastrand::Rng::with_seed(0x2545_f491_4f6c_dd1d);
        let (mut plain, mut signs) = (0, 0);
        for _ in 0..20_000 {
            let text = object(random, 2);
            let read = read_object(&text, Some("?")).unwrap();
            let found = signs_of(&text);
            assert!(!read.is_plain || found.is_empty(), "{text}");
            plain += usize::from(read.is_plain);
            signs += usize::from(!found.is_empty());
        }
        assert!(plain > 100 && signs > 5_000, "{plain} {signs}");
    }

    #[test]
    fn each_sign_says_what_is_wrong_and_where() {
        let signs = [
            Alteration::RepeatedBlock { block: 4, earlier: 2 },
            Alteration::Escape { byte: 7 },
            Alteration::Form { field: "amount", expected: FieldForm::WholeNumber },
        ];
        let list = Alteration::describe_all(&signs);
        for part in ["block 4", "block 2", "byte 7", "amount: expected a whole number"] {
            assert!(list.contains(part), "{list}");
        }
        assert_eq!(list.matches("; ").count(), 2);
    }

    #[test]
    fn a_repeated_block_is_found_in_ecb_only() {
        let blocks = ["1", "2", "3", "2", "1"].map(|digit| digit.repeat(16)).concat();
        let repeated = Alteration::RepeatedBlock { block: 4, earlier: 2 };
        assert_eq!(find_repeated_block(&blocks, Cipher::Aes128Ecb), Some(repeated));
        assert_eq!(find_repeated_block(&blocks, Cipher::Aes128Cbc { iv: ottpay_vocabulary::Iv::Zero }), None);
        assert_eq!(find_repeated_block(&blocks[..48], Cipher::Aes128Ecb), None);
        let many: String = (0..1000).map(|number| format!("{number:016}")).collect();
        assert_eq!(find_repeated_block(&many, Cipher::Aes128Ecb), None);
        let repeated = Alteration::RepeatedBlock { block: 1001, earlier: 8 };
        assert_eq!(find_repeated_block(&format!("{many}{:016}", 7), Cipher::Aes128Ecb), Some(repeated));
    }

    /// Whitespace has small codes, as padding has.
    #[test]
    fn a_block_that_is_the_same_as_the_last_one_with_its_padding_is_found() {
        for length in [9, 10, 13] {
            let white_space = char::from(length);
            let tail = "x".repeat(BLOCK - usize::from(length));
            let text = format!("{tail}{}{tail}", white_space.to_string().repeat(length.into()));
            let repeated = Alteration::RepeatedBlock { block: 2, earlier: 1 };
            assert_eq!(find_repeated_block(&text, Cipher::Aes128Ecb), Some(repeated));
            assert_eq!(find_repeated_block(&text[1..], Cipher::Aes128Ecb), None);
        }
    }
}
