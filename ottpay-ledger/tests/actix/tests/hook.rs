//! Callbacks through actix-web: stored, rejected, too long, and by the wrong method.

use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, http::Method};
use ottpay::{Amount, Client, Currency, SignKey};
use ottpay_ledger::testing::Callback;
use ottpay_ledger::{Ledger, Sqlite};
use shop_with_actix::routes;

const MERCHANT: &str = "ON00004652";

#[tokio::test]
async fn a_callback_is_stored_and_answered() {
    let sign_key = SignKey::new("A8B5FE540E38A5A9").unwrap();
    let client = Client::builder().endpoint("http://127.0.0.1:9").merchant_id(MERCHANT).currency(Currency::CAD);
    let client = client.sign_key(sign_key.clone()).build().unwrap();
    let ledger = Ledger::open(Sqlite::memory(), [client]).await.unwrap();
    let app = init_service(App::new().configure(routes(ledger.clone()))).await;

    let genuine = Callback::new("T1", Amount::from_minor(1999)).seal(&sign_key, MERCHANT);
    for (method, body, status, text) in [
        (Method::POST, genuine.clone(), 200, "SUCCESS"),
        (Method::POST, b"{}".to_vec(), 400, "not accepted"),
        (Method::GET, genuine, 404, ""),
        // What `web::Bytes` does not read.
        (Method::POST, vec![b'x'; 300 * 1024], 413, "payload reached size limit"),
    ] {
        let request = TestRequest::with_uri("/ottpay").method(method).set_payload(body).to_request();
        let response = call_service(&app, request).await;
        assert_eq!(response.status().as_u16(), status);
        let body = read_body(response).await;
        let body = String::from_utf8_lossy(&body).to_lowercase();
        assert!(body.contains(&text.to_lowercase()) && (status != 200 || body == "success"), "{body}");
    }
    assert_eq!(ledger.health().await.unwrap().strays(), 1, "the order of the callback was never noted");
}
