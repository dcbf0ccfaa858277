//! Payments noted before they are sent, callbacks stored before they are acknowledged, each acted upon once.

// Until the parts that use them are here.
#![allow(dead_code)]

mod db;
mod names;
pub mod store;
