//! A checked specification.

use std::collections::BTreeSet;

use super::action::Action;
use super::callback::Callback;
use super::field::Kind;
use super::gateway::Gateway;
use super::types::{Enum, Object};

/// A specification in which every item is valid or a stand-in.
#[derive(Debug, Clone)]
pub struct Spec {
    /// The name of the folder in messages.
    pub(crate) shown: String,
    /// Every file, relative to the folder.
    pub(crate) files: Vec<String>,
    /// Whether it extends the library's specification, and so has no gateway and no client of its own.
    pub(crate) extends: bool,
    /// The gateway.
    pub(crate) gateway: Gateway,
    /// Enums, in the order of the file.
    pub(crate) enums: Vec<Enum>,
    /// Objects, in the order of the file.
    pub(crate) objects: Vec<Object>,
    /// Callbacks, in the order of the file.
    pub(crate) callbacks: Vec<Callback>,
    /// Actions, by name.
    pub(crate) actions: Vec<Action>,
    /// The Rust names of invalid items.
    pub(crate) stand_ins: StandIns,
    /// Whether the generated types implement the traits of serde.
    pub(crate) has_serde: bool,
}

/// The names of invalid items, for which stand-ins are emitted.
#[derive(Debug, Clone, Default)]
pub(crate) struct StandIns {
    /// Rust types.
    pub(crate) types: BTreeSet<String>,
    /// Methods of the client.
    pub(crate) methods: BTreeSet<String>,
    /// Methods of the client that open a callback.
    pub(crate) callbacks: BTreeSet<String>,
}

impl Spec {
    /// Returns the gateway.
    pub fn gateway(&self) -> &Gateway {
        &self.gateway
    }

    /// Returns the enums, in the order of the file.
    pub fn enums(&self) -> &[Enum] {
        &self.enums
    }

    /// Returns the objects, in the order of the file.
    pub fn objects(&self) -> &[Object] {
        &self.objects
    }

    /// Returns the callbacks, in the order of the file.
    pub fn callbacks(&self) -> &[Callback] {
        &self.callbacks
    }

    /// Returns the actions, sorted by name.
    pub fn actions(&self) -> &[Action] {
        &self.actions
    }

    /// Returns the names of the client's methods.
    pub(crate) fn methods(&self) -> Vec<&str> {
        let callbacks = self.callbacks.iter().map(|callback| callback.method.as_str());
        self.actions.iter().map(|action| action.name.as_str()).chain(callbacks).collect()
    }

    /// Returns the valid enums that this specification itself declares.
    pub(crate) fn own_enums(&self) -> impl Iterator<Item = &Enum> {
        self.enums.iter().filter(|declared| !declared.from_library && !declared.is_broken)
    }

    /// Returns the valid objects that this specification itself declares, each with its index.
    pub(crate) fn own_objects(&self) -> impl Iterator<Item = (usize, &Object)> {
        self.objects.iter().enumerate().filter(|(_, object)| !object.from_library && !object.is_broken)
    }

    /// Returns the valid callbacks that this specification itself declares.
    pub(crate) fn own_callbacks(&self) -> impl Iterator<Item = &Callback> {
        self.callbacks.iter().filter(|callback| !callback.from_library && !callback.is_broken)
    }

    /// Returns the callback that follows an action.
    pub(crate) fn callback_of(&self, action: &Action) -> Option<&Callback> {
        self.callbacks.get(action.callback?)
    }

    /// Whether a value is money, or an object that contains money. An object contains only types that are declared
    /// before it.
    pub(crate) fn is_of_money(&self, kind: Kind) -> bool {
        let Kind::Object(index) = kind else { return kind.is_of_money() };
        let earlier = |kind: Kind| kind.object().is_none_or(|inner| inner < index);
        let members = self.objects.get(index).map_or(&[][..], |object| &object.fields);
        members.iter().any(|member| earlier(member.kind) && self.is_of_money(member.kind))
    }

    /// Replaces an action, and the actions that it is a query of, with stand-ins of the same names.
    pub(crate) fn replace_by_stand_ins(&mut self, method: &str) {
        let is_lost = |action: &mut Action| {
            action.name == method || action.queries.iter().any(|query| !query.from_library && query.action == method)
        };
        for action in self.actions.extract_if(.., is_lost) {
            self.stand_ins.types.extend(action.type_names());
            self.stand_ins.methods.insert(action.name);
        }
    }
}
