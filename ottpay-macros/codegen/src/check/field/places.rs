//! Positions in a field, for messages of later checks.

use crate::check::model::Field;
use crate::diagnostic::Position;
use crate::read::{Located, RawField};

/// The positions at which a field names other fields.
pub(super) struct Places {
    pub(super) copy_of: Position,
    pub(super) instead_of: Position,
    /// The aliases and their positions, without those of a shared type.
    aliases: Vec<Located<String>>,
}

impl Places {
    pub(super) fn find(raw: &RawField) -> Self {
        let at = |named: &Option<Located<String>>| {
            named.as_ref().map_or_else(|| raw.wire.at.clone(), |named| named.at.clone())
        };
        Self { copy_of: at(&raw.copy_of), instead_of: at(&raw.instead_of), aliases: raw.aliases.clone() }
    }

    pub(super) fn find_alias<'a>(&'a self, alias: &str, field: &'a Field) -> &'a Position {
        self.aliases.iter().find(|known| known.value == alias).map_or(&field.source, |known| &known.at)
    }
}
