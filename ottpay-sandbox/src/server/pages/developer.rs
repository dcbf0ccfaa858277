//! The developer's pages.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use super::{index, message, news, order, press};
use crate::engine::Engine;

pub(crate) fn developer_router() -> Router<Arc<Engine>> {
    Router::new()
        .route("/", get(index::show_index))
        .route("/order/{order_id}", get(order::show_order).post(press::press_button))
        .route("/order/{order_id}/text", get(order::download_text))
        .route("/message/{serial}", get(message::show_message))
        .route("/message/{serial}/json", get(message::download_json))
        .route("/message/{serial}/text", get(message::download_text))
        .route("/events", get(news::stream_news))
}
