//! The merchant's sign key, the one secret of the protocol.

use std::{env, fmt};

use zeroize::Zeroizing;

/// The merchant's sign key ("signKey" in the vendor's documentation, issued with the merchant id).
///
/// With this key, anyone can read and create every message of the merchant. Therefore it cannot be read back: it has no
/// `Display`, its `Debug` prints `SignKey(..)`, and its memory is wiped when it is dropped.
///
/// ```
/// # use ottpay_runtime::SignKey;
/// let key = SignKey::new(" 6698851A525C9433\n")?; // the sample key of the vendor's Appendix A
/// assert_eq!(format!("{key:?}"), "SignKey(..)");
/// # Ok::<(), ottpay_runtime::SignKeyError>(())
/// ```
#[derive(Clone)]
pub struct SignKey(Zeroizing<String>);

impl SignKey {
    /// Creates a key as the gateway issued it. Surrounding whitespace is removed; nothing else is changed, not even
    /// the case of letters.
    ///
    /// Mistakes of copying or storing a key are rejected: invisible characters, line breaks, full-width characters,
    /// quotation marks around the key, its name before it, or an escaped line break such as `\n` after it.
    ///
    /// # Errors
    /// [`SignKeyError::Empty`] if nothing is left, or the variant that names the mistake. No error contains a part of
    /// the key.
    pub fn new(text: impl Into<String>) -> Result<Self, SignKeyError> {
        // Wiped here as well, because only a trimmed copy is kept, or none.
        let text = Zeroizing::new(text.into());
        match text.trim() {
            "" => Err(SignKeyError::Empty),
            trimmed => {
                find_slip(trimmed).map_or(Ok(()), Err)?;
                Ok(Self(Zeroizing::new(trimmed.to_owned())))
            }
        }
    }

    /// Reads the key from an environment variable.
    ///
    /// # Errors
    /// [`SignKeyError::NotSet`] if there is no such variable, [`SignKeyError::NotText`] if it is not UTF-8, and
    /// those of [`SignKey::new`].
    pub fn from_env(variable: &str) -> Result<Self, SignKeyError> {
        match env::var(variable) {
            Ok(text) => Self::new(text),
            Err(env::VarError::NotPresent) => Err(SignKeyError::NotSet { variable: variable.to_owned() }),
            Err(env::VarError::NotUnicode(_)) => Err(SignKeyError::NotText { variable: variable.to_owned() }),
        }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for SignKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignKey(..)")
    }
}

/// Finds a mistake that shows that a string is not the key as it was issued.
fn find_slip(text: &str) -> Option<SignKeyError> {
    // Checked first, because such a line may have quotation marks around its value.
    if is_named(text) {
        return Some(SignKeyError::Named);
    }
    let foreign = text.chars().enumerate().find_map(|(index, character)| Some((index + 1, name_foreign(character)?)));
    if let Some((place, character)) = foreign {
        return Some(SignKeyError::Foreign { character, place });
    }
    let is_quotation_mark = |character: char| QUOTATION_MARKS.contains(character);
    if text.starts_with(is_quotation_mark) || text.ends_with(is_quotation_mark) {
        return Some(SignKeyError::Quoted);
    }
    // A copy of the key, so it is wiped, too.
    let lower = Zeroizing::new(text.to_ascii_lowercase());
    ESCAPED_LINE_BREAKS.iter().any(|end| lower.ends_with(end)).then_some(SignKeyError::WrittenLineBreak)
}

const QUOTATION_MARKS: &str =
    "\"'`\u{201c}\u{201d}\u{201e}\u{201f}\u{2018}\u{2019}\u{201a}\u{201b}\u{ab}\u{bb}\u{2039}\u{203a}\u{300c}\u{300d}";

const ESCAPED_LINE_BREAKS: [&str; 10] =
    ["\\n", "\\r", "%0a", "%0d", "\\x0a", "\\x0d", "\\u000a", "\\u000d", "&#10;", "&#13;"];

/// Whether the string is a line from a settings file or a shell, such as `export SIGN_KEY=…`.
fn is_named(text: &str) -> bool {
    let Some((name, value)) = text.split_once(['=', ':']) else { return false };
    let name = name.trim().trim_matches(['"', '\'']);
    let words = ["export ", "set ", "setx ", "env ", "$env:", "let ", "const ", "var "];
    let shell = words.iter().find_map(|word| text.strip_prefix(word)).is_some();
    let is_name = !name.is_empty()
        && name.chars().all(|character| character.is_ascii_alphanumeric() || "_-. ".contains(character))
        && name.to_ascii_lowercase().ends_with("key");
    // The padding of Base64 is not a value.
    let has_value = !value.trim_matches(|character: char| character == '=' || character.is_whitespace()).is_empty();
    has_value && (shell || is_name)
}

/// Describes a character that no key contains.
fn name_foreign(character: char) -> Option<&'static str> {
    Some(match character {
        '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => "a line break",
        '\t' => "a tab",
        '\0' => "a zero byte",
        '\u{feff}' => "a byte order mark (U+FEFF)",
        '\u{200b}' => "a zero-width space (U+200B)",
        '\u{a0}' | '\u{202f}' => "a no-break space",
        '\u{ad}' => "a soft hyphen (U+00AD)",
        '\u{fffd}' => "a replacement character (U+FFFD), left over from text in another character set",
        '\u{ff01}'..='\u{ff5e}' => "a full-width character",
        ' ' => return None,
        _ if character.is_control() => "a control character",
        _ if character.is_whitespace() => "a space other than U+0020",
        '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200c}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{2800}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' => "a character that cannot be seen",
        _ => return None,
    })
}

/// Why a sign key cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignKeyError {
    /// The string is empty or only whitespace.
    #[error("the sign key is empty")]
    Empty,
    /// A character that no key contains: invisible, a line break, or full-width.
    #[error("the sign key contains {character} at position {place}: remove it")]
    Foreign {
        /// The kind of character.
        character: &'static str,
        /// The position of the character, starting at 1, not counting whitespace before the key.
        place: usize,
    },
    /// Quotation marks around the key.
    #[error(
        "the sign key begins or ends with a quotation mark, which does not belong to it: remove the quotation marks"
    )]
    Quoted,
    /// The name of the key precedes it, as in `SIGN_KEY=…`.
    #[error("the sign key includes its name, as in SIGN_KEY=…: pass only the value")]
    Named,
    /// An escaped line break follows the key, such as `\n` or `%0A`.
    #[error("the sign key ends with an escaped line break, such as \\n: remove it")]
    WrittenLineBreak,
    /// The environment variable does not exist.
    #[error("the environment variable {variable} is not set: set it to the merchant's sign key")]
    NotSet {
        /// Name of the variable.
        variable: String,
    },
    /// The environment variable is not UTF-8.
    #[error("the environment variable {variable} is not UTF-8 text")]
    NotText {
        /// Name of the variable.
        variable: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_trimmed_and_nothing_else_changes() {
        let key = SignKey::new("\t aBc D \r\n").unwrap();
        assert_eq!(key.as_bytes(), b"aBc D");
    }

    #[test]
    fn what_no_key_contains_is_named_and_the_key_is_not_shown() {
        const KEY: &str = "6698851A525C9433";
        let (half, rest) = KEY.split_at(8);
        for (text, said) in [
            (format!("\"{KEY}\""), "quotation mark"),
            (format!("'{KEY}'"), "quotation mark"),
            (format!(" \"{KEY}\"\r\n"), "quotation mark"),
            (format!("\u{201c}{KEY}\u{201d}"), "quotation mark"),
            (format!("`{KEY}`"), "quotation mark"),
            (format!("{KEY}\""), "quotation mark"),
            (format!("$'{KEY}'"), "quotation mark"),
            (format!("b'{KEY}'"), "quotation mark"),
            (format!("\u{feff}{KEY}"), "a byte order mark (U+FEFF) at position 1:"),
            (format!("{KEY}\u{200b}"), "a zero-width space (U+200B) at position 17:"),
            (format!("{half}\u{200b}{rest}"), "at position 9:"),
            (format!("{half}\r\n{rest}"), "a line break"),
            (format!("{half}\u{a0}{rest}"), "a no-break space"),
            (format!("{half}\u{2003}{rest}"), "a space other than"),
            (format!("{half}\t{rest}"), "a tab"),
            (format!("{KEY}\0"), "a zero byte"),
            (format!("{half}\u{1b}{rest}"), "a control character"),
            (format!("{half}\u{ad}{rest}"), "a soft hyphen"),
            (format!("\u{202a}{KEY}\u{202c}"), "cannot be seen"),
            (format!("{KEY}\u{2060}"), "cannot be seen"),
            (format!("{half}\u{fffd}{rest}"), "another character set"),
            ("\u{ff16}\u{ff16}98851A525C9433".to_owned(), "a full-width character"),
            (format!("{KEY}\\n"), "escaped line break"),
            (format!("{KEY}\\r\\n"), "escaped line break"),
            (format!("{KEY}%0A"), "escaped line break"),
            (format!("OTTPAY_SIGN_KEY={KEY}"), "its name"),
            (format!("KEY = {KEY}"), "its name"),
            (format!("export OTTPAY_SIGN_KEY=\"{KEY}\""), "its name"),
            (format!("sign_key: {KEY}"), "its name"),
            (format!("\"signKey\": \"{KEY}\""), "its name"),
            (format!("SIGN_KEY={KEY}\nMERCHANT_ID=M"), "its name"),
            (format!("set X={KEY}"), "its name"),
        ] {
            let error = SignKey::new(text.clone()).unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(shown.contains(said), "{text:?}: {shown}");
            assert!(!shown.contains(half) && !shown.contains(rest) && !shown.contains("98851A"), "{shown}");
        }
    }

    #[test]
    fn a_key_of_any_shape_is_accepted_as_it_is() {
        for text in [
            "aBc D",
            "it's",
            "a\"b",
            "x=y",
            "k+/y==",
            "abckey==",
            "a/key=b",
            "a:b",
            "\\x\\",
            "键\u{e9}\u{1f600}",
            "%41",
            "{a}",
            "$HOME",
        ] {
            assert_eq!(SignKey::new(text).unwrap().as_bytes(), text.as_bytes());
        }
        assert_eq!(SignKey::new("\u{a0}\u{3000}k\u{a0}\n").unwrap().as_bytes(), b"k");
    }

    #[test]
    fn an_empty_key_is_an_error() {
        assert_eq!(SignKey::new(" \n").unwrap_err(), SignKeyError::Empty);
    }

    #[test]
    fn a_missing_variable_is_named() {
        let error = SignKey::from_env("OTTPAY_NO_SUCH_VARIABLE").unwrap_err();
        assert!(error.to_string().contains("OTTPAY_NO_SUCH_VARIABLE"), "{error}");
    }

    #[test]
    fn debug_shows_nothing_of_the_key() {
        let key = SignKey::new("6698851A525C9433").unwrap();
        assert_eq!(format!("{key:?} {key:#?}"), "SignKey(..) SignKey(..)");
    }
}
