//! How an envelope opens or where it does not: what everybody fights with first. Values that the specification calls
//! sensitive are left out of the log.

use std::collections::BTreeSet;

use ottpay::envelope::explain::{Explanation, explain};
use ottpay::info::Gateway;

use crate::check::plain_name;
use crate::engine::Engine;

/// Which values are not shown.
#[derive(Default)]
pub(crate) struct Sensitive {
    /// Names under which a sensitive value travels.
    names: BTreeSet<&'static str>,
    /// All other names that the specification knows.
    harmless: BTreeSet<&'static str>,
}

impl Sensitive {
    /// What the specification calls so.
    pub(crate) fn of(gateway: &'static Gateway) -> Self {
        let messages = gateway.actions.iter().flat_map(|info| info.request.iter().chain(info.reply));
        let fields = messages.chain(gateway.callbacks.iter().flat_map(|info| info.fields));
        let mut sensitive = Self::default();
        for field in fields {
            let names = if field.sensitive { &mut sensitive.names } else { &mut sensitive.harmless };
            names.extend(std::iter::once(field.name).chain(field.aliases.iter().copied()));
        }
        sensitive
    }

    /// Whether a value of this name is not shown. A name that is unknown and nearly that of a sensitive field counts as
    /// well: who misspells it has no right digest either, and would find the value in the log.
    pub(crate) fn hides(&self, name: &str) -> bool {
        if self.names.contains(name) || self.harmless.contains(name) {
            return self.names.contains(name);
        }
        let begins = |long: &str, short: &str| short.len() >= 4 && long.starts_with(short);
        let name = plain_name(name);
        self.names.iter().map(|known| plain_name(known)).any(|known| {
            let slips = strsim::damerau_levenshtein(&name, &known);
            begins(&name, &known) || begins(&known, &name) || slips <= known.len() / 5
        })
    }

    /// Whether a text that cannot be read has one of the names in it.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.names.iter().any(|name| text.contains(&name.to_lowercase()))
    }
}

/// Each field in the order of the digest, a sensitive value replaced by its name; and whether there was one.
pub(crate) fn shown(explanation: &Explanation, sensitive: &Sensitive) -> (Vec<(String, String)>, bool) {
    let mut hidden = false;
    let fields = explanation.fields().iter().map(|(name, value)| {
        let hides = sensitive.hides(name);
        hidden |= hides;
        (name.clone(), if hides { format!("[{name}]") } else { value.clone() })
    });
    (fields.collect(), hidden)
}

/// The values one after the other, as the digest takes them, sensitive ones replaced.
pub(crate) fn concatenation(explanation: &Explanation, fields: &[(String, String)], hidden: bool) -> Option<String> {
    let whole = explanation.concatenation()?;
    Some(if hidden { fields.iter().map(|(_, value)| &**value).collect() } else { whole.to_owned() })
}

/// Says in the log at which step a sealed message does not open, and the likely cause.
pub(crate) fn log(engine: &Engine, body: &[u8]) {
    let explanation = explain(body, &engine.sign_key, engine.cipher);
    let Some(problem) = explanation.problem() else { return };
    let steps: Vec<&str> = explanation.steps.iter().map(|step| step.title).collect();
    tracing::warn!("steps: {}", steps.join(" → "));
    let (fields, hidden) = shown(&explanation, &Sensitive::of(engine.gateway));
    if hidden {
        tracing::warn!(
            "the values and their digest are left out, as some are sensitive: the page of the message has them"
        );
    } else if let Some(concatenation) = concatenation(&explanation, &fields, hidden) {
        let names: Vec<&str> = fields.iter().map(|(name, _)| &**name).collect();
        tracing::warn!("sorted by name: {}; concatenation: {concatenation:?}", names.join(", "));
    }
    // From the digest a short value that is hidden could be guessed.
    let digests = explanation.md5_computed().zip(explanation.md5_received());
    if let Some((expected, received)) = digests.filter(|_| !hidden) {
        tracing::warn!("digest: expected {expected}, received {received}");
    }
    let cause = problem.cause.as_deref().unwrap_or("look at the steps on the page of the message");
    tracing::warn!("it fails: {problem}; likely cause: {cause}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_secret_is_a_secret() {
        let sensitive = Sensitive::of(&ottpay::GATEWAY);
        for name in ["cc_number", "CC_NUMBER", "ccNumber", "cc_num", "auth_code", "authCode", "wxapikey", "wx_api_key"]
        {
            assert!(sensitive.hides(name), "{name}");
        }
        for name in ["amount", "Amount", "order_id", "orderID", "callback_url", "biz_type", "x", ""] {
            assert!(!sensitive.hides(name), "{name}");
        }
        assert!(!Sensitive::default().hides("cc_number"));
    }
}
