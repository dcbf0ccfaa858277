//! The states of an order, and what each answer does to it.
//!
#![doc = include_str!("../states.md")]
#![doc = include_str!("../transitions.md")]
