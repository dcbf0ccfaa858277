use ottpay::{Client, OrderId, StatusQuery};

async fn query(request: StatusQuery) {
    let _ = request.await;
}

async fn query_before_build(client: &Client) {
    let _ = client.status_query().order_id(OrderId::random()).await;
}

fn main() {}
