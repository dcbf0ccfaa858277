//! From a request to its reply, without any HTTP.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use ottpay::envelope::{self, Fields, Message};
use ottpay::info::{ActionInfo, Effect, FieldInfo, Gateway, Role};
use ottpay::{Amount, Cipher, Framing, OrderId, SignKey, link};

use crate::SandboxError;
use crate::check;
use crate::orders::{AddError, Order, OrderKind, OrderState, Orders, RefundError};
use crate::reply::{self, Answer};

/// The gateway without its server.
pub(crate) struct Engine {
    pub(crate) gateway: &'static Gateway,
    pub(crate) merchant_id: String,
    pub(crate) sign_key: SignKey,
    pub(crate) cipher: Cipher,
    pub(crate) http: reqwest::Client,
    orders: Mutex<Orders>,
    requests: AtomicU64,
}

/// What a query asks for: an order, or a Checkout page by the merchant's id.
enum Asked {
    Order(String),
    Checkout(String),
}

/// Why the gateway turns a request down: a response code of the specification and a sentence for the developer.
pub(crate) struct Refusal {
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl Refusal {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

impl Engine {
    pub(crate) fn new(
        gateway: &'static Gateway,
        merchant_id: String,
        sign_key: SignKey,
        cipher: Cipher,
    ) -> Result<Self, SandboxError> {
        let http = crate::callback::http().map_err(|reason| SandboxError::Start { reason })?;
        let orders = Mutex::default();
        Ok(Self { gateway, merchant_id, sign_key, cipher, http, orders, requests: AtomicU64::new(0) })
    }

    pub(crate) fn orders(&self) -> MutexGuard<'_, Orders> {
        // A panic elsewhere leaves the orders as they were: every change is one call.
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// The reply to what was posted to a path of the gateway, in the framing in which it came.
    pub(crate) fn answer(&self, path: &str, body: &[u8]) -> Vec<u8> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let replied = match check::plain_calls(self.gateway, path).next() {
            Some(_) => self.reply_plain(path, body),
            None => self.reply(body),
        };
        let refused = |Refusal { code, message }| Message::new([("rsp_code", code), ("rsp_msg", &message)]);
        replied.unwrap_or_else(refused).to_body(match is_json(body) {
            true => Framing::Json,
            false => Framing::Base64,
        })
    }

    /// What becomes of an address that the buyer's browser opens: the order that it makes.
    pub(crate) fn open_link(&self, info: &'static ActionInfo, query: &str) -> Result<Order, Refusal> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let fields = link::read(query, info.request);
        let fields = fields.map_err(|error| Refusal::new("PARAM_ERROR", error.to_string()))?;
        self.check(info, &Message::new::<String, String>([]), &fields)?;
        let Some(amount) = amount(info, Role::Amount, &fields).filter(|amount| *amount != Amount::ZERO) else {
            return Err(Refusal::new("PARAM_INVALID", "the amount is zero"));
        };
        self.create(info, &fields, amount)
    }

    /// A new payment. If the buyer has shown a code or given a card with it, there is nothing left for him to do.
    fn create(&self, info: &'static ActionInfo, fields: &Fields, amount: Amount) -> Result<Order, Refusal> {
        let mut payment = order(info, OrderKind::Payment, fields, amount);
        if info.request_field(Role::Credential).and_then(|field| text(field, fields)).is_some() {
            payment.take();
        }
        self.orders().add(payment.clone()).map_err(add_refusal)?;
        Ok(payment)
    }

    /// A message around sealed fields.
    pub(crate) fn sealed(&self, fields: &Answer) -> Message {
        let sealed = envelope::seal(fields, &self.sign_key, self.cipher);
        Message::new([
            ("rsp_code", "SUCCESS"),
            ("rsp_msg", "success"),
            ("merchant_id", &self.merchant_id),
            ("data", &sealed.data),
            ("md5", &sealed.md5),
        ])
    }

    fn reply(&self, body: &[u8]) -> Result<Message, Refusal> {
        let message = Message::read(body).map_err(|error| Refusal::new("PARAM_ERROR", error.to_string()))?;
        let member = |name: &str| {
            let absent = || Refusal::new("PARAM_ERROR", format!("{name}: required beside data, but absent"));
            message.text(name).ok_or_else(absent)
        };
        let constant = member("action")?;
        if member("merchant_id")? != self.merchant_id {
            return Err(Refusal::new("PARAM_INVALID", "merchant_id: no such merchant"));
        }
        member("data")?;
        member("md5")?;
        let opened = message.open(&self.sign_key, self.cipher);
        let fields = opened.map_err(|error| Refusal::new("PARAM_ERROR", error.to_string()))?.unwrap_or_default();
        let info = check::action(self.gateway, constant, &fields)
            .ok_or_else(|| Refusal::new("PARAM_INVALID", "action: no such action"))?;
        check::version(info, member("version")?).map_err(|problem| Refusal::new("PARAM_ERROR", problem))?;
        self.check(info, &message, &fields)?;
        Ok(self.sealed(&self.carry_out(info, &fields)?))
    }

    /// A call without an envelope.
    fn reply_plain(&self, path: &str, body: &[u8]) -> Result<Message, Refusal> {
        let read = Message::read_plain(body);
        let (message, fields) = read.map_err(|error| Refusal::new("PARAM_ERROR", error.to_string()))?;
        let info = check::plain(self.gateway, path, &fields)
            .ok_or_else(|| Refusal::new("PARAM_INVALID", "no action has this path"))?;
        self.check(info, &message, &fields)?;
        Ok(Message::new(self.carry_out(info, &fields)?))
    }

    /// Whether the fields are right, and about the one merchant there is.
    fn check(&self, info: &'static ActionInfo, message: &Message, fields: &Fields) -> Result<(), Refusal> {
        check::fields(info, message, fields).map_err(|problem| Refusal::new("PARAM_ERROR", problem))?;
        match info.request_field(Role::Merchant).and_then(|field| Some((field, text(field, fields)?))) {
            Some((field, named)) if named != self.merchant_id => {
                Err(Refusal::new("PARAM_INVALID", format!("{}: no such merchant", field.name)))
            }
            _ => Ok(()),
        }
    }

    /// What an action does follows from its effect and the parts its fields play: a write that names another order
    /// gives money back, a write with an amount takes money, a read that names an order reports on it. Everything else
    /// is answered from the specification's example.
    fn carry_out(&self, info: &'static ActionInfo, fields: &Fields) -> Result<Answer, Refusal> {
        let role = |role| info.request_field(role).and_then(|field| text(field, fields));
        let asked = role(Role::CheckoutOrder).map(Asked::Checkout).or_else(|| role(Role::Order).map(Asked::Order));
        match (info.effect, role(Role::OriginalOrder), amount(info, Role::Amount, fields), asked) {
            (Effect::Write, _, Some(Amount::ZERO), _) => Err(Refusal::new("PARAM_INVALID", "the amount is zero")),
            (Effect::Write, Some(original), Some(amount), _) => {
                let refund = order(info, OrderKind::Refund, fields, amount);
                self.orders().refund(&original, refund.clone()).map_err(refund_refusal)?;
                Ok(self.report(info, &refund, fields))
            }
            (Effect::Write, None, Some(amount), _) => {
                let payment = self.create(info, fields, amount)?;
                Ok(self.report(info, &payment, fields))
            }
            (Effect::Read, _, _, Some(id)) => {
                let orders = self.orders();
                let found = match &id {
                    Asked::Checkout(id) => orders.checkout(id),
                    Asked::Order(id) => orders.get(id),
                };
                // A query whose words know no payment is one for refunds.
                let found =
                    found.filter(|found| found.kind() == OrderKind::Refund || !reply::is_of_refunds(info.reply));
                let found = found.cloned().ok_or_else(|| Refusal::new("FAIL", "no such order"))?;
                drop(orders);
                Ok(self.report(info, &found, fields))
            }
            _ => Ok(reply::of_example(info.reply, fields, info.examples)),
        }
    }

    fn report(&self, info: &'static ActionInfo, order: &Order, fields: &Fields) -> Answer {
        reply::of_order(self, info.reply, order, Some(fields), info.examples.first().map(|example| example.reply))
    }
}

/// Shows who the merchant is; the sign key is not shown.
impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("merchant_id", &self.merchant_id).finish_non_exhaustive()
    }
}

/// Whether a body is JSON as it stands, and not in Base64.
fn is_json(body: &[u8]) -> bool {
    body.trim_ascii_start().starts_with(b"{") || body.starts_with(b"\xef\xbb\xbf")
}

fn text(field: &FieldInfo, fields: &Fields) -> Option<String> {
    fields.text(field.name).filter(|text| !text.is_empty()).map(Into::into)
}

fn amount(info: &'static ActionInfo, role: Role, fields: &Fields) -> Option<Amount> {
    let field = info.request_field(role)?;
    let text = text(check::stand_in(info, field, fields).unwrap_or(field), fields)?;
    // `check::fields` has looked at it.
    ottpay::FromField::from_field(&text).ok()
}

fn order(info: &'static ActionInfo, kind: OrderKind, fields: &Fields, amount: Amount) -> Order {
    let role = |role| info.request_field(role).and_then(|field| text(field, fields));
    let id = role(Role::Order).unwrap_or_else(|| OrderId::random().to_string());
    Order {
        provider_id: format!("SB{}", OrderId::random()),
        id,
        checkout_id: role(Role::CheckoutOrder),
        kind,
        action: info,
        amount,
        tip: self::amount(info, Role::Tip, fields),
        state: OrderState::Created,
        refunded: Amount::ZERO,
        callback_url: role(Role::CallbackUrl),
        finish_time: None,
    }
}

fn add_refusal(error: AddError) -> Refusal {
    match error {
        AddError::Used => Refusal::new("ORDER_USED", "order number duplicated"),
        AddError::Full => Refusal::new("SYSTEM_ERROR", "the sandbox keeps no more orders"),
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
