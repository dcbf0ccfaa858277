//! A gateway on loopback that answers each query and each payment with the same bytes, and the calls that it receives.

use std::error::Error;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::routing::post;
use ottpay::transport::{BoxFuture, HttpRequest, HttpResponse, Transport, TransportError};
use ottpay::{ActivePay, Client, ClientBuilder, StatusQuery};
use tokio::net::TcpListener;

use crate::fixture::{self, Memory};

const QUERIES: &str = "/query";
const PAYMENTS: &str = "/pay";

/// What the gateway answers to a query.
const STATUS: &str = r#"{"bizpay_order_id":"WX1542822494862703","exchange_rate":"5.057030","order_id":"T2026010112001","order_status":"success","tip":"0","total_amount":"1999","trade_time":"2026-01-01 12:00:30"}"#;

/// Serves on a port of its own, whose address is printed.
///
/// # Errors
/// If no loopback port can be bound.
pub async fn serve() -> Result<(), Box<dyn Error>> {
    let (status, payment) = (fixture::message(STATUS), fixture::reply_body());
    let router = Router::new()
        .route(QUERIES, post(|_: axum::body::Bytes| async { status }))
        .route(PAYMENTS, post(|_: axum::body::Bytes| async { payment }));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, router).await?)
}

/// A client of the gateway at this address.
pub fn client(url: &str) -> Client {
    settings(url).build().expect("the settings are complete")
}

/// Clients whose queries and whose payments are answered in memory, with what the gateway answers.
pub fn clients_in_memory() -> [Client; 2] {
    [fixture::message(STATUS), fixture::reply_body()]
        .map(|body| settings("http://127.0.0.1:1").transport(Memory(body)).build().expect("the settings are complete"))
}

fn settings(url: &str) -> ClientBuilder<Client> {
    fixture::settings().endpoint(url).path(StatusQuery::INFO, QUERIES).path(ActivePay::INFO, PAYMENTS)
}

/// One typed query.
///
/// # Errors
/// The gateway did not answer as it should.
pub async fn query(client: &Client) -> Result<(), Box<dyn Error + Send + Sync>> {
    let reply = client.status_query().order_id(fixture::order()).send().await?;
    std::hint::black_box(reply.order_status());
    Ok(())
}

/// One typed payment.
///
/// # Errors
/// The gateway did not answer as it should.
pub async fn pay(client: &Client) -> Result<(), Box<dyn Error + Send + Sync>> {
    let reply = client.send(&fixture::payment(client, &fixture::order())).await?;
    std::hint::black_box(reply.code_url());
    Ok(())
}

/// What a typed query and a typed payment post.
pub async fn posted(url: &str) -> [HttpRequest; 2] {
    let kept = Kept::default();
    let client = settings(url).transport(kept.clone()).build().expect("the settings are complete");
    // Nothing is answered, so neither succeeds.
    _ = (query(&client).await, pay(&client).await);
    let posted = std::mem::take(&mut *kept.0.lock().expect("no thread has panicked"));
    posted.try_into().expect("one request each")
}

/// Stores posted bodies, and posts nothing.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<HttpRequest>>>);

impl Transport for Kept {
    fn post(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        self.0.lock().expect("no thread has panicked").push(request);
        Box::pin(async { Ok(HttpResponse { status: 500, body: Vec::new() }) })
    }
}
