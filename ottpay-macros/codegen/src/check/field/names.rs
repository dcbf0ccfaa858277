//! Checks the names of fields: no two may have the same name in Rust, and no alias may be the name of another field.

use std::collections::BTreeMap;

use super::owner::Owner;
use super::places::Places;
use crate::check::model::Field;
use crate::check::taken_names::propose_snake;
use crate::diagnostic::{Diagnostics, Mistake};
use crate::names::{is_snake, is_wire_name, to_camel, to_snake};
use crate::read::RawField;

/// Returns the field's name in Rust.
pub(super) fn parse_name(raw: &RawField, owner: &Owner<'_>, diagnostics: &mut Diagnostics) -> String {
    let wire = &raw.wire.value;
    for alias in raw.aliases.iter().filter(|alias| !is_wire_name(&alias.value)) {
        let message = format!("`{}` cannot be an alias of the field `{wire}`", alias.value);
        let help = "use letters, digits and `_`, beginning with a letter";
        diagnostics.report(Mistake::ImpossibleName, &alias.at, message, help);
    }
    if !is_wire_name(wire) {
        let help = "use letters, digits and `_`, beginning with a letter";
        let message = format!("`{wire}` cannot be the name of a field");
        diagnostics.report(Mistake::ImpossibleName, &raw.wire.at, message, help);
        return raw.name.as_ref().map_or_else(|| to_snake(wire), |name| name.value.clone());
    }
    let (name, at) = match &raw.name {
        Some(name) => (name.value.clone(), &name.at),
        None => (to_snake(wire), &raw.wire.at),
    };
    if raw.name.is_some() && !is_snake(&name) {
        let message = format!("`name` of the field `{wire}` must be in snake_case, found `{name}`");
        let help = format!("write `{}`", propose_snake(&name, "field"));
        diagnostics.report(Mistake::ImpossibleName, at, message, help);
        return name;
    }
    let fault = match name.as_str() {
        "self" | "super" | "crate" => Some("is a Rust keyword that cannot be escaped"),
        name if owner.taken.contains(&name) => Some("has another meaning"),
        _ => None,
    };
    if let Some(fault) = fault {
        let message = format!("the field `{wire}` would give a method `{name}`, which {fault}");
        let help = match raw.name {
            Some(_) => format!("write another name, for example `{name}_field`"),
            None => format!("add a name, for example `name: {name}_field`"),
        };
        diagnostics.report(Mistake::TakenName, at, message, help);
    }
    name
}

pub(super) fn reject_clashing_names(
    fields: &[Field],
    places: &[Places],
    owner: &Owner<'_>,
    diagnostics: &mut Diagnostics,
) {
    let mut names: BTreeMap<String, &Field> = BTreeMap::new();
    for field in fields {
        // The accessor or setter, the type parameter (`a1` and `a_1` both become `A1`), and the additional setters.
        let also = |prefix: &str, is: bool| is.then(|| format!("{prefix}_{}", field.name));
        let own = [
            Some(field.name.clone()),
            Some(to_camel(&field.name)),
            also("without", field.may_omit),
            also("with", field.opt_in),
            also("maybe", field.is_given() && !field.required && !field.is_received()),
        ];
        let clash = own.into_iter().flatten().find_map(|name| {
            let earlier = names.insert(name.clone(), field)?;
            (earlier.wire != field.wire || earlier.side != field.side).then_some((name, earlier))
        });
        if let Some((name, earlier)) = clash {
            let (this, other) = (&field.wire, &earlier.wire);
            let message = format!("{}: `{this}` and `{other}` both give the name `{name}`", owner.name);
            let related = (&earlier.source, "the first");
            let help = "give one of them a `name:`";
            diagnostics.report_beside(Mistake::NameClash, &field.source, message, related, help);
        }
    }
    let mut wires: BTreeMap<&str, &Field> = fields.iter().map(|field| (&*field.wire, field)).collect();
    for (field, places) in fields.iter().zip(places) {
        for alias in &field.aliases {
            if let Some(other) = wires.insert(alias, field) {
                let (this, other_wire) = (&field.wire, &other.wire);
                let message =
                    format!("{}: the alias `{alias}` of `{this}` is already a name of `{other_wire}`", owner.name);
                let related = (&other.source, "the other");
                let at = places.find_alias(alias, field);
                diagnostics.report_beside(Mistake::AliasClash, at, message, related, "remove one of the two");
            }
        }
    }
}
