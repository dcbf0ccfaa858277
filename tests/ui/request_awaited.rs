use ottpay::StatusQuery;

async fn query(request: StatusQuery) {
    let _ = request.await;
}

fn main() {}
