//! The developer's pages.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use super::{index, message, news, order};
use crate::engine::Engine;

pub(crate) fn developer_router() -> Router<Arc<Engine>> {
    Router::new()
        .route("/", get(index::show_index))
        .route("/order/{order_id}", get(order::show_order))
        .route("/message/{serial}", get(message::show_message))
        .route("/events", get(news::stream_news))
}
