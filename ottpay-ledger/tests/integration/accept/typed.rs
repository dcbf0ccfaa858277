//! The extractor for shops without a ledger.

use std::sync::{Arc, Mutex};

use super::shop::*;
use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use axum::routing::post;
use ottpay::spec::Role;
use ottpay::{CallbackError, Client};
use ottpay_ledger::axum::{Acknowledged, Received};

/// What a handler received: the ids, and the callback's amount.
type Seen = (Vec<String>, Result<u64, &'static str>);

#[derive(Clone)]
struct Shop {
    client: Client,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl FromRef<Shop> for Client {
    fn from_ref(shop: &Shop) -> Self {
        shop.client.clone()
    }
}

async fn hook(State(shop): State<Shop>, received: Received) -> Result<Acknowledged, StatusCode> {
    let said = match received.callback() {
        Ok(callback) => Ok(callback.amount().minor()),
        Err(CallbackError::Field { .. }) => Err("unreadable"),
        Err(CallbackError::PossiblyAltered { .. }) => Err("altered"),
        Err(_) => Err("other"),
    };
    shop.seen.lock().unwrap().push((received.ids().to_vec(), said));
    if received.ids().is_empty() { Err(StatusCode::SERVICE_UNAVAILABLE) } else { Ok(received.acknowledge()) }
}

#[tokio::test]
async fn only_a_verified_callback_reaches_the_handler() {
    let seen = Arc::default();
    let shop = Shop { client: client_of(MERCHANT, KEY).max_reply(2048).build().unwrap(), seen: Arc::clone(&seen) };
    let address = serve(axum::Router::new().route("/ottpay", post(hook)).with_state(shop)).await;
    let genuine = paid("T1").role(Role::CheckoutOrder, "page1");
    let unreadable = paid("T2").role(Role::Amount, "1,999");
    let bodies: [(Vec<u8>, u16, &str); 8] = [
        (body(&genuine), 200, "SUCCESS"),
        (body(&unreadable), 200, "SUCCESS"),
        (paid("T3").seal_altered(&key(KEY), MERCHANT), 200, "SUCCESS"),
        // The handler reports that it could not store the callback.
        (body(&unreadable.clone().role(Role::Order, "")), 503, ""),
        (paid("T4").seal_corrupted(&key(KEY), MERCHANT), 400, "not accepted"),
        (paid("T4").seal(&key(OTHER_KEY), OTHER_MERCHANT), 400, "not accepted"),
        (b"{}".to_vec(), 400, "not accepted"),
        (vec![b'x'; 4096], 413, "too large"),
    ];
    for (body, status, text) in bodies {
        let (found, _, said) = exchange(&address, "POST", &body).await;
        assert_eq!((found, said.as_str()), (status, text));
    }
    let ids = |ids: &[&str]| ids.iter().map(|&id| id.to_owned()).collect::<Vec<_>>();
    assert_eq!(
        *seen.lock().unwrap(),
        [
            (ids(&["T1", "page1"]), Ok(1999)),
            (ids(&["T2"]), Err("unreadable")),
            (ids(&["T3"]), Err("altered")),
            (ids(&[]), Err("unreadable")),
        ]
    );
}
