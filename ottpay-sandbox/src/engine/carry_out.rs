//! Carries a request out: what it does to orders, and what its reply contains.

use std::time::Duration;

use ottpay::spec::{Effect, Role};
use ottpay::{Amount, OrderId};

use super::compose::Answer;
use super::refusal::Refusal;
use super::request::Request;
use super::state::Engine;
use super::status_word::knows_refunds_only;
use crate::clock::to_millis;
use crate::code;
use crate::order::{MAX_AMOUNT, Order, OrderKind, OrderState};
use crate::store::{AddError, RefundError};

/// What a query asks for: an order, or a Checkout page by the merchant's id.
enum Asked {
    Order(String),
    Checkout(String),
}

impl Engine {
    /// What an action does follows from its effect and the roles of its fields: a write that names another order
    /// is a refund, a write with an amount is a payment, a read that names an order reports on it. Everything else is
    /// answered from the specification's example. Returns the id of the order, too.
    pub(super) fn carry_out(
        &self,
        request: Request<'_>,
        settles: Option<Duration>,
    ) -> Result<(Option<String>, Answer), Refusal> {
        let checkout = request.read_role(Role::CheckoutOrder).map(Asked::Checkout);
        let asked = checkout.or_else(|| request.read_role(Role::Order).map(Asked::Order));
        let original = request.read_role(Role::OriginalOrder);
        let order = match (request.info.effect, original, request.read_amount(Role::Amount), asked) {
            (Effect::Write, _, Some(Amount::ZERO), _) => return Err(Refusal::invalid("the amount is zero")),
            (Effect::Write, Some(original), Some(amount), _) => {
                self.create_refund(request, &original, amount, settles)?
            }
            (Effect::Write, None, Some(amount), _) => self.create_payment(request, amount, settles)?,
            (Effect::Read, _, _, Some(id)) => self.query(request, &id)?,
            _ => return Ok((None, self.compose_example(request)?)),
        };
        Ok((Some(order.id.clone()), self.compose_reply(request, &order)))
    }

    /// A new payment. If the request has the buyer's code or card, the buyer has nothing left to do.
    pub(super) fn create_payment(
        &self,
        request: Request<'_>,
        amount: Amount,
        settles: Option<Duration>,
    ) -> Result<Order, Refusal> {
        let mut payment = self.new_order(request, OrderKind::Payment, amount)?;
        payment.due = payment.expires;
        if let Some(delay) = settles {
            payment.state = OrderState::Processing;
            payment.due = Some(payment.created.saturating_add(to_millis(delay)));
        } else if request.read_role(Role::Credential).is_some() {
            payment.complete(payment.created);
        }
        let what = format!("{} by {}", payment.state.name(), request.info.action);
        let queued = |payment: &Order| self.compose_callbacks(payment, payment.created);
        self.store.add(&payment, &what, queued).map_err(refuse_order)?;
        self.wake.notify_one();
        Ok(payment)
    }

    fn create_refund(
        &self,
        request: Request<'_>,
        original: &str,
        amount: Amount,
        settles: Option<Duration>,
    ) -> Result<Order, Refusal> {
        let mut refund = self.new_order(request, OrderKind::Refund, amount)?;
        match settles {
            Some(delay) => {
                refund.state = OrderState::Processing;
                refund.due = Some(refund.created.saturating_add(to_millis(delay)));
            }
            None => refund.complete(refund.created),
        }
        // A payment that is due is settled before it is refunded.
        self.find(original)?;
        self.store.refund(self.settings.gateway, original, &mut refund).map_err(refuse_refund)?;
        self.wake.notify_one();
        Ok(refund)
    }

    fn query(&self, request: Request<'_>, id: &Asked) -> Result<Order, Refusal> {
        let found = match id {
            Asked::Checkout(id) => self.store.checkout(self.settings.gateway, id)?,
            Asked::Order(id) => self.store.order(self.settings.gateway, id)?,
        };
        let found = found.map(|order| self.bring_up_to_date(order)).transpose()?;
        let fits = |found: &Order| found.kind() == OrderKind::Refund || !knows_refunds_only(request.info.reply);
        found.filter(fits).ok_or_else(|| Refusal::new(code::FAIL, "no such order"))
    }

    fn new_order(&self, request: Request<'_>, kind: OrderKind, amount: Amount) -> Result<Order, Refusal> {
        let tip = request.read_amount(Role::Tip);
        if amount > MAX_AMOUNT || tip.is_some_and(|tip| tip > MAX_AMOUNT) {
            return Err(Refusal::invalid("the amount is too great"));
        }
        let created = self.now();
        let lifetime = request.read_lifetime().unwrap_or(self.settings.pay_within);
        let expires = created.saturating_add(to_millis(lifetime));
        Ok(Order {
            provider_id: format!("SB{}", OrderId::random()),
            id: request.read_role(Role::Order).unwrap_or_else(|| OrderId::random().to_string()),
            checkout_id: request.read_role(Role::CheckoutOrder),
            kind,
            action: request.info,
            amount,
            currency: request.read_currency().unwrap_or(self.settings.currency),
            tip,
            fee: None,
            state: OrderState::Created,
            refunded: Amount::ZERO,
            original: None,
            callback_url: request.read_role(Role::CallbackUrl),
            created,
            finished: None,
            due: None,
            expires: Some(expires).filter(|_| kind == OrderKind::Payment),
            request: request.select_kept_values(),
        })
    }
}

fn refuse_order(error: AddError) -> Refusal {
    match error {
        AddError::Used => Refusal::new(code::ORDER_USED, "order number duplicated"),
        AddError::Full => Refusal::new(code::SYSTEM_ERROR, "the sandbox keeps no more orders; start a new one"),
        AddError::Sqlite(error) => error.into(),
    }
}

fn refuse_refund(error: RefundError) -> Refusal {
    match error {
        RefundError::NoSuchOrder => Refusal::new(code::FAIL, "no such order"),
        RefundError::NotPaid => Refusal::new(code::FAIL, "the order is not paid"),
        RefundError::TooMuch => Refusal::new(code::FAIL, "the refund is greater than the payment"),
        RefundError::Add(error) => refuse_order(error),
    }
}
