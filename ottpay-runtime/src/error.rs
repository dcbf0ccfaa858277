//! What can go wrong with a call, and what is then known of the money.

use std::fmt;

use crate::incoming::MessageProblem;
use crate::redaction::excerpt;
use crate::reply::{FieldError, Received};
use crate::request::{InvalidRequest, Values};
use crate::spec::{ActionInfo, CodeClass, Effect, Role};
use crate::transport::TransportError;

/// What is known of a call that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The request did not reach the gateway. It may be sent again.
    NotSent,
    /// The gateway turned the request down. No money moved by it; but see [`Refusal::is_order_used`]: an earlier request
    /// with the same id may have gone through.
    Refused,
    /// The request may have been carried out. Do not send it again: query the order by its id.
    Unknown,
}

/// Why a call gave no reply. [`Error::outcome`] says what that means for the money.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A field does not follow the specification; found before anything was sent.
    #[error(transparent)]
    Invalid(#[from] InvalidRequest),

    /// No connection was made (name lookup, connect, TLS), so nothing was sent.
    #[error("{call}: nothing was sent: {reason}")]
    NotSent {
        /// The call.
        call: Call,
        /// What the transport says.
        reason: TransportError,
    },

    /// The request went out and no complete reply came back: time-out, lost connection, reply too large.
    #[error("{call}: no complete reply came back: {reason}{}", call.advice())]
    Lost {
        /// The call.
        call: Call,
        /// What the transport says.
        reason: TransportError,
    },

    /// The reply has an HTTP status other than 2xx. Its body is ignored: it is not a message of the gateway.
    #[error("{call}: expected HTTP status 200, got {status}{}", call.advice())]
    HttpStatus {
        /// The call.
        call: Call,
        /// The status.
        status: u16,
    },

    /// A reply came, but it is not one that can be believed or understood.
    #[error("{call}: {problem}{}", call.advice())]
    Reply {
        /// The call.
        call: Call,
        /// What is wrong with the reply.
        problem: ReplyProblem,
    },

    /// The gateway answered with a code other than those that accept the request. That is not always a refusal: some
    /// codes say that the gateway itself does not know, and what an undocumented one says is unknown.
    #[error("{call}: {refusal}{}", refusal.advice(call))]
    NotAccepted {
        /// The call.
        call: Call,
        /// The gateway's words.
        refusal: Refusal,
    },
}

impl Error {
    /// What is known of the call.
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Invalid(_) | Self::NotSent { .. } => Outcome::NotSent,
            Self::Lost { .. } | Self::HttpStatus { .. } | Self::Reply { .. } => Outcome::Unknown,
            Self::NotAccepted { refusal, .. } => refusal.outcome(),
        }
    }

    /// The action on the wire.
    pub fn action(&self) -> &'static str {
        self.call().map_or_else(InvalidRequest::action, Call::action)
    }

    /// Whether the gateway knows the order id already, see [`Refusal::is_order_used`].
    pub fn is_order_used(&self) -> bool {
        matches!(self, Self::NotAccepted { refusal, .. } if refusal.is_order_used())
    }

    /// The id to query when the outcome is unknown: the request's own order id, if it set one.
    pub fn order_id(&self) -> Option<&str> {
        self.call().ok()?.order_id()
    }

    /// The call, or why there was none.
    fn call(&self) -> Result<&Call, &InvalidRequest> {
        match self {
            Self::Invalid(invalid) => Err(invalid),
            Self::NotSent { call, .. }
            | Self::Lost { call, .. }
            | Self::HttpStatus { call, .. }
            | Self::Reply { call, .. }
            | Self::NotAccepted { call, .. } => Ok(call),
        }
    }
}

/// Which call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    action: &'static str,
    effect: Effect,
    order_id: Option<String>,
    /// Whether the request names an earlier payment.
    has_original: bool,
}

impl Call {
    pub(crate) fn new(values: &Values) -> Self {
        let ActionInfo { action, effect, .. } = values.info();
        Self {
            action,
            effect: *effect,
            order_id: values.role(Role::Order).or(values.role(Role::CheckoutOrder)).map(str::to_owned),
            has_original: values.role(Role::OriginalOrder).is_some(),
        }
    }

    /// The action on the wire.
    pub fn action(&self) -> &'static str {
        self.action
    }

    /// The order id of the request, if it set one.
    pub fn order_id(&self) -> Option<&str> {
        self.order_id.as_deref()
    }

    /// What to do when the outcome is unknown.
    fn advice(&self) -> &'static str {
        match (self.effect, &self.order_id) {
            (Effect::Read, _) => "",
            (Effect::Write, Some(_)) => "; the outcome is unknown: query this order id, do not send it again",
            (Effect::Write, None) if self.has_original => {
                "; the outcome is unknown, and the request set no id of its own: query the payment it is about"
            }
            (Effect::Write, None) => "; the outcome is unknown, and the request set no order id to query",
        }
    }
}

/// `ACTIVEPAY (order T1)`.
impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.order_id {
            Some(order_id) => write!(f, "{} (order {order_id})", self.action),
            None => f.write_str(self.action),
        }
    }
}

/// What is wrong with a reply.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ReplyProblem {
    /// It is not a message, it could not be verified, or it is for another merchant.
    #[error(transparent)]
    Message(#[from] MessageProblem),
    /// There is no response code under any of its names.
    #[error("expected a response code in `rsp_code`, found none")]
    NoCode,
    /// The gateway accepted the request but sent no fields, although the action answers with some.
    #[error("the gateway accepted the request, but sent no `data` and `md5`")]
    NoData,
    /// A field is missing or unreadable. The message is verified, and everything in it is in `received`.
    #[error("{error}")]
    Field {
        /// The field.
        error: FieldError,
        /// The verified message.
        received: Box<Received>,
    },
}

/// What the gateway says when it does not accept a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    code: String,
    message: String,
    class: Option<CodeClass>,
    is_order_used: bool,
}

impl Refusal {
    /// `shown` is what may be seen of a text. What the text means is read before anything in it is hidden.
    pub(crate) fn new(code: &str, message: &str, class: Option<CodeClass>, shown: impl Fn(&str) -> String) -> Self {
        let says = |word: &str| code == word || message.to_ascii_uppercase().contains(word);
        let is_order_used = says("ORDER_USED") || says("ORDER_PAID");
        Self { code: excerpt(&shown(code)), message: excerpt(&shown(message)), class, is_order_used }
    }

    /// The response code, in upper case.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The gateway's text, at most 200 characters of it.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What the code means; nothing if the vendor does not document it.
    pub fn class(&self) -> Option<CodeClass> {
        self.class
    }

    /// Whether the order id has been submitted or paid before (`ORDER_USED` or `ORDER_PAID`, as code or as text). The
    /// earlier request may have gone through: query it, and do not pay under another id.
    pub fn is_order_used(&self) -> bool {
        self.is_order_used
    }

    /// Refused only if the vendor documents the code as a refusal. What an undocumented code means for the money is
    /// unknown.
    fn outcome(&self) -> Outcome {
        match self.class {
            Some(CodeClass::Refused) => Outcome::Refused,
            _ => Outcome::Unknown,
        }
    }

    fn advice(&self, call: &Call) -> &'static str {
        if self.is_order_used() {
            "; the order id has been used before: query it, do not pay under another id"
        } else if self.outcome() == Outcome::Unknown {
            call.advice()
        } else {
            ""
        }
    }
}

/// `PARAM_ERROR: parameter format error`.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.message.as_str() {
            "" => f.write_str(&self.code),
            message => write!(f, "{}: {message}", self.code),
        }
    }
}
