//! The example that is a whole shop, as a program: driven by its pages, through every fault of the gateway, and killed.

mod browser;
mod decisions;
mod faults;
mod kills;
mod plumbing;
mod program;
