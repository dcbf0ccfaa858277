//! Names of fields: no two may have one name in Rust, and no alias may be the name of another field.

use std::collections::BTreeMap;

use super::Owner;
use crate::Diagnostics;
use crate::check::Field;
use crate::names::{camel, is_snake, is_wire_name, snake};
use crate::read::RawField;

/// The name in Rust.
pub(super) fn of(raw: &RawField, owner: &Owner<'_>, diagnostics: &mut Diagnostics) -> String {
    let (file, wire) = (owner.file, &raw.wire.value);
    if !is_wire_name(wire) {
        let help = "use letters, digits and `_`, beginning with a letter";
        diagnostics.report_with_help(file, raw.wire.at, format!("`{wire}` cannot be the name of a field"), help);
    }
    let (name, at) = match &raw.name {
        Some(name) => (name.value.clone(), name.at),
        None => (snake(wire), raw.wire.at),
    };
    if raw.name.is_some() && !is_snake(&name) {
        diagnostics.report(file, at, format!("`name` must be in snake_case, found `{name}`"));
    }
    if owner.taken.contains(&name.as_str()) || matches!(name.as_str(), "self" | "super" | "crate" | "") {
        let message = format!("the field `{wire}` would give a method `{name}`, which has another meaning");
        diagnostics.report_with_help(file, at, message, format!("add `name: {wire}_field` or the like"));
    }
    name
}

pub(super) fn differ(fields: &[Field], owner: &Owner<'_>, diagnostics: &mut Diagnostics) {
    let mut names: BTreeMap<String, &str> = BTreeMap::new();
    for field in fields {
        // The accessor or setter, the type parameter (`a1` and `a_1` both become `A1`), and the further setters.
        let also = |prefix: &str, is: bool| is.then(|| format!("{prefix}_{}", field.name));
        let own = [
            Some(field.name.clone()),
            Some(camel(&field.name)),
            also("without", field.may_omit),
            also("with", field.opt_in),
            also("maybe", field.is_given() && !field.required && !field.is_received()),
        ];
        let clash = own.into_iter().flatten().find_map(|name| {
            let earlier = names.insert(name.clone(), &field.wire)?;
            (earlier != field.wire).then_some((name, earlier))
        });
        if let Some((name, earlier)) = clash {
            let message = format!("{}: `{}` and `{earlier}` both give the name `{name}`", owner.name, field.wire);
            diagnostics.report_with_help(owner.file, field.source.at, message, "give one of them a `name:`");
        }
    }
    let mut wires: BTreeMap<&str, &str> = fields.iter().map(|field| (&*field.wire, &*field.wire)).collect();
    for field in fields {
        for alias in &field.aliases {
            if let Some(other) = wires.insert(alias, &field.wire) {
                let message =
                    format!("{}: the alias `{alias}` of `{}` already stands for `{other}`", owner.name, field.wire);
                diagnostics.report_with_help(owner.file, field.source.at, message, "remove one of the two");
            }
        }
    }
}
