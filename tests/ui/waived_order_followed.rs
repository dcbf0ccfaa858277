use ottpay::payment::Tracked;
use ottpay::{ActivePay, Client, request::Untracked};

fn store(payment: &Untracked<ActivePay>) -> Tracked {
    payment.tracked()
}

async fn follow(client: &Client, payment: &Untracked<ActivePay>) {
    let _ = client.confirm(payment).await;
}

fn main() {}
