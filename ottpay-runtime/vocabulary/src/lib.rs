//! The keywords of the specification language and the rules for values, which the generator and the client share.
//!
//! A shop depends on the crate `ottpay`, which re-exports what it needs from this crate. The generator emits code from
//! these types, and generator, client, sandbox and command check values by these rules, so their behaviour cannot
//! differ.
//!
//! - [`Kind`], [`Limits`] and [`Rule`]: the type of a field's value, and whether a string is valid
//! - [`Role`], [`Effect`], [`Protocol`], [`Fill`], [`Encoding`], [`Evidence`]: other properties of a field or an action
//! - [`Moves`], [`QueryValue`]: when the money of a write moves, and how a query about it is filled
//! - [`Framing`], [`Cipher`], [`Iv`]: how messages are framed and encrypted
//! - [`StatusClass`], [`CodeClass`], [`Compare`]: what values and codes mean, and how values are compared
//! - [`id`], [`timestamp`], [`currency`], [`number`], [`only`], [`url`], [`wire`], [`acknowledgement`]: the rules
//!   themselves
//! - [`find_nearest`]: the known name that a misspelled one probably means

pub mod acknowledgement;
pub mod currency;
mod envelope;
mod field;
pub mod id;
mod kind;
mod limits;
mod moves;
pub mod name;
pub mod number;
pub mod only;
mod query;
mod rule;
pub mod timestamp;
pub mod url;
mod value_error;
pub mod wire;
mod word_set;

pub use acknowledgement::AcknowledgementError;
pub use currency::CurrencyError;
pub use envelope::{Cipher, CipherMode, Framing, Iv};
pub use field::{ChosenRole, CodeClass, Compare, Effect, Encoding, Evidence, Fill, Protocol, Role, StatusClass};
pub use id::IdError;
pub use kind::Kind;
pub use limits::{Charset, Limits};
pub use moves::Moves;
pub use name::find_nearest;
pub use query::QueryValue;
pub use rule::Rule;
pub use timestamp::TimestampError;
pub use url::UrlError;
pub use value_error::ValueError;
pub use wire::{ConstantError, PageError, PathError, VersionError};
pub use word_set::WordSet;
