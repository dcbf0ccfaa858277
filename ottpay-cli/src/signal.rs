//! The signals that stop a command.

use std::future::pending;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Catches Ctrl-C and SIGTERM from the moment it is created; before that, they kill the process.
pub(crate) struct StopSignals {
    #[cfg(unix)]
    signals: [Option<Signal>; 2],
}

impl StopSignals {
    /// Catches the signals. A command does this before it announces itself, and must not block its event loop
    /// afterwards, or it could no longer be stopped.
    pub(crate) fn catch() -> Self {
        Self {
            // If signals cannot be caught, the command runs until it is killed.
            #[cfg(unix)]
            signals: [SignalKind::interrupt(), SignalKind::terminate()].map(|kind| signal(kind).ok()),
        }
    }

    /// Waits for the first signal, which may have arrived already.
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
