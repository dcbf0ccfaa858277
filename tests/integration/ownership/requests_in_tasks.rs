//! A request borrows nothing and may move to another thread, together with the client.

use std::error::Error;

use ottpay::transport::{BoxFuture, HttpRequest, HttpResponse, Transport, TransportError};
use ottpay::{Amount, Client, OrderId, Outcome, Refund, RefundId, Sending, SignKey};

/// A gateway that is always down, without a network.
struct Down;

impl Transport for Down {
    fn post(&self, _: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        Box::pin(async { Ok(HttpResponse { status: 503, body: Vec::new() }) })
    }
}

fn is_free<T: Send + 'static>(_: &T) {}

async fn refund(client: &Client, request: &Refund) -> Outcome {
    client.send(request).await.map_or_else(|error| error.outcome(), |_| Outcome::Refused)
}

#[tokio::test]
async fn requests_may_move_to_another_thread() -> Result<(), Box<dyn Error>> {
    let client = Client::builder().merchant_id("ON00004652").sign_key(SignKey::new("A8B5FE540E38A5A9")?);
    let client = client.transport(Down).build()?;
    let builder =
        client.refund().order_id(RefundId::random()).ori_order_id(OrderId::random()).refund_amt(Amount::from_minor(1));
    is_free(&builder);
    let request = builder.clone().build()?;
    is_free(&request);
    is_free(&builder.send());

    let sending: Sending<_> = client.send(&request);
    let sent = tokio::spawn(sending);
    let moved = client.clone();
    let cloned = tokio::spawn(async move { refund(&moved, &request).await });
    let queried = tokio::spawn(async move { client.status_query().order_id(OrderId::random()).send().await });

    assert!(sent.await?.is_err_and(|error| error.outcome() == Outcome::Unknown));
    assert_eq!(cloned.await?, Outcome::Unknown);
    assert!(queried.await?.is_err());
    Ok(())
}
