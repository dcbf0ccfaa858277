//! The reference of all actions, as one Markdown document.
//!
//! It is meant to lie in a folder beside the specification: its links to YAML files begin with `../`.

mod action;
mod anchors;
mod example;
mod fields;
mod language;
mod markdown;
mod types;

pub use language::language;

use crate::check::{Action, Callback, Cipher, Evidence, Framing, Protocol, Spec};
use crate::diagnostic::Position;
use anchors::{Anchors, Section};
use fields::Fields;
use markdown::{Table, code, codes, list, paragraph};

/// How the document is made anew.
const REGENERATE: &str = "UPDATE=1 cargo test -p ottpay-codegen --test integration reference";

/// The reference of everything that the specification declares.
pub fn markdown(spec: &Spec) -> String {
    let mut actions: Vec<&Action> = spec.actions().iter().collect();
    actions.sort_by(|a, b| (&a.source, &a.name).cmp(&(&b.source, &b.name)));
    let files: Vec<&[&Action]> = actions.chunk_by(|a, b| a.file.file == b.file.file).collect();
    let anchors = Anchors::of(spec, &files);
    let reference = Reference { spec, fields: Fields { spec, anchors: &anchors }, anchors: &anchors };
    let mut out = reference.introduction(&actions);
    files.iter().for_each(|methods| reference.file(methods, &mut out));
    out.push_str(
        "# Callbacks\n\nThe messages that the gateway posts to the merchant. The client's method of the same \
         name verifies one before anything in it can be read.\n\n",
    );
    for (index, callback) in spec.callbacks().iter().enumerate() {
        reference.callback(index, callback, &actions, &mut out);
    }
    reference.types(&mut out);
    reference.gateway(&mut out);
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

struct Reference<'a> {
    spec: &'a Spec,
    anchors: &'a Anchors<'a>,
    fields: Fields<'a>,
}

impl Reference<'_> {
    /// Title, legend and check list.
    fn introduction(&self, actions: &[&Action]) -> String {
        let Spec { shown, .. } = self.spec;
        let mut out = format!(
            "# Actions\n\n\
             Generated from the folder `{shown}/` by the generator: do not edit it.\n\
             After a change there run `{REGENERATE}`.\n\n\
             What stands here is on a page of the vendor, unless the row says *seen in clients* (not on a page of the \
             vendor, but public clients do it) or **assumed** (no page of the vendor and no client shows it here). \
             An action says so if no field of its request is on a page. *Page* leads to the page of a field that is \
             not on the one of its action. *Hidden* values are never shown by `Debug` or in errors.\n\n\
             An optional field of a request also has `maybe_…(option)`. A request ends with `.send().await`, a link \
             with `.url()`, SDK parameters with `.build()`. Types are explained [below](#types).\n\n\
             Which path an action wants and which callback follows it is what is expected; what is not certain of \
             it stands under *Not documented by the vendor*, of the action, the callback or the gateway.\n\n\
             An action is ticked (✓) if it has an example. The generator has checked it against the fields, and \
             `tests/integration/gateway/every_action.rs` plays it over HTTP against the sandbox: what is sealed in \
             both framings, a link as a browser opens it, SDK parameters as a plain call, because the SDK's own is \
             not documented.\n\n"
        );
        let heads =
            ["done", "method", "vendor's name", "travels as", "path", "effect", "evidence", "callback", "examples"];
        let mut table = Table::new(&heads);
        for action in actions {
            let callback = action.callback.and_then(|index| Some((index, self.spec.callbacks().get(index)?)));
            let callback = callback.map_or_else(
                || "–".to_owned(),
                |(index, callback)| self.anchors.link(&code(&callback.method), Section::Callback(index)),
            );
            let effect = match (action.write, action.reserves) {
                (_, true) => "reserves",
                (true, false) => "write",
                (false, false) => "read",
            };
            let base_url = action.base_url.as_deref().unwrap_or_default();
            let base_url = base_url.strip_prefix("https://").unwrap_or(base_url);
            table.row([
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
                evidence(action).to_owned(),
                callback,
                action.examples.len().to_string(),
            ]);
        }
        table.finish(&mut out);
        out
    }

    fn callback(&self, index: usize, callback: &Callback, actions: &[&Action], out: &mut String) {
        out.push_str(&format!("## {}\n\n", self.anchors.heading(Section::Callback(index))));
        let before = actions.iter().filter(|action| action.callback == Some(index));
        let before: Vec<_> =
            before.map(|action| self.anchors.link(&code(&action.name), Section::File(&action.file.file))).collect();
        let follows = if before.is_empty() { String::new() } else { format!(" Follows {}.", before.join(", ")) };
        paragraph(&format!("{}{follows}", callback.summary), out);
        declared(&callback.source, &callback.page, out);
        self.fields.received(&callback.fields, &callback.page, true, out);
        example::of_callback(callback, out);
        unknown(&callback.unknown, out);
    }

    fn gateway(&self, out: &mut String) {
        let gateway = self.spec.gateway();
        out.push_str("# The gateway\n\n");
        declared(&gateway.source, &gateway.page, out);
        let framing = match gateway.framing {
            Framing::Json => "plain JSON",
            Framing::Base64 => "the JSON as a whole in Base64",
        };
        let cipher = match gateway.cipher {
            Cipher::Ecb => "AES-128-ECB",
            Cipher::CbcZero => "AES-128-CBC with an IV of zeros",
            Cipher::CbcKey => "AES-128-CBC with the key as IV",
        };
        let (status, content_type, body) = &gateway.acknowledgement;
        let mut table = Table::new(&["what", "value"]);
        for (what, value) in [
            ("base address", code(&gateway.base_url)),
            ("path of actions that name none", code(&gateway.path)),
            ("other paths", codes(&gateway.other_paths)),
            ("framing of requests", framing.to_owned()),
            ("cipher of `data`", cipher.to_owned()),
            ("answer to a callback", format!("HTTP {status}, {}, {}", code(content_type), code(body))),
        ] {
            if !value.is_empty() {
                table.row([what.to_owned(), value]);
            }
        }
        table.finish(out);
        unknown(&gateway.unknown, out);
    }
}

/// What an action rests on if no field of its request is on a page of the vendor.
fn evidence(action: &Action) -> &'static str {
    let all = |these: &[Evidence]| action.request.iter().all(|field| these.contains(&field.evidence));
    match action.request.is_empty() {
        false if all(&[Evidence::Assumed]) => "**assumed**",
        false if all(&[Evidence::Assumed, Evidence::Clients]) => "seen in clients",
        _ => "",
    }
}

/// Where it is declared, and the vendor's page.
fn declared(source: &Position, page: &str, out: &mut String) {
    let file = &source.file;
    let declared = format!("Declared in [`{file}`](../{file})");
    match page {
        "" => paragraph(&format!("{declared}."), out),
        page => paragraph(&format!("{declared}; the vendor's page is <https://{page}>."), out),
    }
}

fn unknown(unknown: &[String], out: &mut String) {
    if !unknown.is_empty() {
        out.push_str("**Not documented by the vendor:**\n\n");
        list(unknown.iter().cloned(), out);
    }
}
