//! The observer of a client: which events it receives, and that it changes nothing.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::recorded::Recorded;
use crate::common::{Script, accepted, order, payment, sample};
use ottpay::observation::{Observed, Observer};
use ottpay::spec::Effect;
use ottpay::transport::{BoxFuture, HttpRequest, HttpResponse, Transport, TransportError};
use ottpay::{ActivePay, Framing, Outcome};

const CREATED: &str = r#"{"code_url":"weixin://x","order_id":"T1"}"#;

/// The observed properties of a call.
#[derive(Debug, Clone, PartialEq)]
struct Told {
    method: &'static str,
    effect: Effect,
    version: String,
    order_id: Option<String>,
    attempts: u32,
    status: Option<u16>,
    error: Option<&'static str>,
    code: Option<&'static str>,
    outcome: Option<Outcome>,
}

#[derive(Clone, Default)]
struct Calls {
    told: Arc<Mutex<Vec<Told>>>,
    durations: Arc<Mutex<Vec<Duration>>>,
    shown: Arc<Mutex<String>>,
}

impl Observer for Calls {
    fn observe(&self, event: &Observed<'_>) {
        self.shown.lock().unwrap().push_str(&format!("{event:?} {event:#?}"));
        let Observed::Call(call) = event else { panic!("{event:?}") };
        self.durations.lock().unwrap().push(call.duration);
        self.told.lock().unwrap().push(Told {
            method: call.action.name,
            effect: call.action.effect,
            version: call.version.to_owned(),
            order_id: call.order_id.map(str::to_owned),
            attempts: call.attempts,
            status: call.status,
            error: call.error,
            code: call.code,
            outcome: call.outcome,
        });
    }
}

/// Answers late.
struct Late(Duration, Script);

impl Transport for Late {
    fn post(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        Box::pin(async {
            tokio::time::sleep(self.0).await;
            self.1.post(request).await
        })
    }
}

fn answered(status: u16, body: impl Into<Vec<u8>>) -> Script {
    Script::new([Ok(HttpResponse { status, body: body.into() })])
}

#[tokio::test]
async fn each_call_is_reported_once_with_its_end() {
    let paid = Told {
        method: "active_pay",
        effect: Effect::Write,
        version: "1.0".to_owned(),
        order_id: Some("T1".to_owned()),
        attempts: 1,
        status: Some(200),
        error: None,
        code: None,
        outcome: None,
    };
    let failed = |error, code, outcome| Told { error: Some(error), code, outcome: Some(outcome), ..paid.clone() };
    for (script, expected) in [
        (Script::body(accepted(CREATED).to_body(Framing::Json)), paid.clone()),
        (
            answered(200, r#"{"rsp_code":"PARAM_ERROR","rsp_msg":"no"}"#),
            failed("not_accepted", Some("PARAM_ERROR"), Outcome::Refused),
        ),
        (answered(200, r#"{"rsp_code":"4111"}"#), failed("not_accepted", None, Outcome::Unknown)),
        (answered(502, ""), Told { status: Some(502), ..failed("http_status", None, Outcome::Unknown) }),
        (
            Script::new([Err(TransportError::timed_out("x"))]),
            Told { status: None, ..failed("timeout", None, Outcome::Unknown) },
        ),
        (
            Script::new([Err(TransportError::not_sent("x"))]),
            Told { status: None, ..failed("not_sent", None, Outcome::NotSent) },
        ),
    ] {
        let calls = Calls::default();
        let late = Late(Duration::from_millis(5), script);
        let client = sample().transport(late).observer(calls.clone()).build().unwrap();
        let sent = client.send(&payment(&client, &order("T1"))).await;
        assert_eq!(sent.is_ok(), expected.error.is_none());
        assert_eq!(*calls.told.lock().unwrap(), [expected]);
        let durations = calls.durations.lock().unwrap();
        assert!(durations[0] >= Duration::from_millis(5) && durations[0] < Duration::from_secs(60), "{durations:?}");
        let shown = calls.shown.lock().unwrap();
        assert!(shown.contains("ACTIVEPAY") && !shown.contains("T1"), "{shown}");
    }
}

#[tokio::test]
async fn a_read_has_no_outcome_and_an_invalid_request_no_attempt() {
    let calls = Calls::default();
    let script = Script::new([Err(TransportError::lost("x"))]);
    let client = sample().transport(script).version(ActivePay::INFO, "9.9").observer(calls.clone()).build().unwrap();
    client.status_query().order_id(order("T1")).send().await.unwrap_err();
    client.send(&payment(&client, &order("T1"))).path("no path").await.unwrap_err();
    let told = calls.told.lock().unwrap();
    assert_eq!((told[0].effect, told[0].error, told[0].outcome), (Effect::Read, Some("lost"), None));
    assert_eq!((told[1].attempts, told[1].error, &*told[1].version), (0, Some("invalid"), "9.9"));
    assert_eq!(told[1].outcome, Some(Outcome::Never));
}

#[tokio::test]
async fn a_call_that_is_dropped_while_sending_is_reported_as_unknown() {
    let calls = Calls::default();
    let late = Late(Duration::from_secs(60), Script::default());
    let client = sample().transport(late).observer(calls.clone()).build().unwrap();
    // A call that was never polled was never started.
    drop(client.send(&payment(&client, &order("T1"))));
    assert!(calls.told.lock().unwrap().is_empty());
    let limit = Duration::from_millis(5);
    tokio::time::timeout(limit, client.send(&payment(&client, &order("T1")))).await.unwrap_err();
    tokio::time::timeout(limit, client.status_query().order_id(order("T1")).send()).await.unwrap_err();
    let told = calls.told.lock().unwrap();
    assert_eq!(told.len(), 2);
    assert_eq!((told[0].error, told[0].outcome, told[0].attempts), (Some("dropped"), Some(Outcome::Unknown), 1));
    assert_eq!((told[1].error, told[1].outcome), (Some("dropped"), None));
}

/// Panics at each event.
struct Panics(AtomicUsize);

impl Observer for Panics {
    fn observe(&self, _: &Observed<'_>) {
        self.0.fetch_add(1, Ordering::SeqCst);
        panic!("the observer of a test, which panics on purpose");
    }
}

#[tokio::test]
async fn an_observer_that_panics_changes_nothing() {
    let panics = Arc::new(Panics(AtomicUsize::new(0)));
    let script = Script::new([
        Ok(HttpResponse { status: 200, body: accepted(CREATED).to_body(Framing::Json) }),
        Err(TransportError::lost("x")),
    ]);
    let client = sample().transport(script.clone()).observer(Arc::clone(&panics)).build().unwrap();
    let (recorded, _guard) = Recorded::start();
    let paid = client.send(&payment(&client, &order("T1"))).await.unwrap();
    assert_eq!(paid.code_url(), "weixin://x");
    let error = client.send(&payment(&client, &order("T1"))).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unknown);
    let callback = r#"{"finish_time":"2025-01-01 00:00:00","order_id":"T1","amount":"1","bizpay_order_id":"WX1","merchant_id":"ON00004652"}"#;
    client.callback(accepted(callback).to_body(Framing::Json)).unwrap();
    assert_eq!((panics.0.load(Ordering::SeqCst), script.requests().len()), (3, 2));
    let told = recorded
        .entries()
        .into_iter()
        .filter(|event| event.field("message") == Some("the observer panicked; the call is not affected"));
    assert_eq!(told.count(), 3);
}

#[tokio::test]
async fn an_observer_that_panics_while_a_panic_drops_the_call_does_not_end_the_process() {
    let panics = Arc::new(Panics(AtomicUsize::new(0)));
    let late = Late(Duration::from_secs(60), Script::default());
    let client = sample().transport(late).observer(Arc::clone(&panics)).build().unwrap();
    let handler = tokio::spawn(async move {
        let mut sent = Box::pin(client.send(&payment(&client, &order("T1"))));
        let _ = tokio::time::timeout(Duration::from_millis(5), &mut sent).await;
        panic!("the handler of a test, which panics on purpose");
    });
    assert!(handler.await.unwrap_err().is_panic());
    assert_eq!(panics.0.load(Ordering::SeqCst), 1);
}

/// An observer that does not override anything.
struct Nothing;

impl Observer for Nothing {}

#[tokio::test]
async fn the_later_of_two_observers_is_kept_and_clones_share_it() {
    let calls = Calls::default();
    let settings = sample().transport(Script::body(accepted(CREATED).to_body(Framing::Json)));
    let client = settings.observer(Nothing).observer(calls.clone()).build().unwrap();
    let clone = client.clone();
    clone.send(&payment(&client, &order("T1"))).await.unwrap();
    assert_eq!(calls.told.lock().unwrap().len(), 1);
}
