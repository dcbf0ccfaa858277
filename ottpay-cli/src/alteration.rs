//! The signs of alteration that `open` and `explain` report.

use ottpay::envelope::{Alteration, Message};
use ottpay::incoming::Recipient;
use ottpay::{GATEWAY, SignKey};

/// Finds signs of alteration in a message that opens. A request has none, because its sender may write it in any form;
/// neither has a bare pair of `data` and `md5`.
///
/// Replies and callbacks cannot be distinguished for certain. The rules for callbacks apply if `is_callback`, or if
/// there is a merchant outside `data`, as in callbacks.
pub(crate) fn find_alterations(message: &Message<'_>, key: &SignKey, is_callback: bool) -> Vec<Alteration> {
    let outer = message.text("merchant_id");
    let is_sent_to_merchants = message.code().is_some() || outer.is_some();
    if !is_callback && (message.text("action").is_some() || !is_sent_to_merchants) {
        return Vec::new();
    }
    let opened = Recipient::new(key, GATEWAY.cipher).open_callback(message, &[], GATEWAY.callbacks).ok().flatten();
    let mut alterations = opened.map(|opened| opened.alterations).unwrap_or_default();
    if !is_callback && outer.is_none() {
        // The other signs are about the fields of a callback, which a reply does not have.
        alterations.retain(|sign| {
            matches!(sign, Alteration::RepeatedBlock { .. } | Alteration::WhiteSpace { .. } | Alteration::Escape { .. })
        });
    }
    alterations
}
