//! The gateway without its server: what it has, and what every part of it needs.

mod answer;
mod carry_out;

pub(crate) use carry_out::currency;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ottpay::envelope::{self, Message};
use ottpay::info::Gateway;
use ottpay::{Cipher, Currency, SignKey};
use tokio::sync::{Notify, Semaphore, broadcast};

use crate::clock::Clock;
use crate::fault::{Trouble, Troubles};
use crate::reply::Answer;
use crate::store::{Exchange, Store};

/// How many pages are told at once when something happens.
pub(crate) const MAX_LOOKING: usize = 32;

/// The gateway without its server.
pub(crate) struct Engine {
    pub(crate) gateway: &'static Gateway,
    pub(crate) merchant_id: String,
    pub(crate) sign_key: SignKey,
    pub(crate) cipher: Cipher,
    pub(crate) http: reqwest::Client,
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) troubles: Troubles,
    pub(crate) settings: Settings,
    /// Rates to CNY times 10^8, by currency.
    pub(crate) rates: Mutex<BTreeMap<String, u64>>,
    pub(crate) requests: AtomicU64,
    /// Whether the end has begun.
    pub(crate) stopping: AtomicBool,
    /// One changes a setting that is kept at a time.
    pub(crate) changing: Mutex<()>,
    /// Wakes the worker when something is due earlier than it thought.
    pub(crate) wake: Notify,
    /// Tells open pages that there is something new.
    pub(crate) changed: broadcast::Sender<()>,
    /// Room for pages that are told.
    pub(crate) looking: Arc<Semaphore>,
}

/// What can be set for a sandbox.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// Where buyers reach it, for the links that it gives out.
    pub(crate) public_url: String,
    /// How long an unpaid order stays open.
    pub(crate) pay_within: Duration,
    /// How often a callback is tried.
    pub(crate) attempts: u32,
    /// How long after the first attempt the second comes; each further one takes twice as long.
    pub(crate) back_off: Duration,
    /// Whether callbacks go to other machines, too.
    pub(crate) callbacks_anywhere: bool,
    /// Currency of the merchant.
    pub(crate) currency: Currency,
}

/// What goes back to the merchant.
pub(crate) struct Response {
    pub(crate) body: Vec<u8>,
    pub(crate) trouble: Option<Trouble>,
}

/// Why the gateway turns a request down: a response code of the specification and a sentence for the developer.
pub(crate) struct Refusal {
    pub(crate) code: String,
    pub(crate) message: String,
}

impl Refusal {
    pub(crate) fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into() }
    }
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        Self::new("DB_ERROR", format!("the sandbox cannot use its database: {error}"))
    }
}

impl Engine {
    pub(crate) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Tells whoever looks that something happened.
    pub(crate) fn tell(&self) {
        // Nobody may be looking.
        let _ = self.changed.send(());
    }

    /// Writes an exchange down. The merchant has his answer even if that fails.
    pub(crate) fn keep(&self, exchange: &Exchange) {
        if let Err(error) = self.store.keep(exchange) {
            tracing::error!(%error, "an exchange could not be kept");
        }
        self.tell();
    }

    /// A message around sealed fields.
    pub(crate) fn sealed<N: AsRef<str>>(&self, code: &str, fields: &BTreeMap<N, String>) -> Message {
        self.message(code, &envelope::seal(fields, &self.sign_key, self.cipher))
    }

    /// The same under a digest of which one digit is another: it decrypts, but does not verify.
    pub(crate) fn sealed_wrongly(&self, code: &str, fields: &Answer) -> Message {
        let right = envelope::seal(fields, &self.sign_key, self.cipher).md5;
        let (rest, last) = right.split_at_checked(31).unwrap_or_default();
        let wrong = format!("{rest}{}", if last == "0" { '1' } else { '0' });
        let text = serde_json::json!(fields).to_string();
        self.message(code, &envelope::seal_as(&text, &wrong, &self.sign_key, self.cipher))
    }

    fn message(&self, code: &str, sealed: &envelope::Sealed) -> Message {
        Message::new([
            ("rsp_code", code),
            ("rsp_msg", &code.to_ascii_lowercase()),
            ("merchant_id", &self.merchant_id),
            ("data", &sealed.data),
            ("md5", &sealed.md5),
        ])
    }

    /// Sets rates, if they can be kept; all that there are then.
    pub(crate) fn set_rates(&self, new: BTreeMap<String, u64>) -> rusqlite::Result<BTreeMap<String, u64>> {
        let _alone = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = self.rates();
        all.extend(new);
        self.store.set("rates", &serde_json::json!(all).to_string())?;
        self.rates.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&all);
        Ok(all)
    }

    pub(crate) fn rates(&self) -> BTreeMap<String, u64> {
        self.rates.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The rate of a currency to CNY, times 10^8.
    pub(crate) fn rate(&self, currency: Currency) -> Option<u64> {
        self.rates.lock().unwrap_or_else(PoisonError::into_inner).get(currency.code()).copied()
    }
}

/// Shows who the merchant is; the sign key is not shown.
impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("merchant_id", &self.merchant_id).finish_non_exhaustive()
    }
}

pub(crate) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
