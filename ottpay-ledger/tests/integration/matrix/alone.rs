//! A case of the client alone: what it says must be true.

use ottpay::payment::{Confirmed, Resolved, Trackable, Tracked};
use ottpay::reply::Received;
use ottpay::request::Write;
use ottpay::{Client, Outcome};
use ottpay_sandbox::{OrderState, Sandbox};
use std::time::Duration;

use super::case::{Case, Ending};
use super::fault::{Callback, Fault};
use super::life::Life;
use super::operation::{Operation, with_request};
use super::truth::{check_requests, money_of};
use super::world::{Taker, World};

/// Plays a case.
pub(crate) async fn play(case: &Case, number: usize) -> Result<Ending, String> {
    let mut world = World::start(case, Life::default(), number).await;
    let requests = world.requests();
    let client = requests.client.clone();
    if case.fault != Fault::Callback(Callback::NotTaken) {
        world.set_taker(Taker::Client(client.clone()));
    }
    let (operation, id) = (case.operation, case.operation.id());
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
            check_outcome(&world, case, outcome)?;
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
        Err(error) if error.is_transient() => "no answer".to_owned(),
        Err(error) => format!("cannot be asked: {error}"),
    };
    check_end(&world, case, id, &last)?;
    Ok(Ending { first, last, because: None })
}

/// Sends a request, and records how that ended.
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

/// The buyer has paid, and the shop has the callback, before the reply is let through.
pub(crate) async fn pay_before_reply(world: &World, case: &Case) {
    while world.order(case.operation.id()).is_none() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    world.pay(case.operation.id()).await;
    world.proxy.release();
}

/// The fault ends, and the buyer does their part.
async fn finish(world: &mut World, case: &Case, given: Option<&str>) {
    let id = case.operation.id();
    world.heal().await;
    if let Some(given) = given
        && world.order(id).is_none()
    {
        world.use_device(case.operation, given).await;
    }
    if case.fault == Fault::GatewayClock {
        world.sandbox().advance(Duration::from_secs(31 * 60)).unwrap();
    }
    if case.fault == Fault::Callback(Callback::Forged) {
        world.post_forgeries().await;
    }
    world.pay(id).await;
    if let Fault::OfCallback(ottpay_sandbox::Fault::CallbackOutOfOrder) = case.fault {
        let requests = world.requests();
        let _ = requests.client.send(&requests.code_with("T2")).await;
        world.pay("T2").await;
    }
    world.set_taker(Taker::Client(world.client()));
}

/// What is settled later is settled.
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

/// What the error of a request says of the money is true.
fn check_outcome(world: &World, case: &Case, outcome: Option<Outcome>) -> Result<(), String> {
    let is_there = match case.fault {
        // It is down, and what it has is seen after its restart.
        Fault::SandboxKilled => return Ok(()),
        _ => world.order(case.operation.id()).is_some(),
    };
    match outcome {
        None if !is_there => Err("there is a reply, and the gateway has nothing".to_owned()),
        Some(outcome @ (Outcome::Never | Outcome::NotSent | Outcome::Refused)) if is_there => {
            Err(format!("the outcome is {outcome}, and the gateway has it"))
        }
        Some(Outcome::NotSent) if world.proxy.count(case.operation.on_wire()) > 0 => {
            Err("the outcome is `not_sent`, and the request was seen".to_owned())
        }
        Some(Outcome::DuplicateId) => Err("the id is new, and the outcome says that it is not".to_owned()),
        _ => Ok(()),
    }
}

/// What is known in the end is true.
fn check_end(world: &World, case: &Case, id: &str, last: &str) -> Result<(), String> {
    let order = world.order(id);
    let money = money_of(order.as_ref());
    let is_refund = case.operation == Operation::Refund;
    let refunded = order.as_ref().is_some_and(|order| is_refund && order.state() == OrderState::Paid);
    let wrong = match last {
        "paid" => is_refund || !money,
        "given_back" => !refunded,
        "not_done" => money || refunded,
        "ended" | "unpayable" | "pending" | "open" => money && case.assumptions.is_empty(),
        _ => false,
    };
    if wrong { Err(format!("in the end it is {last}, and the gateway has {order:?}")) } else { Ok(()) }
}
