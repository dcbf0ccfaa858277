//! The merchant whose messages are fuzzed: that of the vendor's samples.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use ottpay::envelope::{DigestForm, Message, Sealed, seal_json};
use ottpay::transport::{BoxFuture, HttpRequest, HttpResponse, Transport, TransportError};
use ottpay::{Cipher, Client, ClientBuilder, Currency, Framing, SignKey};
use tokio::runtime::Runtime;

pub(crate) const SIGN_KEY: &str = "A8B5FE540E38A5A9";
pub(crate) const ID: &str = "ON00004652";

pub(crate) fn sign_key(text: &str) -> SignKey {
    SignKey::new(text).expect("a sign key")
}

/// Settings of a client whose gateway is unreachable.
pub(crate) fn client() -> ClientBuilder<Client> {
    let builder = Client::builder().merchant_id(ID).sign_key(sign_key(SIGN_KEY));
    builder.currency(Currency::CAD).endpoint("http://127.0.0.1:9")
}

/// Seals an object for the merchant; `None` if it is not one.
pub(crate) fn seal(text: &str) -> Option<Sealed> {
    seal_json(text, DigestForm::TextNullEmpty, &sign_key(SIGN_KEY), Cipher::Aes128Ecb).ok()
}

/// A message around sealed data.
pub(crate) fn wrap(code: &str, sealed: &Sealed) -> Vec<u8> {
    let members = [("rsp_code", code), ("rsp_msg", "success"), ("data", &sealed.data), ("md5", &sealed.md5)];
    Message::new(members).to_body(Framing::Json)
}

/// A gateway that gives every request the same answer, until it is set to another.
#[derive(Clone, Default)]
pub(crate) struct Answering(Arc<Mutex<(u16, Vec<u8>)>>);

impl Answering {
    pub(crate) fn set(&self, status: u16, body: Vec<u8>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = (status, body);
    }
}

impl Transport for Answering {
    fn post(&self, _: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        let (status, body) = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Box::pin(async move { Ok(HttpResponse { status, body }) })
    }
}

/// Runs a future that waits only for the clock, which is advanced instead of waited for.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    thread_local! {
        static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime")
        });
    }
    RUNTIME.with(|runtime| runtime.block_on(future))
}
