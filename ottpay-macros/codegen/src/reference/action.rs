//! The section of a file of `actions/`.

use ottpay_vocabulary::{Effect, Protocol};

use super::anchors::Section;
use super::context::Reference;
use super::example::action_examples;
use super::markdown::{code_list, write_list, write_paragraph};
use super::notes::{write_declaration, write_unknown};
use crate::check::{Action, Query, QueryValue};
use crate::prose::{code, line, paragraphs};

impl Reference<'_> {
    /// Writes the section for the methods of one file.
    pub(super) fn write_file(&self, methods: &[&Action], out: &mut String) {
        let Some(first) = methods.first() else { return };
        let names: Vec<&str> = methods.iter().map(|method| method.name.as_str()).collect();
        out.push_str(&format!("## {}\n\n", code_list(&names)));
        let reserves =
            |action: &Action| action.reserves_in_words().map_or_else(String::new, |words| format!(" {words}"));
        match methods {
            [only] => write_paragraph(&format!("{}{}", line(&only.summary), reserves(only)), out),
            _ => {
                let summaries = methods.iter().map(|method| {
                    let (name, action) = (code(&method.name), code(&method.action));
                    format!("{name} sends {action}: {}{}", line(&method.summary), reserves(method))
                });
                write_list(summaries, out);
            }
        }
        write_paragraph(&paragraphs(&first.doc), out);
        let action = if methods.len() == 1 { code(&first.action) } else { "Each".to_owned() };
        write_paragraph(&format!("{action}: {}", self.facts(first)), out);
        self.write_queries(first, out);
        write_declaration(&first.file, &first.page, out);
        self.fields.write_request(first, out);
        self.fields.write_reply(first, out);
        self.fields.write_returned(methods, out);
        action_examples(first, out);
        write_unknown(&first.unknown, out);
    }

    /// Lists the reads that report the outcome of a write, and how each is filled.
    fn write_queries(&self, action: &Action, out: &mut String) {
        let Some(moves) = action.moves_in_words() else { return };
        if let Some(reason) = &action.no_query {
            let reason = line(reason.trim_end_matches('.'));
            return write_paragraph(&format!("{moves} No query reports the outcome: {reason}."), out);
        }
        write_paragraph(&format!("{moves} To learn the outcome, query:"), out);
        let queries = action.queries.iter().map(|query| {
            let set = query.set.iter().map(|(name, value)| match value {
                QueryValue::Field(field) => format!("{} from {}", code(name), code(field)),
                QueryValue::Now => format!("{} from the time of the query", code(name)),
            });
            let set = set.collect::<Vec<_>>().join(", ");
            format!("{}{}, with {set}", self.query_link(query), query.evidence_in_words())
        });
        write_list(queries, out);
    }

    /// Returns the method of a query, with a link to its section.
    pub(super) fn query_link(&self, query: &Query) -> String {
        let target = self.spec.actions().iter().find(|action| action.name == query.action);
        match target {
            Some(target) => self.anchors.link(&code(&query.action), Section::File(&target.file.file)),
            None => code(&query.action),
        }
    }

    /// Describes how a call is sent, what it does, and what follows.
    fn facts(&self, action: &Action) -> String {
        let base_url = action.base_url.as_ref().unwrap_or(&self.spec.gateway().base_url);
        let address = code(&format!("{base_url}{}", action.path));
        let (how, effect) = match action.protocol {
            Protocol::Envelope => (
                format!("a sealed envelope of version {}, posted to {address}.", code(&action.version)),
                action.effect_in_words(),
            ),
            Protocol::Json => (
                format!("plain JSON without an envelope, posted to {address}. Only TLS protects it."),
                action.effect_in_words(),
            ),
            Protocol::Link => (
                format!("a link to {address} that the buyer's browser opens. Its parameters are not encrypted."),
                match action.effect {
                    Effect::Write => {
                        "It is assumed that opening it creates a payment: never hand it out twice for one order id."
                    }
                    Effect::Read => "Opening it changes nothing.",
                },
            ),
            Protocol::Sdk => (
                format!("parameters for the vendor's mobile SDK, which makes the call to {address}."),
                if action.effect == Effect::Write { "The call may move money." } else { "The call changes nothing." },
            ),
        };
        let callback = action.callback.and_then(|index| Some((index, self.spec.callbacks().get(index)?)));
        let follows = callback.map(|(index, callback)| {
            let link = self.anchors.link(&code(&callback.method), Section::Callback(index));
            format!(" The result is expected later, as the callback {link}.")
        });
        format!("{how} {effect}{}", follows.unwrap_or_default())
    }
}
