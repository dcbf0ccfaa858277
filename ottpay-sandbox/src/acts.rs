//! What happens to orders from outside: the buyer, his bank, and time.

use std::time::Duration;

use ottpay::Framing;
use ottpay::info::Role;

use crate::SandboxError;
use crate::callback::Delivery;
use crate::engine::{Engine, millis};
use crate::fault::{Fault, Trouble};
use crate::order::{Act, Order, OrderState};
use crate::reply;
use crate::store::{ActError, Callback, CallbackState, Filter};

/// How long a callback that is to come out of order waits for another one.
const HELD: Duration = Duration::from_secs(60);

impl Engine {
    /// Somebody does something with an order. If the money is there or reserved after it, its callback is due.
    pub(crate) fn act(&self, id: &str, act: Act, who: &str) -> Result<(Order, Vec<Callback>), ActError> {
        self.settle();
        let now = self.clock.now();
        let order = self.store.act(self.gateway, id, act, now, who)?;
        tracing::info!(order_id = order.id, state = order.state.name(), "{} by {who}", act.name());
        let callbacks = match act {
            Act::Pay { .. } | Act::Capture => self.queue(&order, now)?,
            _ => Vec::new(),
        };
        self.wake.notify_one();
        self.tell();
        Ok((order, callbacks))
    }

    /// What time does: unpaid orders are closed, and those under way are settled.
    pub(crate) fn settle(&self) {
        let now = self.clock.now();
        let settled = self.store.due_orders(self.gateway, now).and_then(|due| {
            for order in due {
                let act = match order.state {
                    OrderState::Processing => Act::Pay { tip: None, fee: None },
                    _ => Act::Expire,
                };
                match self.store.act(self.gateway, &order.id, act, now, "time") {
                    Ok(order) if act != Act::Expire => drop(self.queue(&order, now)?),
                    Ok(_) | Err(ActError::NoSuchOrder | ActError::WrongState(_)) => {}
                    Err(ActError::Sqlite(error)) => return Err(error),
                }
                self.tell();
            }
            Ok(())
        });
        if let Err(error) = settled {
            tracing::error!(%error, "the database cannot be used");
        }
    }

    /// The callback of an order, sealed and written down, so that not even a restart loses it. It stands twice if that
    /// was asked for.
    fn queue(&self, order: &Order, now: i64) -> rusqlite::Result<Vec<Callback>> {
        let (Some(info), Some(url)) = (order.action.callback, &order.callback_url) else { return Ok(Vec::new()) };
        let mut fields = reply::of_callback(self, info, order);
        // The vendor's sample of a wallet's callback has no status: whoever wants to know must ask.
        for field in info.fields.iter().filter(|field| field.role == Some(Role::Status) && !field.required) {
            fields.remove(field.name);
        }
        let body = self.sealed("SUCCESS", &fields).to_body(Framing::Json);
        let trouble = self.troubles.take(true, order.action, Some(&order.id), Some(order.amount));
        let later = |delay: Duration| now.saturating_add(millis(delay));
        let (due, fault, copies) = match &trouble {
            Some(Trouble { fault: Fault::CallbackDelay, delay, .. }) => (later(*delay), None, 1),
            Some(Trouble { fault: Fault::CallbackOutOfOrder, .. }) => (later(HELD), trouble, 1),
            Some(Trouble { fault: Fault::CallbackDuplicate, .. }) => (now, None, 2),
            _ => (now, trouble, 1),
        };
        let fault = fault.map(|Trouble { fault, delay, .. }| format!("{}:{}", fault.name(), millis(delay)));
        let mut queued = Vec::new();
        for _ in 0..copies {
            let mut callback = Callback {
                serial: 0,
                order_id: order.id.clone(),
                url: url.clone(),
                body: body.clone(),
                state: CallbackState::Waiting,
                attempts: 0,
                fault: fault.clone(),
                due: Some(due),
            };
            callback.serial = self.store.add_callback(&callback)?;
            queued.push(callback);
        }
        Ok(queued)
    }
}

impl Engine {
    /// Moves the clock forward, and does what is due then.
    pub(crate) fn advance(&self, by: Duration) -> rusqlite::Result<()> {
        self.clock.advance(by);
        self.store.set("clock_ahead", &self.clock.ahead().to_string())?;
        self.settle();
        self.wake.notify_one();
        self.tell();
        Ok(())
    }

    /// Waits for the first attempt of a callback.
    pub(crate) async fn delivered(&self, callback: &Callback) -> Result<Delivery, SandboxError> {
        let mut changed = self.changed.subscribe();
        if callback.due.is_some_and(|due| due > self.clock.now()) {
            return Ok(Delivery::Later);
        }
        let filter = Filter { callback: Some(callback.serial), limit: 1, ..Filter::default() };
        loop {
            let attempts = self.store.exchanges(&filter);
            let attempts = attempts.map_err(|error| SandboxError::Database { reason: error.to_string() })?;
            if let Some(attempt) = attempts.into_iter().next() {
                return Ok(match attempt.status {
                    Some(status) => {
                        Delivery::Answered { status, body: String::from_utf8_lossy(&attempt.answer).into_owned() }
                    }
                    None => Delivery::Failed { reason: attempt.note.unwrap_or_default() },
                });
            }
            // The worker ends every attempt after ten seconds; whatever it writes down is told here.
            let _ = tokio::time::timeout(Duration::from_millis(100), changed.recv()).await;
        }
    }
}
