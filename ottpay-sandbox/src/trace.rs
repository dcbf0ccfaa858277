//! How an envelope opens or where it does not: what everybody fights with first. Values that the specification calls
//! sensitive are left out of the log.

use std::collections::BTreeSet;

use ottpay::envelope::explain::{Explanation, explain};
use ottpay::info::{FieldInfo, Gateway};

use crate::engine::Engine;

/// Names of fields, under which a sensitive value may travel.
pub(crate) fn sensitive_names(gateway: &'static Gateway) -> BTreeSet<&'static str> {
    let requests = gateway.actions.iter().flat_map(|info| info.request.iter().chain(info.reply));
    let fields = requests.chain(gateway.callbacks.iter().flat_map(|info| info.fields));
    let names = |field: &'static FieldInfo| std::iter::once(field.name).chain(field.aliases.iter().copied());
    fields.filter(|field| field.sensitive).flat_map(names).collect()
}

/// Each field in the order of the digest, a sensitive value replaced by its name; and whether there was one.
pub(crate) fn shown(explanation: &Explanation, sensitive: &BTreeSet<&str>) -> (Vec<(String, String)>, bool) {
    let mut hidden = false;
    let fields = explanation.fields().iter().map(|(name, value)| {
        let hides = sensitive.contains(&**name);
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
    let (fields, hidden) = shown(&explanation, &sensitive_names(engine.gateway));
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
