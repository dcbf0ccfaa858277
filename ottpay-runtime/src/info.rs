//! The compiled specification: plain static tables that say what every action, field and code is.
//!
//! The macro emits one [`Gateway`] with everything in it. The client, the sandbox and every tool read these tables;
//! nobody parses YAML at run time. Only generated code builds these structs, and it moves together with this crate; to
//! build one by hand is not covered by semantic versioning: members may join at any time.

use crate::{Amount, Cipher, Currency, Decimal, Framing, FromField, OrderId, Problem, Rate, StatusClass, Url};

/// Everything the specification says, in one table.
#[derive(Debug)]
pub struct Gateway {
    /// Base address of the gateway; the path comes from the action.
    pub base_url: &'static str,
    /// Every path at which the gateway takes actions.
    pub paths: &'static [&'static str],
    /// How requests are framed.
    pub framing: Framing,
    /// How `data` is encrypted.
    pub cipher: Cipher,
    /// Known response codes, in upper case, and what they mean.
    pub codes: &'static [CodeInfo],
    /// What to answer when a callback has been taken.
    pub acknowledgement: Acknowledgement,
    /// The actions, in the order of their Rust names.
    pub actions: &'static [&'static ActionInfo],
    /// The messages that the gateway sends to the merchant.
    pub callbacks: &'static [&'static CallbackInfo],
}

impl Gateway {
    /// The action with this constant on the wire, for example `ACTIVEPAY`.
    pub fn action(&self, constant: &str) -> Option<&'static ActionInfo> {
        self.actions.iter().copied().find(|info| info.action == constant)
    }
}

/// One action of the gateway.
#[derive(Debug)]
pub struct ActionInfo {
    /// Name of the client's method, for example `active_pay`.
    pub name: &'static str,
    /// The constant on the wire, for example `ACTIVEPAY`.
    pub action: &'static str,
    /// Version on the wire.
    pub version: &'static str,
    /// Path below the base address.
    pub path: &'static str,
    /// Whether the action may move money.
    pub effect: Effect,
    /// One sentence.
    pub summary: &'static str,
    /// The vendor's page.
    pub page: &'static str,
    /// Request fields in the order of the digest, those beside `data` last.
    pub request: &'static [FieldInfo],
    /// Reply fields in the order of the file.
    pub reply: &'static [FieldInfo],
    /// The callback that follows, if one does.
    pub callback: Option<&'static CallbackInfo>,
    /// Sample exchanges.
    pub examples: &'static [Example],
    /// YAML file, as shown in messages.
    pub file: &'static str,
    /// Line of the action in that file.
    pub line: u32,
}

impl ActionInfo {
    /// The request field with this part to play.
    pub fn request_field(&self, role: Role) -> Option<&'static FieldInfo> {
        self.request.iter().find(|field| field.role == Some(role))
    }

    /// The reply field with this part to play.
    pub fn reply_field(&self, role: Role) -> Option<&'static FieldInfo> {
        self.reply.iter().find(|field| field.role == Some(role))
    }
}

/// One message from the gateway to the merchant.
#[derive(Debug)]
pub struct CallbackInfo {
    /// Name in `callbacks.yaml`.
    pub name: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// The vendor's page.
    pub page: &'static str,
    /// Fields in the order of the file.
    pub fields: &'static [FieldInfo],
    /// Sample messages.
    pub examples: &'static [&'static [(&'static str, &'static str)]],
    /// YAML file, as shown in messages.
    pub file: &'static str,
    /// Line in that file.
    pub line: u32,
}

/// One field of a request, reply or callback.
#[derive(Debug)]
pub struct FieldInfo {
    /// Name on the wire.
    pub name: &'static str,
    /// Names the gateway has used for the same thing; accepted in what is received, never sent.
    pub aliases: &'static [&'static str],
    /// What the value is.
    pub kind: Kind,
    /// Whether a message without it is wrong.
    pub required: bool,
    /// Whether a request may go without it all the same, because clients in the field leave it out.
    pub may_omit: bool,
    /// Whether the field travels in clear text beside `data`.
    pub outer: bool,
    /// Whether the value must never be shown.
    pub sensitive: bool,
    /// The value the client writes by itself.
    pub constant: Option<&'static str>,
    /// The only words of an enum that this action takes; empty: all.
    pub only: &'static [&'static str],
    /// Limits on the text.
    pub limits: Limits,
    /// What the field is to the payment, for those who need to find it without knowing its name.
    pub role: Option<Role>,
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
        only: &[],
        limits: Limits::NONE,
        role: None,
        doc: "",
        line: 0,
    };

    /// Whether a request may go without it.
    pub fn may_be_absent(&self) -> bool {
        !self.required || self.may_omit
    }

    /// What rule the text breaks that is to be sent in this field. Stricter than reading: digits only in amounts.
    ///
    /// # Errors
    /// [`Problem`] says what was expected.
    pub fn check(&self, text: &str) -> Result<(), Problem> {
        if text.is_empty() && !self.may_be_absent() {
            return Err(Problem::Missing);
        }
        if let Some(problem) = Problem::with_limits(self.limits, text) {
            return Err(problem);
        }
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        match self.kind {
            Kind::OrderId => OrderId::new(text).map(drop).map_err(Problem::NotAnOrderId),
            Kind::Amount if text.is_empty() || !digits(text) => Err(Problem::NotAnAmount),
            Kind::Amount => Amount::from_field(text).map(drop),
            Kind::Url => Url::plain_http(text).map(drop).map_err(Problem::NotAUrl),
            Kind::Currency if text.bytes().any(|byte| !byte.is_ascii_uppercase()) => Err(Problem::NotACurrency),
            Kind::Currency => Currency::from_field(text).map(drop),
            Kind::RateE8 if !digits(text) => Err(Problem::NotARate),
            Kind::RateE8 => Rate::from_field(text).map(drop),
            Kind::Decimal => Decimal::from_field(text).map(drop),
            Kind::Enum(_) if !self.only.is_empty() && !self.only.contains(&text) => {
                Err(Problem::NotTaken { only: self.only })
            }
            Kind::Text | Kind::DateTime | Kind::Enum(_) => Ok(()),
        }
    }
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
    /// Date and time as the gateway writes it, see [`DateTime`](crate::DateTime).
    DateTime,
    /// Exchange rate times 10^8, see [`Rate`].
    RateE8,
    /// Decimal text, see [`Decimal`].
    Decimal,
    /// One of a set of words.
    Enum(&'static EnumInfo),
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
            Self::DateTime => "datetime",
            Self::RateE8 => "rate_e8",
            Self::Decimal => "decimal",
            Self::Enum(info) => info.name,
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
    /// The merchant's id of a Checkout page, which may lead to an order.
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
    /// Where the gateway reports the result.
    CallbackUrl,
    /// Where the buyer pays.
    PaymentLink,
    /// State of the order.
    Status,
    /// When the payment went through.
    Time,
    /// The merchant.
    Merchant,
}

/// Whether an action may move money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// May move money: never repeated automatically.
    Write,
    /// Changes nothing: may be repeated.
    Read,
}

/// A response code and what it means.
#[derive(Debug)]
pub struct CodeInfo {
    /// The code, in upper case.
    pub code: &'static str,
    /// What it means for the call.
    pub class: CodeClass,
    /// What the vendor says.
    pub doc: &'static str,
}

/// What a response code means for the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CodeClass {
    /// The gateway took the request. That is not the same as paid.
    Accepted,
    /// The gateway turned the request down.
    Refused,
    /// The gateway does not know itself what became of the request.
    Open,
}

/// The answer to a callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acknowledgement {
    /// HTTP status.
    pub status: u16,
    /// Value of the header `Content-Type`.
    pub content_type: &'static str,
    /// Body.
    pub body: &'static str,
}

/// A sample exchange from the specification.
#[derive(Debug)]
pub struct Example {
    /// Fields inside the request's `data`, constants included, in the order of the digest.
    pub request: &'static [(&'static str, &'static str)],
    /// Fields inside the reply's `data`.
    pub reply: &'static [(&'static str, &'static str)],
}
