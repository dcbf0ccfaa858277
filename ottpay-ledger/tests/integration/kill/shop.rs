//! The shop: a process that sells, accepts callbacks and handles events, until it is stopped or kills itself.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse as _;
use axum::routing::post;
use ottpay::{Client, Currency, Outcome, SignKey};
use ottpay_ledger::store::Value;
use ottpay_ledger::{Event, Fail, Kind, Ledger, Postgres, Sqlite, Tx};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::cart::Cart;
use super::said::say;
use super::steps::{arm, quiet, reach, touch};
use super::wrapped::{Deadly, Wire};

/// The variable with the settings, which also marks the process as a shop.
const VARIABLE: &str = "OTTPAY_TEST_SHOP";

/// The parameters with which a shop is started.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Work {
    pub(crate) gateway: String,
    pub(crate) merchant: String,
    pub(crate) key: String,
    /// A path, or the URL of a PostgreSQL database.
    pub(crate) store: String,
    pub(crate) port: u16,
    /// The first cart, and the cart after the last one.
    pub(crate) carts: (u64, u64),
    /// How many carts it sells at once.
    pub(crate) at_once: usize,
    /// The time between two carts of the same buyer, in milliseconds.
    pub(crate) pause: u64,
    /// By how much the clock is ahead, in milliseconds.
    pub(crate) ahead: u64,
    /// The step at which it kills itself, and at which occurrence.
    pub(crate) kill: Option<(String, u32)>,
}

impl Work {
    pub(crate) fn is_child() -> bool {
        std::env::var_os(VARIABLE).is_some()
    }

    /// The command that runs a shop: this program, with the test that calls [`run`].
    pub(crate) fn command(&self, test: &str) -> tokio::process::Command {
        let mut command = tokio::process::Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", test, "--nocapture"]).env(VARIABLE, serde_json::to_string(self).unwrap());
        command
    }
}

/// Runs the shop that the variable describes.
pub(crate) async fn run() {
    let work: Work = serde_json::from_str(&std::env::var(VARIABLE).unwrap()).unwrap();
    if let Some((name, occurrence)) = work.kill.clone() {
        arm(name, occurrence);
    }
    let store = if work.store.starts_with("postgres:") {
        Deadly(Arc::new(patiently(async || Postgres::connect(&work.store).await).await))
    } else {
        Deadly(Arc::new(Sqlite::file(&work.store)))
    };
    let key = SignKey::new(&work.key).unwrap();
    let client = Client::builder().endpoint(&*work.gateway).merchant_id(&*work.merchant).sign_key(key);
    let client = client.currency(Currency::CAD).timeout(Duration::from_secs(10)).transport(Wire::new());
    let client = client.build().unwrap();
    let open = async || Ledger::builder(store.clone()).client(client.clone()).queries_per_second(10_000).open().await;
    let ledger = patiently(open).await;
    ledger.advance(Duration::from_millis(work.ahead));

    let listener = TcpListener::bind(("127.0.0.1", work.port)).await.unwrap();
    let callback = format!("http://{}/ottpay", listener.local_addr().unwrap());
    let hook = ledger.clone();
    let app = Router::new().route("/ottpay", post(async move |body: Bytes| accept(&hook, &body).await));
    tokio::spawn(async move { axum::serve(listener, app).await });

    let handler_client = client.clone();
    let worker = tokio::spawn(ledger.run(move |event, tx| act(handler_client.clone(), event, tx)));

    let mut selling = JoinSet::new();
    let mut carts = (work.carts.0..work.carts.1).map(Cart);
    let mut commands = commands();
    let mut is_idle = false;
    let mut said = Instant::now();
    loop {
        while selling.len() < work.at_once.max(1)
            && let Some(cart) = carts.next()
        {
            selling.spawn(sell(ledger.clone(), client.clone(), cart, callback.clone(), work.pause));
        }
        tokio::select! {
            command = commands.recv() => match command.as_deref().map(|line| line.split_once(' ')) {
                Some(Some(("advance", millis))) => {
                    ledger.advance(Duration::from_millis(millis.parse().unwrap()));
                    is_idle = false;
                    touch();
                }
                // No further carts.
                Some(None) => carts = (0..0).map(Cart),
                _ => break,
            },
            Some(sold) = selling.join_next() => sold.unwrap(),
            () = tokio::time::sleep(Duration::from_millis(50)) => {
                if selling.is_empty() && !is_idle && quiet() > Duration::from_millis(250) {
                    is_idle = true;
                    say("idle");
                }
                if !is_idle && said.elapsed() > Duration::from_secs(5) {
                    said = Instant::now();
                    say("busy");
                }
            }
        }
    }
    ledger.stop();
    worker.await.unwrap().unwrap();
}

/// Retries an operation whose database may still be starting.
async fn patiently<T, E: std::fmt::Debug>(attempt: impl AsyncFn() -> Result<T, E>) -> T {
    for _ in 0..300 {
        if let Ok(done) = attempt().await {
            return done;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    attempt().await.unwrap()
}

/// The lines that the parent sends, until it closes the input.
pub(crate) fn commands() -> mpsc::UnboundedReceiver<String> {
    let (sender, receiver) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        let lines = std::io::stdin().lines().map_while(Result::ok);
        lines.take_while(|line| sender.send(line.clone()).is_ok()).for_each(drop);
    });
    receiver
}

/// A callback: acknowledged once it is stored.
async fn accept(ledger: &Ledger, body: &[u8]) -> axum::response::Response {
    let answer = ledger.accept(body).await;
    reach("between store and acknowledgement");
    let status = StatusCode::from_u16(answer.status()).unwrap();
    (status, [(header::CONTENT_TYPE, answer.content_type().to_owned())], answer.body().to_owned()).into_response()
}

/// Sells a cart, or continues with it: a restarted shop does not know how far it got.
async fn sell(ledger: Ledger, client: Client, cart: Cart, callback: String, pause: u64) {
    reach("before the note");
    say(&format!("begun {}", cart.0));
    let reference = cart.reference();
    for _ in 0..10 {
        let failed = if cart.is_scanned() {
            ledger.send(&cart.scanned(&client), &reference).await.err()
        } else {
            let offered = ledger.pay(&reference, |id| cart.qr_code(&client, id, &callback)).await;
            offered.map(|offer| say(&format!("offer {} {}", cart.0, offer.order_id()))).err()
        };
        // The buyer retries only requests that were certainly not sent, once the database or the gateway is available
        // again.
        if failed.is_none_or(|error| error.outcome() != Outcome::NotSent) || pause == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
    say(&format!("sold {}", cart.0));
    tokio::time::sleep(Duration::from_millis(pause)).await;
}

/// The shop's own rows, and for some carts a refund.
async fn act(client: Client, event: Event, mut tx: Tx) -> Result<Tx, Fail> {
    reach("inside the handler");
    let minor = match &event.kind {
        Kind::Paid(payment) | Kind::PaidAgain(payment) => payment.paid().amount().minor(),
        Kind::Refunded(refunded) => refunded.amount().amount().minor(),
        _ => 0,
    };
    let of = match &event.kind {
        Kind::Refunded(refunded) => refunded.refund().unwrap_or_default().to_owned(),
        _ => event.order_id.clone(),
    };
    let sql = "INSERT INTO shop_effects (event_key, cart, id, kind, minor) VALUES ($1, $2, $3, $4, $5)";
    let values: [Value; 5] = [
        event.key.to_string().into(),
        event.reference.as_str().into(),
        of.into(),
        event.kind.as_str().into(),
        i64::try_from(minor)?.into(),
    ];
    tx.execute(sql, &values).await?;
    let cart = Cart::of_reference(&event.reference);
    if let (Kind::Paid(_), Some(amount)) = (&event.kind, cart.given_back()) {
        tx.send_later(&cart.refund(&client, &event.order_id, amount), &event.reference).await?;
    }
    reach("between effect and commit");
    Ok(tx)
}
