//! The signals that stop a command.

use std::future::pending;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Ctrl-C and SIGTERM, from the moment at which this is made: until then they kill the process.
pub(crate) struct StopSignals {
    #[cfg(unix)]
    signals: [Option<Signal>; 2],
}

impl StopSignals {
    /// Catches the signals. A command does that before others can know that it runs, and must not block its event loop from
    /// then on, because it could no longer be stopped.
    pub(crate) fn catch() -> Self {
        Self {
            // Without signals, the command runs until its process is killed.
            #[cfg(unix)]
            signals: [SignalKind::interrupt(), SignalKind::terminate()].map(|kind| signal(kind).ok()),
        }
    }

    /// Waits for the first of them, which may have come already.
    pub(crate) async fn wait(self) {
        #[cfg(unix)]
        {
            let [interrupt, terminate] = self.signals;
            tokio::select! {
                () = receive(interrupt) => {}
                () = receive(terminate) => {}
            }
        }
        #[cfg(not(unix))]
        if tokio::signal::ctrl_c().await.is_err() {
            pending::<()>().await;
        }
    }
}

#[cfg(unix)]
async fn receive(signal: Option<Signal>) {
    match signal {
        Some(mut signal) => _ = signal.recv().await,
        None => pending().await,
    }
}
