//! Rows of a list of orders or of messages.

use ottpay::Amount;
use ottpay::envelope::Message as Envelope;
use serde::Serialize;

use crate::address::encode_order_id;
use crate::clock::format_wire_time;
use crate::order::Order;
use crate::store::{Exchange, Note};

/// An order in a list.
pub(super) struct OrderRow {
    pub(super) id: String,
    pub(super) path: String,
    pub(super) action: &'static str,
    pub(super) amount: String,
    /// Empty if nothing has been refunded.
    pub(super) refunded: String,
    pub(super) state: &'static str,
    pub(super) created: String,
    pub(super) open: bool,
}

impl From<&Order> for OrderRow {
    fn from(order: &Order) -> Self {
        Self {
            id: order.id.clone(),
            path: encode_order_id(&order.id),
            action: order.action.name,
            amount: order.charged().in_currency(order.currency).to_string(),
            refunded: match order.refunded {
                Amount::ZERO => String::new(),
                refunded => refunded.in_currency(order.currency).to_string(),
            },
            state: order.state_word(),
            created: format_wire_time(order.created),
            open: order.is_open(),
        }
    }
}

/// An exchange in a list.
#[derive(Serialize)]
pub(super) struct MessageRow {
    #[serde(rename = "message")]
    pub(super) serial: i64,
    pub(super) at: String,
    pub(super) title: String,
    pub(super) order_id: String,
    #[serde(skip)]
    pub(super) order_path: Option<String>,
    pub(super) outcome: String,
    pub(super) note: Option<String>,
    /// The leniencies of the request.
    pub(super) notes: Vec<Note>,
}

impl From<&Exchange> for MessageRow {
    fn from(exchange: &Exchange) -> Self {
        let target = &exchange.target;
        let title = match (exchange.callback, &exchange.action) {
            (Some(_), _) => "callback".to_owned(),
            (None, Some(name)) => format!("{name} to {target}"),
            (None, None) if exchange.is_unserved() => format!("request to {target}, refused"),
            // The action that the message claims, which is not verified.
            (None, None) => match Envelope::read(&exchange.sent).ok().as_ref().and_then(|sent| sent.text("action")) {
                Some(action) => format!("{action:.40} to {target}, refused"),
                None => format!("unreadable request to {target}"),
            },
        };
        Self {
            serial: exchange.serial,
            at: format_wire_time(exchange.at),
            title,
            order_path: exchange.order_id.as_deref().map(encode_order_id),
            order_id: exchange.order_id.clone().unwrap_or_default(),
            outcome: describe_outcome(exchange),
            note: exchange.note.clone(),
            notes: exchange.notes.clone(),
        }
    }
}

/// Describes the result of an exchange: the response code and the HTTP status, if there are any.
pub(super) fn describe_outcome(exchange: &Exchange) -> String {
    let status = exchange.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    match &exchange.code {
        Some(code) => format!("{code} ({status})"),
        None => status,
    }
}
