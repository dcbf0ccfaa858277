//! A field, checked.

use crate::diagnostic::Position;

/// A field.
#[derive(Debug, Clone)]
pub struct Field {
    /// Name on the wire.
    pub wire: String,
    /// Name in Rust, without escape.
    pub name: String,
    /// Type.
    pub kind: Kind,
    /// Whether a message without it is wrong.
    pub required: bool,
    /// Whether the caller may leave it out in so many words.
    pub may_omit: bool,
    /// Which side of the exchange it is on.
    pub side: Side,
    /// Whether the value must never be shown.
    pub sensitive: bool,
    /// The value the client writes by itself.
    pub constant: Option<String>,
    /// Whether the constant or copy is only sent if the caller asks for it.
    pub opt_in: bool,
    /// Where the client takes the value from by itself.
    pub fill: Option<Fill>,
    /// The field in whose place this one is sent, by its wire name.
    pub instead_of: Option<String>,
    /// The words of an enum that are taken; empty: all.
    pub only: Vec<String>,
    /// Other names in what is received.
    pub aliases: Vec<String>,
    /// Limits on the text.
    pub limits: Limits,
    /// Whether the vendor's own samples break the limits.
    pub lenient: bool,
    /// Whether the value is written in Base64, where there is no envelope.
    pub base64: bool,
    /// Who says so.
    pub evidence: Evidence,
    /// Index of the object that the caller encrypts into this text.
    pub content: Option<usize>,
    /// Variant of the runtime's `Role`.
    pub role: Option<&'static str>,
    /// Explanation.
    pub doc: String,
    /// The vendor's page, where it is not the one of the action.
    pub page: Option<String>,
    /// Declaration.
    pub source: Position,
    /// Whether it has problems, as a type that fields share.
    pub(crate) is_broken: bool,
}

impl Field {
    /// Whether it travels beside `data`.
    pub fn is_outer(&self) -> bool {
        self.side == Side::Outer
    }

    /// Whether it is received, not sent.
    pub fn is_received(&self) -> bool {
        self.side.is_received()
    }

    /// Whether a received message always has it, in words. An absent status is read, as one that says nothing.
    pub(crate) fn presence_in_words(&self) -> &'static str {
        match self.required {
            true if self.role == Some("Status") => "no; absent is unknown",
            true => "yes",
            false => "no",
        }
    }

    /// Whether the caller gives its value.
    pub fn is_given(&self) -> bool {
        self.constant.is_none() && self.fill.is_none()
    }

    /// Whether the caller has a say in it: gives its value, asks for it, or leaves it out.
    pub fn is_settable(&self) -> bool {
        self.is_given() || self.opt_in || self.may_omit
    }
}

/// Where the client takes a value from that it writes by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fill {
    /// The client's merchant id.
    MerchantId,
    /// The address that the call goes to.
    Endpoint,
    /// Another field of the request, by its wire name.
    CopyOf(String),
}

/// Who says that a field is what it is said to be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Evidence {
    /// A page of the vendor.
    #[default]
    Vendor,
    /// Clients in the field.
    Clients,
    /// Nobody.
    Assumed,
}

/// Which side of the exchange a field is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Inside `data` of a request.
    Request,
    /// Beside `data` of a request.
    Outer,
    /// In a reply or a callback.
    Received,
    /// In an object inside a reply or callback.
    Member,
    /// In what comes back with the buyer's browser.
    Returned,
    /// Nowhere: a type that fields on any side share.
    Shared,
}

impl Side {
    pub(crate) fn is_received(self) -> bool {
        matches!(self, Self::Received | Self::Member | Self::Returned)
    }
}

/// Type of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// Order id.
    OrderId,
    /// Minor units.
    Amount,
    /// Address.
    Url,
    /// ISO 4217 code.
    Currency,
    /// Whole number that is no money.
    Integer,
    /// Time of a request.
    Timestamp,
    /// Date and time.
    DateTime,
    /// Rate times 10^8.
    RateE8,
    /// Decimal text.
    Decimal,
    /// Any JSON value.
    Json,
    /// Index of an enum.
    Enum(usize),
    /// Index of an object.
    Object(usize),
}

impl Kind {
    /// The index of the object that it is.
    pub(crate) fn object(self) -> Option<usize> {
        match self {
            Self::Object(index) => Some(index),
            _ => None,
        }
    }

    /// The types that need no declaration, by their names in the language.
    pub const BUILT_IN: [(&'static str, Self); 11] = [
        ("text", Self::Text),
        ("order_id", Self::OrderId),
        ("amount", Self::Amount),
        ("url", Self::Url),
        ("currency", Self::Currency),
        ("integer", Self::Integer),
        ("timestamp", Self::Timestamp),
        ("datetime", Self::DateTime),
        ("rate_e8", Self::RateE8),
        ("decimal", Self::Decimal),
        ("json", Self::Json),
    ];
}

/// Limits on the text of a value, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// Shortest length.
    pub min_len: Option<usize>,
    /// Greatest length.
    pub max_len: Option<usize>,
    /// Variant of the runtime's `Charset`.
    pub charset: Option<&'static str>,
}

impl Limits {
    /// The limits in words, none if there are none.
    pub(crate) fn in_words(self) -> Vec<String> {
        let length = match (self.min_len, self.max_len) {
            (Some(min), Some(max)) if min == max => Some(format!("exactly {min} characters")),
            (Some(min), Some(max)) => Some(format!("{min} to {max} characters")),
            (Some(min), None) => Some(format!("at least {min} characters")),
            (None, Some(max)) => Some(format!("at most {max} characters")),
            (None, None) => None,
        };
        let charset = match self.charset {
            Some("Digits") => Some("digits only".to_owned()),
            Some("Alphanumeric") => Some("letters and digits only".to_owned()),
            _ => None,
        };
        length.into_iter().chain(charset).collect()
    }
}
