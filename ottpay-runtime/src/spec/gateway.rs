//! The gateway as a whole.

use ottpay_vocabulary::{Cipher, CodeClass, Framing};

use super::acknowledgement::Acknowledgement;
use super::action::ActionInfo;
use super::callback::CallbackInfo;

/// Everything the specification says, in one place.
#[derive(Debug)]
pub struct Gateway {
    /// Base address of the gateway; the path comes from the action.
    pub base_url: &'static str,
    /// Every path at which the gateway takes actions.
    pub paths: &'static [&'static str],
    /// How requests are framed.
    pub framing: Framing,
    /// How `data` is encrypted.
    pub cipher: Cipher,
    /// Known response codes, in upper case, and what they mean.
    pub codes: &'static [CodeInfo],
    /// What to answer when a callback has been taken, unless a client has a setting of its own.
    pub acknowledgement: &'static Acknowledgement,
    /// The actions, in the order of their Rust names.
    pub actions: &'static [&'static ActionInfo],
    /// The messages that the gateway sends to the merchant.
    pub callbacks: &'static [&'static CallbackInfo],
}

/// Two lists as one, at compile time: what a specification adds to the one that it extends. `first` is never empty.
#[doc(hidden)]
#[allow(clippy::indexing_slicing, reason = "runs at compile time only, where a wrong index is a compile error")]
pub const fn joined<T: Copy, const N: usize>(first: &[T], second: &[T]) -> [T; N] {
    let mut all = [first[0]; N];
    let mut index = 0;
    while index < N {
        all[index] = if index < first.len() { first[index] } else { second[index - first.len()] };
        index += 1;
    }
    all
}

impl Gateway {
    /// The action of a method of the client, for example `active_pay`.
    pub fn method(&self, name: &str) -> Option<&'static ActionInfo> {
        self.actions.iter().copied().find(|info| info.name == name)
    }

    /// The actions with this constant on the wire, for example `CC_PURCHASE`: there may be one for each channel.
    pub fn actions(&self, constant: &str) -> impl Iterator<Item = &'static ActionInfo> {
        self.actions.iter().copied().filter(move |info| info.action == constant)
    }
}

/// A response code and what it means.
#[derive(Debug)]
pub struct CodeInfo {
    /// The code, in upper case.
    pub code: &'static str,
    /// What it means for the call; nothing if the vendor does not say.
    pub class: Option<CodeClass>,
    /// What the vendor says.
    pub doc: &'static str,
}
