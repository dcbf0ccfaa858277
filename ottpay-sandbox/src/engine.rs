//! From a request to its reply, without any HTTP.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ottpay::envelope::{self, Fields, Message};
use ottpay::info::{ActionInfo, Effect, FieldInfo, Gateway, Role};
use ottpay::{Amount, Cipher, Framing, OrderId, SignKey, link};
use tokio::sync::{Notify, broadcast};

use crate::check;
use crate::clock::Clock;
use crate::fault::{Fault, Trouble, Troubles};
use crate::order::{Order, OrderKind, OrderState};
use crate::reply::{self, Answer};
use crate::store::{AddError, Exchange, RefundError, Store};

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
    /// Wakes the worker when something is due earlier than it thought.
    pub(crate) wake: Notify,
    /// Tells open pages that there is something new.
    pub(crate) changed: broadcast::Sender<()>,
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
    pub(crate) currency: String,
}

/// What goes back to the merchant.
pub(crate) struct Response {
    pub(crate) body: Vec<u8>,
    pub(crate) trouble: Option<Trouble>,
}

/// What a query asks for: an order, or a Checkout page by the merchant's id.
enum Asked {
    Order(String),
    Checkout(String),
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

    /// The reply to what was posted to a path of the gateway, in the framing in which it came.
    pub(crate) fn answer(&self, path: &str, body: &[u8]) -> Response {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.settle();
        let mut kept = Exchange { at: self.clock.now(), target: path.to_owned(), ..Exchange::default() };
        let plain = check::plain_calls(self.gateway, path).next().is_some();
        let mut trouble = None;
        let replied = if plain {
            self.reply_plain(path, body, &mut kept, &mut trouble)
        } else {
            self.reply(body, &mut kept, &mut trouble)
        };
        let message = replied.unwrap_or_else(|Refusal { code, message }| {
            self.log_refusal(&kept, &code, &message, (!plain).then_some(body));
            kept.note = Some(message.clone());
            Message::new([("rsp_code", code), ("rsp_msg", message)])
        });
        kept.code = message.code();
        let body_out = message.to_body(match is_json(body) {
            true => Framing::Json,
            false => Framing::Base64,
        });
        if let Some(trouble) = &trouble {
            let name = trouble.fault.name();
            tracing::warn!(fault = name, order_id = kept.order_id, "the fault was asked for");
            kept.note = Some(format!("fault {name}{}", kept.note.map(|note| format!(": {note}")).unwrap_or_default()));
        }
        let lost = |trouble: &Trouble| matches!(trouble.fault, Fault::DropBefore | Fault::DropAfter | Fault::Reset);
        kept.status = match &trouble {
            Some(trouble) if lost(trouble) => None,
            Some(Trouble { fault: Fault::BadGateway, .. }) => Some(502),
            _ => Some(200),
        };
        kept.sent = body.to_vec();
        kept.answer.clone_from(&body_out);
        self.keep(&kept);
        Response { body: body_out, trouble }
    }

    /// Writes an exchange down. The merchant has his answer even if that fails.
    pub(crate) fn keep(&self, exchange: &Exchange) {
        if let Err(error) = self.store.keep(exchange) {
            tracing::error!(%error, "an exchange could not be kept");
        }
        self.tell();
    }

    /// For a developer's eyes: what was wrong. Values that a specification calls sensitive are in neither the
    /// message nor the log; the page has the steps.
    fn log_refusal(&self, kept: &Exchange, code: &str, message: &str, sealed: Option<&[u8]>) {
        let (target, action) = (&kept.target, kept.action.as_deref());
        tracing::warn!(target_path = target, action, order_id = kept.order_id, code, "refused: {message}");
        let Some(body) = sealed.filter(|_| action.is_none()) else { return };
        crate::trace::log(self, body);
    }

    /// What becomes of an address that the buyer's browser opens: the order that it makes.
    pub(crate) fn open_link(&self, info: &'static ActionInfo, query: &str) -> Result<Order, Refusal> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.settle();
        let mut kept = Exchange { at: self.clock.now(), target: info.path.to_owned(), ..Exchange::default() };
        let opened = self.opened(info, query);
        kept.action = Some(info.name.to_owned());
        match &opened {
            Ok(order) => kept.order_id = Some(order.id.clone()),
            Err(Refusal { code, message }) => {
                tracing::warn!(target_path = info.path, action = info.name, code, "refused: {message}");
                kept.code = Some(code.clone());
                kept.note = Some(message.clone());
            }
        }
        kept.status = Some(if opened.is_ok() { 303 } else { 400 });
        kept.sent = query.as_bytes().to_vec();
        self.keep(&kept);
        opened
    }

    fn opened(&self, info: &'static ActionInfo, query: &str) -> Result<Order, Refusal> {
        let fields = link::read(query, info.request);
        let fields = fields.map_err(|error| Refusal::new("PARAM_ERROR", error.to_string()))?;
        self.check(info, &Message::new::<String, String>([]), &fields)?;
        let Some(amount) = amount(info, Role::Amount, &fields).filter(|amount| *amount != Amount::ZERO) else {
            return Err(Refusal::new("PARAM_INVALID", "the amount is zero"));
        };
        self.create(info, &fields, amount, None)
    }

    /// A new payment. If the buyer has shown a code or given a card with it, there is nothing left for him to do.
    fn create(
        &self,
        info: &'static ActionInfo,
        fields: &Fields,
        amount: Amount,
        settles: Option<Duration>,
    ) -> Result<Order, Refusal> {
        let mut payment = self.order(info, OrderKind::Payment, fields, amount)?;
        payment.due = Some(payment.created.saturating_add(millis(settles.unwrap_or(self.settings.pay_within))));
        if settles.is_some() {
            payment.state = OrderState::Processing;
        } else if info.request_field(Role::Credential).and_then(|field| text(field, fields)).is_some() {
            payment.take(payment.created);
        }
        self.store.add(&payment, &format!("{} by {}", payment.state.name(), info.action)).map_err(add_refusal)?;
        self.wake.notify_one();
        Ok(payment)
    }

    /// A message around sealed fields.
    pub(crate) fn sealed(&self, code: &str, fields: &Answer) -> Message {
        let sealed = envelope::seal(fields, &self.sign_key, self.cipher);
        Message::new([
            ("rsp_code", code),
            ("rsp_msg", &code.to_ascii_lowercase()),
            ("merchant_id", &self.merchant_id),
            ("data", &sealed.data),
            ("md5", &sealed.md5),
        ])
    }

    fn reply(&self, body: &[u8], kept: &mut Exchange, trouble: &mut Option<Trouble>) -> Result<Message, Refusal> {
        let message = Message::read(body).map_err(|error| Refusal::new("PARAM_ERROR", error.to_string()))?;
        let member = |name: &str| {
            let absent = || Refusal::new("PARAM_ERROR", format!("{name}: required beside data, but absent"));
            message.text(name).ok_or_else(absent)
        };
        let constant = member("action")?;
        if member("merchant_id")? != self.merchant_id {
            let message = format!("merchant_id: no such merchant; the sandbox knows {} only", self.merchant_id);
            return Err(Refusal::new("PARAM_INVALID", message));
        }
        member("data")?;
        member("md5")?;
        let opened = message.open(&self.sign_key, self.cipher);
        let fields = opened.map_err(|error| Refusal::new("PARAM_ERROR", error.to_string()))?.unwrap_or_default();
        let info = check::action(self.gateway, constant, &fields)
            .ok_or_else(|| Refusal::new("PARAM_INVALID", "action: no such action"))?;
        kept.action = Some(info.name.to_owned());
        check::version(info, member("version")?).map_err(|problem| Refusal::new("PARAM_ERROR", problem))?;
        self.check(info, &message, &fields)?;
        let (code, answer) = self.perform(info, &fields, kept, trouble)?;
        let sealed = self.sealed(code, &answer);
        let wrong = trouble.as_ref().is_some_and(|trouble| trouble.fault == Fault::WrongDigest);
        Ok(if wrong { altered(&sealed) } else { sealed })
    }

    /// A call without an envelope.
    fn reply_plain(
        &self,
        path: &str,
        body: &[u8],
        kept: &mut Exchange,
        trouble: &mut Option<Trouble>,
    ) -> Result<Message, Refusal> {
        let read = Message::read_plain(body);
        let (message, fields) = read.map_err(|error| Refusal::new("PARAM_ERROR", error.to_string()))?;
        let info = check::plain(self.gateway, path, &fields)
            .ok_or_else(|| Refusal::new("PARAM_INVALID", "no action has this path"))?;
        kept.action = Some(info.name.to_owned());
        self.check(info, &message, &fields)?;
        Ok(Message::new(self.perform(info, &fields, kept, trouble)?.1))
    }

    /// Carries a request out, with what is to go wrong at it.
    fn perform(
        &self,
        info: &'static ActionInfo,
        fields: &Fields,
        kept: &mut Exchange,
        trouble: &mut Option<Trouble>,
    ) -> Result<(&'static str, Answer), Refusal> {
        let role = |role| info.request_field(role).and_then(|field| text(field, fields));
        kept.order_id = role(Role::Order).or_else(|| role(Role::CheckoutOrder));
        let amount = amount(info, Role::Amount, fields).filter(|_| info.effect == Effect::Write);
        *trouble = self.troubles.take(false, info, kept.order_id.as_deref(), amount);
        let mut settles = None;
        match trouble {
            Some(Trouble { fault: Fault::Refuse, code, .. }) => {
                return Err(Refusal::new(code.clone(), "refused on demand"));
            }
            Some(Trouble { fault: Fault::DropBefore | Fault::BadGateway, .. }) => {
                return Err(Refusal::new("SYSTEM_ERROR", "not carried out"));
            }
            Some(Trouble { fault: Fault::Processing, delay, .. }) => settles = Some(*delay),
            _ => {}
        }
        let (id, answer) = self.carry_out(info, fields, settles)?;
        if id.is_some() {
            kept.order_id = id;
        }
        Ok((if settles.is_some() { "PROCESSING" } else { "SUCCESS" }, answer))
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
    /// is answered from the specification's example. Says which order it was about, too.
    fn carry_out(
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
                refund.take(refund.created);
                self.store.refund(self.gateway, &original, &mut refund).map_err(refund_refusal)?;
                refund
            }
            (Effect::Write, None, Some(amount), _) => self.create(info, fields, amount, settles)?,
            (Effect::Read, _, _, Some(id)) => {
                let found = match &id {
                    Asked::Checkout(id) => self.store.checkout(self.gateway, id)?,
                    Asked::Order(id) => self.store.order(self.gateway, id)?,
                };
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
        if [Some(amount), tip].into_iter().flatten().any(|amount| i64::try_from(amount.minor()).is_err()) {
            return Err(Refusal::new("PARAM_INVALID", "the amount is too great"));
        }
        let id = role(Role::Order).unwrap_or_else(|| OrderId::random().to_string());
        Ok(Order {
            provider_id: format!("SB{}", OrderId::random()),
            id,
            checkout_id: role(Role::CheckoutOrder),
            kind,
            action: info,
            amount,
            tip,
            fee: None,
            state: OrderState::Created,
            refunded: Amount::ZERO,
            original: None,
            callback_url: role(Role::CallbackUrl),
            created: self.clock.now(),
            finished: None,
            due: None,
        })
    }

    /// The rate of a currency to CNY, times 10^8.
    pub(crate) fn rate(&self, currency: &str) -> Option<u64> {
        self.rates.lock().unwrap_or_else(PoisonError::into_inner).get(currency).copied()
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

pub(crate) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// The message with another digest: its last digit is changed.
fn altered(message: &Message) -> Message {
    let names = ["rsp_code", "rsp_msg", "merchant_id", "data", "md5"];
    Message::new(names.into_iter().filter_map(|name| {
        let text = message.text(name)?;
        let changed = match (name, text.strip_suffix('0')) {
            ("md5", Some(rest)) => format!("{rest}1"),
            ("md5", None) => format!("{}0", text.get(..31).unwrap_or_default()),
            _ => text.to_owned(),
        };
        Some((name, changed))
    }))
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
