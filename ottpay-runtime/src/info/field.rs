//! Fields of requests, replies and callbacks, as plain data.

use crate::reply::received::check_object;
use crate::{Amount, Currency, Decimal, FromField, OrderId, Problem, Rate, StatusClass, Timestamp, Url};

/// One field of a request, reply, callback or browser return.
#[derive(Debug)]
pub struct FieldInfo {
    /// Name on the wire.
    pub name: &'static str,
    /// Names the gateway has used for the same thing; accepted in what is received, never sent.
    pub aliases: &'static [&'static str],
    /// What the value is.
    pub kind: Kind,
    /// Whether a message without it is wrong. What the client writes by itself and is not required is sent only if the
    /// caller asks for it.
    pub required: bool,
    /// Whether a request may go without it all the same, because clients in the field leave it out.
    pub may_omit: bool,
    /// Whether the field travels in clear text beside `data`.
    pub outer: bool,
    /// Whether the value must never be shown.
    pub sensitive: bool,
    /// The value the client writes by itself.
    pub constant: Option<&'static str>,
    /// Where the client takes the value from by itself.
    pub fill: Option<Fill>,
    /// The field in whose place this one is sent, by its name on the wire.
    pub instead_of: Option<&'static str>,
    /// The only words of an enum, or currencies, that this action takes; empty: all.
    pub only: &'static [&'static str],
    /// Limits on the text.
    pub limits: Limits,
    /// Whether the vendor's own samples break the limits, so that only a strict client holds a request to them.
    pub lenient: bool,
    /// How the value is written where there is no envelope.
    pub encoding: Encoding,
    /// What the field is to the payment, for those who need to find it without knowing its name.
    pub role: Option<Role>,
    /// Who says so.
    pub evidence: Evidence,
    /// What stands inside a text that the caller encrypts by other means.
    pub content: Option<&'static ObjectInfo>,
    /// What the value means.
    pub doc: &'static str,
    /// Line in the YAML file.
    pub line: u32,
}

impl FieldInfo {
    /// A field without anything but a name; the emitter spells out what differs.
    pub const PLAIN: Self = Self {
        name: "",
        aliases: &[],
        kind: Kind::Text,
        required: true,
        may_omit: false,
        outer: false,
        sensitive: false,
        constant: None,
        fill: None,
        instead_of: None,
        only: &[],
        limits: Limits::NONE,
        lenient: false,
        encoding: Encoding::Plain,
        role: None,
        evidence: Evidence::Vendor,
        content: None,
        doc: "",
        line: 0,
    };

    /// Whether a request may go without it.
    pub fn may_be_absent(&self) -> bool {
        !self.required || self.may_omit
    }

    /// Whether the client writes it without being asked.
    pub fn is_written(&self) -> bool {
        self.required && (self.fill.is_some() || self.constant.is_some())
    }

    /// What rule the text breaks that is to be sent in this field. Stricter than reading: digits only in amounts.
    /// `strict` also holds it to limits that the vendor's own samples break.
    ///
    /// # Errors
    /// [`Problem`] says what was expected.
    pub fn check(&self, text: &str, strict: bool) -> Result<(), Problem> {
        // To leave it out is one thing, to send nothing in it another.
        if text.is_empty() && (self.required || self.instead_of.is_some()) {
            return Err(Problem::Missing);
        }
        if let Some(problem) = Problem::with_limits(self.limits, text).filter(|_| strict || !self.lenient) {
            return Err(problem);
        }
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        match self.kind {
            Kind::OrderId => OrderId::new(text).map(drop).map_err(Problem::NotAnOrderId),
            Kind::Amount if text.is_empty() || !digits(text) => Err(Problem::NotAnAmount),
            Kind::Integer if text.is_empty() || !digits(text) => Err(Problem::NotAnInteger),
            Kind::Url => Url::plain_http(text).map(drop).map_err(Problem::NotAUrl),
            Kind::Currency if text.bytes().any(|byte| !byte.is_ascii_uppercase()) => Err(Problem::NotACurrency),
            Kind::Timestamp => Timestamp::new(text).map(drop).map_err(Problem::NotATimestamp),
            Kind::RateE8 if !digits(text) => Err(Problem::NotARate),
            _ if !self.only.is_empty() && !self.only.contains(&text) => Err(Problem::NotTaken { only: self.only }),
            _ => self.read(text),
        }
    }

    /// Whether the text of a received field can be read as what it should be.
    ///
    /// # Errors
    /// [`Problem`] says what was expected.
    pub fn read(&self, text: &str) -> Result<(), Problem> {
        match self.kind {
            Kind::Amount => Amount::from_field(text).map(drop),
            Kind::Integer => u64::from_field(text).map(drop),
            Kind::Currency => Currency::from_field(text).map(drop),
            Kind::RateE8 => Rate::from_field(text).map(drop),
            Kind::Decimal => Decimal::from_field(text).map(drop),
            Kind::Object(info) => check_object(info, text),
            Kind::Text | Kind::OrderId | Kind::Url | Kind::Timestamp | Kind::DateTime | Kind::Json | Kind::Enum(_) => {
                Ok(())
            }
        }
    }
}

/// Where the client takes a value from that it writes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fill {
    /// The merchant id of the client.
    MerchantId,
    /// The address that the call goes to.
    Endpoint,
    /// Another field of the same request, by its name on the wire.
    CopyOf(&'static str),
}

/// How a value is written where there is no envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Encoding {
    /// As it is.
    Plain,
    /// In Base64.
    Base64,
}

/// Who says that a field is what it is said to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Evidence {
    /// A page of the vendor.
    Vendor,
    /// Clients in the field; no page of the vendor.
    Clients,
    /// Nobody: it is carried over from a sibling of the action.
    Assumed,
}

/// What a field's value is.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Kind {
    /// Any text.
    Text,
    /// An order id, see [`OrderId`].
    OrderId,
    /// Whole minor units, see [`Amount`].
    Amount,
    /// An address, see [`Url`].
    Url,
    /// ISO 4217 code, see [`Currency`].
    Currency,
    /// A whole number that is no money.
    Integer,
    /// `yyyyMMddHHmmss` in a request, see [`Timestamp`].
    Timestamp,
    /// Date and time as the gateway writes it, see [`DateTime`](crate::DateTime).
    DateTime,
    /// Exchange rate times 10^8, see [`Rate`].
    RateE8,
    /// Decimal text, see [`Decimal`].
    Decimal,
    /// Any JSON value, kept as compact JSON text, because nobody documents its shape.
    Json,
    /// One of a set of words.
    Enum(&'static EnumInfo),
    /// A JSON object, or a text that holds one.
    Object(&'static ObjectInfo),
}

impl Kind {
    /// The type's name in the specification language.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::OrderId => "order_id",
            Self::Amount => "amount",
            Self::Url => "url",
            Self::Currency => "currency",
            Self::Integer => "integer",
            Self::Timestamp => "timestamp",
            Self::DateTime => "datetime",
            Self::RateE8 => "rate_e8",
            Self::Decimal => "decimal",
            Self::Json => "json",
            Self::Enum(info) => info.name,
            Self::Object(info) => info.name,
        }
    }
}

/// A set of words that several actions share.
#[derive(Debug)]
pub struct EnumInfo {
    /// Name in Rust.
    pub name: &'static str,
    /// The words on the wire, in the order of the file, and what they say about the money.
    pub words: &'static [(&'static str, StatusClass)],
}

/// A JSON object inside a field.
#[derive(Debug)]
pub struct ObjectInfo {
    /// Name in Rust.
    pub name: &'static str,
    /// Its members, in the order of the file.
    pub fields: &'static [FieldInfo],
}

/// Limits on the text of a value. Lengths are in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Shortest length.
    pub min_len: usize,
    /// Greatest length.
    pub max_len: usize,
    /// Characters allowed.
    pub charset: Charset,
}

impl Limits {
    /// No limit that the vendor documents.
    pub const NONE: Self = Self { min_len: 0, max_len: usize::MAX, charset: Charset::Any };
}

/// Characters a value may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Charset {
    /// Every character.
    Any,
    /// `0` to `9`.
    Digits,
    /// `0` to `9`, `A` to `Z`, `a` to `z`.
    Alphanumeric,
}

impl Charset {
    /// Whether `character` belongs to the set.
    pub fn contains(self, character: char) -> bool {
        match self {
            Self::Any => true,
            Self::Digits => character.is_ascii_digit(),
            Self::Alphanumeric => character.is_ascii_alphanumeric(),
        }
    }
}

/// What a field is to the payment, whatever its name on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Role {
    /// The id of the order this message is about.
    Order,
    /// The id of the payment that a refund gives back.
    OriginalOrder,
    /// The merchant's id of a Checkout page, under which the gateway makes an order with an id of its own.
    CheckoutOrder,
    /// The order id at the wallet or acquirer.
    ProviderOrder,
    /// The amount of the order.
    Amount,
    /// The tip on top of the amount.
    Tip,
    /// A fee that the gateway added on top of the amount.
    Fee,
    /// How much has been given back.
    Refunded,
    /// What the buyer pays with, given in the request itself: a wallet's code, or a card.
    Credential,
    /// Where the gateway reports the result.
    CallbackUrl,
    /// Where the buyer pays.
    PaymentLink,
    /// Where the buyer's browser goes afterwards.
    ReturnUrl,
    /// State of the order.
    Status,
    /// When the payment went through.
    Time,
    /// When the order was made.
    Created,
    /// When an unpaid order is closed.
    Expires,
    /// How long the buyer has to pay, in seconds.
    Lifetime,
    /// The merchant.
    Merchant,
}
