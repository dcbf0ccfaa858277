//! Columns of an order as the types that they store.

use ottpay::payment::Tracked;
use ottpay::spec::{Role, WordSet as _};

use crate::state::State;
use crate::store::{StoreError, StoreErrorKind};

fn unreadable(what: &str) -> StoreError {
    StoreError::new(StoreErrorKind::Statement, format!("the stored {what} cannot be read"))
}

/// The column `state`.
pub(crate) fn parse_state(word: &str) -> Result<State, StoreError> {
    word.parse().map_err(|_| unreadable("state"))
}

/// The column `tracked`.
pub(crate) fn parse_tracked(json: &str) -> Result<Tracked, StoreError> {
    Tracked::from_json(json).map_err(|error| unreadable("order").with_source(error))
}

/// The column `role`.
pub(crate) fn role_word(role: Role) -> &'static str {
    role.word().unwrap_or_default()
}

/// The column `role`.
pub(crate) fn parse_role(word: &str) -> Result<Role, StoreError> {
    Role::from_word(word).filter(|role| role.is_own_id()).ok_or_else(|| unreadable("role"))
}
