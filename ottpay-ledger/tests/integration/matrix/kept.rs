//! A case of a shop with a ledger: both books agree, or the order is shown as unknown.

use std::time::Duration;

use ottpay_ledger::{SendError, State};
use ottpay_sandbox::Fault as AtGateway;

use super::buyer::{pay_before_reply, prepare_to_pay};
use super::case::{Case, Ending};
use super::compare::compare;
use super::fault::{Callback, Fault, Step, StoreFault};
use super::life::Life;
use super::operation::{ORDER, Operation, with_request};
use super::shop::{Database, Shop};
use super::taker::Taker;
use super::truth::{Told, check_requests, check_told};
use super::world::World;
use crate::common::reference;

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Plays a case.
pub(crate) async fn play(case: &Case, number: usize, database: Database) -> Result<Ending, String> {
    let life = Life::default();
    let mut world = World::start(case, life.clone(), number).await;
    let mut shop = Shop::open(&world, life, database).await;
    if case.operation.needs_payment() && !prepare(case, &world, &mut shop).await? {
        // As far as the shop can know, there is no payment to refund.
        let state = shop.state(ORDER).await;
        let because = compare(case, &world, &shop, Operation::Code, state).await?;
        shop.close().await;
        return match because {
            Some(_) => Ok(Ending { first: word(state), last: word(state), because }),
            None => Err(format!("the payment is not confirmed: {}", word(state))),
        };
    }
    let mut first = shop.state(case.operation.id()).await;
    arm(case, &world, &mut shop).await;
    let given = operate(case, &world, &mut shop).await?;
    check_requests(&world, case)?;
    if matches!(case.fault, Fault::Store(_)) {
        shop.away().set(false).await;
        // A turn whose end could not be written lasts until its lease is over.
        shop.advance(10 * MINUTE);
    }
    // A worker continues as soon as it can.
    if case.fault != Fault::Store(StoreFault::AwayBefore) || case.operation != Operation::Query {
        first = shop.state(case.operation.id()).await;
    }
    if shop.life.is_dead() {
        shop.reopen(&mut world).await;
    }
    world.heal().await;
    finish(case, &mut world, &mut shop, given.as_deref()).await?;
    let last = settle(case, &mut world, &mut shop).await?;
    let because = compare(case, &world, &shop, case.operation, last).await?;
    if case.fault != Fault::OfCallback(AtGateway::CallbackOutOfOrder) {
        check_requests(&world, case)?;
    }
    shop.close().await;
    Ok(Ending { first: word(first), last: word(last), because })
}

/// A state as the page names it.
fn word(state: Option<State>) -> String {
    match state {
        None => "not noted".to_owned(),
        Some(state) if state.needs_person() => format!("{state} (needs a person)"),
        Some(state) => state.to_string(),
    }
}

/// A payment that the ledger has confirmed, or one that the buyer has made and for which the shop has a callback. False
/// if the ledger cannot confirm it.
async fn prepare(case: &Case, world: &World, shop: &mut Shop) -> Result<bool, String> {
    let requests = world.requests();
    let sent = shop.ledger.send(&requests.code(), &reference(ORDER)).await;
    sent.map_err(|error| format!("the payment failed: {error}"))?;
    world.pay(ORDER).await;
    if case.operation != Operation::Refund {
        return Ok(true);
    }
    shop.work();
    // Without a callback, its turn comes by the schedule.
    for by in [10 * MINUTE, DAY, 7 * DAY] {
        shop.idle().await?;
        if shop.state(ORDER).await == Some(State::Paid) {
            shop.rest(world).await;
            return Ok(true);
        }
        shop.advance(by);
    }
    shop.idle().await.map(|()| false)
}

async fn arm(case: &Case, world: &World, shop: &mut Shop) {
    let arming = world.arm_wire();
    match case.operation {
        // A query before the request is not the one to count.
        Operation::Refund => shop.life.at(Step::Unsent, || arming),
        _ => arming.await,
    }
    world.arm_gateway();
    match case.fault {
        Fault::ShopKilled(step @ (Step::Unsent | Step::Unanswered)) => shop.life.end_at(step),
        Fault::ShopKilled(step) if case.operation != Operation::Refund => shop.life.end_at(step),
        Fault::Store(StoreFault::AwayBefore) if case.operation != Operation::Query => shop.away().set(true).await,
        Fault::Store(StoreFault::AwayAfter) => {
            let away = shop.away();
            shop.life.at(Step::Unanswered, || Box::pin(away.set(true)));
        }
        Fault::Store(StoreFault::CommitUnanswered) => shop.life.leave_commit_unanswered(),
        Fault::Store(StoreFault::CommitLost) => shop.life.lose_commit(),
        Fault::Callback(Callback::NotTaken) => world.set_taker(Taker::Absent),
        Fault::ShopClock => {
            shop.work();
            shop.advance(Duration::ZERO);
        }
        _ => {}
    }
}

/// What the shop does while the fault is active; returns what it has handed to the buyer's device.
async fn operate(case: &Case, world: &World, shop: &mut Shop) -> Result<Option<String>, String> {
    let requests = world.requests();
    let operation = case.operation;
    if operation == Operation::Query {
        shop.work();
        if case.fault == Fault::Store(StoreFault::AwayBefore) {
            shop.away().set(true).await;
            tokio::time::sleep(Duration::from_millis(50)).await;
            return Ok(None);
        }
        if case.assumptions.iter().any(|assumption| assumption.question() == "callbacks") {
            shop.advance(10 * MINUTE);
        }
        let life = shop.life.clone();
        return tokio::select! {
            idle = shop.idle() => idle.map(|()| None),
            () = life.ended() => Ok(None),
        };
    }
    if operation.is_by_buyer() {
        let (tracked, given) = requests.for_device(operation);
        return match shop.ledger.note(&tracked, &reference(ORDER)).await {
            Ok(()) => {
                world.use_device(operation, &given).await;
                Ok(Some(given))
            }
            Err(SendError::NotNoted(_)) if matches!(case.fault, Fault::Store(_)) => Ok(None),
            Err(error) => Err(format!("the link was not noted: {error}")),
        };
    }
    let life = shop.life.clone();
    if case.fault == Fault::ShopClock {
        let (ledger, passing) =
            (shop.ledger.clone(), world.proxy.arm(super::fault::OnWire::Held, operation.on_wire(), operation.info()));
        passing.await;
        let of = reference(ORDER);
        let sending = async { with_request!(operation, requests, |request| told(ledger.send(&request, &of).await)) };
        let passing = async {
            world.wait_for_order(operation.id()).await;
            shop.advance(DAY);
            let idle = shop.idle().await;
            world.proxy.release();
            idle
        };
        let (told, idle) = tokio::join!(sending, passing);
        idle?;
        return check_told(world, case, told).map(|()| None);
    }
    let of = reference(ORDER);
    let sending = async { with_request!(operation, requests, |request| told(shop.ledger.send(&request, &of).await)) };
    let sending = async {
        if case.fault == Fault::Callback(Callback::BeforeReply) {
            tokio::join!(sending, pay_before_reply(world, case)).0
        } else {
            sending.await
        }
    };
    let told = tokio::select! {
        told = sending => told,
        () = life.ended() => Told::Nothing,
    };
    check_told(world, case, told).map(|()| None)
}

fn told<T>(sent: Result<T, SendError>) -> Told {
    sent.map_or_else(|error| Told::Error(error.outcome()), |_| Told::Reply)
}

/// The buyer does their part, even if the link was never given out.
async fn finish(case: &Case, world: &mut World, shop: &mut Shop, given: Option<&str>) -> Result<(), String> {
    let id = case.operation.id();
    prepare_to_pay(world, case, given).await;
    if case.fault == Fault::Callback(Callback::Forged) {
        shop.work();
        shop.idle().await?;
        let effects = shop.effects(id).await;
        if case.operation != Operation::Till && effects.iter().any(|(kind, _)| kind == "paid") {
            return Err("a forged callback was believed".to_owned());
        }
    }
    world.pay(id).await;
    if case.fault == Fault::OfCallback(AtGateway::CallbackOutOfOrder) {
        let requests = world.requests();
        let _ = shop.ledger.send(&requests.code_with("T2"), &reference("T2")).await;
        world.pay("T2").await;
    }
    if case.fault == Fault::Callback(Callback::NotTaken) {
        shop.take_callbacks(world);
    }
    Ok(())
}

/// Lets time pass until the order has ended, or needs a person.
async fn settle(case: &Case, world: &mut World, shop: &mut Shop) -> Result<Option<State>, String> {
    let id = case.operation.id();
    // Minutes, hours, days: longer than any schedule.
    let mut times = [10, 10, 120, 1440, 3 * 1440, 4 * 1440, 1440].into_iter().map(|minutes| MINUTE * minutes);
    let mut least = 2;
    if let Fault::ShopKilled(step @ (Step::Handling | Step::Asking)) = case.fault
        && case.operation == Operation::Refund
    {
        shop.life.end_at(step);
    }
    loop {
        shop.work();
        let life = shop.life.clone();
        let ended = tokio::select! {
            idle = shop.idle() => { idle?; false }
            () = life.ended() => true,
        };
        if ended {
            shop.reopen(world).await;
            continue;
        }
        let state = shop.state(id).await;
        let is_over = state.is_none_or(|state| state.is_over() || state.needs_person() || state == State::Reserved);
        least = i32::max(least - 1, 0);
        if is_over && least == 0 {
            return Ok(state);
        }
        match times.next() {
            Some(time) => {
                world.sandbox().advance(time).unwrap();
                confirm_code(case, world).await;
                shop.advance(time);
            }
            None if is_over => return Ok(state),
            None => return Err(format!("it has no end: {state:?}")),
        }
    }
}

/// A buyer whose code was scanned confirms the payment, if that is required.
async fn confirm_code(case: &Case, world: &World) {
    if case.operation == Operation::Till {
        world.pay(ORDER).await;
    }
}
