use ottpay::{Client, Error, OrderId, Outcome};

fn file(error: &Error) -> bool {
    error.outcome() == Outcome::Refused
}

async fn pay(client: &Client, order: &OrderId) {
    if let Err(error) = client.status_query().order_id(order).send().await {
        file(&error);
    }
}

fn main() {}
