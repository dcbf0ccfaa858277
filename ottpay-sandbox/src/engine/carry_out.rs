//! What a request does to the orders.

use std::collections::BTreeMap;
use std::time::Duration;

use ottpay::envelope::Fields;
use ottpay::info::{ActionInfo, Effect, FieldInfo, Kind, Role};
use ottpay::{Amount, Currency, OrderId};

use super::{Engine, Refusal, millis};
use crate::check;
use crate::order::{MAX_AMOUNT, Order, OrderKind, OrderState};
use crate::reply::{self, Answer};
use crate::store::{AddError, RefundError};

/// The longest time that a request can give the buyer, in seconds: ten years.
const LONGEST_LIFE: u64 = 10 * 366 * 86_400;

/// The longest text that an order keeps of its request, in bytes.
const LONGEST_SAID: usize = 1024;

/// What a query asks for: an order, or a Checkout page by the merchant's id.
enum Asked {
    Order(String),
    Checkout(String),
}

impl Engine {
    /// What an action does follows from its effect and the parts its fields play: a write that names another order
    /// gives money back, a write with an amount takes money, a read that names an order reports on it. Everything else
    /// is answered from the specification's example. Says which order it was about, too.
    pub(super) fn carry_out(
        &self,
        info: &'static ActionInfo,
        fields: &Fields,
        settles: Option<Duration>,
    ) -> Result<(Option<String>, Answer), Refusal> {
        let role = |role| info.request_field(role).and_then(|field| text(field, fields));
        let asked = role(Role::CheckoutOrder).map(Asked::Checkout).or_else(|| role(Role::Order).map(Asked::Order));
        let order = match (info.effect, role(Role::OriginalOrder), amount(info, Role::Amount, fields), asked) {
            (Effect::Write, _, Some(Amount::ZERO), _) => {
                return Err(Refusal::new("PARAM_INVALID", "the amount is zero"));
            }
            (Effect::Write, Some(original), Some(amount), _) => {
                let mut refund = self.order(info, OrderKind::Refund, fields, amount)?;
                match settles {
                    Some(delay) => {
                        refund.state = OrderState::Processing;
                        refund.due = Some(refund.created.saturating_add(millis(delay)));
                    }
                    None => refund.take(refund.created),
                }
                self.find(&original)?;
                self.store.refund(self.gateway, &original, &mut refund).map_err(refund_refusal)?;
                self.wake.notify_one();
                refund
            }
            (Effect::Write, None, Some(amount), _) => self.create(info, fields, amount, settles)?,
            (Effect::Read, _, _, Some(id)) => {
                let found = match &id {
                    Asked::Checkout(id) => self.store.checkout(self.gateway, id)?,
                    Asked::Order(id) => self.store.order(self.gateway, id)?,
                };
                let found = found.map(|order| self.by_now(order)).transpose()?;
                // A query whose words know no payment is one for refunds.
                let found =
                    found.filter(|found| found.kind() == OrderKind::Refund || !reply::is_of_refunds(info.reply));
                found.ok_or_else(|| Refusal::new("FAIL", "no such order"))?
            }
            _ => return Ok((None, reply::of_example(self, info, fields)?)),
        };
        Ok((Some(order.id.clone()), self.report(info, &order, fields)))
    }

    fn report(&self, info: &'static ActionInfo, order: &Order, fields: &Fields) -> Answer {
        reply::of_order(self, info.reply, order, Some(fields), info.examples.first().map(|example| example.reply))
    }

    fn order(
        &self,
        info: &'static ActionInfo,
        kind: OrderKind,
        fields: &Fields,
        amount: Amount,
    ) -> Result<Order, Refusal> {
        let role = |role| info.request_field(role).and_then(|field| text(field, fields));
        let tip = self::amount(info, Role::Tip, fields);
        if amount > MAX_AMOUNT || tip.is_some_and(|tip| tip > MAX_AMOUNT) {
            return Err(Refusal::new("PARAM_INVALID", "the amount is too great"));
        }
        let id = role(Role::Order).unwrap_or_else(|| OrderId::random().to_string());
        let created = self.clock.now();
        let expires = created.saturating_add(millis(lifetime(info, fields).unwrap_or(self.settings.pay_within)));
        Ok(Order {
            provider_id: format!("SB{}", OrderId::random()),
            id,
            checkout_id: role(Role::CheckoutOrder),
            kind,
            action: info,
            amount,
            currency: currency(info, fields).unwrap_or(self.settings.currency),
            tip,
            fee: None,
            state: OrderState::Created,
            refunded: Amount::ZERO,
            original: None,
            callback_url: role(Role::CallbackUrl),
            created,
            finished: None,
            due: None,
            expires: Some(expires).filter(|_| kind == OrderKind::Payment),
            request: said(info, fields),
        })
    }

    /// A new payment. If the buyer has shown a code or given a card with it, there is nothing left for him to do.
    pub(super) fn create(
        &self,
        info: &'static ActionInfo,
        fields: &Fields,
        amount: Amount,
        settles: Option<Duration>,
    ) -> Result<Order, Refusal> {
        let mut payment = self.order(info, OrderKind::Payment, fields, amount)?;
        payment.due = payment.expires;
        if let Some(delay) = settles {
            payment.state = OrderState::Processing;
            payment.due = Some(payment.created.saturating_add(millis(delay)));
        } else if info.request_field(Role::Credential).and_then(|field| text(field, fields)).is_some() {
            payment.take(payment.created);
        }
        let what = format!("{} by {}", payment.state.name(), info.action);
        let queued = |payment: &Order| self.callbacks_of(payment, payment.created);
        self.store.add(&payment, &what, queued).map_err(add_refusal)?;
        self.wake.notify_one();
        Ok(payment)
    }
}

pub(super) fn text(field: &FieldInfo, fields: &Fields) -> Option<String> {
    fields.text(field.name).filter(|text| !text.is_empty()).map(Into::into)
}

pub(super) fn amount(info: &'static ActionInfo, role: Role, fields: &Fields) -> Option<Amount> {
    let field = info.request_field(role)?;
    let text = text(check::stand_in(info, field, fields).unwrap_or(field), fields)?;
    // `check::fields` has looked at it.
    ottpay::FromField::from_field(&text).ok()
}

/// How long a request gives the buyer.
fn lifetime(info: &'static ActionInfo, fields: &Fields) -> Option<Duration> {
    let seconds: u64 = text(info.request_field(Role::Lifetime)?, fields)?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds.min(LONGEST_LIFE)))
}

/// What a request says, but for what is sensitive or long.
fn said(info: &'static ActionInfo, fields: &Fields) -> BTreeMap<String, String> {
    let told = info.request.iter().filter(|field| !field.sensitive);
    let told = told.filter_map(|field| Some((field.name.to_owned(), text(field, fields)?)));
    told.filter(|(_, text)| text.len() <= LONGEST_SAID).collect()
}

/// The currency that a request names.
pub(crate) fn currency(info: &'static ActionInfo, fields: &Fields) -> Option<Currency> {
    let field = info.request.iter().find(|field| matches!(field.kind, Kind::Currency))?;
    Currency::new(text(field, fields)?.trim()).ok()
}

fn add_refusal(error: AddError) -> Refusal {
    match error {
        AddError::Used => Refusal::new("ORDER_USED", "order number duplicated"),
        AddError::Full => Refusal::new("SYSTEM_ERROR", "the sandbox keeps no more orders; start a new one"),
        AddError::Sqlite(error) => error.into(),
    }
}

fn refund_refusal(error: RefundError) -> Refusal {
    match error {
        RefundError::NoSuchOrder => Refusal::new("FAIL", "no such order"),
        RefundError::NotPaid => Refusal::new("FAIL", "the order is not paid"),
        RefundError::TooMuch => Refusal::new("FAIL", "the refund is greater than the payment"),
        RefundError::Add(error) => add_refusal(error),
    }
}
