//! A shop on the ledger: `cargo run --example shop`, then open the printed address. It sells tea for WeChat Pay.
//!
//! Without settings the gateway is a sandbox on this machine, and orders are in a file in the temporary folder. Copy
//! `payments.rs`, which connects the shop to the gateway, and `orders.rs`, which reacts to payments. `settings.rs`
//! lists the variables for another gateway and for PostgreSQL.

#![allow(clippy::print_stdout, reason = "a program's output is its purpose")]
#![allow(unreachable_pub, reason = "nothing of a program is public")]

mod admin;
mod failed;
mod form;
mod orders;
mod pages;
mod payments;
mod settings;
mod shop;

use axum::Router;
use axum::routing::{get, post};
use ottpay_ledger::store::Store;
use ottpay_ledger::{Postgres, Sqlite};
use tokio::net::TcpListener;

use crate::failed::Failed;
use crate::settings::{Database, Settings};
use crate::shop::Shop;

#[tokio::main]
async fn main() -> Result<(), Failed> {
    tracing_subscriber::fmt().with_max_level(tracing::Level::WARN).with_writer(std::io::stderr).init();
    let settings = Settings::read().await?;
    match settings.database.clone() {
        Database::Postgres(url) => serve(settings, Postgres::connect(&url).await?).await,
        Database::Sqlite(file) => serve(settings, Sqlite::file(file)).await,
    }
}

async fn serve(settings: Settings, store: impl Store + Clone) -> Result<(), Failed> {
    let listener = TcpListener::bind(settings.address).await?;
    let url = settings.url.clone().unwrap_or(format!("http://{}", listener.local_addr()?));
    let shop = Shop::open(&settings, store, &url).await?;
    let worker = shop.work();
    match &settings.sandbox {
        Some(sandbox) => println!("the shop is at {url}; pay at {}", sandbox.url()),
        None => println!("the shop is at {url}"),
    }
    let routes = Router::new()
        .route("/", get(pages::front))
        .route("/orders", post(pages::buy))
        .route("/orders/{reference}", get(pages::order))
        .route("/orders/{reference}/pay", post(pages::pay))
        .route("/orders/{reference}/refund", post(pages::refund))
        .route("/orders/{reference}/live", get(pages::live))
        .route("/admin", get(admin::list))
        .route("/admin/settle", post(admin::settle))
        .route("/admin/replay", post(admin::replay))
        .route("/ottpay", post(payments::hook));
    let ledger = shop.ledger.clone();
    let stop = async move {
        // Without a handler, the signal terminates the program.
        let _ = tokio::signal::ctrl_c().await;
        ledger.stop();
    };
    axum::serve(listener, routes.with_state(shop)).with_graceful_shutdown(stop).await?;
    // The worker finishes the handlers that are running before the program ends.
    Ok(worker.await??)
}
