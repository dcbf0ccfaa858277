//! A checked field.

use ottpay_vocabulary::{Effect, Encoding, Evidence, Limits, Role, Rule, ValueError};

use crate::diagnostic::Position;

/// The type of a field's value, with enums and objects by index.
pub type Kind = ottpay_vocabulary::Kind<usize, usize>;

/// The source of a value that the client writes.
pub type Fill = ottpay_vocabulary::Fill<String>;

/// A field.
#[derive(Debug, Clone)]
pub struct Field {
    /// Name on the wire.
    pub wire: String,
    /// Name in Rust, not escaped.
    pub name: String,
    /// Type.
    pub kind: Kind,
    /// Whether a message without it is invalid.
    pub required: bool,
    /// Whether the caller may omit it explicitly.
    pub may_omit: bool,
    /// The part of the exchange that it belongs to.
    pub side: Side,
    /// Whether the value must never be shown.
    pub sensitive: bool,
    /// The constant that the client writes.
    pub constant: Option<String>,
    /// Whether the constant or copy is sent only if the caller enables it.
    pub opt_in: bool,
    /// The source of the value, if the client writes it.
    pub fill: Option<Fill>,
    /// The wire name of the field that this one replaces.
    pub instead_of: Option<String>,
    /// The accepted values of an enum; empty if all are.
    pub only: Vec<String>,
    /// Other names under which it may be received.
    pub aliases: Vec<String>,
    /// Limits on the value's characters.
    pub limits: Limits,
    /// Whether the limits are uncertain, so that only a strict client enforces them.
    pub lenient: bool,
    /// The encoding of the value without an envelope.
    pub encoding: Encoding,
    /// The evidence that the field exists.
    pub evidence: Evidence,
    /// Index of the object that the caller encrypts into this string.
    pub content: Option<usize>,
    /// The role of the field in the payment.
    pub role: Option<Role>,
    /// Explanation.
    pub doc: String,
    /// The vendor's page, if it is not the action's.
    pub page: Option<String>,
    /// Position of the declaration.
    pub source: Position,
    /// Whether it is invalid; for types that fields share.
    pub(crate) is_broken: bool,
}

impl Field {
    /// Returns whether it is sent outside `data`.
    pub fn is_outer(&self) -> bool {
        self.side == Side::Outer
    }

    /// Returns whether it is received, not sent.
    pub fn is_received(&self) -> bool {
        self.side.is_received()
    }

    /// Describes whether a received message always has it. A missing status is read as unknown.
    pub(crate) fn presence_in_words(&self) -> &'static str {
        match self.required {
            true if self.role == Some(Role::Status) => "no; absent is unknown",
            true => "yes",
            false => "no",
        }
    }

    /// Checks the value of an example or constant, by the client's rule for requests or for received messages.
    ///
    /// # Errors
    /// [`ValueError`] states what was expected.
    pub fn check_value(&self, text: &str) -> Result<(), ValueError> {
        let only: Vec<&str> = self.only.iter().map(String::as_str).collect();
        let rule = Rule {
            kind: self.kind,
            limits: self.limits,
            is_lenient: self.lenient,
            only: &only,
            is_required: self.required,
            stands_in: self.instead_of.is_some(),
        };
        match self.is_received() {
            true if text.is_empty() && self.required => Err(ValueError::Empty),
            true => rule.check_limits(text).and_then(|()| rule.check_received(text)),
            false => rule.check_sent(text),
        }
    }

    /// Whether it is the id of a write that the caller may omit explicitly, after which no query can find the write.
    /// `effect` is that of its action.
    pub(crate) fn is_waivable(&self, effect: Effect) -> bool {
        effect == Effect::Write && self.may_omit && self.is_given() && self.role.is_some_and(Role::is_own_id)
    }

    /// Returns whether the caller sets its value.
    pub fn is_given(&self) -> bool {
        self.constant.is_none() && self.fill.is_none()
    }

    /// Returns whether the caller decides about it: sets, enables or omits it.
    pub fn is_settable(&self) -> bool {
        self.is_given() || self.opt_in || self.may_omit
    }
}

/// The part of an exchange that a field belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Inside `data` of a request.
    Request,
    /// Outside `data` of a request.
    Outer,
    /// In a reply or a callback.
    Received,
    /// In an object inside a reply or callback.
    Member,
    /// In the parameters with which the buyer's browser returns.
    Returned,
    /// Nowhere: a type for fields of any side.
    Shared,
}

impl Side {
    pub(crate) fn is_received(self) -> bool {
        matches!(self, Self::Received | Self::Member | Self::Returned)
    }
}
