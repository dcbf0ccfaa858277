//! A person's decision about an order that the gateway's answers do not settle.

use std::fmt;
use std::str::FromStr;

use ottpay::Amount;

/// A person's decision about an order, made after checking the Merchant Center or the buyer's phone.
///
/// It is stored with who decided and why. It never creates an `ottpay::payment::Payment`, and causes no event: handle
/// the consequences where you record it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// The requested amount was received. It can be refunded through the ledger, and another payment of the reference
    /// is reported as a second one.
    Paid,
    /// This amount was received, in the requested currency. Otherwise like [`Paid`](Self::Paid).
    PaidAmount(Amount),
    /// Nothing was received, or it was reversed. Nothing can be refunded.
    NotPaid,
    /// All of the received money went back to the buyer, but not through this ledger.
    GivenBack,
    /// For a refund: it succeeded. It counts as refunded, and the next refund of the payment may be sent.
    Refunded,
    /// For a refund: it moved no money and never will. The next refund of the payment may be sent.
    NotRefunded,
}

impl Verdict {
    /// A stable name: `paid`, `not_paid`, `given_back`, `refunded` or `not_refunded`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Paid | Self::PaidAmount(_) => "paid",
            Self::NotPaid => "not_paid",
            Self::GivenBack => "given_back",
            Self::Refunded => "refunded",
            Self::NotRefunded => "not_refunded",
        }
    }

    /// Whether the verdict is about a refund.
    pub fn is_of_refund(self) -> bool {
        matches!(self, Self::Refunded | Self::NotRefunded)
    }
}

/// Formats the name; after `paid`, also the amount in minor units if it differs from the requested one: `paid:1999`.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PaidAmount(amount) => write!(f, "paid:{}", amount.minor()),
            other => f.pad(other.as_str()),
        }
    }
}

/// A string that is not a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected `paid`, `paid:` and an amount in minor units, `not_paid` or `given_back`, or for a refund `refunded` or \
     `not_refunded`"
)]
pub struct VerdictError;

/// Parses the output of [`Display`](fmt::Display).
impl FromStr for Verdict {
    type Err = VerdictError;

    fn from_str(text: &str) -> Result<Self, VerdictError> {
        if let Some(minor) = text.strip_prefix("paid:") {
            // `parse` alone also accepts a plus sign, which `Display` never writes.
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
