//! Webhooks as a shop receives them: signed JSON, posted to one URL. See <https://www.standardwebhooks.com>.

mod post;
mod secrets;
mod target;

pub(crate) use post::{Undelivered, Webhook, build_http_client};
pub(crate) use secrets::Secrets;
pub(crate) use target::Target;
