//! Replies that are altered in transit, some of them with the key.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ottpay::envelope::{Message, Sealed, seal};
use ottpay::spec::{ActionInfo, Role};
use ottpay::{Framing, GATEWAY, SignKey};

use super::fault::OnWire;

const OTHER_MERCHANT: &str = "ON99999999";

/// The reply with something altered; `None` if there is nothing to alter in it.
pub(crate) fn alter(on: OnWire, body: &[u8], key: &SignKey, info: &ActionInfo) -> Option<Vec<u8>> {
    let message = Message::read(body).ok()?;
    let member = |name| message.text(name).map(str::to_owned);
    let mut sealed = Sealed { data: member("data")?, md5: member("md5")? };
    let fields = message.open(key, GATEWAY.cipher).ok()??;
    let mut fields: BTreeMap<String, String> =
        fields.iter().filter_map(|(name, value)| Some((name.to_owned(), value.as_text()?.to_owned()))).collect();
    let mut merchant = member("merchant_id")?;
    let mut replace = |role: Role, text: &str| {
        let name = info.reply_field(role)?.name;
        fields.get_mut(name).map(|value| text.clone_into(value))
    };
    match on {
        OnWire::WrongDigest => {
            let first = if sealed.md5.starts_with('0') { "1" } else { "0" };
            sealed.md5.replace_range(..1, first);
        }
        OnWire::SwappedBlocks => {
            // It may be on several lines.
            let mut blocks = BASE64_STANDARD.decode(sealed.data.replace('\n', "")).ok()?;
            let (first, rest) = blocks.split_at_mut_checked(16)?;
            first.swap_with_slice(rest.get_mut(..16)?);
            sealed.data = BASE64_STANDARD.encode(blocks);
        }
        OnWire::OtherMerchant => {
            OTHER_MERCHANT.clone_into(&mut merchant);
            let _ = replace(Role::Merchant, OTHER_MERCHANT);
            sealed = seal(&fields, key, GATEWAY.cipher);
        }
        OnWire::OtherOrder => {
            let own = [Role::Order, Role::Refund, Role::CheckoutOrder];
            own.into_iter().filter_map(|role| replace(role, "X9")).last()?;
            sealed = seal(&fields, key, GATEWAY.cipher);
        }
        OnWire::UnreadableMoney => {
            replace(Role::Amount, "1,999")?;
            sealed = seal(&fields, key, GATEWAY.cipher);
        }
        _ => return None,
    }
    let members = [
        ("rsp_code", member("rsp_code")?),
        ("rsp_msg", member("rsp_msg")?),
        ("merchant_id", merchant),
        ("data", sealed.data),
        ("md5", sealed.md5),
    ];
    let framing = if body.starts_with(b"{") { Framing::Json } else { Framing::Base64 };
    Some(Message::new(members).to_body(framing))
}
