//! Opens what is posted to the gateway.

use ottpay::Framing;
use ottpay::envelope::{Fields, Message};
use ottpay::incoming::Recipient;

use super::refusal::Refusal;
use super::state::Engine;

impl Engine {
    /// The verified fields of an enveloped request, and the message around them.
    pub(super) fn open_enveloped(&self, body: &[u8]) -> Result<(Message, Fields), Refusal> {
        let message = Message::read(body).map_err(Refusal::malformed)?;
        require_member(&message, "action")?;
        let own = &self.settings.merchant_id;
        if require_member(&message, "merchant_id")? != own {
            return Err(Refusal::invalid(format!("merchant_id: no such merchant; the sandbox knows {own} only")));
        }
        require_member(&message, "data")?;
        require_member(&message, "md5")?;
        let gateway = Recipient::new(&self.settings.sign_key, self.settings.cipher);
        let fields = gateway.open(&message, []).map_err(Refusal::malformed)?;
        let fields = fields.map(|received| received.fields().clone()).unwrap_or_default();
        Ok((message, fields))
    }

    /// The fields of a call without an envelope, and the message around them.
    pub(super) fn open_plain(&self, body: &[u8]) -> Result<(Message, Fields), Refusal> {
        Message::read_plain(body).map_err(Refusal::malformed)
    }
}

/// A member of the outer object that every enveloped request has.
pub(super) fn require_member<'a>(message: &'a Message, name: &str) -> Result<&'a str, Refusal> {
    message.text(name).ok_or_else(|| Refusal::malformed(format!("{name}: required in the message, but absent")))
}

/// The framing in which a body came. The answer to one that cannot be read is JSON, which every client can read.
pub(super) fn detect_framing(body: &[u8]) -> Framing {
    let is_json = body.trim_ascii_start().starts_with(b"{") || body.starts_with(b"\xef\xbb\xbf");
    if is_json || Message::read(body).is_err() { Framing::Json } else { Framing::Base64 }
}
