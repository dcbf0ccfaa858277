//! Explains step by step how an envelope is opened, or where and why opening fails.
//!
//! This is for people: for a command that explains why a message is rejected, and for the log of a sandbox. Programs
//! use [`open`](super::open) or [`Message::open`](super::Message::open), which return nothing unless every check
//! succeeds. **Never act on an explanation**: it contains as much text as could be read, verified or not, so only
//! people who may see the message may see it.

mod aes_key;
mod blocks;
mod body_causes;
mod charsets;
mod digest_causes;
mod escapes;
mod explanation;
mod joins;
mod key_causes;
mod keys;
mod limits;
mod notation;
mod padding;
mod readings;
mod search;
mod slips;
#[cfg(test)]
mod tests;
mod tree;
mod tries;
mod values;
mod walk;
mod wording;
mod work;
mod wrappings;
mod written;

pub use explanation::{Derivation, Explanation, Failure, Step};
pub use walk::explain;
