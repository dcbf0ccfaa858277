//! Order ids.

use std::fmt;

pub use ottpay_vocabulary::OrderIdError;
use ottpay_vocabulary::order_id;

use super::convert::{FromField, IntoField};
use super::problem::Problem;

/// The id of an order, made by the merchant. It can be submitted once; it is what a lost reply is looked up by.
///
/// The vendor documents at most 20 letters and digits for cards and no limit elsewhere, and breaks that limit in its
/// own samples, so length and characters are not checked here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderId(String);

impl OrderId {
    /// Takes an id of the shop's own.
    ///
    /// # Errors
    /// [`OrderIdError`] if it is empty, or contains white space or a control character.
    pub fn new(text: impl Into<String>) -> Result<Self, OrderIdError> {
        let text = text.into();
        order_id::check_order_id(&text).map(|()| Self(text))
    }

    /// A new id of 20 letters and digits, with 100 random bits: short enough for every action, and never the same
    /// twice.
    ///
    /// # Panics
    /// If the operating system has no random numbers to give, which no supported one does.
    #[must_use = "the id is new each time, and the order can be queried only by the one that was sent"]
    pub fn random() -> Self {
        // Crockford's alphabet: no I, L, O and U, so that an id can be read out over the telephone.
        const ALPHABET: [char; 32] = [
            '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'M',
            'N', 'P', 'Q', 'R', 'S', 'T', 'V', 'W', 'X', 'Y', 'Z',
        ];
        let mut bytes = [0_u8; 20];
        #[expect(clippy::expect_used, reason = "an id that may repeat would be worse than a stop")]
        getrandom::fill(&mut bytes).expect("the operating system gives random numbers");
        Self(bytes.iter().filter_map(|byte| ALPHABET.get(usize::from(byte % 32))).collect())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for OrderId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for OrderId {
    type Err = OrderIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text)
    }
}

impl IntoField<OrderId> for OrderId {
    fn into_field(self) -> Result<String, Problem> {
        Ok(self.0)
    }
}

/// What the gateway sends is taken as it is.
impl FromField for OrderId {
    fn from_field(text: &str) -> Result<Self, Problem> {
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_ids_fit_every_action_and_differ() {
        let ids: std::collections::BTreeSet<_> = (0..1000).map(|_| OrderId::random()).collect();
        assert_eq!(ids.len(), 1000);
        assert!(ids.iter().all(|id| id.as_str().len() == 20 && id.as_str().bytes().all(|b| b.is_ascii_alphanumeric())));
    }

    #[test]
    fn the_vendors_own_long_sample_is_allowed() {
        assert!(OrderId::new("2020041468976O124O000857").is_ok());
        assert_eq!(OrderId::new(""), Err(OrderIdError::Empty));
        assert_eq!(OrderId::new("T1 "), Err(OrderIdError::WhiteSpace));
        assert_eq!(OrderId::new("T 1"), Err(OrderIdError::WhiteSpace));
        assert_eq!(OrderId::new("T\n1"), Err(OrderIdError::Control));
    }
}
