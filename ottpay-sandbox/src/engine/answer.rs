//! From a request to its reply, without any HTTP.

use std::sync::atomic::Ordering;
use std::time::Duration;

use ottpay::envelope::{Fields, Message};
use ottpay::incoming::Recipient;
use ottpay::info::{ActionInfo, Effect, Role};
use ottpay::{Amount, Framing, link};

use super::carry_out::{amount, text};
use super::{Engine, Refusal, Response};
use crate::check;
use crate::fault::{Fault, Trouble};
use crate::order::Order;
use crate::reply::Answer;
use crate::store::Exchange;

impl Engine {
    /// The reply to what was posted to a path of the gateway, in the framing in which it came.
    pub(crate) fn answer(&self, path: &str, body: &[u8]) -> Response {
        self.requests.fetch_add(1, Ordering::Relaxed);
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
        let body_out = message.to_body(framing(body));
        if let Some(trouble) = &trouble {
            note_fault(&mut kept, trouble);
        }
        kept.status = status(trouble.as_ref(), 200);
        kept.sent = body.to_vec();
        kept.answer.clone_from(&body_out);
        self.keep(&kept);
        Response { body: body_out, trouble }
    }

    /// For a developer's eyes: what was wrong. Values that a specification calls sensitive are in neither the
    /// message nor the log; the page has the steps.
    fn log_refusal(&self, kept: &Exchange, code: &str, message: &str, sealed: Option<&[u8]>) {
        let (target, action) = (&kept.target, kept.action.as_deref());
        tracing::warn!(target_path = target, action, order_id = kept.order_id, code, "refused: {message}");
        let Some(body) = sealed.filter(|_| action.is_none()) else { return };
        crate::trace::log(self, body);
    }

    /// What becomes of an address that the buyer's browser opens: the order that it makes, and what is to go wrong.
    pub(crate) fn open_link(
        &self,
        info: &'static ActionInfo,
        query: &str,
    ) -> (Result<Order, Refusal>, Option<Trouble>) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let mut kept = Exchange { at: self.clock.now(), target: info.path.to_owned(), ..Exchange::default() };
        let mut trouble = None;
        let opened = self.opened(info, query, &mut kept, &mut trouble);
        kept.action = Some(info.name.to_owned());
        match &opened {
            Ok(order) => kept.order_id = Some(order.id.clone()),
            Err(Refusal { code, message }) => {
                tracing::warn!(target_path = info.path, action = info.name, code, "refused: {message}");
                kept.code = Some(code.clone());
                kept.note = Some(message.clone());
            }
        }
        if let Some(trouble) = &trouble {
            note_fault(&mut kept, trouble);
        }
        kept.status = status(trouble.as_ref(), if opened.is_ok() { 303 } else { 400 });
        kept.sent = query.as_bytes().to_vec();
        self.keep(&kept);
        (opened, trouble)
    }

    fn opened(
        &self,
        info: &'static ActionInfo,
        query: &str,
        kept: &mut Exchange,
        trouble: &mut Option<Trouble>,
    ) -> Result<Order, Refusal> {
        let fields = link::read(query, info.request);
        let fields = fields.map_err(|error| Refusal::new("PARAM_ERROR", error.to_string()))?;
        self.check(info, &Message::new::<String, String>([]), &fields)?;
        let Some(amount) = amount(info, Role::Amount, &fields).filter(|amount| *amount != Amount::ZERO) else {
            return Err(Refusal::new("PARAM_INVALID", "the amount is zero"));
        };
        let settles = self.begin(info, &fields, kept, trouble)?;
        self.create(info, &fields, amount, settles)
    }

    fn reply(&self, body: &[u8], kept: &mut Exchange, trouble: &mut Option<Trouble>) -> Result<Message, Refusal> {
        let message = Message::read(body).map_err(|error| Refusal::new("PARAM_ERROR", error.to_string()))?;
        let member = |name: &str| {
            let absent = || Refusal::new("PARAM_ERROR", format!("{name}: required in the message, but absent"));
            message.text(name).ok_or_else(absent)
        };
        let constant = member("action")?;
        if member("merchant_id")? != self.merchant_id {
            let message = format!("merchant_id: no such merchant; the sandbox knows {} only", self.merchant_id);
            return Err(Refusal::new("PARAM_INVALID", message));
        }
        member("data")?;
        member("md5")?;
        let opened = Recipient::new(&self.sign_key, self.cipher).open(&message, []);
        let opened = opened.map_err(|problem| Refusal::new("PARAM_ERROR", problem.to_string()))?;
        let fields = opened.map(|received| received.fields().clone()).unwrap_or_default();
        let info = check::action(self.gateway, constant, &fields)
            .ok_or_else(|| Refusal::new("PARAM_INVALID", check::no_such_action(self.gateway, constant)))?;
        kept.action = Some(info.name.to_owned());
        check::version(self.gateway, info, member("version")?)
            .map_err(|problem| Refusal::new("PARAM_ERROR", problem))?;
        self.check(info, &message, &fields)?;
        let (code, answer) = self.perform(info, &fields, kept, trouble)?;
        let wrong = trouble.as_ref().is_some_and(|trouble| trouble.fault == Fault::WrongDigest);
        Ok(if wrong { self.sealed_wrongly(code, &answer) } else { self.sealed(code, &answer) })
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
        let settles = self.begin(info, fields, kept, trouble)?;
        let (id, answer) = self.carry_out(info, fields, settles)?;
        if id.is_some() {
            kept.order_id = id;
        }
        Ok((if settles.is_some() { "PROCESSING" } else { "SUCCESS" }, answer))
    }

    /// What is to go wrong with a request, before anything is carried out. Says after what time the order is settled, if
    /// that is what goes wrong.
    fn begin(
        &self,
        info: &'static ActionInfo,
        fields: &Fields,
        kept: &mut Exchange,
        trouble: &mut Option<Trouble>,
    ) -> Result<Option<Duration>, Refusal> {
        let role = |role| info.request_field(role).and_then(|field| text(field, fields));
        let ids = [role(Role::Order), role(Role::CheckoutOrder)];
        let [order, checkout] = &ids;
        // The amount of a refund says nothing: it follows from that of the payment.
        let is_payment = info.effect == Effect::Write && info.request_field(Role::OriginalOrder).is_none();
        let amount = amount(info, Role::Amount, fields).filter(|_| is_payment);
        *trouble = self.troubles.take(false, info, [order.as_deref(), checkout.as_deref()], amount);
        kept.order_id = ids.into_iter().flatten().next();
        match trouble {
            Some(Trouble { fault: Fault::Refuse, code, .. }) => Err(Refusal::new(code.clone(), "refused on demand")),
            Some(Trouble { fault: Fault::DropBefore | Fault::BadGateway, .. }) => {
                Err(Refusal::new("SYSTEM_ERROR", "not carried out"))
            }
            Some(Trouble { fault: Fault::Processing, delay, .. }) => Ok(Some(*delay)),
            _ => Ok(None),
        }
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
}

/// In what a body came. What cannot be read is answered in JSON, which everybody can read.
fn framing(body: &[u8]) -> Framing {
    let is_json = body.trim_ascii_start().starts_with(b"{") || body.starts_with(b"\xef\xbb\xbf");
    if is_json || Message::read(body).is_err() { Framing::Json } else { Framing::Base64 }
}

/// The status of a reply, if there is one.
fn status(trouble: Option<&Trouble>, whole: u16) -> Option<u16> {
    match trouble.map(|trouble| trouble.fault) {
        Some(Fault::DropBefore | Fault::DropAfter | Fault::Reset) => None,
        Some(Fault::BadGateway) => Some(502),
        _ => Some(whole),
    }
}

fn note_fault(kept: &mut Exchange, trouble: &Trouble) {
    let name = trouble.fault.name();
    tracing::warn!(fault = name, order_id = kept.order_id, "the fault was asked for");
    kept.note = Some(format!("fault {name}{}", kept.note.take().map(|note| format!(": {note}")).unwrap_or_default()));
}
