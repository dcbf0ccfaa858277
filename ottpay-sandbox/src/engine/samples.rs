//! Examples of the specification: which one fits a message, and what it shows.

use std::collections::BTreeMap;

use ottpay::StatusClass;
use ottpay::spec::{ActionInfo, CallbackInfo, FieldInfo, Kind, Role};

use crate::order::Order;

/// Field values of an example.
pub(super) type Sample = &'static [(&'static str, &'static str)];

/// The examples of a message, and the one that fits it best.
pub(super) struct Samples {
    all: Vec<Sample>,
    chosen: Option<Sample>,
    /// Whether the chosen one is about an order that is not paid.
    is_unpaid: bool,
}

impl Samples {
    /// The examples of the reply to a request with these values.
    pub(super) fn of_reply(
        info: &'static ActionInfo,
        requested: &BTreeMap<String, String>,
        order: Option<&Order>,
    ) -> Self {
        let examples = info.examples.iter().map(|example| (example.reply, count_equal(example.request, requested)));
        Self::choose(examples.collect(), info.reply, order)
    }

    /// The examples of the callback of an order. They have no request, so their own values are compared with it.
    pub(super) fn of_callback(info: &'static CallbackInfo, order: &Order) -> Self {
        let examples = info.examples.iter().map(|sample| (*sample, count_equal(sample, &order.request)));
        Self::choose(examples.collect(), info.fields, Some(order))
    }

    /// The examples of what comes back with the buyer's browser.
    pub(super) fn of_return(info: &'static ActionInfo, order: &Order) -> Self {
        let returned = info.examples.iter().filter(|example| !example.returned.is_empty());
        let examples = returned.map(|example| (example.returned, count_equal(example.request, &order.request)));
        Self::choose(examples.collect(), info.returned, Some(order))
    }

    /// Chooses the example whose order is paid or not as this one is, then the one whose request has the most values in
    /// common with this one, then the first.
    fn choose(examples: Vec<(Sample, usize)>, fields: &[FieldInfo], order: Option<&Order>) -> Self {
        let fits = |sample| match (is_unpaid(fields, sample), order) {
            (Some(is_unpaid), Some(order)) => is_unpaid == order.finished.is_none(),
            _ => true,
        };
        // Of several that fit equally well, `max_by_key` returns the last.
        let best = examples.iter().rev().max_by_key(|(sample, equal)| (fits(sample), *equal));
        let chosen = best.map(|(sample, _)| *sample);
        let is_unpaid = chosen.and_then(|sample| is_unpaid(fields, sample)).unwrap_or(false);
        Self { all: examples.into_iter().map(|(sample, _)| sample).collect(), chosen, is_unpaid }
    }

    /// The value that the chosen example has for a field, under the field's name or an alias.
    pub(super) fn find(&self, field: &FieldInfo) -> Option<&'static str> {
        find_in(self.chosen?, field)
    }

    /// A value that any of the examples has for a field: preferably the chosen one.
    pub(super) fn find_any(&self, field: &FieldInfo) -> Option<&'static str> {
        self.find(field).or_else(|| self.list(field).next())
    }

    /// The values of a field in all examples.
    pub(super) fn list(&self, field: &FieldInfo) -> impl Iterator<Item = &'static str> {
        self.all.iter().filter_map(|sample| find_in(sample, field))
    }

    /// Whether the chosen example is about an unpaid order and has this field.
    pub(super) fn shows_unpaid(&self, field: &FieldInfo) -> bool {
        self.is_unpaid && self.find(field).is_some()
    }

    /// The aliases of a field under which the chosen example has it.
    pub(super) fn list_aliases(&self, field: &FieldInfo) -> impl Iterator<Item = &'static str> {
        let shown = self.chosen.unwrap_or_default().iter().map(|(name, _)| *name);
        shown.filter(|name| *name != field.name && field.has_name(name))
    }
}

fn find_in(sample: Sample, field: &FieldInfo) -> Option<&'static str> {
    let text = |is_it: &dyn Fn(&str) -> bool| sample.iter().find(|(name, _)| is_it(name)).map(|(_, text)| *text);
    text(&|name| name == field.name).or_else(|| text(&|name| field.has_name(name)))
}

/// Whether an example is about an order that is not paid; nothing if it states no status.
fn is_unpaid(fields: &[FieldInfo], sample: Sample) -> Option<bool> {
    let field = fields.iter().find(|field| field.role == Some(Role::Status))?;
    let Kind::Enum(words) = field.kind else { return None };
    let class = words.class(find_in(sample, field)?);
    Some(matches!(class, StatusClass::Pending | StatusClass::Closed | StatusClass::Failed))
}

/// How many values of an example are in a request.
fn count_equal(sample: Sample, requested: &BTreeMap<String, String>) -> usize {
    sample.iter().filter(|(name, text)| requested.get(*name).is_some_and(|requested| requested == text)).count()
}
