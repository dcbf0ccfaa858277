use ottpay::{Client, OrderId};

async fn query(client: &Client, order_id: &OrderId) {
    let mut query = client.status_query().order_id(order_id);
    let _ = (&mut query).await;
    let _ = query.send().await;
}

fn main() {}
