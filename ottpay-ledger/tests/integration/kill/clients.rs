//! Clients without a ledger, on a gateway where every tenth request or callback fails: their final results are true.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::post;
use ottpay::payment::{Confirmed, Resolved, Tracked};
use ottpay::{Client, Currency, OrderId, Outcome};
use ottpay_sandbox::{Fault, OrderKind, OrderState, PlannedFault, Sandbox};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::cart::Cart;
use super::findings::{Finding, Findings};

const CLIENTS: u64 = 16;
/// One in this many requests or callbacks fails.
const ONE_OF: u64 = 10;

/// A client's final result for a payment or refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    /// Paid, or refunded.
    Done,
    /// Nothing was carried out.
    NotDone,
    /// The link was never given out.
    Unpayable,
    /// A person has to decide.
    Unknown,
    Open,
}

/// By kind and id.
type Ends = BTreeMap<String, End>;

/// Pays and refunds, and compares the clients' results with the gateway's records.
pub(crate) async fn soak(payments: u64, seed: u64) {
    let begun = Instant::now();
    let sandbox = Arc::new(Sandbox::builder().callback_attempts(3, Duration::from_millis(200)).start().await.unwrap());
    let connect = || {
        let client = Client::builder().endpoint(sandbox.url()).merchant_id(sandbox.merchant_id());
        let client = client.sign_key(sandbox.sign_key()).currency(Currency::CAD);
        client.timeout(Duration::from_secs(20)).build().unwrap()
    };
    let (callback, called) = take_callbacks(connect()).await;
    let mut working = JoinSet::new();
    for number in 0..CLIENTS {
        let (sandbox, client, callback) = (Arc::clone(&sandbox), connect(), callback.clone());
        let range = payments * number / CLIENTS..payments * (number + 1) / CLIENTS;
        let random = fastrand::Rng::with_seed(seed ^ number);
        working.spawn(async move { Worker { sandbox, client, callback, random, faults: 0 }.work(range).await });
    }
    let (mut ends, mut faults) = (Ends::new(), 0);
    while let Some(worked) = working.join_next().await {
        let (of_one, of_faults) = worked.unwrap();
        ends.extend(of_one);
        faults += of_faults;
    }
    let mut counts = BTreeMap::<(&str, End), u32>::new();
    for (id, end) in &ends {
        *counts.entry((if id.starts_with('R') { "refund" } else { "payment" }, *end)).or_default() += 1;
    }
    let found = compare(&sandbox, &ends, &called.lock().unwrap());
    let happened = faults - sandbox.waiting_faults().len() as u64;
    println!(
        "{payments} payments in {:?}, seed {seed}, {happened} of {faults} planned faults happened: {counts:?}; {found}",
        begun.elapsed()
    );
    found.assert_none(&format_args!("{counts:?}"));
    // One payment or refund in ten has a fault, and nearly all faults happen; an exception is a fault of a callback for
    // a payment that was never made.
    assert!(faults > payments / ONE_OF && happened * 10 > faults * 9, "{happened} of {faults}");
}

/// A shop's server: the ids that were reported as paid to it.
async fn take_callbacks(client: Client) -> (String, Arc<Mutex<BTreeSet<String>>>) {
    let called = Arc::new(Mutex::new(BTreeSet::new()));
    let noting = Arc::clone(&called);
    let take = move |body: Bytes| {
        let answer = match client.callback(&body) {
            Ok(callback) => {
                noting.lock().unwrap().insert(callback.order_id().to_string());
                (StatusCode::OK, "SUCCESS")
            }
            Err(_) => (StatusCode::BAD_REQUEST, ""),
        };
        async move { answer }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/ottpay", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/ottpay", post(take))).await });
    (url, called)
}

struct Worker {
    sandbox: Arc<Sandbox>,
    client: Client,
    callback: String,
    random: fastrand::Rng,
    faults: u64,
}

impl Worker {
    async fn work(mut self, carts: std::ops::Range<u64>) -> (Ends, u64) {
        let mut ends = Ends::new();
        for cart in carts.map(Cart) {
            let id = if cart.is_scanned() { format!("P{}", cart.0) } else { format!("Q{}", cart.0) };
            let paid = self.pay(cart, &id).await;
            ends.insert(id.clone(), paid);
            if let (End::Done, Some(amount)) = (paid, cart.given_back()) {
                let request = cart.refund(&self.client, &id, amount);
                let mut tracked = request.tracked();
                let refund = tracked.id().to_owned();
                self.add_fault(&refund, false);
                let attempt = self.client.send(&request).await;
                tracked.record(&attempt);
                ends.insert(refund, self.resolve(&tracked).await);
            }
        }
        (ends, self.faults)
    }

    async fn pay(&mut self, cart: Cart, id: &str) -> End {
        self.add_fault(id, !cart.is_scanned());
        let tracked = if cart.is_scanned() {
            let request = cart.scanned(&self.client);
            let mut tracked = request.tracked();
            tracked.record(&self.client.send(&request).await);
            tracked
        } else {
            let request = cart.qr_code(&self.client, OrderId::new(id).unwrap(), &self.callback).unwrap();
            let mut tracked = request.tracked();
            let attempt = self.client.send(&request).await;
            tracked.record(&attempt);
            // The buyer pays, even if the reply with the link is lost.
            if attempt.err().is_none_or(|error| error.outcome() == Outcome::Unknown) {
                let _ = self.sandbox.pay(id).await;
            }
            tracked
        };
        self.resolve(&tracked).await
    }

    /// One in ten fails: the request or its callback, if it has one.
    fn add_fault(&mut self, id: &str, has_callback: bool) {
        if self.random.u64(0..ONE_OF) == 0 {
            // A shop that believes callbacks, as this one does, would believe a forged one.
            let is_genuine = |fault: &&Fault| **fault != Fault::CallbackForged;
            let can_happen = |fault: &&Fault| has_callback || !fault.is_of_callback();
            let faults: Vec<_> = Fault::ALL.iter().filter(can_happen).filter(is_genuine).collect();
            let fault = *faults[self.random.usize(0..faults.len())];
            let planned = PlannedFault::new(fault).order_id(id).delay(Duration::from_millis(200)).code("PARAM_ERROR");
            self.sandbox.add_fault(planned).unwrap();
            self.faults += 1;
        }
    }

    /// What happened to it, queried until it has ended or no more can be found out.
    async fn resolve(&self, tracked: &Tracked) -> End {
        let mut end = End::Open;
        for _ in 0..20 {
            end = match self.client.resolve(tracked).await.unwrap() {
                Resolved::Took(Confirmed::Paid(_) | Confirmed::GivenBack(_)) => return End::Done,
                Resolved::NotDone => return End::NotDone,
                Resolved::Took(Confirmed::Open) | Resolved::Pending => End::Open,
                Resolved::Unpayable => End::Unpayable,
                Resolved::StillUnknown { .. } => End::Unknown,
                other => panic!("{}: {other:?}", tracked.id()),
            };
            let is_known = self.sandbox.order(tracked.id()).unwrap().is_some();
            if !is_known {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        end
    }
}

/// Where the gateway's records differ from the clients' results.
fn compare(sandbox: &Sandbox, ends: &Ends, called: &BTreeSet<String>) -> Findings {
    let mut found = Findings::default();
    let orders = sandbox.orders().unwrap();
    let mut moved = BTreeSet::new();
    let mut given_back = BTreeMap::<&str, u32>::new();
    for order in orders.iter().filter(|order| order.state() == OrderState::Paid) {
        moved.insert(order.id());
        if let Some(original) = order.original_id().filter(|_| order.kind() == OrderKind::Refund) {
            *given_back.entry(original).or_default() += 1;
        }
        match ends.get(order.id()) {
            Some(End::Done) => {}
            end => found.add(Finding::Lost, format!("{} is {:?}, the client says {end:?}", order.id(), order.state())),
        }
    }
    for (id, _) in given_back.iter().filter(|(_, times)| **times > 1) {
        found.add(Finding::Doubled, format!("refund of {id}"));
    }
    for (id, end) in ends {
        match end {
            End::Done if !moved.contains(&**id) => found.add(Finding::MadeUp, id.clone()),
            End::Open => found.add(Finding::Open, id.clone()),
            _ => {}
        }
    }
    for id in called.iter().filter(|id| !moved.contains(&***id)) {
        found.add(Finding::MadeUp, format!("{id} was called back and is not paid"));
    }
    found
}
