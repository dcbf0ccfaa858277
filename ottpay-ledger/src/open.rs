//! Why a ledger cannot be opened.

use crate::migrate::MigrateError;
use crate::store::StoreError;

/// Why a ledger cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// No client was given.
    #[error("expected at least one client, found none")]
    NoClient,
    /// A client has no currency. Amounts in callbacks and in most replies state none, so the client has to.
    #[error("the client of merchant {merchant} has no currency: set one with `Client::builder().currency(…)`")]
    NoCurrency {
        /// The merchant.
        merchant: String,
    },
    /// Two clients have the same merchant.
    #[error("two clients have the same merchant {merchant}: expected one client per merchant")]
    SameMerchant {
        /// The merchant.
        merchant: String,
    },
    /// The clients use different gateways.
    #[error("the clients use two gateways, {first} and {second}: open one ledger for each")]
    SeveralEnvironments {
        /// The gateway of the first client.
        first: String,
        /// The gateway of a later client.
        second: String,
    },
    /// The store contains the payments of another gateway, for example of a sandbox.
    #[error(
        "the store is bound to the gateway {bound}, but the client uses {found}: use a separate store for each gateway"
    )]
    OtherEnvironment {
        /// The gateway to which the store is bound.
        bound: String,
        /// The gateway of the client.
        found: String,
    },
    /// The store contains only payments of other merchants.
    #[error(
        "the store is not bound to merchant {merchant}: if it does not belong to another shop, call `bind_new_merchants`"
    )]
    OtherMerchant {
        /// The merchant of the client.
        merchant: String,
    },
    /// The store contains payments of a merchant without a client, so nothing could follow them.
    #[error("the store contains payments of merchant {merchant}: add a client for this merchant")]
    MissingClient {
        /// The merchant.
        merchant: String,
    },
    /// The store has no ledger tables, see [`Inspector::open`](crate::Inspector::open).
    #[error("the store contains no ledger tables: check its path or URL")]
    NoLedger,
    /// A later version of this crate created the tables.
    #[error("cannot use the tables of a later version: {0}")]
    Newer(String),
    /// Another program created tables with these names.
    #[error("cannot use the tables of another program: {0}")]
    Foreign(String),
    /// The store failed.
    #[error("the store failed: {0}")]
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
