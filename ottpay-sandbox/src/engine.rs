//! The gateway without its server: handles requests, changes orders, and delivers callbacks.

mod alarm;
mod carry_out;
mod compose;
mod delivery;
mod envelope_notes;
mod faults;
mod forge;
mod framing;
mod group;
mod handling;
mod history;
mod issue;
mod jobs;
mod lifecycle;
mod news;
mod notes;
mod opening;
mod poll;
mod rates;
mod received;
mod refusal;
mod refused_id;
mod request;
mod resend;
mod resolve;
mod return_link;
mod samples;
mod seal;
mod second_order;
mod served;
mod state;
mod status_word;
#[cfg(test)]
mod test_engine;
mod unserved;
mod unserved_limit;
mod validate;

pub use delivery::Delivery;
pub(crate) use delivery::{CALLBACK_HEADER, build_http_client, run_deliveries};
pub(crate) use group::run_jobs;
pub(crate) use handling::{Post, Response};
pub(crate) use jobs::queue_jobs;
pub(crate) use news::MAX_WATCHERS;
pub(crate) use state::{Engine, Settings};
