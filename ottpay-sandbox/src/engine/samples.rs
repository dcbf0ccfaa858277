//! Chooses the example of the specification that fits a message best.

use std::collections::BTreeMap;

use ottpay::StatusClass;
use ottpay::spec::{ActionInfo, CallbackInfo, FieldInfo, Kind, Role};

use crate::order::Order;

/// The field values of an example.
pub(super) type Sample = &'static [(&'static str, &'static str)];

/// The examples of a message, with the chosen one.
pub(super) struct Samples {
    all: Vec<Sample>,
    chosen: Option<Sample>,
    /// Whether the order of the chosen example is not paid.
    is_unpaid: bool,
}

impl Samples {
    /// Returns the examples of the reply to a request with these values.
    pub(super) fn of_reply(
        info: &'static ActionInfo,
        requested: &BTreeMap<String, String>,
        order: Option<&Order>,
    ) -> Self {
        let examples = info.examples.iter().map(|example| (example.reply, count_equal(example.request, requested)));
        Self::choose(examples.collect(), info.reply, order)
    }

    /// Returns the examples of the callback of an order. They are compared by their own values, because a callback has
    /// no request.
    pub(super) fn of_callback(info: &'static CallbackInfo, order: &Order) -> Self {
        let examples = info.examples.iter().map(|sample| (*sample, count_equal(sample, &order.request)));
        Self::choose(examples.collect(), info.fields, Some(order))
    }

    /// Returns the examples of the values with which the buyer's browser returns.
    pub(super) fn of_return(info: &'static ActionInfo, order: &Order) -> Self {
        let returned = info.examples.iter().filter(|example| !example.returned.is_empty());
        let examples = returned.map(|example| (example.returned, count_equal(example.request, &order.request)));
        Self::choose(examples.collect(), info.returned, Some(order))
    }

    /// Chooses an example: first by whether its order is paid like this one, then by the number of values that its
    /// request shares with this one, then by position.
    fn choose(examples: Vec<(Sample, usize)>, fields: &[FieldInfo], order: Option<&Order>) -> Self {
        let fits = |sample| match (is_unpaid(fields, sample), order) {
            (Some(is_unpaid), Some(order)) => is_unpaid == order.finished.is_none(),
            _ => true,
        };
        // `max_by_key` returns the last of several equal items.
        let best = examples.iter().rev().max_by_key(|(sample, equal)| (fits(sample), *equal));
        let chosen = best.map(|(sample, _)| *sample);
        let is_unpaid = chosen.and_then(|sample| is_unpaid(fields, sample)).unwrap_or(false);
        Self { all: examples.into_iter().map(|(sample, _)| sample).collect(), chosen, is_unpaid }
    }

    /// Returns the chosen example's value for a field, under the field's name or an alias.
    pub(super) fn find(&self, field: &FieldInfo) -> Option<&'static str> {
        find_in(self.chosen?, field)
    }

    /// Returns any example's value for a field, preferably the chosen one's.
    pub(super) fn find_any(&self, field: &FieldInfo) -> Option<&'static str> {
        self.find(field).or_else(|| self.list(field).next())
    }

    /// Lists the values of a field in all examples.
    pub(super) fn list(&self, field: &FieldInfo) -> impl Iterator<Item = &'static str> {
        self.all.iter().filter_map(|sample| find_in(sample, field))
    }

    /// Returns whether the chosen example shows an unpaid order and has this field.
    pub(super) fn shows_unpaid(&self, field: &FieldInfo) -> bool {
        self.is_unpaid && self.find(field).is_some()
    }

    /// Lists the aliases of a field in the chosen example.
    pub(super) fn list_aliases(&self, field: &FieldInfo) -> impl Iterator<Item = &'static str> {
        let shown = self.chosen.unwrap_or_default().iter().map(|(name, _)| *name);
        shown.filter(|name| *name != field.name && field.has_name(name))
    }
}

fn find_in(sample: Sample, field: &FieldInfo) -> Option<&'static str> {
    let text = |is_it: &dyn Fn(&str) -> bool| sample.iter().find(|(name, _)| is_it(name)).map(|(_, text)| *text);
    text(&|name| name == field.name).or_else(|| text(&|name| field.has_name(name)))
}

/// Returns whether an example shows an unpaid order; `None` if it does not have a status.
fn is_unpaid(fields: &[FieldInfo], sample: Sample) -> Option<bool> {
    let field = fields.iter().find(|field| field.role == Some(Role::Status))?;
    let Kind::Enum(words) = field.kind else { return None };
    let class = words.classify(find_in(sample, field)?);
    Some(matches!(class, StatusClass::Pending | StatusClass::Closed | StatusClass::Failed))
}

/// Counts the values that an example shares with a request.
fn count_equal(sample: Sample, requested: &BTreeMap<String, String>) -> usize {
    sample.iter().filter(|(name, text)| requested.get(*name).is_some_and(|requested| requested == text)).count()
}
