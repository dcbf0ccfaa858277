//! How a call ends, the same for writes and reads.

use std::fmt;

use ottpay::envelope::{MessageError, OpenError};
use ottpay::error::ReplyProblem;
use ottpay::incoming::MessageProblem;
use ottpay::transport::{TransportError, TransportErrorKind};
use ottpay::{AskError, Error, Outcome};

/// How a call ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    /// With a reply.
    Accepted,
    NotSent,
    TimedOut,
    TooLarge,
    Lost,
    Status(u16),
    Unreadable(MessageError),
    Unverified(OpenError),
    NoCode,
    Refused,
    Used,
    /// In a way that no case expects.
    Other,
}

impl Ends {
    pub(super) fn of_write<R>(result: &Result<R, Error>) -> Self {
        match result {
            Ok(_) => Self::Accepted,
            Err(Error::NotSent { reason, .. } | Error::Lost { reason, .. }) => Self::of_transport(reason),
            Err(Error::HttpStatus { status, .. }) => Self::Status(*status),
            Err(Error::Reply { problem, .. }) => Self::of_reply(problem),
            Err(error) => match error.outcome() {
                Outcome::Refused => Self::Refused,
                Outcome::DuplicateId => Self::Used,
                _ => Self::Other,
            },
        }
    }

    pub(super) fn of_read<R>(result: &Result<R, AskError>) -> Self {
        match result {
            Ok(_) => Self::Accepted,
            Err(AskError::NotSent { reason, .. } | AskError::Lost { reason, .. }) => Self::of_transport(reason),
            Err(AskError::HttpStatus { status, .. }) => Self::Status(*status),
            Err(AskError::Reply { problem, .. }) => Self::of_reply(problem),
            Err(AskError::Refused { .. }) => Self::Refused,
            Err(_) => Self::Other,
        }
    }

    fn of_transport(error: &TransportError) -> Self {
        match error.kind() {
            TransportErrorKind::NotSent => Self::NotSent,
            TransportErrorKind::TimedOut => Self::TimedOut,
            TransportErrorKind::TooLarge => Self::TooLarge,
            TransportErrorKind::Lost => Self::Lost,
            _ => Self::Other,
        }
    }

    fn of_reply(problem: &ReplyProblem) -> Self {
        match problem {
            ReplyProblem::Message(MessageProblem::Unreadable(error)) => Self::Unreadable(*error),
            ReplyProblem::Message(MessageProblem::Unverified(error)) => Self::Unverified(*error),
            ReplyProblem::NoCode => Self::NoCode,
            _ => Self::Other,
        }
    }

    /// What is known about a write that ends like this; `None` if there is a reply.
    pub(super) fn outcome(self) -> Option<Outcome> {
        match self {
            Self::Accepted => None,
            Self::NotSent => Some(Outcome::NotSent),
            Self::Refused => Some(Outcome::Refused),
            Self::Used => Some(Outcome::DuplicateId),
            Self::TimedOut
            | Self::TooLarge
            | Self::Lost
            | Self::Status(_)
            | Self::Unreadable(_)
            | Self::Unverified(_)
            | Self::NoCode
            | Self::Other => Some(Outcome::Unknown),
        }
    }
}

/// As it appears in a table for people.
impl fmt::Display for Ends {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted => f.write_str("the genuine reply"),
            Self::NotSent => f.write_str("`NotSent`"),
            Self::TimedOut => f.write_str("`Lost`: the time limit"),
            Self::TooLarge => f.write_str("`Lost`: too large"),
            Self::Lost => f.write_str("`Lost`"),
            Self::Status(status) => write!(f, "`HttpStatus` {status}"),
            Self::Unreadable(error) => write!(f, "`Reply`: {error}"),
            Self::Unverified(error) => write!(f, "`Reply`: {error}"),
            Self::NoCode => write!(f, "`Reply`: {}", ReplyProblem::NoCode),
            Self::Refused => f.write_str("a refusal"),
            Self::Used => f.write_str("a duplicate id"),
            Self::Other => f.write_str("something else"),
        }
    }
}
