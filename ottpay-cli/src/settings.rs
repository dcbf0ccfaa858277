//! Settings: from a flag, else from an environment variable, else from a TOML file.

mod acknowledgement;
mod environment;
mod file;
mod flags;
mod given_key;
mod given_token;
mod ledger;
mod resolved;
mod setting;

pub(crate) use acknowledgement::AcknowledgementFlags;
pub(crate) use environment::read_variable;
pub(crate) use flags::SettingsFlags;
pub(crate) use given_key::GivenKey;
pub(crate) use given_token::GivenToken;
pub(crate) use ledger::{LedgerFlag, ReaderFlags};
pub(crate) use resolved::Settings;
