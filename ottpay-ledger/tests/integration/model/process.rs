//! A process of the shop: a ledger of its own in a runtime of its own, which ends with it.

use std::time::Duration;

use ottpay::{ActivePay, Amount, BizType, Client, Currency, OrderId, PassivePay, Refund, RefundId, SignKey};
use ottpay_ledger::store::{Store as _, Value};
use ottpay_ledger::testing::Callback;
use ottpay_ledger::{Event, Fail, Kind, Ledger, Reference, Schedule, Tx};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::action::Task;
use super::gateway::{KEY, MERCHANT, MINOR};
use super::invariant::Invariant;
use super::point::{Outcome, Point};
use super::shared::Shared;
use super::store::{EFFECT, Gated};
use super::wire::Wire;
use super::world::{Deed, TO_GIVE_BACK};

pub(crate) struct Process {
    pub(crate) number: usize,
    pub(crate) task: Task,
    runtime: Runtime,
    work: JoinHandle<()>,
}

/// A client whose requests wait at the gate.
pub(crate) fn client(shared: &Shared) -> Client {
    let builder = Client::builder().endpoint("http://127.0.0.1:9").merchant_id(MERCHANT).currency(Currency::CAD);
    let builder = builder.sign_key(SignKey::new(KEY).unwrap()).timeout(Duration::from_secs(5));
    builder.transport(Wire(shared.clone())).build().unwrap()
}

impl Process {
    /// Starts it, and lets it run to where it waits first.
    pub(crate) fn start(number: usize, task: Task, deeds: &[Deed], client: &Client, shared: &Shared) -> Self {
        // The clock of a runtime moves on when nothing else is left to do in it.
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        {
            let mut inner = shared.lock();
            (inner.current, inner.is_open) = (number, true);
        }
        let ledger = Ledger::builder(Gated(shared.clone())).client(client.clone());
        let ledger = ledger.schedule(Schedule::from_times([Duration::from_secs(5), Duration::from_secs(3600)]));
        let ledger = runtime.block_on(ledger.open()).unwrap();
        {
            let mut inner = shared.lock();
            inner.is_open = false;
            inner.forget(number);
        }
        let work = match &task {
            Task::Deed(deed) => runtime.spawn(do_deed(ledger.clone(), client.clone(), shared.clone(), deeds[*deed])),
            Task::Round => {
                let (shared, client) = (shared.clone(), client.clone());
                let work = ledger.run(move |event, tx| act(shared.clone(), client.clone(), event, tx));
                runtime.spawn(async move { work.await.unwrap() })
            }
            Task::Claim => runtime.spawn(claim(ledger.clone(), shared.clone())),
            Task::Callback { id, is_forged } => {
                runtime.spawn(accept(ledger.clone(), shared.clone(), id.clone(), *is_forged))
            }
        };
        let process = Self { number, task, runtime, work };
        process.go_on(shared);
        // It checks once for due orders, and ends after working on them.
        ledger.stop();
        process
    }

    /// Lets it run to where it waits next, or to its end.
    pub(crate) fn go_on(&self, shared: &Shared) {
        shared.lock().current = self.number;
        let is_at_rest = || self.work.is_finished() || shared.lock().is_waiting(self.number);
        for pause in std::iter::once(1).chain(std::iter::repeat_n(1000, 600)) {
            self.runtime.block_on(async { sleep(Duration::from_millis(pause)).await });
            if is_at_rest() {
                return;
            }
        }
        panic!("{:?} neither waits nor ends", self.task);
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.work.is_finished()
    }

    /// Ends it, killed or not.
    pub(crate) fn end(self, shared: &Shared) {
        {
            let mut inner = shared.lock();
            inner.current = self.number;
        }
        if self.work.is_finished() {
            self.runtime.block_on(self.work).expect("a process does not panic");
        }
        shared.lock().forget(self.number);
    }
}

async fn do_deed(ledger: Ledger, client: Client, shared: Shared, deed: Deed) {
    let order = |id: &str| OrderId::new(id).unwrap();
    let amount = Amount::from_minor(MINOR);
    let reference = |text: &str| Reference::new(text).unwrap();
    match deed {
        Deed::Link(id, of) => {
            let builder = client.active_pay().order_id(order(id)).without_operator_id().amount(amount);
            let request: ActivePay =
                builder.biz_type(BizType::WechatPay).call_back_url("http://127.0.0.1:9/").build().unwrap();
            if ledger.send(&request, &reference(of)).await.is_ok() {
                hand_out(&shared, id);
            }
        }
        Deed::Charge(id, of) => {
            let builder = client.passive_pay().order_id(order(id)).without_operator_id().amount(amount);
            let request: PassivePay =
                builder.auth_code("134567890123456789").biz_type(BizType::WechatPay).build().unwrap();
            _ = ledger.send(&request, &reference(of)).await;
        }
        Deed::Refund(id, of, minor) => {
            _ = ledger.send(&refund(&client, id, of, minor), &reference("cart")).await;
        }
    }
}

fn refund(client: &Client, id: &str, of: &str, minor: u64) -> Refund {
    let builder = client.refund().order_id(RefundId::new(id).unwrap()).ori_order_id(OrderId::new(of).unwrap());
    builder.refund_amt(Amount::from_minor(minor)).build().unwrap()
}

/// The buyer gets the link.
fn hand_out(shared: &Shared, id: &str) {
    let mut inner = shared.lock();
    let sql = "SELECT COUNT(*) FROM ottpay_orders WHERE id = $1 AND given IS NOT NULL";
    let is_stored = inner.database.number(sql, &[id.into()]) == Some(1);
    let is_safe = is_stored && !inner.watch.unpayable.contains(id);
    inner.checks.check(Invariant::LinkStored, is_safe, || format!("the link of {id} was handed out"));
    inner.watch.links.insert(id.to_owned());
}

/// The shop's handler.
async fn act(shared: Shared, client: Client, event: Event, mut tx: Tx) -> Result<Tx, Fail> {
    let outcome = shared.wait(Point::Handler).await;
    let rows = tx.query("SELECT turn FROM ottpay_orders WHERE id = $1", &[event.order_id.as_str().into()]).await?;
    {
        let mut inner = shared.lock();
        let (latest, own) = (rows[0].get::<i64>(0)?, inner.turn(&event.order_id));
        inner.checks.check(Invariant::Fenced, own == Some(latest), || format!("turn {own:?} of {latest} completes"));
    }
    tx.execute(EFFECT, &effect(&event)).await?;
    if matches!(event.kind, Kind::Paid(_)) && event.reference.as_str() == TO_GIVE_BACK {
        tx.send_later(&refund(&client, "R", &event.order_id, 200), &event.reference).await?;
    }
    if outcome == Outcome::Fails { Err(std::io::Error::other("the handler fails").into()) } else { Ok(tx) }
}

fn effect(event: &Event) -> [Value; 4] {
    let Event { key, order_id, reference, kind, .. } = event;
    [key.to_string().into(), order_id.as_str().into(), reference.as_str().into(), kind.as_str().into()]
}

/// A shop with transactions of its own.
async fn claim(ledger: Ledger, shared: Shared) {
    let Ok(Some(claim)) = ledger.claim().await else { return };
    let (sql, values) = claim.completion();
    let Ok(mut tx) = Gated(shared.clone()).begin(Duration::from_secs(5)).await else { return };
    let Ok(rows) = tx.query("SELECT attempt FROM ottpay_events WHERE key = $1", &values[..1]).await else { return };
    if tx.execute(sql, values).await.is_ok_and(|changed| changed == 1) {
        let is_latest = rows[0].columns()[0] == values[1];
        shared.lock().checks.check(Invariant::Fenced, is_latest, || "an earlier claimant completes".to_owned());
        tx.execute(EFFECT, &effect(claim.event())).await.unwrap();
        _ = tx.commit().await;
    }
}

/// Accepts a callback that reports an order as paid.
async fn accept(ledger: Ledger, shared: Shared, id: String, is_forged: bool) {
    let body = Callback::new(&id, Amount::from_minor(MINOR)).seal(&SignKey::new(KEY).unwrap(), MERCHANT);
    if ledger.accept(&body).await.status() == 200 {
        let mut inner = shared.lock();
        *inner.watch.acknowledged.entry(id.clone()).or_default() += 1;
        if !is_forged {
            inner.watch.to_ask.insert(id);
        }
    }
}
