//! The sandbox's control interface and pages: each call has an answer, a rejected call changes nothing, and no call
//! makes the orders contradict each other.

use std::cell::RefCell;
use std::time::Duration;

use ottpay::transport::with_tls;
use ottpay::{Amount, BizType, Client, Currency, OrderId, RefundId};
use ottpay_sandbox::{Assumption, Order, OrderKind, OrderState, Sandbox};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::merchant::{ID, SIGN_KEY, sign_key};

/// The maximum number of calls of an input.
const MOST: usize = 12;

/// The number of inputs after which a new sandbox is started.
const USES: u32 = 50;

/// The separator between two calls of an input.
const BETWEEN: char = '\u{1e}';

/// Orders that exist from the beginning.
const ORDERS: [&str; 2] = ["T1", "T2"];

struct Running {
    runtime: Runtime,
    sandbox: Sandbox,
    client: Client,
    http: reqwest::Client,
    uses: u32,
}

impl Running {
    fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let builder = Sandbox::builder().merchant_id(ID).sign_key(sign_key(SIGN_KEY));
        let builder = builder.callback_attempts(1, Duration::from_secs(3600));
        let sandbox = runtime.block_on(builder.start()).expect("a free port");
        let client = Client::builder().endpoint(sandbox.url()).merchant_id(ID).sign_key(sandbox.sign_key());
        let client = client.currency(Currency::CAD).build().expect("a client");
        let http = reqwest::Client::builder().timeout(Duration::from_secs(10)).no_proxy();
        // With the TLS of this build, which it does not need, and without which reqwest may panic.
        let http = with_tls(http.redirect(reqwest::redirect::Policy::none())).expect("TLS").build().expect("a client");
        let running = Self { runtime, sandbox, client, http, uses: 0 };
        for id in ORDERS {
            running.order(id, 1999);
        }
        running
    }

    /// Reverts the changes of an earlier input, so that an input that fails does so alone.
    fn forget_settings(&self) {
        self.sandbox.clear_faults();
        Assumption::ALL.iter().filter(|assumed| assumed.is_default()).for_each(|assumed| self.sandbox.assume(*assumed));
    }

    /// Sends a payment, which may be refused.
    fn order(&self, id: &str, amount: u64) {
        let Ok(id) = OrderId::new(id) else { return };
        let payment = self.client.active_pay().order_id(id).operator_id("0000020156").biz_type(BizType::Alipay);
        let payment = payment.amount(Amount::from_minor(amount)).call_back_url("http://127.0.0.1:9/ottpay");
        let _sent = self.runtime.block_on(async { payment.send().await });
    }

    /// Sends a refund of the first order, which may be refused.
    fn refund(&self, id: &str, amount: u64) {
        let (Ok(id), Ok(of)) = (RefundId::new(id), OrderId::new(ORDERS[0])) else { return };
        let refund = self.client.refund().order_id(id).ori_order_id(of).refund_amt(Amount::from_minor(amount));
        let _sent = self.runtime.block_on(async { refund.send().await });
    }

    /// One call; `None` if no client could send it.
    fn call(&self, method: Method, path: &str, body: &str) -> Option<Answer> {
        let url = url::Url::parse(self.sandbox.url()).ok()?.join(path).ok()?;
        // The stream of changes does not end.
        if url.path().trim_end_matches('/').ends_with("/events")
            || url.port() == Some(9)
            || !url.as_str().starts_with(self.sandbox.url())
        {
            return None;
        }
        let form = url.path().starts_with("/pay/").then_some("application/x-www-form-urlencoded");
        let request = self.http.request(method, url).body(body.to_owned());
        let request = request.header("content-type", form.unwrap_or("application/json"));
        self.runtime.block_on(async {
            let answer = request.send().await.ok()?;
            let status = answer.status();
            let is_json = answer.headers().get("content-type").is_some_and(|kind| kind == "application/json");
            Some(Answer { status, is_json, body: answer.bytes().await.ok()?.to_vec() })
        })
    }

    /// The state that a rejected call must not change.
    fn state(&self) -> Vec<Vec<u8>> {
        let paths = ["/sandbox/orders", "/sandbox/assumptions", "/sandbox/faults", "/sandbox/rates"];
        paths.into_iter().filter_map(|path| self.call(Method::GET, path, "")).map(|answer| answer.body).collect()
    }
}

struct Answer {
    status: StatusCode,
    is_json: bool,
    body: Vec<u8>,
}

/// Makes calls, one after the other. Returns whether one of them was accepted.
pub fn target(data: &[u8]) -> bool {
    let text = String::from_utf8_lossy(data);
    thread_local! {
        static RUNNING: RefCell<Option<Running>> = const { RefCell::new(None) };
    }
    RUNNING.with_borrow_mut(|slot| {
        if slot.as_ref().is_some_and(|running| running.uses == USES) {
            *slot = None;
        }
        let running = slot.get_or_insert_with(Running::start);
        running.uses += 1;
        running.forget_settings();
        let mut is_accepted = false;
        let mut known = None;
        for call in text.split(BETWEEN).take(MOST) {
            is_accepted |= carry_out(running, call, &mut known);
        }
        let status = running.call(Method::GET, "/sandbox/status", "").expect("the sandbox answers");
        assert_eq!(status.status, StatusCode::OK);
        assert_orders_agree(&running.sandbox);
        is_accepted
    })
}

/// Makes one call; `known` is the state that every rejected call has to leave unchanged, as long as it is known.
fn carry_out(running: &Running, call: &str, known: &mut Option<Vec<Vec<u8>>>) -> bool {
    let (line, body) = call.split_once('\n').unwrap_or((call, ""));
    let Some((method, path)) = line.split_once(' ') else { return false };
    let method = match method {
        "ORDER" => {
            running.order(path, body.trim().parse().unwrap_or(1999));
            *known = None;
            return false;
        }
        "REFUND" => {
            running.refund(path, body.trim().parse().unwrap_or(500));
            *known = None;
            return false;
        }
        "GET" => Method::GET,
        "POST" => Method::POST,
        "DELETE" => Method::DELETE,
        _ => return false,
    };
    if method == Method::GET {
        let answer = running.call(method, path, body);
        return answer.is_some_and(|answer| assert_answer(path, body, &answer));
    }
    let before = known.take().unwrap_or_else(|| running.state());
    let Some(answer) = running.call(method, path, body) else { return false };
    if assert_answer(path, body, &answer) {
        return true;
    }
    // Operations in progress end automatically.
    let is_still = !before.iter().any(|body| String::from_utf8_lossy(body).contains("processing\""));
    if answer.status.is_client_error() && path.starts_with("/sandbox/") && is_still {
        assert_eq!(before, running.state(), "{line} was rejected, and has changed something");
        *known = Some(before);
    }
    false
}

/// Returns whether the call was accepted.
fn assert_answer(path: &str, sent: &str, answer: &Answer) -> bool {
    let shown = String::from_utf8_lossy(&answer.body);
    assert!(!shown.contains(SIGN_KEY) || path.contains(SIGN_KEY) || sent.contains(SIGN_KEY), "the sign key is shown");
    // The gateway's own path is faulty on request.
    let is_inside = path.starts_with("/sandbox/") || path.starts_with("/pay/");
    assert!(!is_inside || !answer.status.is_server_error(), "{path}: {} {shown}", answer.status);
    if answer.is_json {
        let value: Value = serde_json::from_slice(&answer.body).expect("what is called JSON is JSON");
        if is_inside && !answer.status.is_success() {
            assert!(value["error"].as_str().is_some_and(|error| !error.is_empty()), "no error in {value}");
        }
    }
    answer.status.is_success()
}

/// No more was refunded than was charged, and exactly the sum of the refunds of a payment.
fn assert_orders_agree(sandbox: &Sandbox) {
    let orders = sandbox.orders().expect("a database in memory");
    for order in &orders {
        let fee = order.convenience_fee().unwrap_or(Amount::ZERO);
        let charged = order.amount().checked_add(fee).expect("an amount that the sandbox takes");
        assert!(order.refunded() <= charged, "more has been given back than was charged: {order:?}");
        if order.kind() == OrderKind::Payment {
            let is_of_order = |refund: &&Order| refund.original_id() == Some(order.id());
            let refunds = || orders.iter().filter(|refund| refund.kind() == OrderKind::Refund).filter(is_of_order);
            let settled = add_up(refunds().filter(|refund| refund.state() == OrderState::Paid));
            let given_back = Some(order.refunded());
            assert!(settled <= given_back, "less was given back than the refunds are: {order:?}");
            // A refund in progress counts or not, depending on the assumption when it was accepted.
            assert!(given_back <= add_up(refunds()), "more was given back than the refunds are: {order:?}");
        }
    }
}

fn add_up<'a>(refunds: impl Iterator<Item = &'a Order>) -> Option<Amount> {
    refunds.map(Order::amount).sum()
}

/// Each call as documented, and with mistakes.
pub fn seeds() -> Vec<Vec<u8>> {
    let calls = [
        "GET /sandbox/status",
        "GET /sandbox/orders?limit=2",
        "GET /sandbox/orders/T1",
        "POST /sandbox/orders/T1/pay\n{\"tip\":\"100\",\"convenience_fee\":6}",
        "POST /sandbox/orders/T2/decline",
        "POST /sandbox/orders/T1/cancel",
        "GET /sandbox/messages?order_id=T1&limit=1",
        "GET /sandbox/faults",
        "POST /sandbox/faults\n{\"fault\":\"drop_after\",\"times\":2,\"action\":\"REFUND\"}",
        "POST /sandbox/faults\n{\"fault\":\"refuse\",\"code\":\"FAIL\"}",
        "DELETE /sandbox/faults",
        "GET /sandbox/assumptions",
        "POST /sandbox/assumptions\n{\"no_such\":\"yes\"}",
        "GET /sandbox/clock",
        "POST /sandbox/clock\n{\"advance_seconds\":1800}",
        "GET /sandbox/rates",
        "POST /sandbox/rates\n{\"USD\":650000000,\"CAD\":505703000}",
        "GET /sandbox",
        "GET /sandbox/order/T1",
        "GET /sandbox/message/1",
        "GET /pay/T1",
        "POST /pay/T1\nact=pay&tip=1.00",
        "ORDER T3\n1999",
        "GET /sandbox/nothing",
    ];
    let mut seeds: Vec<Vec<u8>> = calls.map(|call| call.as_bytes().to_vec()).to_vec();
    let mut add = |calls: &[&str]| seeds.push(calls.join(&BETWEEN.to_string()).into_bytes());
    add(&[
        "POST /sandbox/orders/T1/pay",
        "REFUND R1\n500",
        "REFUND R2\n1499",
        "REFUND R3\n1",
        "GET /sandbox/orders/T1",
    ]);
    add(&[
        "ORDER T4\n100",
        "POST /sandbox/clock\n{\"advance_seconds\":4294967295}",
        "GET /sandbox/orders/T4",
        "GET /sandbox/clock",
    ]);
    add(&[
        "POST /sandbox/faults\n{\"fault\":\"processing\"}",
        "ORDER T5\n1",
        "POST /sandbox/orders/T5/pay",
        "GET /sandbox/order/T5",
    ]);
    for question in ottpay_sandbox::Question::ALL {
        for answer in question.answers() {
            let body = serde_json::json!({ question.name(): answer.value() });
            add(&[
                &format!("POST /sandbox/assumptions\n{body}"),
                "ORDER T6\n5",
                "POST /sandbox/orders/T6/pay",
                "REFUND R6\n5",
            ]);
        }
    }
    seeds
}
