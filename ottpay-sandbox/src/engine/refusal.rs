//! Refuses requests, and logs the cause.

use ottpay::envelope::Message;

use super::state::Engine;
use crate::code;
use crate::error::SandboxError;
use crate::line::fit;
use crate::redact::{Redaction, redact_concatenation, redact_fields};

/// The maximum length of the message in a reply, and of a stored cause, in characters.
const MAX_MESSAGE: usize = 300;
pub(super) const MAX_CAUSE: usize = 1000;

/// A refusal: a response code of the specification, and a sentence for the developer, which does not contain sensitive
/// values.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) code: String,
    pub(crate) message: String,
    /// Whether the request could not be opened, so that [`Engine::explain_refusal`] can find a likely cause.
    is_unopened: bool,
}

impl Refusal {
    pub(super) fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), is_unopened: false }
    }

    /// Refuses a message that cannot be opened.
    pub(super) fn unopened(problem: impl ToString) -> Self {
        Self { is_unopened: true, ..Self::malformed(problem) }
    }

    /// Returns the cause on one line.
    pub(crate) fn cause(&self) -> String {
        fit(&self.message, MAX_CAUSE)
    }

    /// Refuses a request that breaks the rules of the protocol.
    pub(super) fn malformed(problem: impl ToString) -> Self {
        Self::new(code::PARAM_ERROR, problem.to_string())
    }

    /// Converts the refusal to a reply.
    pub(super) fn into_message(self) -> Message<'static> {
        let message = fit(&self.message, MAX_MESSAGE);
        Message::new([("rsp_code", self.code), ("rsp_msg", message)])
    }

    /// Refuses a value that the gateway does not accept.
    pub(super) fn invalid(problem: impl Into<String>) -> Self {
        Self::new(code::PARAM_INVALID, problem)
    }
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        Self::new(code::DB_ERROR, SandboxError::from(error).to_string())
    }
}

impl Engine {
    /// Logs the step at which an enveloped message does not open, without sensitive values, and adds the likely cause
    /// to the refusal.
    pub(super) fn explain_refusal(&self, refusal: &mut Refusal, body: &[u8]) {
        let explanation = self.explain(body);
        let Some(problem) = explanation.problem() else { return };
        let steps: Vec<&str> = explanation.steps.iter().map(|step| step.title).collect();
        tracing::warn!("steps: {}", steps.join(" → "));
        let (fields, hidden) = redact_fields(&explanation, &Redaction::of_sensitive(self.settings.gateway));
        if hidden {
            tracing::warn!("values and digest omitted because some are sensitive; the page of the message shows them");
        } else if let Some(concatenation) = redact_concatenation(&explanation, &fields, hidden) {
            let names: Vec<&str> = fields.iter().map(|(name, _)| &**name).collect();
            tracing::warn!("sorted by name: {}; concatenation: {concatenation:?}", names.join(", "));
        }
        // A short hidden value could be guessed from the digest.
        let digests = explanation.md5_computed().zip(explanation.md5_received());
        if let Some((expected, received)) = digests.filter(|_| !hidden) {
            tracing::warn!("digest: expected {expected}, received {received}");
        }
        if let Some(cause) = problem.cause.as_deref().filter(|_| refusal.is_unopened) {
            refusal.message += &format!("; likely cause: {cause}");
        }
    }
}
