//! `ottpay listen`: receives callbacks and prints them, or stores them in a ledger and posts its events to the shop.

mod forwarding;
mod printing;
mod server;
mod storing;
mod verifier;

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use ottpay_ledger::Ledger;
use tokio::sync::{Notify, watch};
use tokio::time::timeout;

use forwarding::forward_events;
use printing::print_callbacks;
use storing::store_callbacks;
use verifier::Verifier;

use crate::address;
use crate::event_loop::build_event_loop;
use crate::failure::Failure;
use crate::own_thread::run_on_own_thread;
use crate::settings::{AcknowledgementFlags, LedgerFlag, Settings, SettingsFlags};
use crate::signal::StopSignals;
use crate::store::{Address, Missing};
use crate::webhook::{Target, Webhook};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Accepts HTTP POST on any path, and prints `listening on http://…` on standard error. A callback that cannot be verified
is answered with 400, and the reason is printed on standard error. OTT Pay does not document which answer it expects;
--acknowledgement changes the answer.

Without --ledger, each callback is printed as a JSON line. A callback with signs of parts from another callback is
answered with 400, too: in this case query the order. If two callbacks have the same md5 but different fields, one of
them was altered: both are printed, with a warning on standard error. A duplicate callback is printed again, with a note
on standard error. If a merchant id is set, callbacks for other merchants are refused. The output does not prove a
payment: query each order.

With --ledger, a callback is stored and then acknowledged. If it cannot be stored, it is answered with 503. Nothing is
printed on standard output.

With --forward-to, the orders of the ledger are followed until they end, with or without callbacks, and confirmed
results are posted to the shop as JSON: {\"type\":\"paid\",\"order_id\":…,\"reference\":…,\"key\":…,\"attempt\":…,\"data\":{…}}. The
signature follows Standard Webhooks (https://www.standardwebhooks.com), which libraries in many languages verify. The
header `webhook-id` is the same in every attempt of an event: store it with the order, and act once. An event is posted
until the shop answers with 2xx within 15 seconds. The events of an order are posted in sequence. An event that fails at
least 10 times in more than a day is parked: `ottpay ledger parked` lists it, and `ottpay ledger replay` posts it again.
Redirects are not followed.

The ledger follows only noted orders. `ottpay ledger note` notes the orders of another program with their amounts: an
order is paid if the gateway confirms the requested amount. docs/forwarding.md has the details.

The secret, whsec_ followed by Base64, comes from the variable OTTPAY_WEBHOOK_SECRET or from `webhook_secret` in the
file. While you change it, set both secrets with a space between them: each event then has two signatures.

Examples:
  ottpay listen
  ottpay listen --acknowledgement OK
  ottpay listen --listen 127.0.0.1:0 | jq .order_id
  ottpay listen --ledger shop.db --forward-to localhost:3000/ottpay
  ottpay listen --ledger postgres://shop@localhost/shop --forward-to https://shop.example/ottpay")]
pub(crate) struct Options {
    /// Address to listen on; port 0 means any free port
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080", value_parser = address::parse_address)]
    listen: SocketAddr,
    /// Accept callbacks with signs of alteration, for a gateway whose genuine callbacks have them
    #[arg(long)]
    accept_altered: bool,
    /// Post confirmed events to this URL of the shop; requires --ledger
    #[arg(long, value_name = "URL")]
    forward_to: Option<Target>,
    /// Allow plain HTTP for --forward-to if it is a host name or a public address, such as another container; others
    /// may be able to read the events. Not needed for this machine, private addresses and https
    #[arg(long, requires = "forward_to")]
    plain_http: bool,
    #[command(flatten)]
    ledger: LedgerFlag,
    #[command(flatten)]
    acknowledgement: AcknowledgementFlags,
    #[command(flatten)]
    settings: SettingsFlags,
}

/// How long a stopping command waits for work in progress: longer than the time limit of a webhook.
const LAST_WORK: Duration = Duration::from_secs(20);

pub(crate) async fn run(options: Options) -> Result<(), Failure> {
    let settings = options.settings.resolve()?;
    let acknowledgement = options.acknowledgement.resolve(&settings)?;
    let listen = options.listen;
    let Some(store) = options.ledger.resolve(&settings)? else {
        if options.forward_to.is_some() {
            return Err(Failure::usage(
                "--forward-to needs a ledger, which keeps each event until the shop has acknowledged it",
            )
            .help(
                "pass --ledger shop.db, which is created if it does not exist; add orders with `ottpay ledger note`",
            ));
        }
        let merchant_id = settings.merchant_id().ok().map(str::to_owned);
        let verifier = Verifier::new(settings.sign_key()?, merchant_id, options.accept_altered);
        // There is nothing to wait for: a callback that is not printed yet is not acknowledged.
        return run_until_stopped(Duration::ZERO, move |_| print_callbacks(listen, verifier, acknowledgement)).await;
    };
    let webhook = options.forward_to.map(|target| build_webhook(target, options.plain_http, &settings)).transpose()?;
    let verifier =
        Verifier::new(settings.sign_key()?, Some(settings.merchant_id()?.to_owned()), options.accept_altered);
    let (body, content_type) = (acknowledgement.body().to_owned(), acknowledgement.content_type().to_owned());
    let client = settings.prepare_ledger_client()?.acknowledgement(body, content_type);
    let client = settings.build(client.strict_callbacks(!options.accept_altered))?;
    let work = move |stopped| async move {
        // Only this command creates a ledger. For all others, a missing file is a mistake in its path.
        let ledger = store.open_ledger(client, Missing::Create).await?;
        keep_books(listen, &store, ledger, verifier, webhook, stopped).await
    };
    run_until_stopped(LAST_WORK, work).await
}

fn build_webhook(target: Target, plain_http: bool, settings: &Settings) -> Result<Webhook, Failure> {
    if target.is_open_to_others() && !plain_http {
        return Err(Failure::usage("--forward-to is plain HTTP to another machine, which others may be able to read")
            .help("use https://…, or pass --plain-http if the network in between is your own"));
    }
    Webhook::new(target, settings.webhook_secrets()?)
}

/// Stores callbacks, and posts events if there is a URL for them, until the command is stopped.
async fn keep_books(
    listen: SocketAddr,
    store: &Address,
    ledger: Ledger,
    verifier: Verifier,
    webhook: Option<Webhook>,
    mut stopped: watch::Receiver<bool>,
) -> Result<(), Failure> {
    let wake = Arc::new(Notify::new());
    let note = match &webhook {
        Some(webhook) => format!("ledger {store}; events are posted to {}", webhook.target()),
        None => format!("ledger {store}; another program must deliver events, because --forward-to is not set"),
    };
    let callbacks = store_callbacks(listen, &note, ledger.clone(), verifier, Arc::clone(&wake));
    let events = async move {
        match webhook {
            Some(webhook) => forward_events(ledger, webhook, wake, stopped).await,
            // Cannot fail: the receiver lives as long as the command.
            None => _ = stopped.wait_for(|is_stopped| *is_stopped).await,
        }
    };
    tokio::select! {
        // The server ends only with an error; a signal ends the events.
        served = callbacks => served,
        () = events => Ok(()),
    }
}

/// Runs on a separate thread until a signal arrives, because outputs may be pipes that are not read. After the signal,
/// work in progress has `grace` to finish.
async fn run_until_stopped<F>(
    grace: Duration,
    work: impl FnOnce(watch::Receiver<bool>) -> F + Send + 'static,
) -> Result<(), Failure>
where
    F: Future<Output = Result<(), Failure>>,
{
    let signals = StopSignals::catch();
    let (stop, stopped) = watch::channel(false);
    let mut working = pin!(run_on_own_thread(move || build_event_loop()?.block_on(work(stopped))));
    let no_thread = |error| Failure::refused(format!("cannot start a thread: {error}"));
    tokio::select! {
        () = signals.wait() => {}
        ended = &mut working => return ended.map_err(no_thread)?,
    }
    stop.send_replace(true);
    timeout(grace, working).await.map_or(Ok(()), |ended| ended.map_err(no_thread)?)
}
