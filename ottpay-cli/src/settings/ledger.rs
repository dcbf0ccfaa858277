//! The ledger that a command works on.

use std::path::PathBuf;

use super::flags::SettingsFlags;
use super::resolved::Settings;
use super::setting::Setting;
use crate::failure::Failure;
use crate::store::Address;

/// The flag of a command that works on a ledger; the variable and the file are among the other settings.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Settings")]
pub(crate) struct LedgerFlag {
    /// The ledger: an SQLite file or postgres://…; other users of the machine can see flags, so put a URL with a
    /// password into the variable or the file [env: OTTPAY_LEDGER]
    #[arg(long, value_name = "STORE")]
    ledger: Option<GivenStore>,
}

/// The flags of a command that only reads a ledger, and needs neither merchant nor key.
#[derive(Debug, clap::Args)]
pub(crate) struct ReaderFlags {
    #[command(flatten)]
    ledger: LedgerFlag,
    /// TOML file of settings; only `ledger` is read
    #[arg(long, value_name = "FILE", help_heading = "Settings")]
    config: Option<PathBuf>,
}

/// An unparsed path or URL. clap prints values that it cannot parse, and a URL may contain a password.
#[derive(Clone)]
struct GivenStore(String);

impl From<String> for GivenStore {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl std::fmt::Debug for GivenStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("GivenStore(..)")
    }
}

impl LedgerFlag {
    /// The path or URL of the ledger, if one is set.
    pub(crate) fn resolve(self, settings: &Settings) -> Result<Option<Address>, Failure> {
        let flag = self.ledger.map(|GivenStore(value)| Setting { value, source: "--ledger".to_owned() });
        let Some(Setting { value, source }) = flag.or_else(|| settings.ledger.clone()) else { return Ok(None) };
        let address = value.parse().map_err(|error| Failure::usage(error).help(format!("{source} sets it")))?;
        Ok(Some(address))
    }

    /// The path or URL of the ledger; the error describes how to set it.
    pub(crate) fn require(self, settings: &Settings) -> Result<Address, Failure> {
        self.resolve(settings)?.ok_or_else(|| {
            Failure::usage("no ledger is set").help(
                "pass --ledger shop.db or --ledger postgres://…, set the variable OTTPAY_LEDGER, or write `ledger = \"…\"` \
                 into ottpay.toml",
            )
        })
    }
}

impl ReaderFlags {
    /// The path or URL of the ledger; the error describes how to set it.
    pub(crate) fn require(self) -> Result<Address, Failure> {
        let settings = SettingsFlags::of_file(self.config).resolve()?;
        self.ledger.require(&settings)
    }
}
