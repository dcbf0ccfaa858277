//! Opens requests: verifies them and reads their fields.

use ottpay::Framing;
use ottpay::envelope::{Alteration, Fields, Message};
use ottpay::incoming::{MessageProblem, Recipient};
use ottpay::spec::Role;

use super::envelope_notes::{note_body, note_reading};
use super::framing::detect_framing;
use super::notes::Notes;
use super::refusal::Refusal;
use super::request::Request;
use super::state::Engine;
use crate::leniency::Leniency;

impl Engine {
    /// Opens an enveloped request. Returns its outer message and its verified fields.
    pub(super) fn open_enveloped<'a>(
        &self,
        body: &'a [u8],
        notes: &mut Notes,
    ) -> Result<(Message<'a>, Fields), Refusal> {
        let message = Message::read(body).map_err(|error| match Message::read_callback(body) {
            Ok(_) => Refusal::malformed(
                "expected a JSON object, but the request is a form; only callbacks may be forms: send JSON",
            ),
            Err(_) => Refusal::unopened(error),
        })?;
        // Before any member is used: a malformed or duplicate one must not be read in part.
        message.check_members().map_err(Refusal::unopened)?;
        require_member(&message, "action")?;
        require_member(&message, "merchant_id")?;
        let refuse = |problem| self.refuse_message(problem, "merchant_id");
        self.recipient().check_outer(&message).map_err(refuse)?;
        require_member(&message, "data")?;
        require_member(&message, "md5")?;
        let Some(opened) = self.recipient().open_request(&message).map_err(refuse)? else {
            return Ok((message, Fields::default()));
        };
        note_body(notes, body);
        note_reading(notes, &message, opened.reading);
        Ok((message, opened.fields))
    }

    /// Opens a call without an envelope. Returns its outer message and its fields.
    pub(super) fn open_plain(&self, body: &[u8], notes: &mut Notes) -> Result<(Message<'static>, Fields), Refusal> {
        let opened = Message::read_plain(body).map_err(Refusal::malformed)?;
        note_body(notes, body);
        if detect_framing(body) == Framing::Base64 {
            notes.add(Leniency::Base64Body);
        }
        Ok(opened)
    }

    /// Refuses fields that name another merchant.
    pub(super) fn check_merchant(
        &self,
        request: Request<'_>,
        message: &Message<'_>,
        notes: &mut Notes,
    ) -> Result<(), Refusal> {
        let Request { info, fields } = request;
        let name = info.request_field(Role::Merchant).map_or("merchant_id", |field| field.name);
        let checked = self.recipient().check_fields(fields, info.request);
        checked.map_err(|problem| self.refuse_message(problem, name))?;
        let named = [message.text("merchant_id"), fields.text(name)];
        if named.into_iter().flatten().any(|text| text.trim() != text) {
            notes.add(Leniency::PaddedMerchant);
        }
        Ok(())
    }

    /// Finds signs that a callback was assembled from parts of another one, which a client must reject.
    pub(crate) fn find_alterations(&self, body: &[u8]) -> Vec<Alteration> {
        let Ok(message) = Message::read_callback(body) else { return Vec::new() };
        let opened = self.recipient().open_callback(&message, &[], self.gateway().callbacks).ok().flatten();
        opened.map(|opened| opened.alterations).unwrap_or_default()
    }

    /// Returns the merchant that requests must be for.
    fn recipient(&self) -> Recipient<'_> {
        let settings = &self.settings;
        Recipient::new(&settings.sign_key, settings.cipher).merchant_id(&settings.merchant_id)
    }

    /// Refuses a message that does not open, or that names another merchant in this member.
    fn refuse_message(&self, problem: MessageProblem, member: &str) -> Refusal {
        match problem {
            MessageProblem::OtherMerchant { .. } => {
                let own = &self.settings.merchant_id;
                Refusal::invalid(format!("{member}: unknown merchant; this sandbox serves only {own}"))
            }
            problem => Refusal::unopened(problem),
        }
    }
}

/// Returns a required member of the outer object, and refuses the request if the member is missing or contains only
/// spaces.
pub(super) fn require_member<'a>(message: &'a Message<'_>, name: &str) -> Result<&'a str, Refusal> {
    let text = message.text(name).filter(|text| !text.trim().is_empty());
    text.ok_or_else(|| Refusal::malformed(format!("{name}: required in the message, but absent")))
}
