//! Handles one request, from its bytes to its reply, independently of HTTP.

use std::borrow::Cow;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::Bytes;
use ottpay::envelope::Message;
use ottpay::spec::{ActionInfo, Effect, Role};
use ottpay::{Amount, link};

use super::compose::Answer;
use super::envelope_notes::{note_content_type, note_members};
use super::framing::detect_framing;
use super::notes::Notes;
use super::opening::require_member;
use super::refusal::Refusal;
use super::request::Request;
use super::seal::Digest;
use super::state::Engine;
use crate::assume::RefusalStatus;
use crate::code;
use crate::fault::{Arrival, Execution};
use crate::leniency::Leniency;
use crate::order::Order;
use crate::planned_fault::PlannedFault;
use crate::store::Exchange;

/// A reply for the merchant, and its fault.
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    pub(crate) fault: Option<PlannedFault>,
    /// The reason for a refusal.
    pub(crate) cause: Option<String>,
}

/// A request posted to a path of the gateway.
#[derive(Clone)]
pub(crate) struct Post {
    pub(crate) path: String,
    pub(crate) content_type: Option<String>,
    /// Whether the URL has a query.
    pub(crate) has_query: bool,
    pub(crate) body: Bytes,
}

impl Engine {
    /// Replies to a request, in the same framing, after its changes are committed.
    pub(crate) async fn answer(&self, post: Post) -> Response {
        let body = post.body.clone();
        let answered = self.commit_in_group(move |engine| engine.carry_out_post(&post)).await;
        answered.unwrap_or_else(|error| {
            let refusal = Refusal::from(error);
            Response {
                status: self.refusal_status(),
                cause: Some(refusal.cause()),
                body: refusal.into_message().to_body(detect_framing(&body)),
                fault: None,
            }
        })
    }

    /// Handles a link that the buyer's browser opens. Returns the created order and its fault.
    pub(crate) async fn open_link(
        &self,
        info: &'static ActionInfo,
        query: String,
    ) -> (Result<Order, Refusal>, Option<PlannedFault>) {
        let opened = self.commit_in_group(move |engine| engine.carry_out_link(info, &query)).await;
        opened.unwrap_or_else(|error| (Err(error.into()), None))
    }

    fn carry_out_post(&self, post: &Post) -> Response {
        let Post { path, content_type, has_query, body } = post;
        let is_plain = self.is_plain_path(path);
        let mut handling = Handling::new(self, path);
        note_content_type(&mut handling.notes, content_type.as_deref());
        if *has_query {
            handling.notes.add(Leniency::QueryString);
        }
        let replied = if is_plain { handling.reply_plain(path, body) } else { handling.reply_enveloped(path, body) };
        let status = if replied.is_ok() { 200 } else { self.refusal_status() };
        let message = replied.unwrap_or_else(|mut refusal| {
            // The steps of opening explain only messages that do not open.
            if !is_plain && handling.exchange.action.is_none() {
                self.explain_refusal(&mut refusal, body);
            }
            handling.note_refusal(&refusal);
            refusal.into_message()
        });
        handling.exchange.code = message.code().map(Cow::into_owned);
        let cause = handling.exchange.cause.clone();
        let answer = message.to_body(detect_framing(body));
        let fault = handling.finish(status, body, &answer);
        Response { status, body: answer, fault, cause }
    }

    /// Returns the HTTP status of a refusal.
    fn refusal_status(&self) -> u16 {
        match self.assumptions().refusal_status {
            RefusalStatus::BadRequest => 400,
            RefusalStatus::Ok => 200,
        }
    }

    fn carry_out_link(&self, info: &'static ActionInfo, query: &str) -> (Result<Order, Refusal>, Option<PlannedFault>) {
        let mut handling = Handling::new(self, info.path);
        handling.exchange.action = Some(info.name.to_owned());
        let opened = handling.create_from_link(info, query);
        match &opened {
            Ok(order) => handling.exchange.order_id = Some(order.id.clone()),
            Err(refusal) => {
                handling.note_refusal(refusal);
                handling.exchange.code = Some(refusal.code.clone());
            }
        }
        let fault = handling.finish(if opened.is_ok() { 303 } else { 400 }, query.as_bytes(), &[]);
        (opened, fault)
    }
}

/// A request while it is handled, with its exchange and its fault.
struct Handling<'a> {
    engine: &'a Engine,
    exchange: Exchange,
    notes: Notes,
    fault: Option<PlannedFault>,
}

impl<'a> Handling<'a> {
    fn new(engine: &'a Engine, target: &str) -> Self {
        engine.requests.fetch_add(1, Ordering::Relaxed);
        let exchange = Exchange { at: engine.now(), target: target.to_owned(), ..Exchange::default() };
        Self { engine, exchange, notes: Notes::default(), fault: None }
    }

    fn reply_enveloped(&mut self, path: &str, body: &[u8]) -> Result<Message<'static>, Refusal> {
        let engine = self.engine;
        let (message, fields) = engine.open_enveloped(body, &mut self.notes)?;
        let info = engine.resolve_enveloped(path, require_member(&message, "action")?, &fields)?;
        self.exchange.action = Some(info.name.to_owned());
        // The message was read leniently. Strict JSON shows what was tolerated.
        note_members(&mut self.notes, &Message::read_plain(body).map(|(_, members)| members), info);
        if info.path != path {
            self.notes.add(Leniency::OtherPath);
        }
        engine.validate_version(info, require_member(&message, "version")?, &mut self.notes)?;
        let request = Request { info, fields: &fields };
        let (code, answer) = self.carry_out(request, &message)?;
        let digest = match self.fault.as_ref().map(|planned| planned.fault.arrival()) {
            Some(Arrival::Altered) => Digest::Wrong,
            Some(Arrival::Unsorted) => Digest::Unsorted,
            _ => Digest::Right,
        };
        Ok(engine.seal_reply(code, request, &answer, digest))
    }

    /// Replies to a call without an envelope.
    fn reply_plain(&mut self, path: &str, body: &[u8]) -> Result<Message<'static>, Refusal> {
        let (message, fields) = self.engine.open_plain(body, &mut self.notes)?;
        let info = self.engine.resolve_plain(path, &fields)?;
        self.exchange.action = Some(info.name.to_owned());
        let request = Request { info, fields: &fields };
        let (_, answer) = self.carry_out(request, &message)?;
        Ok(self.engine.write_plain_reply(request, &answer))
    }

    /// Carries out a valid request, unless a fault prevents it. Returns the response code and the fields of the reply.
    fn carry_out(&mut self, request: Request<'_>, message: &Message<'_>) -> Result<(&'static str, Answer), Refusal> {
        let carried_out = self.carry_out_unless_prevented(request, message);
        let (settles, id, answer) = carried_out.inspect_err(|refusal| self.spend_id(request, refusal))?;
        if id.is_some() {
            self.exchange.order_id = id;
        }
        Ok((if settles.is_some() { code::PROCESSING } else { code::SUCCESS }, answer))
    }

    fn carry_out_unless_prevented(
        &mut self,
        request: Request<'_>,
        message: &Message<'_>,
    ) -> Result<(Option<Duration>, Option<String>, Answer), Refusal> {
        // Done before the request is validated, so that a refusal is listed under its order, too.
        self.exchange.order_id = request.read_shown_id();
        self.engine.validate(request, message, &mut self.notes)?;
        let settles = self.suffer_fault(request)?;
        let (id, answer) = self.engine.carry_out(request, settles)?;
        Ok((settles, id, answer))
    }

    /// Stores the id of a refused request as used, if the sandbox assumes so.
    fn spend_id(&self, request: Request<'_>, refusal: &Refusal) {
        // A fault that skips a request stands for one that never reached the gateway, so its id stays free.
        let is_skipped = |planned: &PlannedFault| planned.fault.execution() == Execution::Skipped;
        if !self.fault.as_ref().is_some_and(is_skipped) {
            self.engine.spend_id(request, refusal);
        }
    }

    /// Creates the order of a link.
    fn create_from_link(&mut self, info: &'static ActionInfo, query: &str) -> Result<Order, Refusal> {
        let fields = link::read(query, info.request).map_err(Refusal::malformed)?;
        for name in link::find_loose_base64(query, info.request) {
            self.notes.add_at(Leniency::LooseBase64, name);
        }
        let request = Request { info, fields: &fields };
        self.create_unless_prevented(request).inspect_err(|refusal| self.spend_id(request, refusal))
    }

    fn create_unless_prevented(&mut self, request: Request<'_>) -> Result<Order, Refusal> {
        self.exchange.order_id = request.read_shown_id();
        self.engine.validate(request, &Message::new::<&str, &str>([]), &mut self.notes)?;
        let Some(amount) = request.read_amount(Role::Amount).filter(|amount| *amount != Amount::ZERO) else {
            return Err(Refusal::invalid("the amount is zero"));
        };
        let settles = self.suffer_fault(request)?;
        self.engine.create_payment(request, amount, settles)
    }

    /// Takes the fault of a request before the request is carried out. Returns the time until its order is settled, if
    /// the fault defers that.
    fn suffer_fault(&mut self, request: Request<'_>) -> Result<Option<Duration>, Refusal> {
        let info = request.info;
        let order = request.read_role(Role::Order).or_else(|| request.read_role(Role::Refund));
        let ids = [order, request.read_role(Role::CheckoutOrder)];
        let [order, checkout] = &ids;
        // The amount of a refund does not trigger a fault, because it follows from the amount of the payment.
        let is_payment = info.effect == Effect::Write && info.request_field(Role::OriginalOrder).is_none();
        let amount = request.read_amount(Role::Amount).filter(|_| is_payment);
        self.fault = self.engine.faults.take_for_request(info, [order.as_deref(), checkout.as_deref()], amount);
        self.exchange.order_id = ids.into_iter().flatten().next();
        let Some(PlannedFault { fault, code, delay, .. }) = &self.fault else { return Ok(None) };
        match fault.execution() {
            Execution::Normal => Ok(None),
            Execution::Refused => Err(Refusal::new(code.clone(), "refused by a planned fault")),
            // The client does not receive this refusal, because the fault replaces the reply.
            Execution::Skipped => Err(Refusal::new(code::SYSTEM_ERROR, "not carried out")),
            Execution::Deferred => Ok(Some(*delay)),
        }
    }

    /// Logs a refusal, and stores its cause in the exchange.
    fn note_refusal(&mut self, refusal: &Refusal) {
        let Exchange { target, action, order_id, .. } = &self.exchange;
        let (code, cause) = (&refusal.code, refusal.cause());
        tracing::warn!(target_path = target, action, order_id, code, "refused: {cause}");
        self.exchange.note = Some(cause.clone());
        self.exchange.cause = Some(cause);
    }

    /// Logs the noted leniencies, and stores them in the exchange.
    fn keep_notes(&mut self) {
        self.exchange.notes = self.notes.write();
        // A strict sandbox refuses the request, and that is already logged.
        if self.exchange.notes.is_empty() || self.engine.settings.is_strict {
            return;
        }
        let Exchange { target, action, order_id, notes, .. } = &self.exchange;
        let texts: Vec<_> = notes.iter().map(|note| note.text.as_str()).collect();
        let texts = texts.join("; ");
        tracing::warn!(target_path = target, action, order_id, "accepted, but do not rely on it: {texts}");
    }

    /// Stores the exchange, with this HTTP status unless a fault changes it. Returns the fault.
    fn finish(mut self, status: u16, sent: &[u8], answer: &[u8]) -> Option<PlannedFault> {
        self.exchange.status = Some(status);
        self.keep_notes();
        if let Some(PlannedFault { fault, .. }) = &self.fault {
            let name = fault.name();
            tracing::warn!(fault = name, order_id = self.exchange.order_id, "planned fault");
            let note = self.exchange.note.take().map(|note| format!(": {note}")).unwrap_or_default();
            self.exchange.note = Some(format!("fault {name}{note}"));
            self.exchange.status = fault.arrival().status(status);
        }
        self.exchange.sent = sent.to_vec();
        self.exchange.answer = answer.to_vec();
        self.engine.record_exchange(&self.exchange);
        self.fault
    }
}
