//! The problems of a field in a call.

use std::fmt;

use ottpay_vocabulary::{ConstantError, PathError, ValueError, VersionError};

/// What is wrong with a value. It states what was expected and the length of the value, but never the value itself.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// The field is required and absent, `null` or empty.
    Missing,
    /// Not a valid value of the field.
    Value(ValueError),
    /// The field replaces another one, and both are set.
    Both {
        /// The field that it replaces.
        other: &'static str,
    },
    /// The field is a duplicate.
    Twice,
    /// Not the value of an action's constant.
    NotAConstant(ConstantError),
    /// Not a version.
    NotAVersion(VersionError),
    /// A constant or a version was passed for an action without an envelope, which has neither.
    NoEnvelope,
    /// Neither a JSON object nor a string that contains one.
    NotAnObject,
    /// Not a Base64 string.
    NotBase64,
    /// A member of an object is missing or unreadable.
    Inside {
        /// The member.
        member: &'static str,
        /// What is wrong with it.
        problem: Box<Problem>,
    },
    /// The client itself writes this field, always with the same value.
    Constant {
        /// The value.
        value: &'static str,
    },
    /// The client itself writes this field.
    Written,
    /// The action has no field with this name.
    NoSuchField,
    /// The action is not sent by a client.
    NotSendable,
    /// The action only reads, but the request type is for actions that may move money.
    OnlyReads,
    /// The action may move money, but the request type is for actions that only read.
    MayMoveMoney,
    /// The action is not a link.
    NotALink,
    /// The action is not for the vendor's SDK.
    NotForSdk,
    /// Not a path of the gateway.
    NotAPath(PathError),
    /// The reply is about a different order than the request.
    OtherOrder,
    /// The request was built by the client of another merchant.
    OtherMerchant,
    /// The request was stored for another action.
    OtherAction,
    /// The value was hidden when the request was stored.
    Hidden,
    /// The request expects the reply of another action, which may have another form.
    OtherReply,
}

impl From<ValueError> for Problem {
    fn from(error: ValueError) -> Self {
        match error {
            ValueError::Empty => Self::Missing,
            error => Self::Value(error),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("required, but absent"),
            Self::Value(error) => error.fmt(f),
            Self::Both { other } => write!(f, "conflicts with {other}: set only one of the two"),
            Self::Twice => f.write_str("set twice"),
            Self::NotAConstant(error) => error.fmt(f),
            Self::NotAVersion(error) => error.fmt(f),
            Self::NoEnvelope => f.write_str("the action is sent without an envelope, and so has none"),
            Self::NotAnObject => f.write_str("expected a JSON object, or a string that contains one"),
            Self::NotBase64 => f.write_str("expected text in Base64"),
            Self::Inside { member, problem } => write!(f, "{member}: {problem}"),
            Self::Constant { value } => write!(f, "always {value}: the client writes it"),
            Self::Written => f.write_str("the client writes it"),
            Self::NoSuchField => f.write_str("the action has no such field"),
            Self::NotSendable => f.write_str("the client does not send this: a browser or an app does"),
            Self::OnlyReads => f.write_str("the action only reads: use `AnyQuery`, not `AnyRequest`"),
            Self::MayMoveMoney => f.write_str("the action may move money: use `AnyRequest`, not `AnyQuery`"),
            Self::NotForSdk => f.write_str("this is not for the vendor's SDK"),
            Self::NotALink => f.write_str("this is sent, not opened as a link"),
            Self::NotAPath(error) => error.fmt(f),
            Self::OtherOrder => f.write_str("the reply is about a different order than the request"),
            Self::OtherMerchant => {
                f.write_str("the request was made for another merchant: build it with the client that sends it")
            }
            Self::OtherAction => f.write_str("the request was stored for another action"),
            Self::Hidden => f.write_str("hidden when the request was stored: store `request.with_sensitive()`"),
            Self::OtherReply => f.write_str("the request asks for the reply of another action"),
        }
    }
}
