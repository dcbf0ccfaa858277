//! Builds the URLs of the sandbox's pages.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Percent-encodes everything in an order id but the unreserved characters of RFC 3986.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Returns the path of the page on which the buyer pays an order.
pub(crate) fn payment_path(order_id: &str) -> String {
    format!("/pay/{}", encode_order_id(order_id))
}

/// Encodes an order id as one path segment.
pub(crate) fn encode_order_id(id: &str) -> String {
    utf8_percent_encode(id, ESCAPED).to_string()
}

/// Encodes a value for the query of a URL.
pub(crate) fn encode_query_value(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

/// Removes the query and the fragment of a URL, which may contain a key.
pub(crate) fn hide_query(url: &str) -> String {
    match url.split_once(['?', '#']) {
        Some((address, _)) => format!("{address}?…"),
        None => url.to_owned(),
    }
}
