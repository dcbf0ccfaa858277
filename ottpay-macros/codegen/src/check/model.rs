//! The checked model: what the emitter works from. Every index is valid, every name is a Rust name. Nobody outside this
//! crate can make or change one.

use crate::Position;

/// A whole specification without problems.
#[derive(Debug, Clone)]
pub struct Spec {
    /// What messages call the folder.
    pub(crate) shown: String,
    /// Every file, relative to the folder.
    pub(crate) files: Vec<String>,
    /// The gateway.
    pub(crate) gateway: Gateway,
    /// Enums, in the order of the file.
    pub(crate) enums: Vec<Enum>,
    /// Callbacks, in the order of the file.
    pub(crate) callbacks: Vec<Callback>,
    /// Actions, by name.
    pub(crate) actions: Vec<Action>,
}

impl Spec {
    /// The gateway.
    pub fn gateway(&self) -> &Gateway {
        &self.gateway
    }

    /// Enums, in the order of the file.
    pub fn enums(&self) -> &[Enum] {
        &self.enums
    }

    /// Callbacks, in the order of the file.
    pub fn callbacks(&self) -> &[Callback] {
        &self.callbacks
    }

    /// Actions, by name.
    pub fn actions(&self) -> &[Action] {
        &self.actions
    }
}

/// The gateway.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Gateway {
    /// Base address.
    pub base_url: String,
    /// Path of actions that name none.
    pub path: String,
    /// Further paths at which the gateway takes actions.
    pub other_paths: Vec<String>,
    /// How requests are framed.
    pub framing: Framing,
    /// How `data` is encrypted.
    pub cipher: Cipher,
    /// Status, content type and body of the answer to a callback.
    pub acknowledgement: (u16, String, String),
    /// Response codes.
    pub codes: Vec<Code>,
    /// The vendor's page.
    pub page: String,
    /// Declaration.
    pub source: Source,
}

/// How requests are framed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Framing {
    /// Plain JSON.
    #[default]
    Json,
    /// The JSON as a whole in Base64.
    Base64,
}

/// How `data` is encrypted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Cipher {
    /// AES-128-ECB.
    #[default]
    Ecb,
    /// AES-128-CBC with an IV of zeros.
    CbcZero,
    /// AES-128-CBC with the key as IV.
    CbcKey,
}

/// A response code.
#[derive(Debug, Clone)]
pub struct Code {
    /// The code, in upper case.
    pub code: String,
    /// What it means.
    pub class: CodeClass,
    /// Explanation.
    pub doc: String,
}

/// What a response code means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeClass {
    /// Taken.
    Accepted,
    /// Turned down.
    Refused,
    /// Not known to the gateway itself.
    Open,
}

/// Where something is declared.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Source {
    /// File, as shown.
    pub file: String,
    /// Place in the file.
    pub at: Position,
}

/// An enum.
#[derive(Debug, Clone)]
pub struct Enum {
    /// Name in Rust.
    pub name: String,
    /// Explanation.
    pub doc: String,
    /// The vendor's page, if one has the words.
    pub page: String,
    /// Whether case, hyphens and blanks do not matter.
    pub loose: bool,
    /// The words.
    pub words: Vec<Word>,
    /// Declaration.
    pub source: Source,
}

impl Enum {
    /// Whether the words say something about the money.
    pub fn has_classes(&self) -> bool {
        self.words.iter().any(|word| word.class.is_some())
    }
}

/// A word of an enum.
#[derive(Debug, Clone)]
pub struct Word {
    /// The word on the wire.
    pub word: String,
    /// Name of the variant.
    pub variant: String,
    /// Other spellings.
    pub aliases: Vec<String>,
    /// Variant of the runtime's `StatusClass`.
    pub class: Option<&'static str>,
    /// Explanation.
    pub doc: String,
    /// Declaration.
    pub source: Source,
}

/// A callback.
#[derive(Debug, Clone)]
pub struct Callback {
    /// Name in the file.
    pub name: String,
    /// Name of the client's method.
    pub method: String,
    /// Name of the Rust type.
    pub type_name: String,
    /// One sentence.
    pub summary: String,
    /// The vendor's page.
    pub page: String,
    /// Fields, in the order of the file.
    pub fields: Vec<Field>,
    /// Sample messages.
    pub examples: Vec<Vec<(String, String)>>,
    /// Declaration.
    pub source: Source,
}

/// An action.
#[derive(Debug, Clone)]
pub struct Action {
    /// Name of the method.
    pub name: String,
    /// Name of the request type; the builder and the reply are named after it.
    pub type_name: String,
    /// The constant on the wire.
    pub action: String,
    /// Version.
    pub version: String,
    /// Path.
    pub path: String,
    /// Whether it may move money.
    pub write: bool,
    /// One sentence.
    pub summary: String,
    /// The vendor's page.
    pub page: String,
    /// Fields inside `data` in the order of the digest, then those beside it.
    pub request: Vec<Field>,
    /// Fields of the reply, in the order of the file.
    pub reply: Vec<Field>,
    /// Index of the callback that follows.
    pub callback: Option<usize>,
    /// Sample exchanges.
    pub examples: Vec<Example>,
    /// Declaration.
    pub source: Source,
}

/// A sample exchange.
#[derive(Debug, Clone)]
pub struct Example {
    /// Fields inside the request's `data`, constants included, in the order of the digest.
    pub request: Vec<(String, String)>,
    /// Fields of the reply.
    pub reply: Vec<(String, String)>,
}

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
    /// The words of an enum that are taken; empty: all.
    pub only: Vec<String>,
    /// Other names in what is received.
    pub aliases: Vec<String>,
    /// Limits on the text.
    pub limits: Limits,
    /// Variant of the runtime's `Role`.
    pub role: Option<&'static str>,
    /// Explanation.
    pub doc: String,
    /// The vendor's page, where it is not the one of the action.
    pub page: Option<String>,
    /// Declaration.
    pub source: Source,
}

impl Field {
    /// Whether it travels beside `data`.
    pub fn is_outer(&self) -> bool {
        self.side == Side::Outer
    }

    /// Whether it is received, not sent.
    pub fn is_received(&self) -> bool {
        self.side == Side::Received
    }
}

/// Which side of the exchange a field is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Inside `data` of a request.
    Request,
    /// Beside `data` of a request.
    Outer,
    /// Inside `data` of a reply or callback.
    Received,
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
    /// Date and time.
    DateTime,
    /// Rate times 10^8.
    RateE8,
    /// Decimal text.
    Decimal,
    /// Index of an enum.
    Enum(usize),
}

impl Kind {
    /// The types that need no declaration, by their names in the language.
    pub const BUILT_IN: [(&'static str, Self); 8] = [
        ("text", Self::Text),
        ("order_id", Self::OrderId),
        ("amount", Self::Amount),
        ("url", Self::Url),
        ("currency", Self::Currency),
        ("datetime", Self::DateTime),
        ("rate_e8", Self::RateE8),
        ("decimal", Self::Decimal),
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
