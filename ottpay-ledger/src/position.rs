//! The position of an order: its state, and what was reported to the shop.

use ottpay::{Amount, Currency, Money};
use serde::{Deserialize, Serialize};

use crate::state::State;
use crate::told::Told;

/// The version of the stored form. Later versions can read earlier ones.
const VERSION: u64 = 1;

/// The position of an order: the columns that a step reads and writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Position {
    /// Column `state`.
    pub(crate) state: State,
    /// What was reported as paid; columns `paid` and `paid_currency`.
    pub(crate) paid: Option<Money>,
    /// How much was reported as refunded; column `refunded`.
    pub(crate) refunded: Amount,
    /// What else was reported; column `told`.
    pub(crate) told: Told,
}

/// Columns or a string that do not contain a position. The error does not contain their values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cannot read the position of an order: unexpected value in `{member}`")]
pub(crate) struct PositionError {
    member: &'static str,
}

/// The columns from and to which a position is read and written, with money in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Columns<'a> {
    pub(crate) state: &'a str,
    pub(crate) paid: Option<i64>,
    pub(crate) paid_currency: Option<&'a str>,
    pub(crate) refunded: i64,
    pub(crate) told: Option<&'a str>,
}

impl Position {
    /// Creates the position of an order of which nothing has been reported.
    #[cfg(test)]
    pub(crate) fn new(state: State) -> Self {
        Self { state, paid: None, refunded: Amount::ZERO, told: Told::default() }
    }

    /// Reads the columns of an order.
    pub(crate) fn from_columns(columns: Columns<'_>) -> Result<Self, PositionError> {
        let Columns { state, paid, paid_currency, refunded, told } = columns;
        let amount = |minor: i64, member| Amount::try_from(minor).map_err(|_| PositionError { member });
        let paid = match (paid, paid_currency) {
            (None, None) => None,
            (Some(minor), Some(code)) => {
                let currency = Currency::new(code).map_err(|_| PositionError { member: "paid_currency" })?;
                Some(amount(minor, "paid")?.in_currency(currency))
            }
            _ => return Err(PositionError { member: "paid_currency" }),
        };
        let told = told.map_or(Ok(Told::default()), |told| {
            serde_json::from_str(told).map_err(|_| PositionError { member: "told" })
        })?;
        Ok(Self {
            state: state.parse().map_err(|_| PositionError { member: "state" })?,
            paid,
            refunded: amount(refunded, "refunded")?,
            told,
        })
    }

    /// Formats the value of the `told` column.
    pub(crate) fn told_json(&self) -> String {
        serde_json::to_string(&self.told).unwrap_or_default()
    }

    /// Formats the position as a JSON object on one line, for an event's `after` column.
    pub(crate) fn to_json(&self) -> String {
        let Self { state, paid, refunded, told } = self.clone();
        let stored = Stored { v: VERSION, state: state.as_str().to_owned(), paid, refunded: refunded.minor(), told };
        serde_json::to_string(&stored).unwrap_or_default()
    }

    /// Parses the output of [`to_json`](Self::to_json), and nothing else.
    pub(crate) fn from_json(text: &str) -> Result<Self, PositionError> {
        let stored: Stored = serde_json::from_str(text).map_err(|_| PositionError { member: "after" })?;
        let Stored { v, state, paid, refunded, told } = stored;
        if v != VERSION {
            return Err(PositionError { member: "v" });
        }
        let state = state.parse().map_err(|_| PositionError { member: "state" })?;
        Ok(Self { state, paid, refunded: Amount::from_minor(refunded), told })
    }
}

/// The stored form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    v: u64,
    state: String,
    paid: Option<Money>,
    refunded: u64,
    told: Told,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paid() -> Position {
        let told = Told { since: 7, ended: 1, mismatch: vec!["ab".to_owned()], ..Told::default() };
        let paid = Some(Amount::from_minor(1999).in_currency(Currency::CAD));
        Position { state: State::Paid, paid, refunded: Amount::from_minor(500), told }
    }

    #[test]
    fn a_position_survives_as_json() {
        for position in State::ALL.map(Position::new).into_iter().chain([paid()]) {
            assert_eq!(Position::from_json(&position.to_json()), Ok(position));
        }
        assert_eq!(
            paid().to_json(),
            "{\"v\":1,\"state\":\"paid\",\"paid\":{\"amount\":1999,\"currency\":\"CAD\"},\"refunded\":500,\
             \"told\":{\"since\":7,\"ended\":1,\"mismatch\":[\"ab\"]}}"
        );
    }

    #[test]
    fn a_position_survives_as_columns() {
        let told = paid().told_json();
        let columns =
            Columns { state: "paid", paid: Some(1999), paid_currency: Some("CAD"), refunded: 500, told: Some(&told) };
        assert_eq!(Position::from_columns(columns), Ok(paid()));
        let fresh = Columns { state: "open", paid: None, paid_currency: None, refunded: 0, told: None };
        assert_eq!(Position::from_columns(fresh), Ok(Position::new(State::Open)));
        for (columns, member) in [
            (Columns { state: "gone", ..fresh }, "state"),
            (Columns { paid: Some(1), ..fresh }, "paid_currency"),
            (Columns { paid: Some(-1), paid_currency: Some("CAD"), ..fresh }, "paid"),
            (Columns { paid: Some(1), paid_currency: Some("dollars"), ..fresh }, "paid_currency"),
            (Columns { refunded: -1, ..fresh }, "refunded"),
            (Columns { told: Some("{\"later\":1}"), ..fresh }, "told"),
            (Columns { told: Some(""), ..fresh }, "told"),
        ] {
            assert_eq!(Position::from_columns(columns), Err(PositionError { member }), "{columns:?}");
        }
    }

    #[test]
    fn what_is_not_a_position_is_an_error() {
        let good = paid().to_json();
        for (broken, member) in [
            (String::new(), "after"),
            ("{}".to_owned(), "after"),
            (good.replace("\"v\":1", "\"v\":2"), "v"),
            (good.replace("\"paid\",", "\"gone\","), "state"),
            (good.replace(":500", ":-500"), "after"),
            (good.replace("CAD", "dollars"), "after"),
            (good.replace("\"ended\"", "\"later\""), "after"),
            (good.replace("{\"v\"", "{\"w\":1,\"v\""), "after"),
        ] {
            assert_ne!(broken, good);
            assert_eq!(Position::from_json(&broken), Err(PositionError { member }), "{broken}");
        }
    }
}
