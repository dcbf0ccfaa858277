//! Joins several specifications, for a sandbox that serves the actions of all of them.

use std::collections::BTreeSet;
use std::ptr;
use std::sync::{Mutex, PoisonError};

use ottpay_vocabulary::{Effect, Protocol};

use super::action::ActionInfo;
use super::alike::are_alike;
use super::gateway::Gateway;

/// Why two specifications cannot be joined.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JoinError {
    /// Both describe the same action on the same path, but differently.
    #[error(
        "the action {action} on the path {path} is described at {first} and differently at {second}; remove one of the \
         two, or make them the same"
    )]
    #[non_exhaustive]
    Action {
        /// Its constant on the wire.
        action: &'static str,
        /// Its path.
        path: &'static str,
        /// File and line in the first specification.
        first: String,
        /// File and line in the second specification.
        second: String,
    },
    /// Two actions have the same method.
    #[error("two actions have the method `{method}`, at {first} and at {second}; rename one of the two")]
    #[non_exhaustive]
    Method {
        /// The method.
        method: &'static str,
        /// File and line of the first action.
        first: String,
        /// File and line of the second action.
        second: String,
    },
    /// The gateways differ in more than their actions.
    #[error("the specifications describe different gateways (`{member}` differs): start one sandbox for each")]
    #[non_exhaustive]
    Gateway {
        /// The member of [`Gateway`] in which they differ.
        member: &'static str,
    },
}

/// Pairs of gateways with the result of joining them. A program joins few, and each pair only once.
static JOINED: Mutex<Vec<[&Gateway; 3]>> = Mutex::new(Vec::new());

impl Gateway {
    /// Joins this specification with another one of the same gateway, for a sandbox that serves several sets of private
    /// actions. Items in both, such as the actions of the library, are included once.
    ///
    /// The result lives as long as the program, and is created once for each pair.
    ///
    /// # Errors
    /// [`JoinError`] if they describe an action differently, give two actions the same method, or describe different
    /// gateways.
    pub fn join(&'static self, other: &'static Self) -> Result<&'static Self, JoinError> {
        // Locked until the end, so that no pair is created twice. A pair is added as a whole, so a poisoned lock is
        // harmless.
        let mut known = JOINED.lock().unwrap_or_else(PoisonError::into_inner);
        let is_known = |[first, second, _]: &&[&'static Self; 3]| ptr::eq(*first, self) && ptr::eq(*second, other);
        if let Some([.., both]) = known.iter().find(is_known) {
            return Ok(both);
        }
        check_gateways(self, other)?;
        let mut actions = self.actions.to_vec();
        for info in other.actions.iter().filter(|info| !contains(self.actions, info)) {
            if !is_described(self, other, info)? {
                actions.push(info);
            }
        }
        let mut callbacks = self.callbacks.to_vec();
        callbacks.extend(other.callbacks.iter().filter(|info| !contains(self.callbacks, info)));
        let paths: BTreeSet<&'static str> = self.paths.iter().chain(other.paths).copied().collect();
        let both: &'static Self = Box::leak(Box::new(Self {
            base_url: self.base_url,
            paths: paths.into_iter().collect::<Vec<_>>().leak(),
            framing: self.framing,
            cipher: self.cipher,
            codes: self.codes,
            acknowledgement: self.acknowledgement,
            actions: actions.leak(),
            callbacks: callbacks.leak(),
        }));
        known.push([self, other, both]);
        Ok(both)
    }
}

/// Whether the list contains this very item.
fn contains<T>(items: &[&'static T], item: &T) -> bool {
    items.iter().any(|known| ptr::eq(*known, item))
}

fn check_gateways(first: &Gateway, second: &Gateway) -> Result<(), JoinError> {
    let codes = |gateway: &Gateway| gateway.codes.iter().map(|code| (code.code, code.class)).collect::<Vec<_>>();
    let members = [
        ("base_url", first.base_url == second.base_url),
        ("framing", first.framing == second.framing),
        ("cipher", first.cipher == second.cipher),
        ("codes", codes(first) == codes(second)),
        ("acknowledgement", first.acknowledgement == second.acknowledgement),
    ];
    match members.iter().find(|(_, is_same)| !is_same) {
        Some((member, _)) => Err(JoinError::Gateway { member }),
        None => Ok(()),
    }
}

/// Whether `gateway` contains an action of `other` with the same method and description.
fn is_described(gateway: &Gateway, other: &Gateway, info: &'static ActionInfo) -> Result<bool, JoinError> {
    // Actions that both contain need no comparison: each specification has been checked with them.
    for known in gateway.actions.iter().filter(|known| !contains(other.actions, known)) {
        let is_alike = are_alike(known, info);
        let place = |info: &ActionInfo| format!("{}:{}", info.file, info.line);
        let (first, second) = (place(known), place(info));
        if is_alike && known.name == info.name {
            return Ok(true);
        }
        if !is_alike && is_same_call(known, info) {
            return Err(JoinError::Action { action: info.action, path: info.path, first, second });
        }
        if known.name == info.name {
            return Err(JoinError::Method { method: info.name, first, second });
        }
    }
    Ok(false)
}

/// Whether a request could be for either action.
fn is_same_call(first: &ActionInfo, second: &ActionInfo) -> bool {
    let is_possible = match (first.protocol, second.protocol) {
        (Protocol::Envelope, Protocol::Envelope) => first.action == second.action,
        // A link is opened, and everything else is posted.
        (first, second) => (first == Protocol::Link) == (second == Protocol::Link),
    };
    is_possible && first.path == second.path && !are_told_apart(first, second)
}

/// Whether requests for the two can be distinguished: by different constants in a field that the client always writes,
/// or because one queries orders and the other refunds.
fn are_told_apart(first: &ActionInfo, second: &ActionInfo) -> bool {
    if first.effect == Effect::Read && second.effect == Effect::Read {
        let asked = |info: &ActionInfo| info.own_id()?.role;
        if let (Some(first), Some(second)) = (asked(first), asked(second))
            && first != second
        {
            return true;
        }
    }
    let fixed = |info: &'static [super::FieldInfo]| {
        info.iter()
            .filter(|field| field.is_written() && !field.outer)
            .filter_map(|field| Some((field.name, field.constant?)))
    };
    first.protocol == second.protocol
        && fixed(first.request).any(|(name, constant)| {
            fixed(second.request).any(|(other, different)| other == name && different != constant)
        })
}
