use ottpay::{Amount, Client};

fn pay(client: &Client, tip: Option<Amount>) {
    let mut order = client.active_pay();
    if let Some(tip) = tip {
        order = order.tip(tip);
    }
}

fn main() {}
