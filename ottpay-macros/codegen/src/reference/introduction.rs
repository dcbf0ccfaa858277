//! Title, legend and checklist.

use ottpay_vocabulary::{Effect, Evidence, Protocol};

use super::anchors::Section;
use super::context::Reference;
use super::markdown::Table;
use crate::check::Action;
use crate::prose::code;

/// The command that regenerates the document.
const REGENERATE: &str = "UPDATE=1 cargo test -p ottpay-codegen --test integration reference";

impl Reference<'_> {
    /// Writes title, legend and checklist.
    pub(super) fn write_introduction(&self, actions: &[&Action]) -> String {
        let shown = code(&format!("{}/", self.spec.shown));
        let mut out = format!(
            "# Actions\n\n\
             Generated from the folder {shown}: do not edit it. After a change there, run `{REGENERATE}`.\n\n\
             Each row is documented on a page of the vendor, unless it is marked as *seen in clients* (not on a page, \
             but public clients do it) or **assumed** (neither a page nor a client shows it). An action is marked if \
             no field of its request is on a page. *Page* links to the page of a field if it is not the action's. \
             *Hidden* values are never shown by `Debug` or in errors.\n\n\
             The mark of a row applies to its first name. The other names are spellings of other pages, of the \
             vendor's newer API or of clients, and are not marked. The classes of values and codes are this \
             specification's interpretation: no page states them. A value or code may come from a page other than the \
             cited one; if it is only seen in clients, its meaning says so.\n\n\
             An optional field of a request also has `maybe_…(option)`. A request ends with `.send().await`, a link \
             with `.url()`, SDK parameters with `.build()`. Types are explained [below](#types).\n\n\
             The path and the callback of an action are the expected ones; if one of them is uncertain, it is listed \
             under *Not documented by the vendor* of the action, the callback or the gateway.\n\n\
             An action is ticked (✓) if it has an example. The generator checks the example against the fields, and \
             `tests/integration/gateway/every_action.rs` runs it over HTTP against the sandbox: sealed requests in \
             both framings, a link as a browser opens it, SDK parameters as a plain call, because the SDK's own call is \
             not documented.\n\n"
        );
        let heads = [
            "done",
            "method",
            "vendor's name",
            "protocol",
            "path",
            "effect",
            "evidence",
            "query",
            "callback",
            "examples",
        ];
        let mut table = Table::new(&heads);
        for action in actions {
            let callback = action.callback.and_then(|index| Some((index, self.spec.callbacks().get(index)?)));
            let callback = callback.map_or_else(
                || "–".to_owned(),
                |(index, callback)| self.anchors.link(&code(&callback.method), Section::Callback(index)),
            );
            let effect = match (action.effect, action.reserves) {
                (_, true) => "reserves",
                (Effect::Write, false) => "write",
                (Effect::Read, false) => "read",
            };
            let queries = action
                .queries
                .iter()
                .map(|query| format!("{}{}", self.query_link(query), query.evidence_in_words()))
                .collect::<Vec<_>>()
                .join(", ");
            let base_url = action.base_url.as_deref().unwrap_or_default();
            let base_url = base_url.strip_prefix("https://").unwrap_or(base_url);
            table.push_row([
                if action.examples.is_empty() { "–" } else { "✓" }.to_owned(),
                self.anchors.link(&code(&action.name), Section::File(&action.file.file)),
                code(&action.action),
                match action.protocol {
                    Protocol::Envelope => format!("envelope {}", action.version),
                    Protocol::Json => "plain JSON".to_owned(),
                    Protocol::Link => "link".to_owned(),
                    Protocol::Sdk => "SDK parameters".to_owned(),
                },
                code(&format!("{base_url}{}", action.path)),
                effect.to_owned(),
                request_evidence(action).to_owned(),
                queries,
                callback,
                action.examples.len().to_string(),
            ]);
        }
        table.write(&mut out);
        out
    }
}

/// Returns the evidence for an action if none of its request fields is on a page of the vendor.
fn request_evidence(action: &Action) -> &'static str {
    let all = |these: &[Evidence]| action.request.iter().all(|field| these.contains(&field.evidence));
    match action.request.is_empty() {
        false if all(&[Evidence::Assumed]) => "**assumed**",
        false if all(&[Evidence::Assumed, Evidence::Clients]) => "seen in clients",
        _ => "",
    }
}
