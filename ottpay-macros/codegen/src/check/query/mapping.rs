//! Checks how a query's fields are filled from those of a write.

use ottpay_vocabulary::Role;

use crate::check::model::{Action, Field, Kind, QueryValue};
use crate::diagnostic::{Diagnostics, Mistake};
use crate::names::suggestion;
use crate::read::{Located, RawQuery};

/// Checks the fields that a query copies from a write: each must fit, and every required one must be set.
pub(super) fn check_mapping(
    raw: &RawQuery,
    named: &Located<String>,
    own: &Action,
    target: &Action,
    diagnostics: &mut Diagnostics,
) -> Vec<(String, QueryValue)> {
    let mapping = Mapping { query: &named.value, own, target };
    let entries = raw.set.as_ref().map_or(&[][..], |set| &set.0);
    let before = diagnostics.count_problems();
    let set: Vec<_> = entries.iter().map(|(field, value)| mapping.check_entry(field, value, diagnostics)).collect();
    let entries_are_valid = diagnostics.count_problems() == before;
    let is_set = |field: &Field| entries.iter().any(|(name, _)| name.value == field.wire);
    let needed = |field: &&Field| field.required && field.is_given() && !field.may_omit;
    // A misspelt field is not reported as missing as well.
    let lacking = target.request.iter().filter(needed).filter(|field| !is_set(field));
    for field in lacking.filter(|_| entries_are_valid) {
        mapping.report_lacking(field, named, diagnostics);
    }
    if diagnostics.count_problems() == before && !mapping.names_the_payment(&set) {
        let message = format!("{} lacks the id of a payment", mapping.describe());
        let help = "set one of its fields to an id of the request";
        diagnostics.report(Mistake::QueryMismatch, &named.at, message, help);
    }
    set
}

/// A query of a write.
struct Mapping<'a> {
    /// The method of the read.
    query: &'a str,
    own: &'a Action,
    target: &'a Action,
}

impl Mapping<'_> {
    fn describe(&self) -> String {
        format!("the query `{}` of `{}`", self.query, self.own.action)
    }

    /// Checks a field of the query and the source of its value.
    fn check_entry(
        &self,
        name: &Located<String>,
        from: &Located<String>,
        diagnostics: &mut Diagnostics,
    ) -> (String, QueryValue) {
        let value = match from.value.as_str() {
            QueryValue::NOW => QueryValue::Now,
            wire => QueryValue::Field(wire.to_owned()),
        };
        let field = self.find_query_field(name, diagnostics);
        match &value {
            QueryValue::Now => {
                if let Some(field) = field.filter(|field| field.kind != Kind::Timestamp && !field.is_broken) {
                    let message = format!("`{}` of {} is not a time", field.wire, self.describe());
                    let related = (&field.source, "the field of the query");
                    let help = "write a field of the request: only a `timestamp` accepts `now`";
                    diagnostics.report_beside(Mistake::QueryMismatch, &from.at, message, related, help);
                }
            }
            QueryValue::Field(_) => {
                let source = self.find_source(name, from, diagnostics);
                if let (Some(field), Some(source)) = (field, source) {
                    self.reject_other_type(field, source, from, diagnostics);
                }
            }
        }
        (name.value.clone(), value)
    }

    /// Finds the field of the query to set.
    fn find_query_field(&self, name: &Located<String>, diagnostics: &mut Diagnostics) -> Option<&Field> {
        let Some(field) = find_field(&self.target.request, &name.value) else {
            let settable = self.target.request.iter().filter(|field| field.is_given() && !field.is_outer());
            let help = suggestion(&name.value, settable.map(|field| field.wire.as_str()));
            let message = format!("{} has no field `{}`", self.describe(), name.value);
            diagnostics.report(Mistake::UnknownField, &name.at, message, help);
            return None;
        };
        if !field.is_given() {
            let message = format!("`{}` of {} is written by the client", field.wire, self.describe());
            let related = (&field.source, "the field of the query");
            diagnostics.report_beside(Mistake::QueryMismatch, &name.at, message, related, "remove it");
            return None;
        }
        Some(field)
    }

    /// Finds the field of the write that has the value.
    fn find_source(
        &self,
        name: &Located<String>,
        from: &Located<String>,
        diagnostics: &mut Diagnostics,
    ) -> Option<&Field> {
        let Some(field) = find_field(&self.own.request, &from.value) else {
            let usable = self.own.request.iter().filter(|field| is_usable(field)).map(|field| field.wire.as_str());
            let help = suggestion(&from.value, usable.chain([QueryValue::NOW]));
            let message = format!(
                "`{}` of {} is set to `{}`, which is not a field of the request",
                name.value,
                self.describe(),
                from.value
            );
            diagnostics.report(Mistake::UnknownField, &from.at, message, help);
            return None;
        };
        let (fault, help) = match field {
            _ if !field.is_given() => ("the client writes", "name a field that the caller sets, or omit this one"),
            _ if field.sensitive => {
                ("is sensitive", "name another field: the values of a query are stored with the order")
            }
            _ if may_be_absent(field) => ("a request may omit", "name a field that every request has"),
            _ => return Some(field),
        };
        let message = format!("`{}` of {} is set to `{}`, which {fault}", name.value, self.describe(), field.wire);
        let related = (&field.source, "the field of the request");
        diagnostics.report_beside(Mistake::QueryMismatch, &from.at, message, related, help);
        None
    }

    fn reject_other_type(&self, field: &Field, source: &Field, from: &Located<String>, diagnostics: &mut Diagnostics) {
        // Every word that the write may contain has to be one that the query accepts.
        let accepts_all = field.only.is_empty()
            || !source.only.is_empty() && source.only.iter().all(|word| field.only.contains(word));
        let fault = match field.kind {
            Kind::Text => return,
            _ if field.is_broken || source.is_broken => return,
            kind if kind != source.kind => "has another type",
            _ if !accepts_all => "may have a value that the query does not accept",
            _ => return,
        };
        let (wire, from_wire) = (&field.wire, &source.wire);
        let message = format!("`{wire}` of {} is set to `{from_wire}`, which {fault}", self.describe());
        let related = (&field.source, "the field of the query");
        let help = "name a field of the same type, with the same values";
        diagnostics.report_beside(Mistake::QueryMismatch, &from.at, message, related, help);
    }

    fn report_lacking(&self, field: &Field, named: &Located<String>, diagnostics: &mut Diagnostics) {
        let message = format!("{} lacks the required field `{}`", self.describe(), field.wire);
        let related = (&field.source, "the field");
        let now = if field.kind == Kind::Timestamp { ", or `now`" } else { "" };
        let help = format!("add `{}: FIELD` to `set`: the field of the request that has its value{now}", field.wire);
        diagnostics.report_beside(Mistake::QueryLacksField, &named.at, message, related, help);
    }

    /// Whether one of the values identifies the payment or refund.
    fn names_the_payment(&self, set: &[(String, QueryValue)]) -> bool {
        set.iter().any(|(_, value)| match value {
            QueryValue::Field(wire) => find_field(&self.own.request, wire).is_some_and(|field| {
                let names_it = |role: Role| role.is_own_id() || role == Role::OriginalOrder;
                field.is_broken || field.role.is_some_and(names_it)
            }),
            QueryValue::Now => false,
        })
    }
}

/// Finds a field inside `data`, or else outside it.
fn find_field<'a>(fields: &'a [Field], wire: &str) -> Option<&'a Field> {
    let named = |is_outer: bool| fields.iter().find(move |field| field.wire == wire && field.is_outer() == is_outer);
    named(false).or_else(|| named(true))
}

/// Whether a query may use the value of a field.
fn is_usable(field: &Field) -> bool {
    field.is_given() && !field.sensitive && !may_be_absent(field)
}

/// Whether a request may lack the field. Own ids do not count, because a request without one is never queried.
fn may_be_absent(field: &Field) -> bool {
    (!field.required || field.may_omit) && !field.role.is_some_and(Role::is_own_id) && !field.is_broken
}
