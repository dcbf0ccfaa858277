//! The states of an order, and how each answer of the gateway changes them.
//!
#![doc = include_str!("../states.md")]
#![doc = include_str!("../transitions.md")]
