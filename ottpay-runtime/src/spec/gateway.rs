//! The gateway as a whole.

use ottpay_vocabulary::{Cipher, CodeClass, Framing};

use super::acknowledgement::Acknowledgement;
use super::action::ActionInfo;
use super::callback::CallbackInfo;

/// Everything that the specification describes, in one place.
#[derive(Debug)]
pub struct Gateway {
    /// The base URL of the gateway, to which an action's path is appended.
    pub base_url: &'static str,
    /// Every path that accepts actions.
    pub paths: &'static [&'static str],
    /// How requests are framed.
    pub framing: Framing,
    /// How `data` is encrypted.
    pub cipher: Cipher,
    /// Known response codes, in upper case, and what they mean.
    pub codes: &'static [CodeInfo],
    /// The answer to a callback that was stored, unless the client sets its own.
    pub acknowledgement: &'static Acknowledgement,
    /// The actions, in the order of their Rust names.
    pub actions: &'static [&'static ActionInfo],
    /// The messages that the gateway sends to the merchant.
    pub callbacks: &'static [&'static CallbackInfo],
}

/// Concatenates two lists at compile time: a specification extends another one in this way. `first` is never empty.
#[doc(hidden)]
#[allow(clippy::indexing_slicing, reason = "runs at compile time only, where a wrong index is a compile error")]
pub const fn concat<T: Copy, const N: usize>(first: &[T], second: &[T]) -> [T; N] {
    // An array needs a first value for its elements, which are all replaced. A `const fn` cannot use `for`.
    let mut all = [first[0]; N];
    let mut index = 0;
    while index < N {
        all[index] = if index < first.len() { first[index] } else { second[index - first.len()] };
        index += 1;
    }
    all
}

impl Gateway {
    /// Finds the action of a method of the client, for example `active_pay`.
    pub fn find_method(&self, name: &str) -> Option<&'static ActionInfo> {
        self.actions.iter().copied().find(|info| info.name == name)
    }

    /// Finds the actions with this constant on the wire, for example `CC_PURCHASE`: there may be one for each channel.
    pub fn find_actions(&self, constant: &str) -> impl Iterator<Item = &'static ActionInfo> {
        self.actions.iter().copied().filter(move |info| info.action == constant)
    }
}

/// A response code and what it means.
#[derive(Debug)]
pub struct CodeInfo {
    /// The code, in upper case.
    pub code: &'static str,
    /// What it means for the call; `None` if the vendor does not document it.
    pub class: Option<CodeClass>,
    /// The vendor's description.
    pub doc: &'static str,
}
