//! What happens to orders from outside: the buyer, his bank, and time.

use std::time::Duration;

use crate::SandboxError;
use crate::callback::Delivery;
use crate::engine::{Engine, millis};
use crate::fault::{Fault, Trouble};
use crate::order::{Act, Order, OrderKind, OrderState};
use crate::reply;
use crate::store::{ActError, Callback, CallbackState, Filter};

/// How long a callback that is to come out of order waits for another one.
const HELD: Duration = Duration::from_secs(60);

impl Engine {
    /// Somebody does something with an order. If the money is there or reserved after it, its callback is due.
    pub(crate) fn act(&self, id: &str, act: Act, who: &str) -> Result<(Order, Vec<Callback>), ActError> {
        self.settle();
        let now = self.clock.now();
        let queued = |order: &Order| match act {
            Act::Pay { .. } | Act::Capture => self.callbacks_of(order, now),
            _ => Vec::new(),
        };
        let (order, callbacks) = self.store.act(self.gateway, id, (act, who), now, queued)?;
        tracing::info!(order_id = order.id, state = order.state.name(), "{} by {who}", act.name());
        self.wake.notify_one();
        self.tell();
        Ok((order, callbacks))
    }

    /// What time does: unpaid orders are closed, and those under way are settled.
    pub(crate) fn settle(&self) {
        if let Err(error) = self.settle_all() {
            tracing::error!(%error, "the database cannot be used");
        }
    }

    fn settle_all(&self) -> rusqlite::Result<()> {
        let now = self.clock.now();
        loop {
            let mut settled = false;
            for order in self.store.due_orders(self.gateway, now)? {
                let act = match order.state {
                    OrderState::Processing => Act::Pay { tip: None, fee: None },
                    _ => Act::Expire,
                };
                let queued =
                    |order: &Order| if act == Act::Expire { Vec::new() } else { self.callbacks_of(order, now) };
                match self.store.act(self.gateway, &order.id, (act, "time"), now, queued) {
                    Ok(_) => settled = true,
                    // Somebody else was faster.
                    Err(ActError::NoSuchOrder | ActError::WrongState(_) | ActError::Extra(_)) => {}
                    Err(ActError::Sqlite(error)) => return Err(error),
                }
            }
            if !settled {
                return Ok(());
            }
            self.tell();
        }
    }

    /// The callback of an order, if it has one; twice, if that was asked for.
    pub(crate) fn callbacks_of(&self, order: &Order, now: i64) -> Vec<Callback> {
        let (Some(info), Some(url)) = (order.action.callback, &order.callback_url) else { return Vec::new() };
        if order.kind != OrderKind::Payment {
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
