//! A case of the client without a ledger: its results must be true.

use ottpay::payment::{Confirmed, Resolved, Trackable, Tracked};
use ottpay::reply::Received;
use ottpay::request::Write;
use ottpay::{Client, Outcome};
use ottpay_sandbox::Sandbox;
use std::time::Duration;

use super::buyer::{pay_before_reply, prepare_to_pay};
use super::case::{Case, Ending};
use super::fault::{Callback, Fault};
use super::life::Life;
use super::operation::{Operation, with_request};
use super::reason;
use super::taker::Taker;
use super::truth::{Told, check_requests, check_told, is_moved};
use super::world::World;

/// Plays a case.
pub(crate) async fn play(case: &Case, number: usize) -> Result<Ending, String> {
    let mut world = World::start(case, Life::default(), number).await;
    let requests = world.requests();
    let client = requests.client.clone();
    if case.fault != Fault::Callback(Callback::NotTaken) {
        world.set_taker(Taker::Client(client.clone()));
    }
    let operation = case.operation;
    let mut payment = requests.code().tracked();
    if operation.needs_payment() {
        let attempt = client.send(&requests.code()).await;
        payment.record(&attempt);
        world.pay(super::operation::ORDER).await;
    }
    world.arm().await;
    let (first, tracked) = match operation {
        Operation::Query => (describe_answer(client.confirm(&payment).await), payment.clone()),
        _ if operation.is_by_buyer() => {
            let (tracked, given) = requests.for_device(operation);
            world.use_device(operation, &given).await;
            let first = "given out".to_owned();
            finish(&mut world, case, Some(&given)).await;
            (first, tracked)
        }
        _ => {
            let tracked = requests.tracked(operation);
            let sending =
                with_request!(operation, requests, |request| send(&client, request, tracked, &world, case).await);
            let (outcome, tracked) = sending;
            check_told(&world, case, outcome.map_or(Told::Reply, Told::Error))?;
            (outcome.map_or("reply".to_owned(), |outcome| outcome.to_string()), tracked)
        }
    };
    check_requests(&world, case)?;
    if !operation.is_by_buyer() {
        finish(&mut world, case, None).await;
    }
    advance(world.sandbox());
    let last = match client.resolve(&tracked).await {
        Ok(Resolved::Took(confirmed)) => describe(&confirmed),
        Ok(resolved) => resolved.as_str().to_owned(),
        Err(error) => return Err(format!("it cannot be asked about: {error}")),
    };
    let reason = reason::for_client(case, world.currency, &first, &last);
    let because = check_end(operation == Operation::Refund, is_moved(&world, operation), &last, reason)?;
    Ok(Ending { first, last, because })
}

/// Sends a request, and records how the attempt ended.
async fn send<R>(
    client: &Client,
    request: R,
    mut tracked: Tracked,
    world: &World,
    case: &Case,
) -> (Option<Outcome>, Tracked)
where
    R: Write + Trackable,
    R::Reply: AsRef<Received>,
{
    let sending = client.send(&request);
    let attempt = if case.fault == Fault::Callback(Callback::BeforeReply) {
        let (attempt, ()) = tokio::join!(sending, pay_before_reply(world, case));
        attempt
    } else {
        sending.await
    };
    tracked.record(&attempt);
    (attempt.err().map(|error| error.outcome()), tracked)
}

/// The fault ends, and the buyer does their part.
async fn finish(world: &mut World, case: &Case, given: Option<&str>) {
    world.heal().await;
    prepare_to_pay(world, case, given).await;
    world.pay(case.operation.id()).await;
    if let Fault::OfCallback(ottpay_sandbox::Fault::CallbackOutOfOrder) = case.fault {
        let requests = world.requests();
        let _ = requests.client.send(&requests.code_with("T2")).await;
        world.pay("T2").await;
    }
    world.set_taker(Taker::Client(world.client()));
}

/// Settles payments that are settled later.
fn advance(sandbox: &Sandbox) {
    sandbox.advance(Duration::from_secs(120)).unwrap();
}

fn describe(confirmed: &Confirmed) -> String {
    confirmed.as_str().to_owned()
}

fn describe_answer(answer: Result<Confirmed, ottpay::payment::FollowError>) -> String {
    match answer {
        Ok(confirmed) => describe(&confirmed),
        Err(ottpay::payment::FollowError::Unreadable { .. }) => "unreadable".to_owned(),
        Err(_) => "error".to_owned(),
    }
}

/// Asserts that the final result is true. Returns the reason if money has moved but is not known.
fn check_end(
    is_refund: bool,
    is_moved: bool,
    last: &str,
    reason: Option<&'static str>,
) -> Result<Option<&'static str>, String> {
    let wrong = |why: &str| Err(format!("in the end it is `{last}`, and {why}"));
    match last {
        "paid" | "given_back" if (last == "given_back") == is_refund && is_moved => Ok(None),
        "paid" | "given_back" | "reserved" | "mismatch" if !is_moved => wrong("no money has moved"),
        "ended" | "unpayable" | "pending" | "open" | "still_unknown" | "not_done" if !is_moved => Ok(None),
        "unpayable" | "pending" | "still_unknown" | "mismatch" if reason.is_some() => Ok(reason),
        _ if is_moved => wrong("money has moved"),
        _ => wrong("no money has moved"),
    }
}

#[test]
fn an_end_that_is_not_true_is_found() {
    let why = Some("a reason");
    for (is_refund, is_moved, last) in [
        (false, false, "paid"),
        (false, true, "given_back"),
        (true, true, "paid"),
        (true, false, "given_back"),
        (false, false, "mismatch"),
        (false, true, "not_done"),
        (false, true, "ended"),
        (false, true, "open"),
        (false, false, "conflict"),
        (false, true, "conflict"),
        (false, true, "no_answer"),
    ] {
        assert!(check_end(is_refund, is_moved, last, why).is_err(), "{last}");
    }
    for last in ["unpayable", "pending", "still_unknown", "mismatch"] {
        assert!(check_end(false, true, last, None).is_err(), "{last}");
        assert_eq!(check_end(false, true, last, why), Ok(why), "{last}");
    }
    for (is_refund, is_moved, last) in [(false, true, "paid"), (true, true, "given_back"), (false, false, "unpayable")]
    {
        assert_eq!(check_end(is_refund, is_moved, last, None), Ok(None), "{last}");
    }
}
