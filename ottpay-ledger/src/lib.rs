//! A ledger for OTT Pay payments. It stores requests before they are sent and callbacks before they are acknowledged,
//! and hands each payment to the shop once, in a transaction of the shop's own database.
//!
#![cfg_attr(all(feature = "sqlite", feature = "axum"), doc = "```no_run")]
#![cfg_attr(not(all(feature = "sqlite", feature = "axum")), doc = "```ignore")]
//! use axum::routing::post;
//! use ottpay::{Amount, BizType, Client, Currency, OrderId, SignKey};
//! use ottpay_ledger::{Kind, Ledger, Reference, Sqlite, axum::Accepted};
//!
//! async fn hook(answer: Accepted) -> Accepted {
//!     answer // stored: the ledger acknowledges nothing that it has not stored
//! }
//!
//! # async fn shop() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::builder().merchant_id("ON00004652").currency(Currency::CAD);
//! let client = client.sign_key(SignKey::from_env("OTTPAY_SIGN_KEY")?).build()?;
//! let ledger = Ledger::open(Sqlite::file("shop.db"), [client.clone()]).await?;
//!
//! // Once per payment: what is written through `tx` commits together with the mark that the
//! // event is done.
//! tokio::spawn(ledger.run(|event, mut tx| async move {
//!     if let Kind::Paid(payment) = &event.kind {
//!         let paid = payment.paid().amount().try_into()?;
//!         let cart = event.reference.as_str().into();
//!         tx.execute("UPDATE carts SET paid = $2 WHERE id = $1", &[cart, paid]).await?;
//!     }
//!     Ok(tx)
//! }));
//! let routes = axum::Router::new().route("/ottpay", post(hook));
//! let routes: axum::Router = routes.with_state(ledger.clone());
//!
//! // A buyer who opens the page twice gets the same code.
//! let cart = Reference::new("cart 17")?;
//! let offer = ledger.pay(&cart, |id: OrderId| {
//!     let order = client.active_pay().order_id(id).amount(Amount::from_minor(1999));
//!     let order = order.biz_type(BizType::WechatPay);
//!     order.without_operator_id().call_back_url("https://shop.example/ottpay").build()
//! });
//! println!("draw this as a QR code: {:?}", offer.await?.link());
//! # Ok(())
//! # }
//! ```
//!
//! **The promise:** what the handler writes through its [`Tx`] and the mark that the event is done commit together or
//! not at all. The handler may run more than once. Everything outside the `Tx` may happen more than once, with the same
//! [`Event::key`]; after a restored backup, or a failover that lost commits, it may happen even though the database has
//! no record of it. [`states`] describes how certain each end is, and `docs/ledger.md` in the repository describes what
//! a person does about it.
//!
//! | to | see |
//! |---|---|
//! | let a buyer pay through a link or QR code | [`Ledger::pay`], [`Ledger::note`] |
//! | charge the code on a buyer's phone, at a till | [`Ledger::charge`] |
//! | refund a payment | [`Ledger::send`]; in a handler [`Tx::send_later`] |
//! | receive callbacks | `Accepted` (feature `axum`), [`Ledger::handle`], [`Ledger::accept`] |
//! | act on payments, refunds and orders that need a person | [`Ledger::run`], [`Kind`] |
//! | do the same with sqlx, diesel or another database crate | [`Ledger::claim`] |
//! | show the status of an order | [`Ledger::view`], [`Ledger::watch`], [`Ledger::orders`], [`Ledger::health`] |
//! | record a person's decision, or retry a parked event | [`Ledger::settle`], [`Ledger::replay`] |
//! | create the tables by hand | [`schema`] |
//! | use another database | [`store::Store`], `conformance` (feature `testing`) |
//!
//! # Features
//!
//! No feature is enabled by default.
//!
//! | feature | what it adds |
//! |---|---|
//! | `sqlite` | `Sqlite`: one file, for a single machine |
//! | `postgres` | `Postgres`: for several processes and machines; works through PgBouncer |
//! | `axum` | extractors for axum, which are also the responses |
//! | `testing` | sealed callbacks, an adjustable clock, and the conformance suite for stores |

#![cfg_attr(docsrs, feature(doc_cfg))]

mod accept;
mod alert;
mod answer;
#[cfg(feature = "axum")]
pub mod axum;
mod binding;
mod budget;
mod builder;
mod collector;
mod columns;
#[cfg(feature = "testing")]
pub mod conformance;
mod db;
mod detail;
mod evaluate;
mod event;
mod filter;
mod given;
mod health;
mod hint;
mod http;
mod inside;
mod inspect;
mod later;
mod ledger;
mod lock;
mod migrate;
mod names;
mod note;
mod offer;
mod open;
mod pay;
mod position;
mod posted;
mod reading;
mod reference;
mod refund;
mod row;
mod schedule;
mod send;
mod send_end;
mod send_error;
mod settings;
mod state;
pub mod states;
pub mod store;
mod stray;
#[cfg(feature = "testing")]
pub mod testing;
mod time;
mod told;
mod view;
mod watch;
mod worker;

pub use alert::Alert;
pub use answer::Answer;
pub use builder::LedgerBuilder;
pub use detail::{Callbacks, Decision, Detail, Handover};
pub use event::{
    Ended, Event, Key, KeyError, Kind, Reason, RefundFailed, Refunded, Reversed, Unconfirmed, Unresolved, Why,
};
pub use filter::Filter;
pub use health::{Health, Unproven, Waiting};
pub use inspect::Inspector;
pub use ledger::Ledger;
pub use migrate::schema;
pub use offer::Offer;
pub use open::OpenError;
pub use pay::NewId;
pub use reference::{Reference, ReferenceError};
pub use schedule::Schedule;
pub use send_error::SendError;
pub use state::{State, StateError};
#[cfg(feature = "postgres")]
pub use store::postgres::Postgres;
#[cfg(feature = "sqlite")]
pub use store::sqlite::Sqlite;
pub use stray::Stray;
/// Re-exported for [`Postgres::connect_with`]: its settings and connectors.
#[cfg(feature = "postgres")]
pub use tokio_postgres;
pub use view::{Parked, View};
pub use watch::Watch;
pub use worker::{Claim, Fail, RunError, SettleError, Tx, Verdict, VerdictError};
