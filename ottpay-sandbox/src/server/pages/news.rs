//! Notifies open pages of changes by server-sent events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::BroadcastStream;

use crate::engine::{Engine, MAX_WATCHERS};

/// Sends an event to a page whenever something changes.
pub(super) async fn stream_news(State(engine): State<Arc<Engine>>) -> Response {
    let Some((permit, changed)) = engine.watch() else {
        let why = format!("{MAX_WATCHERS} pages already update themselves; close one, or reload this page manually\n");
        return (StatusCode::SERVICE_UNAVAILABLE, why).into_response();
    };
    // All events are equal, so a page that lags does not miss anything.
    let news = BroadcastStream::new(changed).map(move |_| {
        // The permit lives as long as the stream.
        let _ = &permit;
        Event::default().data("changed")
    });
    let news = Sse::new(news.map(Ok::<_, Infallible>));
    news.keep_alive(KeepAlive::new().interval(Duration::from_secs(15))).into_response()
}
