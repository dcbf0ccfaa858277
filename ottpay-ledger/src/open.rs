//! Why a ledger cannot be opened.

use crate::migrate::MigrateError;
use crate::store::StoreError;

/// Why a ledger cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// There is no client.
    #[error("a ledger needs a client")]
    NoClient,
    /// Amounts in callbacks and in most answers have no currency.
    #[error("the client of merchant {merchant} has no currency: set it with `Client::builder().currency(…)`")]
    NoCurrency {
        /// The merchant.
        merchant: String,
    },
    /// Two clients have the same merchant.
    #[error("there are two clients of merchant {merchant}")]
    SameMerchant {
        /// The merchant.
        merchant: String,
    },
    /// The clients talk to different gateways.
    #[error("the clients talk to {first} and to {second}: a ledger has one gateway")]
    SeveralEnvironments {
        /// The gateway of the first client.
        first: String,
        /// That of a later one.
        second: String,
    },
    /// The store has the payments of another gateway, for example of a sandbox.
    #[error("the store is bound to {bound}, the client talks to {found}: use a store of its own for each gateway")]
    OtherEnvironment {
        /// The gateway to which the store is bound.
        bound: String,
        /// That of the client.
        found: String,
    },
    /// The store has payments of other merchants only.
    #[error(
        "the store is not bound to merchant {merchant}: is it that of another shop? If not, see `bind_new_merchants`"
    )]
    OtherMerchant {
        /// The merchant of the client.
        merchant: String,
    },
    /// The store has payments of a merchant who has no client, so they could not be followed.
    #[error("the store has payments of merchant {merchant}, who has no client")]
    MissingClient {
        /// The merchant.
        merchant: String,
    },
    /// The tables of a ledger are not there, see [`Inspector::open`](crate::Inspector::open).
    #[error("there is no ledger in it")]
    NoLedger,
    /// A later version of this crate made the tables.
    #[error("the tables are of a later version: {0}")]
    Newer(String),
    /// Another program made tables of these names.
    #[error("the tables are not those of a ledger: {0}")]
    Foreign(String),
    /// The store cannot be used.
    #[error("the store cannot be used: {0}")]
    Store(#[from] StoreError),
}

impl From<MigrateError> for OpenError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Newer { .. } => Self::Newer(error.to_string()),
            MigrateError::Foreign => Self::Foreign(error.to_string()),
            MigrateError::Store(error) => Self::Store(error),
        }
    }
}
