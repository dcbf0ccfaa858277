//! Filters for lists of orders.

use std::time::SystemTime;

use crate::reference::Reference;
use crate::state::State;
use crate::store::Value;
use crate::time::Time;

/// Selects the orders of a list, newest first.
///
/// ```
/// use ottpay_ledger::{Filter, State};
///
/// let to_review = Filter::new().state(State::Unresolved).state(State::Mismatch).limit(20);
/// ```
#[derive(Debug, Clone)]
#[must_use = "it lists nothing by itself"]
pub struct Filter {
    states: Vec<State>,
    is_open: bool,
    is_parked: bool,
    reference: Option<Reference>,
    id: Option<String>,
    merchant_id: Option<String>,
    since: Option<SystemTime>,
    before: Option<i64>,
    limit: u32,
}

/// The default number of orders.
const LIMIT: u32 = 100;

/// The largest number of orders in one list.
const MOST: u32 = 1000;

impl Default for Filter {
    fn default() -> Self {
        Self::new()
    }
}

impl Filter {
    /// Selects every order, limited to the 100 newest.
    pub fn new() -> Self {
        Self {
            states: Vec::new(),
            is_open: false,
            is_parked: false,
            reference: None,
            id: None,
            merchant_id: None,
            since: None,
            before: None,
            limit: LIMIT,
        }
    }

    /// Selects orders in this state. Several calls select several states.
    pub fn state(mut self, state: State) -> Self {
        self.states.push(state);
        self
    }

    /// Selects orders that [have not ended](State::is_over): the gateway may still answer, or a person has to decide.
    pub fn open(mut self) -> Self {
        self.is_open = true;
        self
    }

    /// Selects orders that are parked.
    pub fn parked(mut self) -> Self {
        self.is_parked = true;
        self
    }

    /// Selects orders of this reference.
    pub fn reference(mut self, reference: &Reference) -> Self {
        self.reference = Some(reference.clone());
        self
    }

    /// Selects orders with this id, of any merchant.
    pub fn order_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Selects orders of this merchant.
    pub fn merchant_id(mut self, merchant_id: impl Into<String>) -> Self {
        self.merchant_id = Some(merchant_id.into());
        self
    }

    /// Selects orders that were noted at or after this time.
    pub fn since(mut self, time: SystemTime) -> Self {
        self.since = Some(time);
        self
    }

    /// Selects orders older than the one with this [`serial`](crate::View::serial): the next page.
    pub fn before(mut self, serial: i64) -> Self {
        self.before = Some(serial);
        self
    }

    /// Sets the maximum number of orders, up to 1000.
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = limit.min(MOST);
        self
    }

    pub(crate) fn limited_to(&self) -> u32 {
        self.limit
    }

    /// Returns the `WHERE` clause of a statement on orders, and its values. Only column names are part of the clause:
    /// values are always bound, never formatted into it.
    pub(crate) fn conditions(&self) -> (String, Vec<Value>) {
        let mut values: Vec<Value> = Vec::new();
        let mut place = |value: Value| {
            values.push(value);
            format!("${}", values.len())
        };
        let mut conditions = Vec::new();
        let without_end = State::ALL.into_iter().filter(|state| self.is_open && !state.is_over()).collect();
        for states in [&self.states, &without_end] {
            let places: Vec<String> = states.iter().map(|state| place(state.as_str().into())).collect();
            conditions.extend((!places.is_empty()).then(|| format!("state IN ({})", places.join(", "))));
        }
        if self.is_parked {
            conditions.push("parked_at IS NOT NULL".to_owned());
        }
        let equal = [
            ("merchant", self.merchant_id.as_deref()),
            ("reference", self.reference.as_ref().map(Reference::as_str)),
            ("id", self.id.as_deref()),
        ];
        for (column, value) in equal {
            conditions.extend(value.map(|value| format!("{column} = {}", place(value.into()))));
        }
        conditions.extend(self.since.map(|since| format!("noted_at >= {}", place(Time::millis_of(since).into()))));
        conditions.extend(self.before.map(|serial| format!("serial < {}", place(serial.into()))));
        match conditions.is_empty() {
            true => (String::new(), values),
            false => (format!("WHERE {}", conditions.join(" AND ")), values),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    #[test]
    fn nothing_of_a_filter_is_in_the_statement_but_its_form() {
        let reference = Reference::new("x' OR 1=1 --").unwrap();
        let filter = Filter::new().state(State::Paid).state(State::Ended).reference(&reference).merchant_id("M");
        let filter = filter.parked().since(UNIX_EPOCH + Duration::from_secs(1)).before(7).order_id("T1");
        let (conditions, values) = filter.conditions();
        assert_eq!(
            conditions,
            "WHERE state IN ($1, $2) AND parked_at IS NOT NULL AND merchant = $3 AND reference = $4 AND id = $5 \
             AND noted_at >= $6 AND serial < $7"
        );
        let expected = ["paid".into(), "ended".into(), "M".into(), (&reference).into(), "T1".into()];
        assert_eq!(values, [&expected[..], &[Value::Int(1000), Value::Int(7)]].concat());
        assert_eq!(Filter::new().conditions(), (String::new(), Vec::new()));
        assert_eq!(Filter::new().limit(5000).limited_to(), 1000);
    }
}
