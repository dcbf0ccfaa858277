//! A sandbox that is killed in the middle of its work: what it said is still true, and every payment has its callback.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use common::{KEY, MERCHANT, Running, folder, ottpay};
use ottpay::{Amount, BizType, Client, OrderId, SignKey};
use serde_json::Value;

const ROUNDS: u64 = 6;
const ORDERS: usize = 60;
const BUYERS: usize = 4;

fn start(database: &Path) -> (Running, String) {
    let mut command =
        ottpay(&["sandbox", "--listen", "127.0.0.1:0", "--merchant", MERCHANT, "--sign-key", KEY, "--db"]);
    command.arg(database);
    let sandbox = Running::start(command);
    let address = sandbox.out().strip_prefix("listening on http://").unwrap().to_owned();
    (sandbox, address)
}

/// One call of the control interface: its body, if there was an answer.
fn control(address: &str, method: &str, path: &str) -> Option<Value> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    let head = format!(
        "{method} /sandbox{path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).ok()?;
    let mut reply = String::new();
    stream.read_to_string(&mut reply).ok()?;
    let (head, body) = reply.split_once("\r\n\r\n")?;
    head.starts_with("HTTP/1.1 200").then(|| serde_json::from_str(body).ok())?
}

async fn create(address: &str, ids: &[String]) {
    let client = Client::builder().endpoint(format!("http://{address}")).merchant_id(MERCHANT);
    let client = client.sign_key(SignKey::new(KEY).unwrap()).build().unwrap();
    for id in ids {
        let payment = client.active_pay().order_id(OrderId::new(id.clone()).unwrap()).amount(Amount::from_minor(100));
        let payment = payment.biz_type(BizType::Alipay).operator_id("0000020156");
        payment.call_back_url("http://127.0.0.1:9/").send().await.unwrap();
    }
}

#[tokio::test]
async fn a_sandbox_that_is_killed_loses_no_payment_and_no_callback() {
    let database = folder().join("orders.db");
    let mut paid_for_sure = 0;
    for round in 0..ROUNDS {
        let (sandbox, address) = start(&database);
        let ids: Vec<String> = (0..ORDERS).map(|number| format!("R{round}N{number}")).collect();
        create(&address, &ids).await;
        let answered = Arc::new(Mutex::new(Vec::new()));
        let buyer = |ids: &[String]| {
            let (ids, address, answered) = (ids.to_vec(), address.clone(), Arc::clone(&answered));
            thread::spawn(move || {
                for id in ids {
                    if control(&address, "POST", &format!("/orders/{id}/pay")).is_some() {
                        answered.lock().unwrap().push(id);
                    }
                }
            })
        };
        let buyers: Vec<_> = ids.chunks(ORDERS.div_ceil(BUYERS)).map(buyer).collect();
        thread::sleep(Duration::from_millis(5 + 9 * round));
        // This kills it, and asks nothing.
        drop(sandbox);
        for buyer in buyers {
            buyer.join().unwrap();
        }
        let (sandbox, address) = start(&database);
        for id in &ids {
            let order = control(&address, "GET", &format!("/orders/{id}")).unwrap();
            let callbacks = order["callbacks"].as_array().unwrap().len();
            assert_eq!(callbacks == 1, order["state"] == "paid", "{order}");
            if answered.lock().unwrap().contains(id) {
                assert_eq!(order["state"], "paid", "{order}");
                paid_for_sure += 1;
            }
        }
        drop(sandbox);
    }
    assert!(paid_for_sure > 0, "no round was long enough to see a payment");
}
