//! The worker: takes turns on orders, asks the gateway, hands events to the shop in one transaction with the mark *done*.

mod fail;
mod parking;

pub use fail::Fail;
