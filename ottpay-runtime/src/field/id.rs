//! Ids that the merchant creates: of orders, refunds and Checkout pages.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;

pub use ottpay_vocabulary::IdError;
use ottpay_vocabulary::id;
use smol_str::SmolStr;

use super::convert::{FieldText, FromField, IntoField};
use super::problem::Problem;

/// Declares the types of ids. They follow the same rules, but cannot be converted into each other, so that the id of a
/// refund is never queried as an order.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident: $what:literal;)*) => {$(
        $(#[$doc])*
        ///
        /// The vendor documents at most 20 letters and digits for cards and no limit elsewhere, and breaks that limit in
        /// its own samples, so length and characters are not checked here.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(SmolStr);

        impl $name {
            #[doc = concat!("Creates an id from a string that the shop has chosen for ", $what, ".")]
            ///
            #[doc = concat!("Prefer [`", stringify!($name), "::random`], or begin ids with the name of this shop and \
                             environment: another shop or a test system must not use the same ones. Do not use a counter: \
                             after it is restored from a backup, it repeats ids that are already in use.")]
            ///
            /// # Errors
            /// [`IdError`] if it is empty, or contains whitespace or a control character.
            pub fn new(text: impl AsRef<str>) -> Result<Self, IdError> {
                let text = text.as_ref();
                id::check_id(text).map(|()| Self(text.into()))
            }

            /// Creates a new id of 20 letters and digits with 100 random bits: short enough for every action, and
            /// unique even across shops and restored backups.
            ///
            /// Store it before the request is sent: it is needed to query the order if the reply is lost.
            ///
            /// # Panics
            /// If the operating system cannot provide random numbers, which does not happen on supported systems.
            #[must_use = "the id is new each time, and only the one that was sent can be queried"]
            pub fn random() -> Self {
                Self(random_text())
            }

            /// Returns the id as a string.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        /// An id is hashed, compared and ordered like its string, so maps of ids can be searched by `&str`.
        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::new(text)
            }
        }

        impl TryFrom<&str> for $name {
            type Error = IdError;

            fn try_from(text: &str) -> Result<Self, Self::Error> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0.into()
            }
        }

        impl IntoField<$name> for $name {
            fn write_to(&self, text: &mut FieldText<'_>) -> Result<(), Problem> {
                text.push_str(&self.0);
                Ok(())
            }
        }

        /// An id that the gateway sends is accepted without checks.
        impl FromField for $name {
            fn from_field(text: &str) -> Result<Self, Problem> {
                Ok(Self(text.into()))
            }
        }
    )*};
}

ids! {
    /// The id of an order, created by the merchant. It can be submitted once, and is needed to query the order if the
    /// reply is lost.
    OrderId: "an order";

    /// The id of a refund, created by the merchant. It is not the id of the refunded payment: an order and its refunds
    /// each have their own.
    RefundId: "a refund";

    /// The id of a Checkout page, created by the merchant. The gateway creates an order for the page, with an id of its
    /// own.
    CheckoutId: "a Checkout page";
}

/// Creates the string of a new id: 20 characters of Crockford's alphabet, which omits I, L, O and U, so that an id can
/// be read out over the telephone.
fn random_text() -> SmolStr {
    const ALPHABET: [char; 32] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'M', 'N',
        'P', 'Q', 'R', 'S', 'T', 'V', 'W', 'X', 'Y', 'Z',
    ];
    let mut bytes = [0_u8; 20];
    #[expect(clippy::expect_used, reason = "an id that may repeat would be worse than a stop")]
    getrandom::fill(&mut bytes).expect("the operating system gives random numbers");
    // 256 is a multiple of 32, so every character is equally likely.
    bytes.iter().filter_map(|byte| ALPHABET.get(usize::from(byte % 32))).copied().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet, HashMap};

    use super::*;

    #[test]
    fn random_ids_fit_every_action_and_differ() {
        let ids: BTreeSet<_> = (0..1000).map(|_| OrderId::random()).collect();
        assert_eq!(ids.len(), 1000);
        assert!(ids.iter().all(|id| id.as_str().len() == 20 && id.as_str().bytes().all(|b| b.is_ascii_alphanumeric())));
        let letters: BTreeSet<u8> = ids.iter().flat_map(|id| id.as_str().bytes()).collect();
        assert_eq!(letters.len(), 32, "every letter of the alphabet occurs");
        assert_ne!(RefundId::random(), RefundId::random());
        assert_ne!(CheckoutId::random(), CheckoutId::random());
    }

    #[test]
    fn the_vendors_own_long_sample_is_allowed() {
        assert!(OrderId::new("2020041468976O124O000857").is_ok());
        assert_eq!(OrderId::new(""), Err(IdError::Empty));
        assert_eq!(OrderId::new("T1 "), Err(IdError::WhiteSpace));
        assert_eq!(OrderId::new("T 1"), Err(IdError::WhiteSpace));
        assert_eq!(OrderId::new("T\n1"), Err(IdError::Control));
    }

    #[test]
    fn every_way_from_text_to_an_id_checks_it() {
        assert_eq!("R1".parse::<RefundId>(), RefundId::try_from("R1"));
        assert_eq!(RefundId::try_from("R1".to_owned()), RefundId::new("R1"));
        assert_eq!("R 1".parse::<RefundId>(), Err(IdError::WhiteSpace));
        assert_eq!(CheckoutId::try_from(""), Err(IdError::Empty));
        assert_eq!(OrderId::try_from("T\t1".to_owned()), Err(IdError::Control));
    }

    #[test]
    fn an_id_goes_back_to_its_text() {
        let id = CheckoutId::new("C1").unwrap();
        assert_eq!((id.as_str(), id.as_ref() as &str), ("C1", "C1"));
        assert_eq!(format!("{id}|{id:>4}"), "C1|  C1");
        assert_eq!(String::from(id), "C1");
    }

    #[test]
    fn maps_of_ids_are_searched_by_text() {
        let id = RefundId::new("R1").unwrap();
        assert_eq!(HashMap::from([(id.clone(), 1)]).get("R1"), Some(&1));
        assert_eq!(BTreeMap::from([(id, 1)]).get("R1"), Some(&1));
    }
}
