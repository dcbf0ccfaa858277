//! `ottpay listen`: receives callbacks, verifies and prints them, and acknowledges them to the gateway.

use std::collections::VecDeque;
use std::hash::{BuildHasher as _, RandomState};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::{Router, middleware};
use ottpay::envelope::{Alteration, Message};
use ottpay::incoming::{MessageProblem, OpenedCallback, Recipient};
use ottpay::reply::Received;
use ottpay::spec::Role;
use ottpay::{Acknowledgement, GATEWAY, SignKey};
use ottpay_server::{BodyError, read_whole};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::command::open;
use crate::event_loop::build_event_loop;
use crate::failure::Failure;
use crate::own_thread::run_on_own_thread;
use crate::settings::{AcknowledgementFlags, SettingsFlags};
use crate::signal::StopSignals;
use crate::{address, input, json, stderr, stdout};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Accepts HTTP POST on any path, and prints `listening on http://…` on standard error. What cannot be verified is answered
with 400, and the reason is printed on standard error; so is what bears signs that it was made of the parts of another
callback: query the order then. Of two with the same md5 and other fields, one was altered: both are printed, with a warning
on standard error. A duplicate callback is printed again, with a
note on standard error. With a merchant id set, callbacks for others are refused. What is printed is no proof of a payment:
query each order. What OTT Pay expects as the answer is not documented; --acknowledgement
changes it.

Examples:
  ottpay listen
  ottpay listen --acknowledgement OK
  ottpay listen --listen 127.0.0.1:0 | jq .order_id")]
pub(crate) struct Options {
    /// Address; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080", value_parser = address::parse_address)]
    listen: SocketAddr,
    /// Take callbacks that bear signs of alteration, for a gateway whose genuine ones have them
    #[arg(long)]
    accept_altered: bool,
    #[command(flatten)]
    acknowledgement: AcknowledgementFlags,
    #[command(flatten)]
    settings: SettingsFlags,
}

/// How many callbacks are remembered, to recognise duplicates.
const REMEMBERED: usize = 1000;

/// What every request needs.
struct Shop {
    key: SignKey,
    merchant_id: Option<String>,
    /// The answer to a callback that has been printed.
    acknowledgement: Acknowledgement,
    /// Whether callbacks are taken that bear signs of alteration.
    accepts_altered: bool,
    /// The last callbacks that opened, the newest last.
    seen: Mutex<VecDeque<Seen>>,
    /// Makes of fields what is remembered of them.
    hasher: RandomState,
    /// Ends the command.
    ended: mpsc::UnboundedSender<Failure>,
}

pub(crate) async fn run(options: Options) -> Result<(), Failure> {
    let address = options.listen;
    let settings = options.settings.resolve()?;
    let key = settings.sign_key()?;
    let merchant_id = settings.merchant_id().ok().map(str::to_owned);
    let acknowledgement = options.acknowledgement.resolve(&settings)?;
    let (ended, end) = mpsc::unbounded_channel();
    let (seen, hasher, accepts_altered) = (Mutex::default(), RandomState::new(), options.accept_altered);
    let shop = Shop { key, merchant_id, acknowledgement, accepts_altered, seen, hasher, ended };
    let stop = StopSignals::catch();
    tokio::select! {
        () = stop.wait() => Ok(()),
        ended = run_on_own_thread(move || build_event_loop()?.block_on(serve(address, shop, end))) => {
            ended.map_err(|error| Failure::refused(format!("the system gives no thread: {error}")))?
        }
    }
}

/// Serves until a callback cannot be printed. A reader that stalls blocks every callback: one that has not been printed is
/// not acknowledged, and its sender waits.
async fn serve(address: SocketAddr, shop: Shop, mut end: mpsc::UnboundedReceiver<Failure>) -> Result<(), Failure> {
    let listener = TcpListener::bind(address).await.map_err(|error| Failure::cannot_listen(address, &error))?;
    let bound = listener.local_addr().map_err(|error| Failure::cannot_listen(address, &error))?;
    stderr::print_line(format_args!("listening on http://{bound}"));
    address::warn_unless_loopback(bound, "this, too; only what the gateway has sealed is printed");
    let app = Router::new().fallback(receive_callback).layer(DefaultBodyLimit::disable());
    let app = app.layer(middleware::from_fn(read_whole_body)).with_state(Arc::new(shop));
    tokio::select! {
        () = ottpay_server::serve(listener, app, report_unaccepted) => Ok(()),
        failure = end.recv() => failure.map_or(Ok(()), Err),
    }
}

/// Reports connections that could not be accepted.
fn report_unaccepted(error: &io::Error, count: u64) {
    let connections = if count == 1 { "a connection".to_owned() } else { format!("{count} connections") };
    stderr::print_line(format_args!("error: {connections} could not be accepted: {error}"));
}

/// Reads a request before it is handled, so that neither its size nor its slowness uses up the command.
async fn read_whole_body(request: Request, next: Next) -> Response {
    match read_whole(request, usize::try_from(input::LIMIT).unwrap_or(usize::MAX)).await {
        Ok(request) => next.run(request).await,
        Err(error @ BodyError::TooLarge { .. }) => {
            (error.status(), reject_request("callbacks of OTT Pay are smaller than 1 MiB")).into_response()
        }
        Err(error) => (error.status(), reject_request(&error.to_string())).into_response(),
    }
}

async fn receive_callback(State(shop): State<Arc<Shop>>, method: Method, body: Bytes) -> Response {
    if method != Method::POST {
        let why = format!("callbacks come by POST, this is {}", shorten_method(&method));
        let status = StatusCode::METHOD_NOT_ALLOWED;
        return (status, [(header::ALLOW, "POST")], reject_request(&why)).into_response();
    }
    let received = match verify_callback(&shop, &body) {
        Ok(received) => received,
        Err(reason) => {
            stderr::print_line(format_args!("error: a callback was not taken: {reason}"));
            // The sender does not learn the reason.
            return (StatusCode::BAD_REQUEST, "not taken\n").into_response();
        }
    };
    // Acknowledge a callback only after it is printed: the gateway does not repeat an acknowledged one.
    if let Err(failure) = json::format_fields(received.fields()).and_then(stdout::print_line) {
        let _ = shop.ended.send(failure);
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let answer = &shop.acknowledgement;
    let status = StatusCode::from_u16(answer.status()).unwrap_or(StatusCode::OK);
    let content_type = answer.content_type().to_owned();
    (status, [(header::CONTENT_TYPE, content_type)], answer.body().to_owned()).into_response()
}

/// A callback that opened.
struct Seen {
    md5: String,
    /// A hash of its fields: they need not be kept.
    content: u64,
    /// The order that it names.
    order_id: String,
}

/// What came before a callback with the same `md5`.
#[derive(Default)]
struct Earlier {
    /// Whether it had the same fields, so that this is a duplicate.
    is_same: bool,
    /// The order of one with other fields. One digest belongs to one callback of the gateway, so somebody else has put
    /// together one of the two.
    other: Option<String>,
}

impl Shop {
    /// Compares a callback with the last ones, and remembers it.
    fn compare_with_seen(&self, message: &Message, opened: &OpenedCallback) -> Earlier {
        let md5 = message.text("md5").unwrap_or_default().to_ascii_uppercase();
        let received = &opened.received;
        let fields: Vec<_> = received.fields().iter().map(|(name, value)| (name, value.as_text())).collect();
        let content = self.hasher.hash_one(fields);
        let mut earlier = Earlier::default();
        // The list is valid even if another callback panicked.
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        for seen in seen.iter().filter(|seen| seen.md5 == md5) {
            if seen.content == content {
                earlier.is_same = true;
            } else {
                earlier.other = Some(seen.order_id.clone());
            }
        }
        if !earlier.is_same {
            if seen.len() == REMEMBERED {
                seen.pop_front();
            }
            seen.push_back(Seen { md5, content, order_id: find_order_id(received) });
        }
        earlier
    }
}

/// Finds the order that a callback names, cut to what fits into a line.
fn find_order_id(received: &Received) -> String {
    let fields = GATEWAY.callbacks.iter().flat_map(|callback| callback.fields);
    let mut names = fields
        .filter(|field| field.role == Some(Role::Order))
        .flat_map(|field| std::iter::once(field.name).chain(field.aliases.iter().copied()));
    let order_id = names.find_map(|name| received.text(name)).unwrap_or_default();
    order_id.chars().filter(|character| !character.is_control()).take(64).collect()
}

/// Reports why a request is not a callback, and returns the same as a body: it is not a secret.
fn reject_request(why: &str) -> String {
    stderr::print_line(format_args!("error: a request was not taken: {why}"));
    format!("{why}\n")
}

/// Shortens a method, which any client can make up.
fn shorten_method(method: &Method) -> String {
    method.as_str().chars().take(20).collect()
}

/// Verifies a callback, and prints notes about it; an error is the reason in words.
fn verify_callback(shop: &Shop, body: &[u8]) -> Result<Received, String> {
    let message = Message::read_callback(body).map_err(|error| error.to_string())?;
    let recipient = Recipient::new(&shop.key, GATEWAY.cipher);
    let own = shop.merchant_id.as_deref();
    let recipient = own.map_or(recipient, |own| recipient.merchant_id(own));
    let opened = recipient.open_callback(&message, &[], GATEWAY.callbacks).map_err(|problem| match problem {
        MessageProblem::OtherMerchant { named } => {
            // Anyone can have written what is beside `data`.
            let named: String = named.chars().take(40).collect();
            format!("it is for the merchant `{named}`, the settings have `{}`", own.unwrap_or_default())
        }
        problem => open::describe_problem(&message, &problem),
    })?;
    let opened = opened.ok_or("it has neither `data` nor `md5`, so nothing in it can be verified")?;
    let Earlier { is_same, other } = shop.compare_with_seen(&message, &opened);
    let OpenedCallback { received, alterations, .. } = opened;
    let tampered = other.map(|order_id| {
        format!("tampering: one with other fields, for the order `{order_id}`, has the same `md5`; query both orders")
    });
    if !alterations.is_empty() && !shop.accepts_altered {
        let (order_id, signs) = (find_order_id(&received), Alteration::list(&alterations));
        let tampered = tampered.map(|tampered| format!("; {tampered}")).unwrap_or_default();
        return Err(format!("it is possibly altered, query the order `{order_id}`: {signs}{tampered}"));
    }
    // Neither of the two is a proof, and which of them is the gateway's is not known: both ask for a query.
    if let Some(tampered) = tampered {
        stderr::print_line(format_args!("warning: {tampered}"));
    }
    if let Some(code) = open::find_refusing_code(&message) {
        stderr::print_line(format_args!("note: a callback has the response code {code}, which nothing authenticates"));
    }
    if is_same {
        stderr::print_line("note: duplicate callback (already received)");
    }
    Ok(received)
}
