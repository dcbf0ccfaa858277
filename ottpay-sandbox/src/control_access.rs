//! Controls access from other machines to the control interface and the developer's pages.

use std::fmt;

use subtle::ConstantTimeEq as _;

use crate::brake::{Brake, Crowded};

/// The minimum length of a token, in characters.
const MIN_LENGTH: usize = 16;

/// The maximum length of a token, in characters.
const MAX_LENGTH: usize = 512;

/// The token that programs send, and the session that a browser sends after the token was entered on the login page.
/// `Debug` omits both.
pub(crate) struct ControlAccess {
    token: String,
    session: String,
    brake: Brake,
}

impl ControlAccess {
    /// Checks a token, and creates a random session for browsers, so that a restart ends all sessions.
    pub(crate) fn new(token: String) -> Result<Self, String> {
        let length = token.chars().count();
        if !token.chars().all(|character| character.is_ascii_graphic()) {
            return Err("the control token contains spaces, or characters that are not ASCII".to_owned());
        }
        if !(MIN_LENGTH..=MAX_LENGTH).contains(&length) {
            return Err(format!(
                "the control token has {length} characters, expected {MIN_LENGTH} to {MAX_LENGTH}; `openssl rand -hex \
                 16` generates one"
            ));
        }
        let mut bytes = [0_u8; 16];
        getrandom::fill(&mut bytes).map_err(|error| error.to_string())?;
        Ok(Self { token, session: format!("{:032x}", u128::from_be_bytes(bytes)), brake: Brake::new() })
    }

    /// Compares a token in a time that depends only on its length.
    pub(crate) fn is_token(&self, given: &str) -> bool {
        self.token.as_bytes().ct_eq(given.as_bytes()).into()
    }

    /// Compares the session of a browser in a time that depends only on its length.
    pub(crate) fn is_session(&self, given: &str) -> bool {
        self.session.as_bytes().ct_eq(given.as_bytes()).into()
    }

    /// Waits until the response to a wrong token may be sent.
    ///
    /// # Errors
    /// Returns [`Crowded`] at once if too many clients wait already.
    pub(crate) async fn delay_answer(&self) -> Result<(), Crowded> {
        self.brake.delay_answer().await
    }

    /// Returns the session that a browser stores in a cookie.
    pub(crate) fn session(&self) -> &str {
        &self.session
    }
}

impl fmt::Debug for ControlAccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ControlAccess(..)")
    }
}

/// The token in the settings, before it is checked. `Debug` omits it.
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
