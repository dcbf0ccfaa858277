//! The location of a ledger.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use ottpay::Client;
use ottpay_ledger::{Inspector, Ledger, OpenError, Postgres, Sqlite};
use url::Url;

use crate::failure::Failure;
use crate::wording::describe_open_error;

/// The location of a ledger. `Debug` and `Display` do not show its password.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Address {
    /// An SQLite file.
    File(PathBuf),
    /// The URL of a PostgreSQL database.
    Postgres(String),
}

/// What to do if the file does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    /// Create it, with its tables.
    Create,
    /// Report an error.
    Reject,
}

impl Address {
    /// Opens the ledger for work, and creates missing tables.
    pub(crate) async fn open_ledger(&self, client: Client, missing: Missing) -> Result<Ledger, Failure> {
        self.check_file(missing)?;
        let opened = match self {
            Self::File(path) => Ledger::open(Sqlite::file(path), [client]).await,
            Self::Postgres(url) => Ledger::open(self.connect(url).await?, [client]).await,
        };
        opened.map_err(|error| self.describe(&error))
    }

    /// Opens the ledger read-only.
    pub(crate) async fn open_inspector(&self) -> Result<Inspector, Failure> {
        self.check_file(Missing::Reject)?;
        let opened = match self {
            Self::File(path) => Inspector::open(Sqlite::file(path)).await,
            Self::Postgres(url) => Inspector::open(self.connect(url).await?).await,
        };
        opened.map_err(|error| self.describe(&error))
    }

    fn check_file(&self, missing: Missing) -> Result<(), Failure> {
        match self {
            Self::File(path) if missing == Missing::Reject && !path.exists() => {
                Err(Failure::usage(format!("there is no ledger {self}"))
                    .help("use the file of the program that writes it, with its full path if it is in another folder"))
            }
            _ => Ok(()),
        }
    }

    async fn connect(&self, url: &str) -> Result<Postgres, Failure> {
        Postgres::connect(url)
            .await
            .map_err(|error| Failure::usage(format!("the ledger {self} cannot be used: {error}")))
    }

    fn describe(&self, error: &OpenError) -> Failure {
        let failure = Failure::refused(format!("the ledger {self} cannot be opened: {}", describe_open_error(error)));
        match error {
            OpenError::OtherEnvironment { .. } => {
                failure.help("set the endpoint of that gateway: --endpoint, OTTPAY_ENDPOINT, or `endpoint` in the file")
            }
            OpenError::OtherMerchant { .. } | OpenError::MissingClient { .. } => failure
                .help("the command works for one merchant; a shop with several runs the ledger in its own program"),
            OpenError::NoLedger => failure.help("`ottpay listen --ledger` or the shop's own program creates it"),
            _ => failure,
        }
    }
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "expected the path of an SQLite file, or postgres://USER@HOST/DATABASE";
        match text.split_once("://") {
            _ if text.trim().is_empty() => Err(format!("the ledger is empty: {EXPECTED}")),
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(text.to_owned())),
            // Omit the rest, which may be a password.
            Some((scheme, _)) => Err(format!("`{scheme}` is not a kind of ledger: {EXPECTED}")),
            None if text.starts_with("sqlite:") || text.starts_with("file:") || text == ":memory:" => {
                Err("expected only the path of an SQLite file, as in shop.db".to_owned())
            }
            None => Ok(Self::File(PathBuf::from(text))),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Postgres(url) => match Url::parse(url) {
                Ok(url) => {
                    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
                    write!(f, "postgres://{}{port}{}", url.host_str().unwrap_or_default(), url.path())
                }
                // The end of the password is unclear.
                Err(_) => f.write_str("postgres://…"),
            },
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_shown() {
        for (text, shown) in [
            ("postgres://shop:s3cret@db.example:5432/shop", "postgres://db.example:5432/shop"),
            ("postgresql://shop:p@s3cret@db/shop?sslmode=disable&password=s3cret", "postgres://db/shop"),
            ("postgres:///shop?host=/run/postgresql&password=s3cret", "postgres:///shop"),
            ("postgres:///shop?password=a@s3cret", "postgres:///shop"),
            ("postgres://shop:s3?cret@db/shop", "postgres://…"),
            ("orders/shop.db", "orders/shop.db"),
        ] {
            let address: Address = text.parse().unwrap();
            assert_eq!((address.to_string(), format!("{address:?}")), (shown.to_owned(), shown.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_ledger_is_rejected_without_its_password() {
        for text in ["mysql://shop:s3cret@db/shop", "sqlite:shop.db", "file:shop.db", ":memory:", " "] {
            let error = text.parse::<Address>().unwrap_err();
            assert!(error.contains("SQLite file") && !error.contains("s3cret"), "{error}");
        }
    }
}
