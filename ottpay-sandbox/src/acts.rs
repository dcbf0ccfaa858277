//! What happens to orders from outside: the buyer, his bank, and time.

use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::SandboxError;
use crate::callback::Delivery;
use crate::engine::{Engine, millis};
use crate::fault::{Fault, Trouble};
use crate::order::{Act, Order, OrderKind, OrderState};
use crate::reply;
use crate::store::{ActError, Callback, CallbackState, Filter};

/// How many orders time settles in one go, and how long it leaves the database to others before the next.
const SETTLED_AT_ONCE: u32 = 200;
pub(crate) const BREATH: Duration = Duration::from_millis(1);

/// How long a callback that is to come out of order waits for another one.
const HELD: Duration = Duration::from_secs(60);

impl Engine {
    /// Somebody does something with an order. If the money is there or reserved after it, its callback is due.
    pub(crate) fn act(&self, id: &str, act: Act, who: &str) -> Result<(Order, Vec<Callback>), ActError> {
        self.find(id)?;
        let now = self.clock.now();
        let (order, callbacks) =
            self.store.act(self.gateway, id, (act, who), now, |order| self.callbacks_of(order, now))?;
        tracing::info!(order_id = order.id, state = order.state.name(), "{} by {who}", act.name());
        self.wake.notify_one();
        self.tell();
        Ok((order, callbacks))
    }

    /// An order by its id or that of its Checkout page, as it is by now.
    pub(crate) fn find(&self, id: &str) -> rusqlite::Result<Option<Order>> {
        self.store.order(self.gateway, id)?.map(|order| self.by_now(order)).transpose()
    }

    /// The latest orders first, with their numbers, as they are by now.
    pub(crate) fn latest(&self, before: Option<i64>, limit: u32) -> rusqlite::Result<Vec<(i64, Order)>> {
        let found = self.store.latest(self.gateway, before, limit)?;
        found.into_iter().map(|(serial, order)| Ok((serial, self.by_now(order)?))).collect()
    }

    /// An order after what time has done to it and the worker has not written down yet.
    pub(crate) fn by_now(&self, order: Order) -> rusqlite::Result<Order> {
        let now = self.clock.now();
        if order.due.is_none_or(|due| due > now) {
            return Ok(order);
        }
        let queued = |order: &Order| self.callbacks_of(order, now);
        match self.store.act(self.gateway, &order.id, (order.by_time(), "time"), now, queued) {
            Ok((order, _)) => {
                self.wake.notify_one();
                self.tell();
                Ok(order)
            }
            Err(ActError::Sqlite(error)) => Err(error),
            // Somebody else was faster.
            Err(_) => Ok(self.store.order(self.gateway, &order.id)?.unwrap_or(order)),
        }
    }

    /// What time does to some of the orders that are due; and whether there may be more. Calls can be answered between
    /// one of these and the next.
    pub(crate) fn settle_some(&self) -> rusqlite::Result<bool> {
        let now = self.clock.now();
        let settled = self.store.settle(self.gateway, now, SETTLED_AT_ONCE, |order| self.callbacks_of(order, now))?;
        if settled > 0 {
            self.tell();
        }
        Ok(settled == SETTLED_AT_ONCE)
    }

    /// What time does to every order that is due; the rest is for the next start if the sandbox is stopped meanwhile.
    pub(crate) fn settle_all(&self) -> rusqlite::Result<()> {
        while !self.stopping.load(Ordering::Relaxed) && self.settle_some()? {
            // Calls that wait for the database come first.
            std::thread::sleep(BREATH);
        }
        Ok(())
    }

    /// The callback of an order, if it has one; twice, if that was asked for.
    pub(crate) fn callbacks_of(&self, order: &Order, now: i64) -> Vec<Callback> {
        let (Some(info), Some(url)) = (order.action.callback, &order.callback_url) else { return Vec::new() };
        if order.kind != OrderKind::Payment || !matches!(order.state, OrderState::Paid | OrderState::Authorised) {
            return Vec::new();
        }
        let ids = [Some(&*order.id), order.checkout_id.as_deref()];
        let trouble = self.troubles.take(true, order.action, ids, Some(order.amount));
        let later = |delay: Duration| now.saturating_add(millis(delay));
        let (due, fault, copies) = match &trouble {
            Some(Trouble { fault: Fault::CallbackDelay, delay, .. }) => (later(*delay), None, 1),
            Some(Trouble { fault: Fault::CallbackOutOfOrder, .. }) => (later(HELD), trouble, 1),
            Some(Trouble { fault: Fault::CallbackDuplicate, .. }) => (now, None, 2),
            _ => (now, trouble, 1),
        };
        let fields = reply::of_callback(self, info, order);
        let callback = Callback {
            serial: 0,
            order_id: order.id.clone(),
            url: url.clone(),
            fields: fields.into_iter().map(|(name, text)| (name.to_owned(), text)).collect(),
            state: CallbackState::Waiting,
            attempts: 0,
            fault: fault.map(|Trouble { fault, delay, .. }| format!("{}:{}", fault.name(), millis(delay))),
            due: Some(due),
        };
        vec![callback; copies]
    }
}

impl Engine {
    /// Moves the clock forward, and does what is due then.
    pub(crate) fn advance(&self, by: Duration) -> rusqlite::Result<()> {
        self.clock.advance(by, |ahead| self.store.set("clock_ahead", &ahead.to_string()))?;
        self.settle_all()?;
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
            let attempts = self.store.exchanges(&filter)?;
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
