//! Spans and events as a subscriber receives them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::{LookupSpan, Registry};

/// The recorded spans, in the order in which they began.
#[derive(Clone, Default)]
pub(crate) struct Recorded(Arc<Mutex<Vec<Entry>>>);

/// A span or an event.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) target: String,
    /// The index of the span that contains it.
    pub(crate) parent: Option<usize>,
    pub(crate) fields: BTreeMap<String, String>,
    pub(crate) is_closed: bool,
    /// The names of the threads that have been in the span.
    pub(crate) threads: BTreeSet<String>,
}

impl Entry {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }
}

/// The index of a span's entry.
struct Place(usize);

impl Recorded {
    /// Records what this thread traces, until the guard is dropped.
    pub(crate) fn start() -> (Self, DefaultGuard) {
        let recorded = Self::default();
        let guard = tracing::subscriber::set_default(Registry::default().with(recorded.clone()));
        (recorded, guard)
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.0.lock().unwrap().clone()
    }

    /// The entries of this name.
    pub(crate) fn find_named(&self, name: &str) -> Vec<Entry> {
        self.entries().into_iter().filter(|entry| entry.name == name).collect()
    }

    fn add(&self, entry: Entry) -> usize {
        let mut entries = self.0.lock().unwrap();
        entries.push(entry);
        entries.len() - 1
    }

    fn change<S: Subscriber + for<'a> LookupSpan<'a>>(
        &self,
        id: &Id,
        context: &Context<'_, S>,
        change: impl FnOnce(&mut Entry),
    ) {
        let span = context.span(id).unwrap();
        let extensions = span.extensions();
        let place = extensions.get::<Place>().unwrap().0;
        change(&mut self.0.lock().unwrap()[place]);
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Recorded {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let span = context.span(id).unwrap();
        let parent = span.parent().map(|parent| parent.extensions().get::<Place>().unwrap().0);
        let metadata = attributes.metadata();
        let mut entry =
            Entry { name: metadata.name().into(), target: metadata.target().into(), parent, ..Entry::default() };
        attributes.record(&mut entry);
        span.extensions_mut().insert(Place(self.add(entry)));
    }

    fn on_record(&self, id: &Id, record: &Record<'_>, context: Context<'_, S>) {
        self.change(id, &context, |entry| record.record(entry));
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        let thread = std::thread::current().name().unwrap_or_default().to_owned();
        self.change(id, &context, |entry| _ = entry.threads.insert(thread));
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        self.change(&id, &context, |entry| entry.is_closed = true);
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let parent = context.event_span(event).map(|parent| parent.extensions().get::<Place>().unwrap().0);
        let metadata = event.metadata();
        let mut entry =
            Entry { name: metadata.name().into(), target: metadata.target().into(), parent, ..Entry::default() };
        event.record(&mut entry);
        self.add(entry);
    }
}

impl Visit for Entry {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields.insert(field.name().to_owned(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.fields.insert(field.name().to_owned(), format!("{value:?}"));
    }
}
