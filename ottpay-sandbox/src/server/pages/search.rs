//! The search on the start page, in the query of its URL: `?q=T1&state=paid`.

use ottpay::spec::Gateway;
use ottpay::{Amount, Currency};
use serde::Deserialize;

use crate::address::encode_query_value;
use crate::engine::Engine;
use crate::order::{OrderKind, OrderState, REFUNDED};
use crate::store::{Filter, OrderSearch};

/// The maximum length of the search string, in characters.
const MAX_TEXT: usize = 200;

/// The parameters of the query. Empty ones come from empty inputs of the form.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(super) struct Search {
    pub(super) q: String,
    pub(super) state: String,
    pub(super) action: String,
    pub(super) amount: String,
    /// The numbers before which the lists start; without one, a list starts with the latest item.
    pub(super) orders: Option<i64>,
    pub(super) messages: Option<i64>,
}

/// An option of a select list, and whether it is selected.
pub(super) struct Choice {
    pub(super) word: &'static str,
    pub(super) chosen: bool,
}

impl Search {
    /// Returns whether the query restricts the lists.
    pub(super) fn is_active(&self) -> bool {
        [&self.q, &self.state, &self.action, &self.amount].iter().any(|part| !part.trim().is_empty())
    }

    /// Returns the search for orders, or the error in the query.
    pub(super) fn select_orders(&self, engine: &Engine, limit: u32) -> Result<OrderSearch, String> {
        let (kind, state) = self.read_state()?;
        Ok(OrderSearch {
            text: self.read_text(),
            kind,
            state,
            action: read_word(&self.action),
            amount: self.read_amount(engine.currency())?,
            before: self.orders,
            limit,
        })
    }

    /// Returns the filter for messages, which do not have a state or an amount.
    pub(super) fn select_messages(&self) -> Filter {
        Filter { text: self.read_text(), action: read_word(&self.action), ..Filter::default() }
    }

    fn read_text(&self) -> Option<String> {
        read_word(&self.q).map(|text| text.chars().take(MAX_TEXT).collect())
    }

    /// Parses the state. A completed refund has the same state as a paid order, but a different word.
    fn read_state(&self) -> Result<(Option<OrderKind>, Option<OrderState>), String> {
        match self.state.trim() {
            "" => Ok((None, None)),
            REFUNDED => Ok((Some(OrderKind::Refund), Some(OrderState::Paid))),
            word => match OrderState::from_name(word) {
                Some(OrderState::Paid) => Ok((Some(OrderKind::Payment), Some(OrderState::Paid))),
                Some(state) => Ok((None, Some(state))),
                None => Err(format!("state: expected {}", OrderState::list_names().collect::<Vec<_>>().join(", "))),
            },
        }
    }

    fn read_amount(&self, own: Currency) -> Result<Option<(Amount, Currency)>, String> {
        let Some(text) = read_word(&self.amount) else { return Ok(None) };
        let (number, currency) = match text.split_once(' ') {
            Some((number, code)) => (number, Currency::new(code).map_err(|error| format!("amount: {error}"))?),
            None => (&*text, own),
        };
        let amount = Amount::parse(number, currency).map_err(|error| format!("amount: {error}"))?;
        Ok(Some((amount, currency)))
    }

    pub(super) fn list_states(&self) -> Vec<Choice> {
        let words = OrderState::list_names().chain([REFUNDED]);
        words.map(|word| Choice { word, chosen: self.state == word }).collect()
    }

    pub(super) fn list_actions(&self, gateway: &'static Gateway) -> Vec<Choice> {
        gateway.actions.iter().map(|info| Choice { word: info.name, chosen: self.action == info.name }).collect()
    }

    /// Returns the URL of the page whose list of orders starts before this one.
    pub(super) fn with_orders(&self, before: Option<i64>) -> String {
        Self { orders: before, ..self.clone() }.format_address()
    }

    /// Returns the URL of the page whose list of messages starts before this one.
    pub(super) fn with_messages(&self, before: Option<i64>) -> String {
        Self { messages: before, ..self.clone() }.format_address()
    }

    fn format_address(&self) -> String {
        let text =
            |name: &str, value: &str| read_word(value).map(|value| format!("{name}={}", encode_query_value(&value)));
        let number = |name: &str, value: Option<i64>| value.map(|value| format!("{name}={value}"));
        let parts = [
            text("q", &self.q),
            text("state", &self.state),
            text("action", &self.action),
            text("amount", &self.amount),
            number("orders", self.orders),
            number("messages", self.messages),
        ];
        format!("/sandbox?{}", parts.into_iter().flatten().collect::<Vec<_>>().join("&"))
    }
}

fn read_word(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}
