//! What a person decides about an order that the gateway's answers do not settle.

use std::fmt;
use std::str::FromStr;

use ottpay::Amount;

/// What a person decides about an order, after they have looked in the Merchant Center or at the buyer's phone. It is kept with
/// who decided and why. It never makes a `ottpay::payment::Payment`, and no event comes of it: act upon it in the
/// same place in which it is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// The amount that was asked for has been received. It can be given back by a refund through the ledger, and another payment
    /// of the reference is reported as a second one.
    Paid,
    /// This amount has been received, in the currency that was asked for. Otherwise as [`Paid`](Self::Paid).
    PaidAmount(Amount),
    /// Nothing has been received, or it has been reversed. Nothing can be given back.
    NotPaid,
    /// What was received has gone back to the buyer, all of it and not through this ledger.
    GivenBack,
    /// Of a refund: it went through. It counts as given back, and the next refund of the payment may be sent.
    Refunded,
    /// Of a refund: no money has gone back by it, and none will. The next refund of the payment may be sent.
    NotRefunded,
}

impl Verdict {
    /// A stable word: `paid`, `not_paid`, `given_back`, `refunded` or `not_refunded`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Paid | Self::PaidAmount(_) => "paid",
            Self::NotPaid => "not_paid",
            Self::GivenBack => "given_back",
            Self::Refunded => "refunded",
            Self::NotRefunded => "not_refunded",
        }
    }

    /// Whether it is about a refund.
    pub fn is_of_refund(self) -> bool {
        matches!(self, Self::Refunded | Self::NotRefunded)
    }
}

/// The word; after `paid`, the amount in minor units if it is another one than was asked for: `paid:1999`.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PaidAmount(amount) => write!(f, "paid:{}", amount.minor()),
            other => f.pad(other.as_str()),
        }
    }
}

/// A text that is not a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected `paid`, `paid:` and an amount in minor units, `not_paid`, `given_back`, or of a refund `refunded` or \
     `not_refunded`"
)]
pub struct VerdictError;

/// As [`Display`](fmt::Display) writes it.
impl FromStr for Verdict {
    type Err = VerdictError;

    fn from_str(text: &str) -> Result<Self, VerdictError> {
        if let Some(minor) = text.strip_prefix("paid:") {
            let is_digits = !minor.is_empty() && minor.bytes().all(|byte| byte.is_ascii_digit());
            let minor = minor.parse().ok().filter(|_| is_digits).ok_or(VerdictError)?;
            return Ok(Self::PaidAmount(Amount::from_minor(minor)));
        }
        let all = [Self::Paid, Self::NotPaid, Self::GivenBack, Self::Refunded, Self::NotRefunded];
        all.into_iter().find(|verdict| verdict.as_str() == text).ok_or(VerdictError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_survives_as_text_and_nothing_else_is_one() {
        use Verdict::{GivenBack, NotPaid, NotRefunded, Paid, PaidAmount, Refunded};
        for verdict in [Paid, PaidAmount(Amount::from_minor(1999)), NotPaid, GivenBack, Refunded, NotRefunded] {
            assert_eq!(verdict.to_string().parse(), Ok(verdict));
        }
        for text in ["", "Paid", "paid:", "paid:+1", "paid:-1", "paid:19.99", "paid 1999", "lapsed"] {
            assert_eq!(text.parse::<Verdict>(), Err(VerdictError), "{text}");
        }
    }
}
