//! Carries out requests: changes orders, and composes replies.

use std::time::Duration;

use ottpay::spec::{Effect, Role};
use ottpay::{Amount, OrderId};

use super::compose::Answer;
use super::refusal::Refusal;
use super::request::Request;
use super::state::Engine;
use crate::assume::{BuyerCodes, Duplicates, OrderIds, PaidIds, RefundsSettle, UnknownOrder};
use crate::clock::to_millis;
use crate::code;
use crate::order::{MAX_AMOUNT, Order, OrderKind, OrderState};
use crate::store::{AddError, RefundError, describe_state};

/// How long a refund is in progress, if the sandbox assumes that refunds are completed later.
const REFUND_SETTLES: Duration = Duration::from_secs(60);

impl Engine {
    /// Carries out a request. Returns the id of its order, if it has one, and the fields of the reply.
    ///
    /// The effect of the action and the roles of its fields decide: a write that names another order is a refund, a
    /// write with an amount is a payment, and a read that names an order reports its state. Everything else is answered
    /// with the specification's example.
    pub(super) fn carry_out(
        &self,
        request: Request<'_>,
        settles: Option<Duration>,
    ) -> Result<(Option<String>, Answer), Refusal> {
        let asked = request.read_own_id();
        let original = request.read_role(Role::OriginalOrder);
        let order = match (request.info.effect, original, request.read_amount(Role::Amount), asked) {
            (Effect::Write, _, Some(Amount::ZERO), _) => return Err(Refusal::invalid("the amount is zero")),
            (Effect::Write, Some(original), Some(amount), _) => {
                self.create_refund(request, &original, amount, settles)?
            }
            (Effect::Write, None, Some(amount), _) => self.create_payment(request, amount, settles)?,
            (Effect::Read, _, _, Some((role, id))) => match self.query(role, &id)? {
                Some(order) if self.is_served(request.info, &order) => order,
                _ => return Ok((None, self.answer_unknown(request)?)),
            },
            _ => return Ok((None, self.compose_example(request)?)),
        };
        Ok((Some(order.id.clone()), self.compose_reply(request, &order)))
    }

    /// Creates a payment. It is paid at once if the request contains the buyer's code or card.
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
        } else if request.read_role(Role::Credential).is_some() && self.assumptions().buyer_codes == BuyerCodes::Paid {
            payment.complete(payment.created);
        }
        let what = describe_state(payment.state_word(), request.info.action);
        // Stored together with the order, so that a sandbox that is killed has both or neither.
        let queued = |payment: &Order| self.compose_callbacks(payment, payment.created);
        match self.store.add(&payment, &what, queued) {
            Ok(callbacks) => {
                log_created(&payment);
                self.set_alarm(&payment, &callbacks);
                Ok(payment)
            }
            Err(AddError::Used) => self.resume_or_refuse(&payment),
            Err(error) => Err(self.refuse_order(error)),
        }
    }

    /// Returns the open order of the same action whose id the request reuses, or refuses the request.
    fn resume_or_refuse(&self, payment: &Order) -> Result<Order, Refusal> {
        let assumed = self.assumptions();
        // The merchant knows a Checkout page by its own id; `id` was generated for this request.
        match self.find(payment.checkout_id.as_deref().unwrap_or(&payment.id))? {
            Some(earlier)
                if assumed.order_ids == OrderIds::Resumed
                    && earlier.is_open()
                    && earlier.action.name == payment.action.name =>
            {
                Ok(earlier)
            }
            Some(earlier) if assumed.paid_ids == PaidIds::OrderPaid && earlier.state == OrderState::Paid => {
                Err(self.refuse_duplicate(code::ORDER_PAID))
            }
            _ => Err(self.refuse_order(AddError::Used)),
        }
    }

    fn create_refund(
        &self,
        request: Request<'_>,
        original: &str,
        amount: Amount,
        settles: Option<Duration>,
    ) -> Result<Order, Refusal> {
        let mut refund = self.new_order(request, OrderKind::Refund, amount)?;
        let assumed = self.assumptions();
        let later = Some(REFUND_SETTLES).filter(|_| assumed.refunds_settle == RefundsSettle::Later);
        match settles.or(later) {
            Some(delay) => {
                refund.state = OrderState::Processing;
                refund.due = Some(refund.created.saturating_add(to_millis(delay)));
            }
            None => refund.complete(refund.created),
        }
        // Settle a due payment before it is refunded.
        self.find(original)?;
        let refunded = self.store.refund(self.settings.gateway, original, &mut refund, assumed);
        refunded.map_err(|error| self.refuse_refund(error))?;
        log_created(&refund);
        self.set_alarm(&refund, &[]);
        Ok(refund)
    }

    fn query(&self, role: Role, id: &str) -> Result<Option<Order>, Refusal> {
        Ok(self.find_by_role(role, id)?.map(|order| self.bring_up_to_date(order)).transpose()?)
    }

    /// Finds an order or a refund by its id, or the order of a Checkout page by the merchant's id of the page.
    pub(super) fn find_by_role(&self, role: Role, id: &str) -> rusqlite::Result<Option<Order>> {
        let gateway = self.settings.gateway;
        let kind = if role == Role::Refund { OrderKind::Refund } else { OrderKind::Payment };
        let found = match role {
            Role::CheckoutOrder => self.store.checkout(gateway, id)?,
            _ => self.store.order(gateway, id)?,
        };
        Ok(found.filter(|order| order.kind() == kind))
    }

    /// Composes the reply to a query about an unknown order.
    fn answer_unknown(&self, request: Request<'_>) -> Result<Answer, Refusal> {
        match self.assumptions().unknown_order {
            UnknownOrder::Pending => Ok(self.compose_pending(request)),
            UnknownOrder::Fail | UnknownOrder::SystemError => Err(self.refuse_unknown()),
        }
    }

    fn refuse_unknown(&self) -> Refusal {
        let code = match self.assumptions().unknown_order {
            UnknownOrder::Fail | UnknownOrder::Pending => code::FAIL,
            UnknownOrder::SystemError => code::SYSTEM_ERROR,
        };
        Refusal::new(code, "no such order")
    }

    /// Refuses a used id, with this word as the response code or in the message.
    fn refuse_duplicate(&self, word: &str) -> Refusal {
        match self.assumptions().duplicates {
            Duplicates::Code => Refusal::new(word, "order number duplicated"),
            Duplicates::Message => Refusal::new(code::FAIL, format!("{word}: order number duplicated")),
        }
    }

    fn refuse_order(&self, error: AddError) -> Refusal {
        match error {
            AddError::Used => self.refuse_duplicate(code::ORDER_USED),
            AddError::Full => {
                Refusal::new(code::SYSTEM_ERROR, "the sandbox cannot keep more orders; start a new sandbox")
            }
            AddError::Sqlite(error) => error.into(),
        }
    }

    fn refuse_refund(&self, error: RefundError) -> Refusal {
        match error {
            RefundError::NoSuchOrder => self.refuse_unknown(),
            // The vendor's list has no code for these cases, so they all have the general one.
            RefundError::NotPaid => Refusal::new(code::FAIL, "the order is not paid"),
            RefundError::TooMuch => Refusal::new(code::FAIL, "the refund is greater than the payment"),
            RefundError::Again => Refusal::new(code::FAIL, "the payment was already refunded"),
            RefundError::Part => Refusal::new(code::FAIL, "a payment can only be refunded in full"),
            RefundError::Add(error) => self.refuse_order(error),
        }
    }

    fn new_order(&self, request: Request<'_>, kind: OrderKind, amount: Amount) -> Result<Order, Refusal> {
        let tip = request.read_amount(Role::Tip);
        if amount > MAX_AMOUNT || tip.is_some_and(|tip| tip > MAX_AMOUNT) {
            return Err(Refusal::invalid("the amount is too large"));
        }
        let created = self.now();
        let lifetime = request.read_lifetime().unwrap_or(self.settings.pay_within);
        let expires = created.saturating_add(to_millis(lifetime));
        let own = match kind {
            OrderKind::Payment => Role::Order,
            OrderKind::Refund => Role::Refund,
        };
        Ok(Order {
            provider_id: format!("SB{}", OrderId::random()),
            id: request.read_role(own).unwrap_or_else(|| OrderId::random().to_string()),
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
            repeats: None,
            callback_url: request.read_role(Role::CallbackUrl),
            created,
            finished: None,
            due: None,
            expires: Some(expires).filter(|_| kind == OrderKind::Payment),
            request: request.select_kept_values(),
        })
    }
}

/// Logs a new order or refund.
fn log_created(order: &Order) {
    let amount = order.amount.in_currency(order.currency);
    let kind = if order.kind == OrderKind::Refund { "refund" } else { "order" };
    tracing::info!(order_id = order.id, action = order.action.name, %amount, "{kind} created");
}
