//! How many payments a second one sandbox takes with a database file, and whether 50,000 orders make it slow.
//! `cargo bench -p ottpay-sandbox --bench load`

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::float_arithmetic, missing_docs)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use ottpay::{Amount, BizType, Client, OrderId};
use ottpay_sandbox::Sandbox;

const ORDERS: u32 = 50_000;
const SHOPS: u32 = 8;
const CALLS: u32 = 200;

async fn create(client: &Client, id: &OrderId) {
    let payment = client.active_pay().order_id(id).amount(Amount::from_minor(1999)).biz_type(BizType::Alipay);
    payment.operator_id("0000020156").call_back_url("http://127.0.0.1:9/").send().await.unwrap();
}

/// The median and the 99th of a hundred, in milliseconds.
fn show(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |part: usize| times.get(times.len() * part / 100).map_or(0.0, |time| time.as_secs_f64() * 1e3);
    println!("{what}: median {:.2} ms, 99 % within {:.2} ms", at(50), at(99));
}

#[tokio::main]
async fn main() {
    let folder = std::env::temp_dir().join(format!("ottpay-load-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let sandbox = Sandbox::builder().database(folder.join("load.db")).start().await.unwrap();
    let client = Client::builder().endpoint(sandbox.url()).merchant_id(sandbox.merchant_id());
    // What is measured is the sandbox, and not what a connection for each payment costs; `connections` does that.
    let client = client.sign_key(sandbox.sign_key()).reuse_for_writes(Duration::from_secs(60)).build().unwrap();

    let start = Instant::now();
    let shops: Vec<_> = (0..SHOPS)
        .map(|shop| {
            let client = client.clone();
            tokio::spawn(async move {
                for order in 0..ORDERS / SHOPS {
                    create(&client, &OrderId::new(format!("L{shop}N{order}")).unwrap()).await;
                }
            })
        })
        .collect();
    for shop in shops {
        shop.await.unwrap();
    }
    let seconds = start.elapsed().as_secs_f64();
    println!("{ORDERS} payments created by {SHOPS} shops at once: {:.0} a second", f64::from(ORDERS) / seconds);

    let mut created = Vec::new();
    let mut asked = Vec::new();
    for call in 0..CALLS {
        let id = OrderId::new(format!("Q{call}")).unwrap();
        let start = Instant::now();
        create(&client, &id).await;
        created.push(start.elapsed());
        let start = Instant::now();
        client.status_query().order_id(OrderId::new(format!("L3N{}", call * 31)).unwrap()).send().await.unwrap();
        asked.push(start.elapsed());
    }
    show("one payment created beside them", created);
    show("one query", asked);

    let http = reqwest::Client::new();
    for path in
        ["/sandbox", "/sandbox/order/L3N77", "/sandbox/message/77", "/sandbox/orders/L3N77", "/sandbox/messages"]
    {
        let mut times = Vec::new();
        for _ in 0..CALLS {
            let start = Instant::now();
            let page = http.get(format!("{}{path}", sandbox.url())).send().await.unwrap();
            assert!(page.status().is_success(), "{path}");
            page.bytes().await.unwrap();
            times.push(start.elapsed());
        }
        show(&format!("GET {path}"), times);
    }

    let sandbox = Arc::new(sandbox);
    let late = Arc::clone(&sandbox);
    let start = Instant::now();
    let closing = std::thread::spawn(move || late.advance(Duration::from_secs(3600)).unwrap());
    let mut asked = Vec::new();
    while !closing.is_finished() {
        let start = Instant::now();
        client.status_query().order_id(OrderId::new("L3N77").unwrap()).send().await.unwrap();
        asked.push(start.elapsed());
    }
    closing.join().unwrap();
    println!("all of them closed, as nobody has paid: {:.2} s", start.elapsed().as_secs_f64());
    show("one query meanwhile", asked);
    drop(sandbox);
    std::fs::remove_dir_all(&folder).unwrap();
}
