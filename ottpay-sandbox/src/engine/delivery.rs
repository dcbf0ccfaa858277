//! The delivery worker: posts due callbacks, to this machine only unless a setting allows others.

use std::sync::Arc;
use std::time::Duration;

use ottpay::transport::with_tls;
use ottpay::{Framing, Url};
use ottpay_vocabulary::acknowledgement::MAX_BODY;
use ottpay_vocabulary::url::Parts;
use tokio::task::JoinSet;

use super::lifecycle::SETTLE_PAUSE;
use super::seal::Digest;
use super::state::Engine;
use crate::address::hide_query;
use crate::assume::Callbacks;
use crate::clock::to_millis;
use crate::error::SandboxError;
use crate::fault::{CallbackEffect, Fault};
use crate::store::{Callback, CallbackFault, CallbackState, Exchange, Filter, describe_attempt};

/// The outcome of a callback.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Delivery {
    /// The merchant answered.
    #[non_exhaustive]
    Answered {
        /// The HTTP status.
        status: u16,
        /// The beginning of the body, as a string.
        body: String,
    },
    /// The merchant did not answer, or the URL is not on this machine. The callback is retried if that may help.
    #[non_exhaustive]
    Failed {
        /// The reason.
        reason: String,
    },
    /// The callback is not due yet, because of a fault.
    Later,
    /// The action does not have a callback, or the request did not contain a URL for it.
    NotAsked,
}

/// The header by which a sandbox recognises callbacks of its own and of other sandboxes on this machine.
pub(crate) const CALLBACK_HEADER: &str = "ottpay-sandbox-callback";

/// The maximum number of bytes read of an answer: one more than are stored, so that a longer one is detected.
const MAX_ANSWER: usize = MAX_BODY + 1;

/// How long a merchant may take to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// How long a caller waits for a callback. An attempt ends after ten seconds, but may have to wait for others first.
const DELIVERED_WITHIN: Duration = Duration::from_secs(15);

/// The time between attempts to use a database that has failed.
const RETRY_DATABASE: Duration = Duration::from_secs(1);

/// The maximum number of concurrent attempts.
const MAX_AT_ONCE: usize = 256;

/// Builds a client that posts once, without redirects, retries or proxies.
pub(crate) fn build_http_client() -> Result<reqwest::Client, String> {
    // A redirect or a proxy could lead to another machine. The delivery worker retries, and counts the attempts.
    let builder = reqwest::Client::builder()
        .timeout(ANSWER_WITHIN)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy();
    let builder = with_tls(builder).map_err(|error| error.to_string())?;
    builder.build().map_err(|error| error.to_string())
}

/// Delivers due callbacks and settles due orders until the task is aborted.
pub(crate) async fn run_deliveries(engine: Arc<Engine>) {
    let mut under_way = JoinSet::new();
    loop {
        // No more callbacks are claimed than there is room for: the others stay due.
        let room = u32::try_from(MAX_AT_ONCE - under_way.len()).unwrap_or(0);
        let claimed = engine.commit_in_group(move |engine| engine.claim_due(room)).await.flatten();
        let wait = match claimed {
            Ok((claimed, wait)) => {
                for callback in claimed {
                    let engine = Arc::clone(&engine);
                    under_way.spawn(async move { engine.attempt(callback).await });
                }
                wait
            }
            Err(error) => {
                tracing::error!(%error, "the database cannot be used");
                RETRY_DATABASE
            }
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = engine.alarm.wait() => {}
            Some(_) = under_way.join_next(), if !under_way.is_empty() => {}
        }
    }
}

impl Engine {
    /// Waits for the first attempt to deliver a callback of an order.
    ///
    /// # Errors
    /// [`SandboxError::NotDelivered`] if the attempt takes too long, [`SandboxError::Database`].
    pub(crate) async fn await_delivery(
        self: &Arc<Self>,
        id: &str,
        callback: &Callback,
    ) -> Result<Delivery, SandboxError> {
        if callback.due.is_some_and(|due| due > self.now()) {
            return Ok(Delivery::Later);
        }
        let filter = Filter { callback: Some(callback.serial), limit: 1, ..Filter::default() };
        let look = move |engine: &Self| match engine.store.exchanges(&filter) {
            Ok(mut attempts) => attempts.pop().map(Ok).ok_or_else(String::new),
            // A database error does not go away by waiting.
            Err(error) => Ok(Err(error)),
        };
        let late = |_| SandboxError::NotDelivered { order_id: id.to_owned() };
        let attempt = self.poll(DELIVERED_WITHIN, look).await.map_err(late)??;
        Ok(match attempt.status {
            Some(status) => Delivery::Answered { status, body: String::from_utf8_lossy(&attempt.answer).into_owned() },
            None => Delivery::Failed { reason: attempt.note.unwrap_or_default() },
        })
    }

    /// Claims the callbacks to deliver now. Returns them and the time until more is due.
    fn claim_due(&self, room: u32) -> rusqlite::Result<(Vec<Callback>, Duration)> {
        self.alarm.begin_look();
        let more = self.settle_some()?;
        let claimed = self.store.claim_callbacks(self.now(), room)?;
        // Settling and claiming take time, so the wait is counted from here.
        let now = self.now();
        let wait = match self.store.next_due()?.map(|due| due.saturating_sub(now)) {
            _ if more => SETTLE_PAUSE,
            // Due callbacks that were not claimed wait for a free slot.
            Some(wait) if wait <= 0 => Duration::from_millis(20),
            Some(wait) => Duration::from_millis(wait.unsigned_abs()).min(Duration::from_secs(60)),
            None => Duration::from_secs(60),
        };
        self.alarm.end_look(now, wait);
        Ok((claimed, wait))
    }

    /// Tries to deliver a claimed callback, and stores the outcome.
    async fn attempt(&self, mut callback: Callback) {
        // A fault happens to one attempt, so the next one is genuine.
        let fault = callback.fault.take();
        let effect = fault.and_then(|suffered| suffered.fault.callback_effect());
        let body = self.write_callback(&callback, effect);
        let delivery = match self.find_address_problem(&callback.url) {
            Some(reason) => Delivery::Failed { reason },
            None => self.post(&callback.url, body.clone()).await,
        };
        let now = self.now();
        let is_answered = matches!(&delivery, Delivery::Answered { status: 200..=299, .. });
        let unexpected = self.describe_unexpected_answer(&delivery);
        let accepted = is_answered && (unexpected.is_none() || !self.settings.strict_acknowledgement);
        let replayed = fault.filter(|_| effect == Some(CallbackEffect::Replayed));
        self.schedule_next(&mut callback, accepted, replayed, now);
        let (status, note, answer) = match &delivery {
            Delivery::Answered { status, body } => (Some(*status), None, body.clone()),
            Delivery::Failed { reason } => (None, Some(reason.clone()), String::new()),
            Delivery::Later | Delivery::NotAsked => (None, None, String::new()),
        };
        if !accepted {
            let (url, attempt) = (hide_query(&callback.url), callback.attempts);
            let reason = note.clone().or(unexpected.clone());
            let reason = reason.unwrap_or_else(|| format!("status {}", status.unwrap_or_default()));
            let next = if callback.due.is_some() { "the sandbox will retry" } else { "the sandbox gives up" };
            tracing::warn!(
                order_id = callback.order_id,
                url,
                attempt,
                "the callback was not acknowledged: {reason}; {next}"
            );
        } else if let Some(unexpected) = &unexpected {
            let (order_id, url) = (&callback.order_id, hide_query(&callback.url));
            tracing::info!(order_id, url, "the callback was acknowledged, but its {unexpected}");
        }
        let outcome = match status {
            Some(status) => {
                let unexpected = unexpected.as_ref().map(|unexpected| format!("; {unexpected}")).unwrap_or_default();
                describe_attempt(callback.attempts, &format!("answered {status}{unexpected}"))
            }
            None => describe_attempt(callback.attempts, note.as_deref().unwrap_or("no answer")),
        };
        // A forged callback was composed when it was queued, so no fault is stored with it.
        let suffered = callback.forged.as_ref().map(|_| Fault::CallbackForged).or(fault.map(|suffered| suffered.fault));
        let fault_note = suffered.map(|fault| format!("fault {}", fault.name()));
        let exchange = Exchange {
            at: now,
            callback: Some(callback.serial),
            target: callback.url.clone(),
            order_id: Some(callback.order_id.clone()),
            status,
            note: Some([note.or(fault_note), unexpected].into_iter().flatten().collect::<Vec<_>>().join("; "))
                .filter(|note| !note.is_empty()),
            sent: body,
            answer: answer.into_bytes(),
            ..Exchange::default()
        };
        let attempt = Arc::new(Attempt { callback, accepted, outcome, exchange });
        loop {
            let kept = Arc::clone(&attempt);
            // The callback is not due again until the outcome is stored.
            match self.commit_in_group(move |engine| engine.keep_attempt(&kept)).await.flatten() {
                Ok(()) => break,
                Err(error) => {
                    let order_id = &attempt.callback.order_id;
                    tracing::error!(%error, order_id, "the outcome of a callback cannot be stored; retrying");
                    tokio::time::sleep(RETRY_DATABASE).await;
                }
            }
        }
        self.alarm.wake();
    }

    /// Writes the body of a callback, with the effect of a fault.
    fn write_callback(&self, callback: &Callback, effect: Option<CallbackEffect>) -> Vec<u8> {
        let Callback { order_id, fields, .. } = callback;
        let seal = |digest| self.seal_callback(order_id, fields, digest).to_body(Framing::Json);
        if let Some(said) = &callback.forged {
            return self.seal_callback_within(said, order_id, fields).to_body(Framing::Json);
        }
        match effect {
            Some(CallbackEffect::Corrupted) => {
                let mut body = seal(Digest::Right);
                corrupt(&mut body);
                body
            }
            Some(CallbackEffect::Misdigested) => seal(Digest::Unsorted),
            _ => seal(Digest::Right),
        }
    }

    /// Stores the outcome of an attempt. Only the callback must be stored: the exchange and the event are for people.
    fn keep_attempt(&self, Attempt { callback, accepted, outcome, exchange }: &Attempt) -> rusqlite::Result<()> {
        self.store.record_attempt(callback)?;
        let written = self.store.add_event(&callback.order_id, exchange.at, outcome).and_then(|()| {
            // A callback that was held until this one arrived is due now.
            if *accepted { self.store.release_held(callback, exchange.at) } else { Ok(()) }
        });
        if let Err(error) = written {
            tracing::error!(%error, "the history of a callback could not be stored");
        }
        self.record_exchange(exchange);
        Ok(())
    }

    /// Describes a 2xx answer whose body is unexpected. The body itself appears only on the page, where sensitive
    /// values are hidden.
    fn describe_unexpected_answer(&self, delivery: &Delivery) -> Option<String> {
        let expected = &self.settings.acknowledgement;
        match delivery {
            Delivery::Answered { status: 200..=299, body } if body != expected => {
                let unknown = match self.settings.strict_acknowledgement {
                    true => "",
                    false => " (OTT Pay does not document what it compares)",
                };
                Some(format!("answer has a body other than `{expected}`{unknown}"))
            }
            _ => None,
        }
    }

    /// Counts an attempt, and schedules the next one if there is any. A forged callback is posted only once.
    fn schedule_next(&self, callback: &mut Callback, accepted: bool, replayed: Option<CallbackFault>, now: i64) {
        callback.attempts += 1;
        if accepted {
            callback.state = CallbackState::Delivered;
            callback.due = replayed.map(|fault| now.saturating_add(fault.delay));
        } else if callback.state == CallbackState::Delivered {
            // The merchant rejected a replay; the original was accepted.
            callback.due = None;
        } else if callback.forged.is_some()
            || callback.attempts >= self.count_attempts()
            // No retry makes an address allowed.
            || self.find_address_problem(&callback.url).is_some()
        {
            callback.state = CallbackState::Failed;
            callback.due = None;
        } else {
            let factor = 1_u32.checked_shl(callback.attempts - 1).unwrap_or(u32::MAX);
            callback.due = Some(now.saturating_add(to_millis(self.settings.back_off.saturating_mul(factor))));
        }
    }

    /// Returns the maximum number of attempts.
    fn count_attempts(&self) -> u32 {
        match self.assumptions().callbacks {
            Callbacks::Once => 1,
            Callbacks::Repeated | Callbacks::Never => self.settings.attempts,
        }
    }

    /// Returns why callbacks to this URL are not allowed, or `None` if they are.
    fn find_address_problem(&self, url: &str) -> Option<String> {
        if self.settings.callbacks_anywhere {
            return Url::plain_http(url).err().map(|error| error.to_string());
        }
        let allowed = Parts::parse(url).is_ok_and(|parts| !parts.is_https && parts.is_loopback);
        (!allowed).then(|| {
            "callbacks are posted only to plain HTTP on this machine, for example to http://127.0.0.1:8080/; `ottpay \
             sandbox --callbacks-anywhere` allows every URL"
                .to_owned()
        })
    }

    async fn post(&self, url: &str, body: Vec<u8>) -> Delivery {
        let post =
            self.http.post(url).header("content-type", "application/json").header("user-agent", "ottpay-sandbox");
        let sent = post.header(CALLBACK_HEADER, "1").body(body).send().await;
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
                // The query of the URL may contain a key of the shop.
                let (error, url) = (error.without_url(), hide_query(url));
                let causes = std::iter::successors(Some(&error as &dyn std::error::Error), |error| error.source());
                let last = causes.last().map(ToString::to_string).unwrap_or_default();
                let reason = match () {
                    () if error.is_timeout() => {
                        format!("no answer from {url} within {} seconds", ANSWER_WITHIN.as_secs())
                    }
                    () if error.is_connect() => {
                        format!("no server listens at {url} ({last}); start your server there, or `ottpay listen`")
                    }
                    () => format!("no valid answer from {url}: {last}"),
                };
                Delivery::Failed { reason }
            }
        }
    }
}

/// The outcome of an attempt to deliver a callback.
struct Attempt {
    callback: Callback,
    accepted: bool,
    /// The text of the event in the order's history.
    outcome: String,
    exchange: Exchange,
}

/// Changes one character of the encrypted data.
fn corrupt(body: &mut [u8]) {
    let place = body.windows(8).position(|part| part == b"\"data\":\"").map_or(0, |place| place + 8);
    if let Some(byte) = body.get_mut(place) {
        *byte = if *byte == b'A' { b'B' } else { b'A' };
    }
}
