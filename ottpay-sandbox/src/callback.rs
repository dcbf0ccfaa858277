//! Delivers callbacks: to this machine only, unless told otherwise.

use std::sync::Arc;
use std::time::Duration;

use ottpay::{Framing, Url};
use tokio::task::JoinSet;

use crate::acts::BREATH;
use crate::engine::{Engine, millis};
use crate::fault::Fault;
use crate::store::{Callback, CallbackState, Exchange};

/// What became of a callback.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Delivery {
    /// The merchant answered.
    #[non_exhaustive]
    Answered {
        /// HTTP status.
        status: u16,
        /// The first bytes of the body, as text.
        body: String,
    },
    /// Nobody answered, or the address is not on this machine. It is tried again later, if that may help.
    #[non_exhaustive]
    Failed {
        /// Why.
        reason: String,
    },
    /// It is not due yet: a fault was asked for.
    Later,
    /// The action has no callback, or the request gave no address.
    NotAsked,
}

/// How much of a merchant's answer is kept, in bytes.
const MAX_ANSWER: usize = 1024;

/// How long a merchant may take for his answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// After what time a database that could not be used is tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// How many callbacks are under way at once.
const MAX_AT_ONCE: usize = 256;

pub(crate) fn http() -> Result<reqwest::Client, String> {
    let builder = reqwest::Client::builder()
        .timeout(ANSWER_WITHIN)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy();
    builder.build().map_err(|error| error.to_string())
}

/// Delivers what is due and does what time does, until it is aborted.
pub(crate) async fn work(engine: Arc<Engine>) {
    let mut under_way = JoinSet::new();
    loop {
        // The thread has others to serve, and many orders may be due.
        let looking = Arc::clone(&engine);
        let room = u32::try_from(MAX_AT_ONCE - under_way.len()).unwrap_or(0);
        let looked = tokio::task::spawn_blocking(move || look(&looking, room)).await;
        let wait = match looked {
            Ok(Ok((claimed, wait))) => {
                for callback in claimed {
                    let engine = Arc::clone(&engine);
                    under_way.spawn(async move { drop(attempt(&engine, callback).await) });
                }
                wait
            }
            Ok(Err(error)) => {
                tracing::error!(%error, "the database cannot be used");
                AGAIN
            }
            Err(_) => AGAIN,
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = engine.wake.notified() => {}
            Some(_) = under_way.join_next(), if !under_way.is_empty() => {}
        }
    }
}

/// What is to be delivered now, and how long there is nothing more to do.
fn look(engine: &Engine, room: u32) -> rusqlite::Result<(Vec<Callback>, Duration)> {
    let more = engine.settle_some()?;
    let claimed = engine.store.claim_callbacks(engine.clock.now(), room)?;
    let wait = match engine.store.next_due()?.map(|due| due.saturating_sub(engine.clock.now())) {
        _ if more => BREATH,
        // What is due and has not been taken waits for room.
        Some(wait) if wait <= 0 => Duration::from_millis(20),
        Some(wait) => Duration::from_millis(wait.unsigned_abs()).min(Duration::from_secs(60)),
        None => Duration::from_secs(60),
    };
    Ok((claimed, wait))
}

/// Tries a callback that was claimed, and writes down what became of it.
pub(crate) async fn attempt(engine: &Engine, mut callback: Callback) -> Delivery {
    let fault = callback.fault.as_deref().and_then(|text| text.split_once(':'));
    let delay = fault.and_then(|(_, millis)| millis.parse().ok()).unwrap_or(0_i64);
    let fault = fault.and_then(|(name, _)| Fault::named(name));
    let mut body = engine.sealed("SUCCESS", &callback.fields).to_body(Framing::Json);
    if fault == Some(Fault::CallbackCorrupt) {
        corrupt(&mut body);
    }
    let delivery = match refused(engine, &callback.url) {
        Some(reason) => Delivery::Failed { reason },
        None => post(engine, &callback.url, body.clone()).await,
    };
    callback.attempts += 1;
    let now = engine.clock.now();
    let delivered = matches!(&delivery, Delivery::Answered { status: 200..=299, .. });
    callback.fault = None;
    if delivered {
        callback.state = CallbackState::Delivered;
        callback.due = (fault == Some(Fault::CallbackReplay)).then(|| now.saturating_add(delay));
    } else if callback.state == CallbackState::Delivered {
        // A replay that was turned down: the genuine one had been taken.
        callback.due = None;
    } else if callback.attempts >= engine.settings.attempts || refused(engine, &callback.url).is_some() {
        callback.state = CallbackState::Failed;
        callback.due = None;
    } else {
        let factor = 1_u32.checked_shl(callback.attempts - 1).unwrap_or(u32::MAX);
        callback.due = Some(now.saturating_add(millis(engine.settings.back_off.saturating_mul(factor))));
    }
    let (status, note, answer) = match &delivery {
        Delivery::Answered { status, body } => (Some(*status), None, body.clone()),
        Delivery::Failed { reason } => (None, Some(reason.clone()), String::new()),
        Delivery::Later | Delivery::NotAsked => (None, None, String::new()),
    };
    if !delivered {
        let (url, attempt) = (&callback.url, callback.attempts);
        let reason = note.clone().unwrap_or_else(|| format!("status {}", status.unwrap_or_default()));
        let next = if callback.due.is_some() { "it is tried again" } else { "it is given up" };
        tracing::warn!(order_id = callback.order_id, url, attempt, "the callback was not taken: {reason}; {next}");
    }
    let outcome = match status {
        Some(status) => format!("callback attempt {}: answered {status}", callback.attempts),
        None => format!("callback attempt {}: {}", callback.attempts, note.as_deref().unwrap_or("no answer")),
    };
    let fault_note = fault.map(|fault| format!("fault {}", fault.name()));
    let kept = Exchange {
        at: now,
        callback: Some(callback.serial),
        target: callback.url.clone(),
        order_id: Some(callback.order_id.clone()),
        status,
        note: note.or(fault_note),
        sent: body,
        answer: answer.into_bytes(),
        ..Exchange::default()
    };
    // Until this is written nobody tries it again.
    while let Err(error) = engine.store.attempted(&callback) {
        tracing::error!(%error, order_id = callback.order_id, "what became of a callback cannot be kept; trying again");
        tokio::time::sleep(AGAIN).await;
    }
    let written = engine.store.note(&callback.order_id, now, &outcome).and_then(|()| {
        // Whoever waited to come after another one comes now.
        if delivered { engine.store.release_held(&callback, now) } else { Ok(()) }
    });
    if let Err(error) = written {
        tracing::error!(%error, "what became of a callback could not be kept");
    }
    engine.keep(&kept);
    engine.wake.notify_one();
    delivery
}

/// Why nothing is sent to this address.
fn refused(engine: &Engine, url: &str) -> Option<String> {
    if engine.settings.callbacks_anywhere {
        return Url::plain_http(url).err().map(|error| error.to_string());
    }
    let allowed = url.starts_with("http://") && Url::new(url).is_ok();
    (!allowed)
        .then(|| "callbacks go to plain HTTP on this machine only, for example to http://127.0.0.1:8080/".to_owned())
}

/// Changes one character of what is encrypted.
fn corrupt(body: &mut [u8]) {
    let place = body.windows(8).position(|part| part == b"\"data\":\"").map_or(0, |place| place + 8);
    if let Some(byte) = body.get_mut(place) {
        *byte = if *byte == b'A' { b'B' } else { b'A' };
    }
}

async fn post(engine: &Engine, url: &str, body: Vec<u8>) -> Delivery {
    let post = engine.http.post(url).header("content-type", "application/json").header("user-agent", "ottpay-sandbox");
    let sent = post.header(crate::server::CALLBACK, "1").body(body).send().await;
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
            let last = causes.last().map(ToString::to_string).unwrap_or_default();
            let reason = match () {
                () if error.is_timeout() => format!("no answer from {url} within {} seconds", ANSWER_WITHIN.as_secs()),
                () if error.is_connect() => {
                    format!("nobody listens at {url} ({last}); start your server there, or `ottpay listen`")
                }
                () => format!("no proper answer from {url}: {last}"),
            };
            Delivery::Failed { reason }
        }
    }
}
