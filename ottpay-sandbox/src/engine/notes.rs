//! Collects the leniencies of a request, each once and with the names of the fields.

use std::collections::BTreeMap;

use crate::leniency::Leniency;
use crate::line::show_name;
use crate::store::Note;

/// The maximum number of names in a note.
const MAX_NAMES: usize = 5;

/// The leniencies of one request.
#[derive(Debug, Default)]
pub(super) struct Notes(BTreeMap<Leniency, Names>);

/// Names of fields or other details, and the number of those that are left out.
#[derive(Debug, Default)]
struct Names {
    listed: Vec<String>,
    more: usize,
}

impl Notes {
    /// Notes a leniency of the whole request.
    pub(super) fn add(&mut self, leniency: Leniency) {
        self.0.entry(leniency).or_default();
    }

    /// Notes a leniency of the field with this name.
    pub(super) fn add_at(&mut self, leniency: Leniency, name: &str) {
        self.add_detail(leniency, || show_name(name));
    }

    /// Notes a leniency with a detail, which must not contain anything that the client sent.
    pub(super) fn add_detail(&mut self, leniency: Leniency, detail: impl FnOnce() -> String) {
        let names = self.0.entry(leniency).or_default();
        match names.listed.len() < MAX_NAMES {
            true => names.listed.push(detail()),
            false => names.more += 1,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Writes the notes, in the order of the list of leniencies.
    pub(super) fn write(&self) -> Vec<Note> {
        let write = |(leniency, names): (&Leniency, &Names)| {
            let mut text = leniency.description().to_owned();
            if !names.listed.is_empty() {
                text += &format!(": {}", names.listed.join(", "));
            }
            if names.more > 0 {
                text += &format!(" and {} more", names.more);
            }
            Note { name: leniency.name().to_owned(), text }
        };
        self.0.iter().map(write).collect()
    }
}
