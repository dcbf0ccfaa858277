//! The buyer's and the developer's pages.

mod acts;
mod again;
mod buttons;
mod buyer;
mod developer;
mod diagram;
mod index;
mod message;
mod news;
mod order;
mod plot;
mod press;
mod problem;
mod render;
mod rows;
mod search;
mod story;

pub(super) use buyer::buyer_router;
pub(super) use developer::developer_router;
pub(super) use render::render_page;
