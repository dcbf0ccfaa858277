//! A field, checked.

use ottpay_vocabulary::{Effect, Encoding, Evidence, Limits, Role, Rule, ValueError};

use crate::diagnostic::Position;

/// What the value of a field is: enums and objects by their index.
pub type Kind = ottpay_vocabulary::Kind<usize, usize>;

/// The source of a value that the client writes.
pub type Fill = ottpay_vocabulary::Fill<String>;

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
    /// Whether the caller may omit it explicitly.
    pub may_omit: bool,
    /// Which side of the exchange it is on.
    pub side: Side,
    /// Whether the value must never be shown.
    pub sensitive: bool,
    /// The value the client writes.
    pub constant: Option<String>,
    /// Whether the constant or copy is only sent if the caller asks for it.
    pub opt_in: bool,
    /// Where the client takes the value from.
    pub fill: Option<Fill>,
    /// The field in whose place this one is sent, by its wire name.
    pub instead_of: Option<String>,
    /// The accepted words of an enum; empty: all.
    pub only: Vec<String>,
    /// Other names under which it may arrive.
    pub aliases: Vec<String>,
    /// Limits on the text.
    pub limits: Limits,
    /// Whether the limits are not certain, so that only a strict client is held to them.
    pub lenient: bool,
    /// How the value is written where there is no envelope.
    pub encoding: Encoding,
    /// Who says so.
    pub evidence: Evidence,
    /// Index of the object that the caller encrypts into this text.
    pub content: Option<usize>,
    /// What the field is to the payment.
    pub role: Option<Role>,
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

    /// Whether a received message always has it, in words. An absent status is read as unknown.
    pub(crate) fn presence_in_words(&self) -> &'static str {
        match self.required {
            true if self.role == Some(Role::Status) => "no; absent is unknown",
            true => "yes",
            false => "no",
        }
    }

    /// Checks a value that an example or a constant has in this field: by the rule that the client applies to a request,
    /// or to what it receives.
    ///
    /// # Errors
    /// [`ValueError`] has what was expected.
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

    /// Whether it is the id of a write that the caller may omit explicitly, so that no query can find the write.
    /// `effect` is that of its action.
    pub(crate) fn is_waivable(&self, effect: Effect) -> bool {
        effect == Effect::Write && self.may_omit && self.is_given() && self.role.is_some_and(Role::is_own_id)
    }

    /// Whether the caller sets its value.
    pub fn is_given(&self) -> bool {
        self.constant.is_none() && self.fill.is_none()
    }

    /// Whether the caller decides about it: sets it, asks for it, or omits it.
    pub fn is_settable(&self) -> bool {
        self.is_given() || self.opt_in || self.may_omit
    }
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
    /// In the parameters that return with the buyer's browser.
    Returned,
    /// Nowhere: a type that fields on any side share.
    Shared,
}

impl Side {
    pub(crate) fn is_received(self) -> bool {
        matches!(self, Self::Received | Self::Member | Self::Returned)
    }
}
