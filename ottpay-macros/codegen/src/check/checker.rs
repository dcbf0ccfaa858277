//! Checks a specification item by item, so that the caller knows which file each step is about.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use super::action::{Known, check_action};
use super::callback::check_callback;
use super::duplicate::reject_duplicate_actions;
use super::gateway::check_gateway;
use super::library::Library;
use super::model::{Action, Callback, Gateway, Spec, StandIns};
use super::page::resolve_page_names;
use super::query::{Pending, Targets, check_queries};
use super::rust_names::reject_clashing_names;
use super::stand_ins::{find_entries, replace_invalid_items};
use super::types::Types;
use super::types_file::add_types;
use super::unused::report_unused;
use crate::diagnostic::{Diagnostics, Mistake, Position};
use crate::names::to_snake;
use crate::read::{LOST, RawAction, RawCallback, RawPages, RawSpec, names_under};

/// A specification while it is checked: items move one by one from the raw model to the checked one.
pub(crate) struct Checker {
    shown: String,
    files: Vec<String>,
    extends: bool,
    /// The methods that the client already has.
    methods: BTreeSet<String>,
    entries: BTreeSet<Position>,
    gateway: Gateway,
    types: Types,
    callbacks: Vec<Callback>,
    callbacks_are_unreadable: bool,
    actions: Vec<Action>,
    /// The reads of the library.
    library_actions: Vec<Action>,
    /// The stems of action files that could not be read or checked.
    unread: Vec<String>,
    /// The callbacks still to check, and whether each belongs to the library.
    raw_callbacks: VecDeque<(RawCallback, bool)>,
    /// The action files still to check, by stem, and whether each belongs to the library.
    raw_actions: VecDeque<(String, RawAction, bool)>,
    /// The queries to check after all actions, file by file.
    pending: VecDeque<Pending>,
}

impl Checker {
    /// Checks what all files share. `library` is the specification that this one extends.
    pub(crate) fn new(mut raw: RawSpec, library: Option<Library>, diagnostics: &mut Diagnostics) -> Self {
        let extends = library.is_some();
        let Library { raw: mut base, methods } = library.unwrap_or_default();
        // First of all, so that every later step sees pages and no names of pages.
        resolve_page_names(&mut base, &RawPages::default(), diagnostics);
        resolve_page_names(&mut raw, &base.types.pages, diagnostics);
        let entries = find_entries(&raw);
        report_unused(&raw, &base, diagnostics);
        let gateway = if extends { base.gateway } else { raw.gateway };
        // If a code could not be read, the enum of codes is incomplete, so what uses it is not checked.
        let codes_are_known = gateway.as_ref().is_some_and(|gateway| {
            gateway.misread.iter().all(|key| !matches!(*key, "codes" | LOST))
                && gateway.codes.iter().all(|code| code.misread.is_empty())
        });
        let gateway = gateway.map(|gateway| check_gateway(gateway, diagnostics)).unwrap_or_default();
        let mut types = Types::default();
        let codes = Some((&*gateway.codes, codes_are_known));
        // The library's types come first, so that own types and fields can refer to them.
        if extends {
            add_types(&mut types, base.types, codes, true, diagnostics);
            add_types(&mut types, raw.types, None, false, diagnostics);
        } else {
            add_types(&mut types, raw.types, codes, false, diagnostics);
        }
        let is_unreadable = |name: &str| raw.unreadable.iter().any(|file| file.ends_with(name));
        types.is_unreadable = is_unreadable("/types.yaml");
        let of_library = base.callbacks.into_iter().map(|raw| (raw, true));
        let mut unread = Vec::new();
        let of_base = base.actions.into_iter().filter_map(|(stem, action)| Some((stem, action?, true)));
        let mut raw_actions: VecDeque<_> = of_base.collect();
        for (stem, action) in raw.actions {
            match action {
                Some(action) => raw_actions.push_back((stem, action, false)),
                None => unread.push(stem),
            }
        }
        Self {
            callbacks_are_unreadable: is_unreadable("/callbacks.yaml"),
            raw_callbacks: of_library.chain(raw.callbacks.into_iter().map(|raw| (raw, false))).collect(),
            shown: raw.shown,
            files: raw.files,
            extends,
            methods,
            entries,
            gateway,
            types,
            callbacks: Vec::new(),
            actions: Vec::new(),
            library_actions: Vec::new(),
            unread,
            raw_actions,
            pending: VecDeque::new(),
        }
    }

    /// Returns the file of the next step, or `None` after the last one.
    pub(crate) fn next_file(&self) -> Option<Arc<str>> {
        let callback = self.raw_callbacks.front().map(|(callback, _)| &callback.at);
        let next = callback.or_else(|| self.raw_actions.front().map(|(_, action, _)| &action.at));
        let next = next.or_else(|| self.pending.front().map(|pending| &pending.file));
        next.map(|at| at.file.clone())
    }

    /// Performs the next step. An item whose step panics is omitted; it gets a stand-in if its names are known.
    pub(crate) fn check_next(&mut self, diagnostics: &mut Diagnostics) {
        if let Some((raw, from_library)) = self.raw_callbacks.pop_front() {
            self.add_callback(raw, from_library, diagnostics);
        } else if let Some((stem, raw, from_library)) = self.raw_actions.pop_front() {
            self.add_actions(stem, raw, from_library, diagnostics);
        } else if let Some(pending) = self.pending.pop_front() {
            self.add_queries(pending, diagnostics);
        }
    }

    fn add_callback(&mut self, raw: RawCallback, from_library: bool, diagnostics: &mut Diagnostics) {
        if self.callbacks.iter().any(|known| known.from_library && known.name == raw.name.value) {
            let message = format!("the callback `{}` already exists", raw.name.value);
            let help = "give it another name, or use the library's own";
            diagnostics.report(Mistake::TakenName, &raw.name.at, message, help);
            return;
        }
        let callback = check_callback(raw, &self.types, diagnostics);
        self.callbacks.push(Callback { from_library, ..callback });
    }

    fn add_actions(&mut self, stem: String, mut raw: RawAction, from_library: bool, diagnostics: &mut Diagnostics) {
        let known = Known {
            default_path: &self.gateway.path,
            types: &self.types,
            callbacks: &self.callbacks,
            callbacks_are_unreadable: self.callbacks_are_unreadable,
        };
        if from_library {
            self.library_actions.extend(check_action(raw, &stem, &known, diagnostics));
            return;
        }
        self.pending.push_back(Pending::new(&mut raw));
        self.unread.push(stem.clone());
        self.actions.extend(check_action(raw, &stem, &known, diagnostics));
        // Reached unless the step panics; then the name remains in the list.
        self.unread.pop();
    }

    fn add_queries(&mut self, pending: Pending, diagnostics: &mut Diagnostics) {
        let file = pending.file.clone();
        let Some(own) = self.actions.iter().find(|action| action.file == file) else { return };
        let unread = self.unread.iter().flat_map(|stem| {
            let text = diagnostics.find_text(&format!("{}/actions/{stem}.yaml", self.shown));
            let listed = names_under(text, "methods").into_iter().map(ToOwned::to_owned);
            listed.chain([to_snake(stem)])
        });
        let unread = unread.collect();
        let targets = Targets {
            own: &self.actions,
            library: &self.library_actions,
            methods: &self.methods,
            unread: &unread,
            has_invalid_types: diagnostics.has_in(&format!("{}/types.yaml", self.shown)),
        };
        let queries = check_queries(pending, own, &targets, diagnostics);
        for action in self.actions.iter_mut().filter(|action| action.file == file) {
            action.queries.clone_from(&queries.listed);
            action.no_query.clone_from(&queries.none);
        }
    }

    /// Checks what concerns several items, and replaces invalid items with stand-ins.
    pub(crate) fn finish(self, diagnostics: &mut Diagnostics) -> Spec {
        let Self { shown, files, extends, methods, entries, gateway, types, callbacks, mut actions, unread, .. } = self;
        actions.sort_by(|a, b| a.name.cmp(&b.name));
        let Types { enums, objects, .. } = types;
        let stand_ins = StandIns::default();
        let mut spec =
            Spec { shown, files, extends, gateway, enums, objects, callbacks, actions, stand_ins, has_serde: false };
        // Clashes first: a pair that was reported as such is not reported as a duplicate again.
        let reported = reject_clashing_names(&spec, &methods, diagnostics);
        reject_duplicate_actions(&spec.actions, &reported, diagnostics);
        replace_invalid_items(&mut spec, &entries, &unread, diagnostics);
        spec
    }
}
