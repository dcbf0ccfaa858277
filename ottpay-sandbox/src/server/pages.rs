//! The pages: the buyer's, and the developer's.

use std::sync::Arc;

use axum::Router;

use crate::engine::Engine;

pub(super) fn buyer() -> Router<Arc<Engine>> {
    Router::new()
}

pub(super) fn developer() -> Router<Arc<Engine>> {
    Router::new()
}
