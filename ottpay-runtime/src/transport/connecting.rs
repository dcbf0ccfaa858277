//! Records whether a connection was made for a request: if the timeout ends before that, nothing was sent.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

use tower_layer::Layer;
use tower_service::Service;

tokio::task_local! {
    /// The request whose exchange is being polled.
    static CURRENT: Connecting;
}

/// Connecting has begun.
const BEGUN: u8 = 1;
/// The connection is made, including TLS, but nothing is sent yet.
const MADE: u8 = 2;

/// The state of a request's connection; zero before connecting.
#[derive(Debug, Clone, Default)]
pub(super) struct Connecting(Arc<AtomicU8>);

impl Connecting {
    /// Runs the exchange, and records the connection made for it.
    pub(super) async fn watch<T>(&self, exchange: impl Future<Output = T>) -> T {
        CURRENT.scope(self.clone(), exchange).await
    }

    /// Whether connecting has begun, but no connection was made. Then nothing was sent, unless the request could use
    /// another connection.
    pub(super) fn is_unfinished(&self) -> bool {
        self.0.load(Ordering::SeqCst) == BEGUN
    }

    fn record_state(&self, state: u8) {
        // Never lowered: once a connection was made, the request may have been sent on it.
        self.0.fetch_max(state, Ordering::SeqCst);
    }
}

/// Records the connections that an HTTP client makes.
#[derive(Debug, Clone)]
pub(super) struct Watch;

impl<S> Layer<S> for Watch {
    type Service = Watched<S>;

    fn layer(&self, connector: S) -> Watched<S> {
        Watched(connector)
    }
}

/// A connector that records its connections.
#[derive(Debug, Clone)]
pub(super) struct Watched<S>(S);

impl<S, T> Service<T> for Watched<S>
where
    S: Service<T>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, target: T) -> Self::Future {
        let current = CURRENT.try_with(Connecting::clone).unwrap_or_default();
        current.record_state(BEGUN);
        let connecting = self.0.call(target);
        Box::pin(async move {
            let connection = connecting.await?;
            current.record_state(MADE);
            Ok(connection)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_that_was_not_seen_is_not_known_to_be_unfinished() {
        let connecting = Connecting::default();
        assert!(!connecting.is_unfinished());
        connecting.record_state(BEGUN);
        assert!(connecting.is_unfinished());
        // The state never goes back.
        connecting.record_state(MADE);
        connecting.record_state(BEGUN);
        assert!(!connecting.is_unfinished());
    }
}
