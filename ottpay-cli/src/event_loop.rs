//! The event loop of the commands that use the network.

use tokio::runtime::{Builder, Runtime};

use crate::failure::Failure;

/// Builds an event loop that runs on the calling thread.
pub(crate) fn build_event_loop() -> Result<Runtime, Failure> {
    let built = Builder::new_current_thread().enable_all().build();
    built.map_err(|error| Failure::refused(format!("cannot start an event loop: {error}")))
}
