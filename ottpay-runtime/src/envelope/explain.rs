//! How an envelope opens, step by step, or where it does not and why.
//!
//! This is for people: for a command that is asked why a message is refused, and for the log of a sandbox. Programs use
//! [`open`](super::open) or [`Message::open`](super::Message::open), which hand out nothing unless all of it holds.
//! **Nothing here may be acted upon**: texts are given out as far as they could be read, verified or not, so
//! only those who may see the message may see them.

mod aes_key;
mod blocks;
mod body_causes;
mod charsets;
mod digest_causes;
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
