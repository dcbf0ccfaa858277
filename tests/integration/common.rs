//! What several tests share: the vectors, clients, and gateways that answer as a test prepares them.

pub(crate) mod alone;
pub(crate) mod cargo;
#[path = "../../ottpay-sandbox/tests/integration/chromium.rs"]
pub(crate) mod chromium;
pub(crate) mod guide;
pub(crate) mod nested;
pub(crate) mod over;
pub(crate) mod proofs;
/// The module of the ledger's own tests.
#[allow(dead_code, reason = "the ledger's own tests use the rest")]
#[path = "../../ottpay-ledger/tests/integration/postgres_server"]
pub(crate) mod postgres_server {
    mod cluster;
    mod install;
    mod pgbouncer;
    mod starting;
    mod watched;

    pub(crate) use cluster::Server;
}
#[allow(dead_code, reason = "the sandbox's own tests use the rest")]
#[path = "../../ottpay-sandbox/tests/integration/common.rs"]
mod sandbox;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use ottpay::envelope::{self, Message};
use ottpay::reply::Received;
use ottpay::request::{AnyQuery, AnyRequest, InvalidRequest};
use ottpay::spec::{ActionInfo, Effect};
use ottpay::transport::{BoxFuture, HttpRequest, HttpResponse, Transport, TransportError};
use ottpay::{Cipher, Client, ClientBuilder, Framing, SignKey};
use ottpay_sandbox::Sandbox;
use serde_json::Value;

pub(crate) use sandbox::*;

/// The sign key of the vendor's Checkout and callback samples.
pub(crate) const SAMPLE_KEY: &str = "A8B5FE540E38A5A9";
/// The merchant of the same samples.
pub(crate) const SAMPLE_MERCHANT: &str = "ON00004652";

pub(crate) fn vectors(group: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("../../ottpay-runtime/tests/vectors/envelope.json")).unwrap();
    all[group].as_array().unwrap().clone()
}

pub(crate) fn vector(group: &str, name: &str) -> Value {
    vectors(group).into_iter().find(|vector| vector["name"] == name).unwrap()
}

/// Settings of the sample merchant.
pub(crate) fn sample() -> ClientBuilder<Client> {
    Client::builder().merchant_id(SAMPLE_MERCHANT).sign_key(key(SAMPLE_KEY)).endpoint("http://127.0.0.1:9")
}

/// A gateway with prepared answers, which records what it receives.
#[derive(Clone, Default)]
pub(crate) struct Script(Arc<Mutex<Scripted>>);

#[derive(Default)]
struct Scripted {
    answers: VecDeque<Result<HttpResponse, TransportError>>,
    requests: Vec<HttpRequest>,
}

impl Script {
    pub(crate) fn new(answers: impl IntoIterator<Item = Result<HttpResponse, TransportError>>) -> Self {
        Self(Arc::new(Mutex::new(Scripted { answers: answers.into_iter().collect(), requests: Vec::new() })))
    }

    /// One answer with status 200.
    pub(crate) fn body(body: impl Into<Vec<u8>>) -> Self {
        Self::new([Ok(HttpResponse { status: 200, body: body.into() })])
    }

    /// One answer that accepts the request and seals `fields` (a JSON object) for the sample merchant.
    pub(crate) fn accepted(fields: &str) -> Self {
        Self::body(accepted(fields).to_body(Framing::Json))
    }

    pub(crate) fn requests(&self) -> Vec<HttpRequest> {
        self.0.lock().unwrap().requests.clone()
    }

    pub(crate) fn client(&self) -> Client {
        sample().transport(self.clone()).build().unwrap()
    }
}

impl Transport for Script {
    fn post(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        let mut scripted = self.0.lock().unwrap();
        scripted.requests.push(request);
        let answer = scripted.answers.pop_front().expect("the test prepared as many answers as there are requests");
        Box::pin(async { answer })
    }
}

/// A message that accepts a request, as the sample merchant's gateway would make it.
pub(crate) fn accepted(fields: &str) -> Message<'static> {
    accepted_with(fields, &key(SAMPLE_KEY))
}

/// A message that accepts a request, sealed with this key.
pub(crate) fn accepted_with(fields: &str, key: &SignKey) -> Message<'static> {
    let form = envelope::DigestForm::TextNullEmpty;
    let sealed = envelope::seal_json(fields, form, key, Cipher::Aes128Ecb).unwrap();
    let members = [("rsp_code", "SUCCESS"), ("rsp_msg", "success"), ("data", &sealed.data), ("md5", &sealed.md5)];
    Message::new(members).into_owned()
}

/// Seals bytes that no client would seal, as an attacker with the key could: `data`, and an `md5` that is not their
/// digest.
pub(crate) fn sealed_bytes(plaintext: &[u8]) -> (String, String) {
    use aes::cipher::block_padding::Pkcs7;
    use aes::cipher::{BlockModeEncrypt, KeyInit};
    use md5::Digest;
    let md5 = "D41D8CD98F00B204E9800998ECF8427E";
    let key: String = md5::Md5::digest(format!("{md5}{SAMPLE_KEY}")).iter().map(|byte| format!("{byte:02X}")).collect();
    let key: [u8; 16] = key.as_bytes()[8..24].try_into().unwrap();
    let data = ecb::Encryptor::<aes::Aes128>::new(&key.into()).encrypt_padded_vec::<Pkcs7>(plaintext);
    (base64::prelude::BASE64_STANDARD.encode(data), md5.to_owned())
}

pub(crate) const FRAMINGS: [Framing; 2] = [Framing::Json, Framing::Base64];

pub(crate) async fn start(framing: Framing) -> (Sandbox, Client) {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client_of(&sandbox).framing(framing).build().unwrap();
    (sandbox, client)
}

/// A request that is named at run time, whatever it does.
pub(crate) enum Any {
    Write(AnyRequest),
    Read(AnyQuery),
}

impl Any {
    pub(crate) fn new<'a>(
        client: &Client,
        info: &'static ActionInfo,
        fields: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, InvalidRequest> {
        match info.effect {
            Effect::Write => AnyRequest::new(client, info, fields).map(Self::Write),
            Effect::Read => AnyQuery::new(client, info, fields).map(Self::Read),
        }
    }

    pub(crate) async fn send(&self, client: &Client) -> Result<Received, String> {
        match self {
            Self::Write(request) => client.send(request).await.map_err(|error| error.to_string()),
            Self::Read(query) => client.send(query).await.map_err(|error| error.to_string()),
        }
    }
}
