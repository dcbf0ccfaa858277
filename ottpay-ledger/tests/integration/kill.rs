//! Kills a shop at every step, repeatedly: no payment is lost, and none is handled twice.
//!
//! The shop is a process of its own, which kills itself at a step of its own program, of its statements, or of its requests.
//! The test is the gateway and the buyers; afterwards it compares what the shop wrote with what the gateway has.

mod books;
mod cart;
mod clients;
mod findings;
mod gateway;
mod peer;
mod said;
mod sandbox;
mod shop;
mod soak;
mod steps;
mod wrapped;

use std::time::{Duration, Instant};

use ottpay_ledger::{Postgres, Sqlite};

use crate::common::Shared;
use crate::postgres_server;
use gateway::{End, Gateway};
use shop::Work;
use steps::STEPS;

/// How often something happens; more often if set by hand.
fn wanted(variable: &str, by_default: u32) -> u32 {
    std::env::var(variable).map_or(by_default, |text| text.parse().expect("a variable is a number"))
}

/// Kills the shop this often, lets it finish, and compares.
async fn kill_again_and_again(store: Shared, address: String, test: &'static str) {
    let mut gateway = Gateway::open(store, address, test).await;
    let (begun, wanted) = (Instant::now(), wanted("OTTPAY_KILLS", 100));
    let mut kills = std::collections::BTreeMap::new();
    let (mut rounds, mut missed) = (0_u32, std::collections::BTreeSet::new());
    while kills.values().sum::<u32>() < wanted {
        // Kills at each step in turn, each time at a later occurrence of it, as far as a round gets.
        let step = &STEPS[rounds as usize % STEPS.len()];
        let occurrence = 1 + rounds / STEPS.len() as u32 * 7 % step.occurrences;
        rounds += 1;
        assert!(rounds < 3 * wanted + 20, "too many rounds without a kill: {kills:?}");
        gateway.assume_next();
        match gateway.round(step.name, occurrence).await {
            End::Killed => *kills.entry(step.name).or_default() += 1,
            End::Idle => _ = missed.insert((step.name, occurrence)),
        }
    }
    gateway.settle().await;
    let books = gateway.books().await;
    let found = books.compare();
    println!("{kills:?} in {:?}, {} rounds without; {books}; {found}", begun.elapsed(), missed.len());
    found.assert_none(&books);
    let untouched: Vec<_> = STEPS.iter().filter(|step| !kills.contains_key(step.name)).map(|step| step.name).collect();
    assert!(untouched.is_empty() || wanted < 100, "never killed at {untouched:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_that_is_killed_loses_and_doubles_nothing_on_sqlite() {
    if Work::is_child() {
        return shop::run().await;
    }
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("kill");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("shop.db");
    let store = Shared::new(Sqlite::file(&file));
    let test = "kill::a_shop_that_is_killed_loses_and_doubles_nothing_on_sqlite";
    kill_again_and_again(store, file.display().to_string(), test).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_that_is_killed_loses_and_doubles_nothing_on_postgresql() {
    if Work::is_child() {
        return shop::run().await;
    }
    let Some(server) = postgres_server::shared() else { return };
    let url = server.fresh_database();
    let store = Shared::new(Postgres::connect(&url).await.unwrap());
    let test = "kill::a_shop_that_is_killed_loses_and_doubles_nothing_on_postgresql";
    kill_again_and_again(store, url, test).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_shops_their_database_and_a_gateway_with_faults_that_are_killed_at_random_agree() {
    if sandbox::is_child() {
        return sandbox::run().await;
    }
    if Work::is_child() {
        return shop::run().await;
    }
    let Some(server) = postgres_server::Server::start() else { return };
    let test = "kill::three_shops_their_database_and_a_gateway_with_faults_that_are_killed_at_random_agree";
    let seconds = Duration::from_secs(wanted("SOAK_SECONDS", 30).into());
    soak::soak(server, test, seconds, wanted("SOAK_SEED", 17).into()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixteen_clients_of_a_gateway_with_faults_learn_the_outcome_of_each_payment_and_refund() {
    clients::soak(wanted("SOAK_PAYMENTS", 1500).into(), wanted("SOAK_SEED", 17).into()).await;
}
