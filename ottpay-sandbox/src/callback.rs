//! Delivers callbacks, to this machine only.

use std::time::Duration;

use ottpay::{Framing, Url};

use crate::answer::Engine;
use crate::orders::Order;
use crate::reply;
use ottpay::info::Role;

/// What became of a callback.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Delivery {
    /// The merchant answered.
    Answered {
        /// HTTP status.
        status: u16,
        /// The first bytes of the body, as text.
        body: String,
    },
    /// Nobody answered, or the address is not on this machine.
    Failed {
        /// Why.
        reason: String,
    },
    /// The action has no callback, or the request gave no address.
    NotAsked,
}

/// How much of a merchant's answer is kept, in bytes.
const MAX_ANSWER: usize = 1024;

pub(crate) fn http() -> Result<reqwest::Client, String> {
    let builder = reqwest::Client::builder()
        .timeout(Duration::from_secs(10))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy();
    builder.build().map_err(|error| error.to_string())
}

pub(crate) async fn deliver(engine: &Engine, order: &Order) -> Delivery {
    let (Some(info), Some(url)) = (order.action.callback, &order.callback_url) else { return Delivery::NotAsked };
    if !(url.starts_with("http://") && Url::new(url.as_str()).is_ok()) {
        let reason = "callbacks go to plain HTTP on this machine only".to_owned();
        return Delivery::Failed { reason };
    }
    let mut fields = reply::of_order(engine, info.fields, order, None, info.examples.first().copied());
    // The vendor's sample of a wallet's callback has no status: whoever wants to know must ask.
    for field in info.fields.iter().filter(|field| field.role == Some(Role::Status) && !field.required) {
        fields.remove(field.name);
    }
    let body = engine.sealed(&fields).to_body(Framing::Json);
    let sent = engine.http.post(url).header("content-type", "application/json").body(body).send().await;
    match sent {
        Ok(mut response) => {
            let status = response.status().as_u16();
            let mut body = Vec::new();
            while let Ok(Some(chunk)) = response.chunk().await {
                body.extend(chunk.iter().take(MAX_ANSWER - body.len()));
                if body.len() == MAX_ANSWER {
                    break;
                }
            }
            Delivery::Answered { status, body: String::from_utf8_lossy(&body).into_owned() }
        }
        Err(error) => {
            let error = error.without_url();
            let causes = std::iter::successors(Some(&error as &dyn std::error::Error), |error| error.source());
            let reason = causes.map(ToString::to_string).collect::<Vec<_>>().join(": ");
            Delivery::Failed { reason }
        }
    }
}
