//! Parses the columns of an order.

use ottpay::payment::Tracked;
use ottpay::spec::{Role, WordSet as _};

use crate::state::State;
use crate::store::{StoreError, StoreErrorKind};

fn unreadable_column(what: &str) -> StoreError {
    StoreError::new(StoreErrorKind::Statement, format!("cannot read the stored {what}"))
}

/// Parses the `state` column.
pub(crate) fn parse_state(word: &str) -> Result<State, StoreError> {
    word.parse().map_err(|_| unreadable_column("state"))
}

/// Parses the `tracked` column.
pub(crate) fn parse_tracked(json: &str) -> Result<Tracked, StoreError> {
    Tracked::from_json(json).map_err(|error| unreadable_column("order").with_source(error))
}

/// Formats the `role` column.
pub(crate) fn role_word(role: Role) -> &'static str {
    role.word().unwrap_or_default()
}

/// Parses the `role` column.
pub(crate) fn parse_role(word: &str) -> Result<Role, StoreError> {
    Role::from_word(word).filter(|role| role.is_own_id()).ok_or_else(|| unreadable_column("role"))
}
