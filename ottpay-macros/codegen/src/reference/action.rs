//! The section of a file of `actions/`.

use ottpay_vocabulary::{Effect, Protocol};

use super::anchors::Section;
use super::context::Reference;
use super::example::action_examples;
use super::markdown::{codes, list, paragraph};
use super::notes::{declared, unknown};
use crate::check::Action;
use crate::prose::{code, line, paragraphs};

impl Reference<'_> {
    /// The methods that one file gives the client.
    pub(super) fn file(&self, methods: &[&Action], out: &mut String) {
        let Some(first) = methods.first() else { return };
        let names: Vec<&str> = methods.iter().map(|method| method.name.as_str()).collect();
        out.push_str(&format!("## {}\n\n", codes(&names)));
        let reserves =
            |action: &Action| action.reserves_in_words().map_or_else(String::new, |words| format!(" {words}"));
        match methods {
            [only] => paragraph(&format!("{}{}", line(&only.summary), reserves(only)), out),
            _ => {
                let summaries = methods.iter().map(|method| {
                    let (name, action) = (code(&method.name), code(&method.action));
                    format!("{name} sends {action}: {}{}", line(&method.summary), reserves(method))
                });
                list(summaries, out);
            }
        }
        paragraph(&paragraphs(&first.doc), out);
        let action = if methods.len() == 1 { code(&first.action) } else { "Each".to_owned() };
        paragraph(&format!("{action}: {}", self.facts(first)), out);
        declared(&first.file, &first.page, out);
        self.fields.request(first, out);
        self.fields.reply(first, out);
        self.fields.returned(methods, out);
        action_examples(first, out);
        unknown(&first.unknown, out);
    }

    /// How a call travels, what it does, and what follows.
    fn facts(&self, action: &Action) -> String {
        let base_url = action.base_url.as_ref().unwrap_or(&self.spec.gateway().base_url);
        let address = code(&format!("{base_url}{}", action.path));
        let (how, effect) = match action.protocol {
            Protocol::Envelope => (
                format!("a sealed envelope of version {}, posted to {address}.", code(&action.version)),
                action.effect_in_words(),
            ),
            Protocol::Json => (
                format!("plain JSON without an envelope, posted to {address}. TLS is all that protects it."),
                action.effect_in_words(),
            ),
            Protocol::Link => (
                format!("a link to {address} that the buyer's browser opens. Nothing in it is sealed."),
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
