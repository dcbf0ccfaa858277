//! The types of fields, by name.

use super::model::{Enum, Field, Kind, Object};
use crate::diagnostic::{Diagnostics, Mistake};
use crate::names::{suggestion, suggestion_and};
use crate::read::{Located, RawField};

/// Every declared type that a field may have.
#[derive(Default)]
pub(super) struct Types {
    pub(super) enums: Vec<Enum>,
    pub(super) objects: Vec<Object>,
    /// Field types, from which fields inherit rules.
    pub(super) shared: Vec<Field>,
    /// Names that are declared but not checked yet: fields have shared types, and objects have fields.
    pub(super) later: Vec<String>,
    /// Names of entries that could not be read.
    pub(super) unreadable: Vec<String>,
    /// Whether the whole file could not be read, so that its declarations are unknown.
    pub(super) is_unreadable: bool,
}

impl Types {
    /// Returns the type of a field, and the shared type from which it inherits; reports an unknown type and returns
    /// `None`.
    pub(super) fn resolve(&self, raw: &RawField, diagnostics: &mut Diagnostics) -> Option<(Kind, Option<&Field>)> {
        let named = raw.kind.as_ref()?;
        let built_in = Kind::BUILT_IN.iter().find(|(name, _)| *name == named.value).map(|(_, kind)| *kind);
        let declared = || self.enums.iter().position(|declared| declared.name == named.value).map(Kind::Enum);
        let object = || self.objects.iter().position(|object| object.name == named.value).map(Kind::Object);
        if let Some(kind) = built_in.or_else(declared).or_else(object) {
            let is_broken = match kind {
                Kind::Enum(index) => self.enums.get(index).is_some_and(|declared| declared.is_broken),
                kind => kind.object().and_then(|index| self.objects.get(index)).is_some_and(|object| object.is_broken),
            };
            return unless_broken(is_broken, (kind, None), named, diagnostics);
        }
        if let Some(shared) = self.shared.iter().find(|shared| shared.wire == named.value) {
            return unless_broken(shared.is_broken, (shared.kind, Some(shared)), named, diagnostics);
        }
        if self.is_unreadable || self.unreadable.contains(&named.value) {
            diagnostics.mark_unusable(&named.at);
            return None;
        }
        if self.later.contains(&named.value) {
            let message =
                format!("the type `{}` of the field `{}` is declared later in the file", named.value, raw.wire.value);
            let help = "move it up: an object must come after the objects in it, and a field type after the field type \
                        on which it is built, which cannot be an object";
            diagnostics.report(Mistake::TypeNotYetKnown, &named.at, message, help);
            return None;
        }
        let built_in = Kind::BUILT_IN.iter().map(|(name, _)| *name);
        let further = "Other types are declared in types.yaml";
        let help = suggestion_and(&named.value, built_in.chain(self.names()), further);
        let message = format!("the field `{}` has the unknown type `{}`", raw.wire.value, named.value);
        diagnostics.report(Mistake::UnknownType, &named.at, message, help);
        None
    }

    /// Returns the object that a field names as its content; reports an unknown one and returns `None`.
    pub(super) fn resolve_object(
        &self,
        named: &Located<String>,
        wire: &str,
        diagnostics: &mut Diagnostics,
    ) -> Option<usize> {
        let found = self.objects.iter().position(|object| object.name == named.value);
        if found.is_none() {
            if self.is_unreadable || self.unreadable.contains(&named.value) {
                diagnostics.mark_unusable(&named.at);
            } else {
                let help = suggestion(&named.value, self.objects.iter().map(|object| object.name.as_str()));
                let message = format!("the field `{wire}` has the unknown object `{}`", named.value);
                diagnostics.report(Mistake::UnknownType, &named.at, message, help);
            }
        }
        found
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let enums = self.enums.iter().map(|declared| declared.name.as_str());
        let objects = self.objects.iter().map(|object| object.name.as_str());
        enums.chain(objects).chain(self.shared.iter().map(|shared| shared.wire.as_str()))
    }
}

/// Returns `None` for an invalid type: anything that uses it is not checked, because the type's rules are unknown.
fn unless_broken<T>(is_broken: bool, found: T, named: &Located<String>, diagnostics: &mut Diagnostics) -> Option<T> {
    if is_broken {
        diagnostics.mark_unusable(&named.at);
    }
    (!is_broken).then_some(found)
}
