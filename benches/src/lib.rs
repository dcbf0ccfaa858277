//! What the benchmarks measure: operations of `ottpay`, the floors under them, and the time of both in pairs.

mod fixture;
mod floor;
pub mod gateway;
mod operation;
mod pairs;

pub use operation::{NAMES, Operation, named};
pub use pairs::{Row, compare};
