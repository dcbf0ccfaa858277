//! Who may use the control interface and the developer's pages from another machine.

use std::fmt;

use subtle::ConstantTimeEq as _;

use crate::brake::{Brake, Crowded};

/// The shortest token, in characters.
const MIN_LENGTH: usize = 16;

/// The longest token, in characters.
const MAX_LENGTH: usize = 512;

/// A token that programs send, and what a browser sends instead once the token was given on the page for it. Neither is
/// shown by `Debug`.
pub(crate) struct ControlAccess {
    token: String,
    session: String,
    brake: Brake,
}

impl ControlAccess {
    /// Checks a token. The session of browsers is random, and new at each start.
    pub(crate) fn new(token: String) -> Result<Self, String> {
        let length = token.chars().count();
        if !token.chars().all(|character| character.is_ascii_graphic()) {
            return Err("the control token contains spaces, or characters that are not ASCII".to_owned());
        }
        if !(MIN_LENGTH..=MAX_LENGTH).contains(&length) {
            return Err(format!(
                "the control token has {length} characters, expected {MIN_LENGTH} to {MAX_LENGTH}; \
                 `openssl rand -hex 16` makes one"
            ));
        }
        let mut bytes = [0_u8; 16];
        getrandom::fill(&mut bytes).map_err(|error| error.to_string())?;
        Ok(Self { token, session: format!("{:032x}", u128::from_be_bytes(bytes)), brake: Brake::new() })
    }

    /// Whether this is the token. The time that it takes depends on the length alone.
    pub(crate) fn is_token(&self, given: &str) -> bool {
        self.token.as_bytes().ct_eq(given.as_bytes()).into()
    }

    /// Whether this is the session of a browser.
    pub(crate) fn is_session(&self, given: &str) -> bool {
        self.session.as_bytes().ct_eq(given.as_bytes()).into()
    }

    /// Waits until a wrong token may be answered.
    ///
    /// # Errors
    /// [`Crowded`], at once, if too many clients wait already.
    pub(crate) async fn delay_answer(&self) -> Result<(), Crowded> {
        self.brake.delay_answer().await
    }

    /// What a browser keeps.
    pub(crate) fn session(&self) -> &str {
        &self.session
    }
}

impl fmt::Debug for ControlAccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ControlAccess(..)")
    }
}

/// A token as a setting has it, before it is checked. It is not shown by `Debug`.
#[derive(Clone)]
pub(crate) struct ControlToken(pub(crate) String);

impl fmt::Debug for ControlToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ControlToken(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_that_can_be_guessed_or_not_be_sent_is_rejected_and_not_shown() {
        for (token, said) in [
            ("", "has 0 characters"),
            ("fifteen-letters", "has 15 characters"),
            ("with spaces between", "spaces"),
            ("sixteen-letters-\u{e9}", "ASCII"),
            (&"x".repeat(513), "has 513 characters"),
        ] {
            let error = ControlAccess::new(token.to_owned()).unwrap_err();
            assert!(error.contains(said) && (token.is_empty() || !error.contains(token)), "{error}");
        }
        let access = ControlAccess::new("sixteen-letters.".to_owned()).unwrap();
        assert!(access.is_token("sixteen-letters.") && !access.is_token("sixteen-letters,"));
        assert!(access.is_session(access.session()) && !access.is_session("sixteen-letters.") && !access.is_token(""));
        assert_eq!(format!("{access:?}"), "ControlAccess(..)");
    }
}
