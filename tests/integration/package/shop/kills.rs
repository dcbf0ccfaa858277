//! `kill -9` in the middle of a create, of a callback and of a refund, then a start on the same database.

use std::time::{Duration, Instant};

use ottpay::Amount;
use ottpay_sandbox::{Fault, OrderKind};
use serde_json::{Value, json};

use super::decisions::until_admin_shows;
use super::program::{PATIENCE, World, new_file};
use crate::common::postgres_server::Server;

/// The delay of a reply that must not arrive before the kill.
const SLOW: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite_a_kill_loses_nothing_and_doubles_nothing() {
    kills(&new_file("kills")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgresql_a_kill_loses_nothing_and_doubles_nothing() {
    let Some(server) = Server::start() else { return };
    kills(&server.fresh_database()).await;
}

async fn kills(database: &str) {
    let mut world = World::on(database, Duration::from_millis(150)).await;
    let lost = killed_while_an_order_is_created(&mut world).await;
    let order = killed_while_a_callback_is_confirmed(&mut world).await;
    killed_while_a_refund_is_under_way(&mut world, &order).await;

    // A request in progress is not touched until its reply can no longer arrive, which is after 40 seconds. Then it is
    // followed.
    let is_back = |shown: &Value| shown["remark"] == "refunded: 2.00 CAD";
    world.until(&order, is_back, "the money back").await;
    let id = world.first_id(&order).await;
    assert_eq!(world.sandbox.order(&id).unwrap().unwrap().refunded(), Amount::from_minor(200));
    assert_eq!(world.shown(&order).await["shipped"], 1);
    until_admin_shows(&world, "paid 3.00 CAD").await;
    let payments = world.sandbox.orders().unwrap().into_iter().filter(|order| order.kind() == OrderKind::Payment);
    let payments: Vec<_> = payments.map(|order| order.id().to_owned()).collect();
    assert!(payments.len() == 2 && payments.contains(&lost) && payments.contains(&id), "{payments:?}");
}

/// The request was sent, and its reply is lost. The buyer pays anyway, as if they had the code.
async fn killed_while_an_order_is_created(world: &mut World) -> String {
    world.sandbox.add_fault(world.fault(Fault::Delay, "active_pay").delay(SLOW)).unwrap();
    let posted = world.post_in_background("/orders".to_owned(), json!({ "price": "3.00" }));
    until_the_gateway_has(world, 1).await;
    world.kill();
    posted.await.unwrap();
    world.start();
    let created = world.sandbox.orders().unwrap();
    let [created] = &created[..] else { panic!("{created:?}") };
    let _ = world.sandbox.pay(created.id()).await.unwrap();
    created.id().to_owned()
}

/// The callback is stored, and the query that confirms it is slow.
async fn killed_while_a_callback_is_confirmed(world: &mut World) -> String {
    world.sandbox.clear_faults();
    let (_, order) = world.order("4.00").await;
    world.sandbox.add_fault(world.fault(Fault::Delay, "status_query").times(3).delay(SLOW)).unwrap();
    world.pay(&order).await;
    world.kill();
    world.sandbox.clear_faults();
    world.start();
    world.until_paid_once(&order).await;
    order
}

/// The refund was sent, and its reply is lost. An earlier refund has proved that the queries serve refunds.
async fn killed_while_a_refund_is_under_way(world: &mut World, order: &str) {
    let (_, refund) = world.refund(order, "1.00").await;
    world.until_refund(order, &refund, "refunded").await;
    world.sandbox.add_fault(world.fault(Fault::Delay, "refund").delay(SLOW)).unwrap();
    let posted = world.post_in_background(format!("/orders/{order}/refund"), json!({ "amount": "1.00" }));
    until_the_gateway_has(world, 4).await;
    world.kill();
    posted.await.unwrap();
    world.sandbox.clear_faults();
    world.start();
}

/// Waits until the gateway has carried out this many payments and refunds.
async fn until_the_gateway_has(world: &World, orders: usize) {
    let end = Instant::now() + PATIENCE;
    while world.sandbox.orders().unwrap().len() < orders {
        assert!(Instant::now() < end, "{:?}", world.sandbox.orders().unwrap());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
