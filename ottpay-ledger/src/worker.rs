//! The worker: takes turns on orders, queries the gateway, and hands each event to the shop in the transaction that
//! marks it as done.

mod asking;
mod claim;
mod columns;
mod committing;
mod fail;
mod failing;
pub(crate) mod fold;
mod hand_over;
pub(crate) mod offer;
mod order;
mod parking;
mod replay;
mod reserve;
mod run;
mod settle;
mod step;
mod turn;
mod tx;
mod unreadable;
mod upkeep;
mod verdict;
mod work;

pub use claim::Claim;
pub use fail::Fail;
pub use run::RunError;
pub use settle::SettleError;
pub use tx::Tx;
pub use verdict::{Verdict, VerdictError};
