//! The cost of reporting a call: with no listener, with an observer, and with a subscriber.
#![allow(clippy::print_stdout, reason = "a benchmark prints what it measures")]

use std::error::Error;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use ottpay_runtime::envelope::{DigestForm, Message, seal_json};
use ottpay_runtime::observation::{Observed, Observer};
use ottpay_runtime::request::AnyQuery;
use ottpay_runtime::spec::CodeClass;
use ottpay_runtime::spec::{Acknowledgement, ActionInfo, CodeInfo, Effect, FieldInfo, Gateway, Kind, Protocol, Role};
use ottpay_runtime::transport::{BoxFuture, HttpRequest, HttpResponse, Transport, TransportError};
use ottpay_runtime::{Cipher, Client, ClientBuilder, Framing, SignKey};

static ACTION: ActionInfo = ActionInfo {
    name: "status_query",
    action: "STATUS_QUERY",
    protocol: Protocol::Envelope,
    version: "1.0",
    base_url: None,
    path: "/process",
    effect: Effect::Read,
    reserves: false,
    summary: "",
    doc: "",
    unknown: &[],
    page: "",
    request: &[FieldInfo { name: "order_id", kind: Kind::OrderId, role: Some(Role::Order), ..FieldInfo::PLAIN }],
    reply: &[],
    returned: &[],
    callback: None,
    queries: &[],
    no_query: None,
    examples: &[],
    file: "",
    line: 0,
};

static GATEWAY: Gateway = Gateway {
    base_url: "https://gate.example",
    paths: &["/process"],
    framing: Framing::Json,
    cipher: Cipher::Aes128Ecb,
    codes: &[CodeInfo { code: "SUCCESS", class: Some(CodeClass::Accepted), doc: "" }],
    acknowledgement: &Acknowledgement::from_spec(200, "text/plain", "SUCCESS"),
    actions: &[&ACTION],
    callbacks: &[],
};

/// Answers at once from memory.
struct Memory(Vec<u8>);

impl Transport for Memory {
    fn post(&self, _: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        Box::pin(async { Ok(HttpResponse { status: 200, body: self.0.clone() }) })
    }
}

#[derive(Default)]
struct Counts(AtomicU64);

impl Observer for Counts {
    fn observe(&self, _: &Observed<'_>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

const CALLS: u32 = 20_000;

/// The fastest of ten rounds, because other load can only make them slower.
async fn measure(what: &str, settings: ClientBuilder<Client>) -> Result<(), Box<dyn Error>> {
    let client = settings.build()?;
    let query = AnyQuery::new(&client, &ACTION, [("order_id", "T1")])?;
    let mut best = u128::MAX;
    for _ in 0..10 {
        let start = Instant::now();
        for _ in 0..CALLS {
            client.send(&query).await?;
        }
        best = best.min(start.elapsed().as_nanos() / u128::from(CALLS));
    }
    println!("{what}: {best} ns for each call");
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let key = || SignKey::new("6698851A525C9433");
    let sealed = seal_json(r#"{"order_id":"T1"}"#, DigestForm::TextNullEmpty, &key()?, Cipher::Aes128Ecb)?;
    let message = [("rsp_code", "SUCCESS"), ("data", &*sealed.data), ("md5", &*sealed.md5)];
    let body = Message::new(message).to_body(Framing::Json);
    let key = key()?;
    let settings = || Client::builder(&GATEWAY).merchant_id("M").sign_key(key.clone()).transport(Memory(body.clone()));
    measure("nobody looks on", settings()).await?;
    measure("with an observer", settings().observer(Counts::default())).await?;
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::INFO).with_writer(std::io::sink);
    let _guard = tracing::subscriber::set_default(subscriber.finish());
    measure("with a subscriber that formats the spans", settings()).await
}
