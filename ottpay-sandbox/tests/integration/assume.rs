//! What the sandbox assumes where the vendor documents nothing: every answer to every question, as a client sees it.

mod callbacks;
mod ids;
mod lifecycle;
mod listing;
mod money;
mod queries;
mod refunds;
mod replies;
mod shared;
