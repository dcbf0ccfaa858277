//! The example that is a whole shop, as a program: it is driven by its pages and by the gateway's control interface.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::common::{cargo, exchange, get};
use serde_json::Value;

/// The running shop; ended at the latest when the test is.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Asks for a page until it shows this, for at most a minute.
async fn shows(page: &str, text: &str) {
    let mut shown = String::new();
    for _ in 0..600 {
        shown = get(page).await.1;
        if shown.contains(text) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("expected {text:?}, got {shown}");
}

async fn post(url: &str, path: &str) -> u16 {
    exchange(url, "POST", path, Vec::new()).await.0
}

#[tokio::test(flavor = "multi_thread")]
async fn tea_is_sold_paid_shipped_once_and_given_back() {
    let program =
        cargo::example(Path::new(env!("CARGO_MANIFEST_DIR")), "shop").unwrap_or_else(|errors| panic!("{errors}"));
    let mut shop = Running(Command::new(program).stdout(Stdio::piped()).spawn().unwrap());
    let mut lines = BufReader::new(shop.0.stdout.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    let (shop_url, gateway) =
        first.strip_prefix("the shop is at ").and_then(|line| line.split_once("; pay at ")).unwrap();

    assert_eq!(post(shop_url, "/").await, 303);
    let orders: Value = serde_json::from_str(&get(&format!("{gateway}/sandbox/orders")).await.1).unwrap();
    let id = orders[0]["order_id"].as_str().unwrap().to_owned();
    let page = format!("{shop_url}/orders/{id}");
    shows(&page, "█").await;
    // Nothing is given back of what has not been paid.
    assert_eq!(post(shop_url, &format!("/orders/{id}")).await, 400);

    assert_eq!(post(gateway, &format!("/sandbox/orders/{id}/pay")).await, 200);
    shows(&page, "paid 19.99 CAD").await;
    assert_eq!(lines.next().unwrap().unwrap(), format!("send the tea of order {id}"));

    assert_eq!(post(shop_url, &format!("/orders/{id}")).await, 303);
    shows(&page, "given back: 19.99 CAD").await;
    assert_eq!(post(shop_url, &format!("/orders/{id}")).await, 400);
    // The gateway calls back for nothing that the shop does not know.
    assert_eq!(post(shop_url, "/ottpay").await, 400);
    shop.0.kill().unwrap();
    assert!(lines.next().is_none(), "the tea is sent once");
}
