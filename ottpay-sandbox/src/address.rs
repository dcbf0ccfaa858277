//! Addresses below the sandbox: where the pages of an order are.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What an order id keeps in a path: the unreserved characters of RFC 3986.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The path of the page on which the buyer pays an order.
pub(crate) fn payment_path(order_id: &str) -> String {
    format!("/pay/{}", encode_order_id(order_id))
}

/// An order id as one segment of a path.
pub(crate) fn encode_order_id(id: &str) -> String {
    utf8_percent_encode(id, ESCAPED).to_string()
}

/// A value in the query of an address.
pub(crate) fn encode_query_value(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

/// An address up to its query or fragment, which may contain a key.
pub(crate) fn hide_query(url: &str) -> String {
    match url.split_once(['?', '#']) {
        Some((address, _)) => format!("{address}?…"),
        None => url.to_owned(),
    }
}
