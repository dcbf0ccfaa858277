use ottpay::Client;

fn pay(client: &Client) {
    let _ = client.union_pay_purchase().txn_time("20191125162635");
}

fn main() {}
