//! The transports of this project. What is true for one must be true for all: the tests of their rules run over each.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

#[cfg(feature = "blocking")]
use ottpay::transport::BlockingTransport;
use ottpay::transport::{HttpTransport, Transport};
use ottpay::{AskError, Asking, Client, ClientBuilder, Error, Sending, reply::Reply};

/// A transport, and how a program that uses it makes calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Over {
    /// The default one; the program awaits.
    Http,
    /// The one that blocks; the program calls `.wait()`.
    #[cfg(feature = "blocking")]
    Blocking,
}

const CONNECT: Duration = Duration::from_secs(10);

/// The default transport of a client: created once, because rustls is slow in a debug build.
static HTTP: LazyLock<Arc<dyn Transport>> =
    LazyLock::new(|| Arc::new(HttpTransport::new(CONNECT, true, None).unwrap()));

#[cfg(feature = "blocking")]
static BLOCKING: LazyLock<Arc<dyn Transport>> =
    LazyLock::new(|| Arc::new(BlockingTransport::new(CONNECT, true, None).unwrap()));

impl Over {
    pub(crate) const ALL: &[Self] = &[
        Self::Http,
        #[cfg(feature = "blocking")]
        Self::Blocking,
    ];

    /// One for the whole process, for loopback hosts.
    pub(crate) fn shared(self) -> Arc<dyn Transport> {
        match self {
            Self::Http => Arc::clone(&HTTP),
            #[cfg(feature = "blocking")]
            Self::Blocking => Arc::clone(&BLOCKING),
        }
    }

    /// Makes the client build this transport itself.
    pub(crate) fn choose(self, settings: ClientBuilder<Client>) -> ClientBuilder<Client> {
        match self {
            Self::Http => settings,
            #[cfg(feature = "blocking")]
            Self::Blocking => settings.blocking(),
        }
    }

    /// Sends a write.
    pub(crate) async fn write<R: Reply + Send>(self, sending: Sending<R>) -> Result<R, Error> {
        match self {
            Self::Http => sending.await,
            #[cfg(feature = "blocking")]
            Self::Blocking => wait(move || sending.wait()).await,
        }
    }

    /// Sends a read.
    pub(crate) async fn ask<R: Reply + Send>(self, asking: Asking<R>) -> Result<R, AskError> {
        match self {
            Self::Http => asking.await,
            #[cfg(feature = "blocking")]
            Self::Blocking => wait(move || asking.wait()).await,
        }
    }
}

/// Blocks a separate thread, because the test's peer may need this one.
#[cfg(feature = "blocking")]
async fn wait<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}
