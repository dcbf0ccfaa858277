//! Ids that the merchant makes: of orders, refunds and Checkout pages.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;

pub use ottpay_vocabulary::IdError;
use ottpay_vocabulary::id;
use smol_str::SmolStr;

use super::convert::{FieldText, FromField, IntoField};
use super::problem::Problem;

/// Declares types of ids. They have the same rules, and no way from one to another: what is an id of a refund is not
/// looked up as an order.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident: $what:literal;)*) => {$(
        $(#[$doc])*
        ///
        /// The vendor documents at most 20 letters and digits for cards and no limit elsewhere, and breaks that limit in
        /// its own samples, so length and characters are not checked here.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(SmolStr);

        impl $name {
            #[doc = concat!("Takes an id that the shop has made for ", $what, ".")]
            ///
            #[doc = concat!("Take ids from [`", stringify!($name), "::random`], or begin them with the name of this shop and \
                             environment: a second shop or a test system must not have the same ones. Do not count them up: \
                             a counter that is restored from a backup gives ids again that are already used.")]
            ///
            /// # Errors
            /// [`IdError`] if it is empty, or contains white space or a control character.
            pub fn new(text: impl AsRef<str>) -> Result<Self, IdError> {
                let text = text.as_ref();
                id::check_id(text).map(|()| Self(text.into()))
            }

            /// A new id of 20 letters and digits, with 100 random bits: short enough for every action, and never the same
            /// twice, in another shop or after a restored backup neither.
            ///
            /// Store it before the request is sent: it is what a lost reply is looked up by.
            ///
            /// # Panics
            /// If the operating system has no random numbers to give, which no supported one does.
            #[must_use = "the id is new each time, and only the one that was sent can be queried"]
            pub fn random() -> Self {
                Self(random_text())
            }

            /// The id as text.
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

        /// An id is hashed, compared and ordered as its text is, so maps of ids are searched by `&str`.
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

        /// What the gateway sends is taken as it is.
        impl FromField for $name {
            fn from_field(text: &str) -> Result<Self, Problem> {
                Ok(Self(text.into()))
            }
        }
    )*};
}

ids! {
    /// The id of an order, made by the merchant. It can be submitted once; it is what a lost reply is looked up by.
    OrderId: "an order";

    /// The id of a refund, made by the merchant. It is not the id of the payment that is given back: an order and its
    /// refunds each have their own.
    RefundId: "a refund";

    /// The id of a Checkout page, made by the merchant. The gateway makes an order for the page, with an id of its own.
    CheckoutId: "a Checkout page";
}

/// The text of a new id: 20 characters of Crockford's alphabet, which has no I, L, O and U, so that an id can be read out
/// over the telephone.
fn random_text() -> SmolStr {
    const ALPHABET: [char; 32] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'M', 'N',
        'P', 'Q', 'R', 'S', 'T', 'V', 'W', 'X', 'Y', 'Z',
    ];
    let mut bytes = [0_u8; 20];
    #[expect(clippy::expect_used, reason = "an id that may repeat would be worse than a stop")]
    getrandom::fill(&mut bytes).expect("the operating system gives random numbers");
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
