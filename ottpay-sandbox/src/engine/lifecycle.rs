//! Changes orders after their creation, as the buyer, the bank and time do.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::state::Engine;
use crate::assume::{Callbacks, FailureCallbacks, LatePayments};
use crate::clock::to_millis;
use crate::error::SandboxError;
use crate::fault::CallbackEffect;
use crate::order::{Act, Order, OrderKind, OrderState};
use crate::store::{ActError, Callback, CallbackFault, CallbackState, Change};

/// The maximum number of due orders settled in one transaction.
const SETTLED_AT_ONCE: u32 = 200;

/// The pause between two such transactions, in which others can use the database.
pub(super) const SETTLE_PAUSE: Duration = Duration::from_millis(1);

/// How long a callback that should arrive out of order waits for another one, in milliseconds.
const MAX_HELD: i64 = 60_000;

impl Engine {
    /// Applies an act to an order, and returns after the commit. If the order is then paid or authorised, its callback
    /// is due.
    pub(crate) async fn act(&self, id: &str, act: Act, who: &'static str) -> Result<(Order, Vec<Callback>), ActError> {
        let id = id.to_owned();
        self.commit_in_group(move |engine| engine.apply(&id, act, who)).await?
    }

    fn apply(&self, id: &str, act: Act, who: &str) -> Result<(Order, Vec<Callback>), ActError> {
        // `find` settles a due order first: the buyer cannot pay an order whose time has passed, even if the delivery
        // worker has not reached it yet.
        let second = match self.find(id)? {
            Some(order) => self.open_second_order(&order, act)?,
            None => None,
        };
        let id = second.as_deref().unwrap_or(id);
        let now = self.now();
        let queued = |order: &Order| self.compose_callbacks(order, now);
        let change = Change { act, who, late: self.assumptions().late_payments == LatePayments::On };
        let (order, callbacks) = self.store.act(self.settings.gateway, id, change, now, queued)?;
        tracing::info!(order_id = order.id, state = order.state_word(), "{} by {who}", act.name());
        self.set_alarm(&order, &callbacks);
        self.news.announce();
        Ok((order, callbacks))
    }

    /// Finds an order by its id or that of its Checkout page, with due changes applied.
    pub(crate) fn find(&self, id: &str) -> rusqlite::Result<Option<Order>> {
        self.store.order(self.settings.gateway, id)?.map(|order| self.bring_up_to_date(order)).transpose()
    }

    /// Finds an order that must exist.
    ///
    /// # Errors
    /// [`SandboxError::NoSuchOrder`] and [`SandboxError::Database`].
    pub(crate) fn require_order(&self, id: &str) -> Result<Order, SandboxError> {
        self.find(id)?.ok_or_else(|| SandboxError::NoSuchOrder { order_id: id.to_owned() })
    }

    /// Settles an order that is due but that the delivery worker has not reached yet.
    pub(super) fn bring_up_to_date(&self, order: Order) -> rusqlite::Result<Order> {
        let now = self.now();
        if order.due.is_none_or(|due| due > now) {
            return Ok(order);
        }
        let queued = |order: &Order| self.compose_callbacks(order, now);
        let change = Change { act: order.act_of_time(), who: "time", late: false };
        match self.store.act(self.settings.gateway, &order.id, change, now, queued) {
            Ok((order, callbacks)) => {
                self.set_alarm(&order, &callbacks);
                self.news.announce();
                Ok(order)
            }
            Err(ActError::Sqlite(error)) => Err(error),
            // Another thread has changed the order in the meantime.
            Err(_) => Ok(self.store.order(self.settings.gateway, &order.id)?.unwrap_or(order)),
        }
    }

    /// Settles some of the due orders. Returns whether more may be due, so that the caller can let other calls go
    /// first.
    pub(super) fn settle_some(&self) -> rusqlite::Result<bool> {
        let now = self.now();
        let queued = |order: &Order| self.compose_callbacks(order, now);
        let settled = self.store.settle(self.settings.gateway, now, SETTLED_AT_ONCE, queued)?;
        if settled > 0 {
            self.news.announce();
        }
        Ok(settled == SETTLED_AT_ONCE)
    }

    /// Settles all due orders, unless the sandbox is stopped meanwhile.
    pub(super) fn settle_all(&self) -> rusqlite::Result<()> {
        while !self.stopping.load(Ordering::Relaxed) && self.settle_some()? {
            // Let calls that wait for the database go first.
            std::thread::sleep(SETTLE_PAUSE);
        }
        Ok(())
    }

    /// Moves the clock forward, and settles the orders that are then due.
    pub(crate) fn advance(&self, by: Duration) -> rusqlite::Result<()> {
        self.clock.advance(by, |ahead| self.store.set("clock_ahead", &ahead.to_string()))?;
        self.settle_all()?;
        self.alarm.wake();
        self.news.announce();
        Ok(())
    }

    /// Wakes the delivery worker in time for an order and its callbacks.
    pub(super) fn set_alarm(&self, order: &Order, callbacks: &[Callback]) {
        let due = callbacks.iter().filter_map(|callback| callback.due).chain(order.due).min();
        due.into_iter().for_each(|due| self.alarm.set(due));
    }

    /// Returns whether the buyer can pay an order.
    pub(crate) fn can_be_paid(&self, order: &Order) -> bool {
        order.is_open() || (self.assumptions().late_payments == LatePayments::On && order.has_ended_unpaid())
    }

    /// Lists the acts that the state of an order allows.
    pub(crate) fn list_possible_acts(&self, order: &Order) -> Vec<Act> {
        let late = self.assumptions().late_payments == LatePayments::On;
        let is_possible = |act: &Act| {
            // Only on a copy, so any time will do.
            order.clone().apply(*act, order.created, late)
                || (matches!(act, Act::Pay { .. }) && self.can_open_second_order(order))
        };
        Act::NAMES.into_iter().map(|(_, act)| act).filter(is_possible).collect()
    }

    /// Composes the callback of an order, if it has one. A fault may duplicate it, or forge another one before it.
    pub(super) fn compose_callbacks(&self, order: &Order, now: i64) -> Vec<Callback> {
        let (Some(info), Some(url)) = (order.action.callback, &order.callback_url) else { return Vec::new() };
        let assumed = self.assumptions();
        let is_called_back = match order.state {
            OrderState::Paid | OrderState::Authorised => true,
            OrderState::Declined | OrderState::Cancelled | OrderState::Closed => {
                assumed.failure_callbacks == FailureCallbacks::On
            }
            OrderState::Created | OrderState::Processing => return Vec::new(),
        };
        if order.kind != OrderKind::Payment || assumed.callbacks == Callbacks::Never {
            return Vec::new();
        }
        let ids = [Some(&*order.id), order.checkout_id.as_deref()];
        let planned = self.faults.take_for_callback(order.action, ids, order.amount, is_called_back);
        if !is_called_back && planned.is_none() {
            return Vec::new();
        }
        let effect = planned.as_ref().and_then(|planned| planned.fault.callback_effect());
        let delay = planned.as_ref().map_or(0, |planned| to_millis(planned.delay));
        let due = match effect {
            Some(CallbackEffect::Delayed) => now.saturating_add(delay),
            Some(CallbackEffect::Held) => now.saturating_add(MAX_HELD),
            _ => now,
        };
        // The delivery worker applies the other faults.
        let is_done =
            matches!(effect, Some(CallbackEffect::Delayed | CallbackEffect::Duplicated | CallbackEffect::Forged));
        let fault = planned.filter(|_| !is_done).map(|planned| CallbackFault { fault: planned.fault, delay });
        let fields = self.compose_callback(info, order);
        let callback = Callback {
            // Assigned when the callback is stored.
            serial: 0,
            order_id: order.id.clone(),
            url: url.clone(),
            fields: fields.into_iter().map(|(name, text)| (name.to_owned(), text)).collect(),
            forged: None,
            state: CallbackState::Waiting,
            attempts: 0,
            fault,
            due: Some(due),
        };
        match effect {
            Some(CallbackEffect::Duplicated) => vec![callback.clone(), callback],
            Some(CallbackEffect::Forged) => {
                let (said, meant) = self.forge_callback(info, order);
                let forged = Callback { fields: meant, forged: Some(said), ..callback.clone() };
                let genuine = Callback { due: Some(now.saturating_add(delay)), ..callback };
                [Some(forged), is_called_back.then_some(genuine)].into_iter().flatten().collect()
            }
            _ => vec![callback],
        }
    }
}
