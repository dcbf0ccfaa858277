//! The pages: the buyer's, and the developer's.

mod buyer;
mod developer;
mod message;
mod news;
mod order;
mod render;
mod rows;

pub(super) use buyer::buyer_router;
pub(super) use developer::developer_router;
