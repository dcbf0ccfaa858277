//! The section of a callback.

use super::anchors::Section;
use super::context::Reference;
use super::example::callback_examples;
use super::markdown::write_paragraph;
use super::notes::{write_declaration, write_unknown};
use crate::check::{Action, Callback};
use crate::prose::{code, line};

impl Reference<'_> {
    pub(super) fn write_callback(&self, index: usize, callback: &Callback, actions: &[&Action], out: &mut String) {
        out.push_str(&format!("## {}\n\n", self.anchors.heading(Section::Callback(index))));
        let before = actions.iter().filter(|action| action.callback == Some(index));
        let before: Vec<_> =
            before.map(|action| self.anchors.link(&code(&action.name), Section::File(&action.file.file))).collect();
        let follows = if before.is_empty() { String::new() } else { format!(" Follows {}.", before.join(", ")) };
        write_paragraph(&format!("{}{follows}", line(&callback.summary)), out);
        write_declaration(&callback.source, &callback.page, out);
        self.fields.write_received(&callback.fields, &callback.page, true, out);
        callback_examples(callback, out);
        write_unknown(&callback.unknown, out);
    }
}
