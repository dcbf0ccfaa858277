//! The counterpart: the gateway, the buyers, and the clocks; it starts the shop and reads its output.

use std::sync::Arc;
use std::time::Duration;

use ottpay_sandbox::assume::Question;
use ottpay_sandbox::{Assumption, Sandbox};
use tokio::sync::mpsc;

use super::books::Books;
use super::cart::{Cart, unconfirmed_codes};
use super::peer::Peer;
use super::shop::Work;
use crate::common::Shared;

/// How a round ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The shop killed itself.
    Killed,
    /// The shop had nothing to do any more.
    Idle,
}

/// The number of new carts in a round.
const NEW: u64 = 2;
/// The number of rounds in which a cart is tried.
const ROUNDS: u64 = 4;
/// How long the shop may be silent.
const PATIENCE: Duration = Duration::from_secs(120);
/// The time between two rounds: longer than any lease.
const BETWEEN: Duration = Duration::from_secs(120);

pub(crate) struct Gateway {
    sandbox: Arc<Sandbox>,
    store: Arc<Shared>,
    work: Work,
    test: &'static str,
    assumed: usize,
}

impl Gateway {
    pub(crate) async fn open(store: Shared, address: String, test: &'static str) -> Self {
        // Callbacks are repeated while the shop is away.
        let sandbox = Sandbox::builder().callback_attempts(8, Duration::from_secs(60)).start().await.unwrap();
        store.run("CREATE TABLE shop_effects (event_key TEXT, cart TEXT, id TEXT, kind TEXT, minor BIGINT)").await;
        let work = Work {
            gateway: sandbox.url().to_owned(),
            merchant: sandbox.merchant_id().to_owned(),
            key: sandbox.made_key().unwrap().to_owned(),
            store: address,
            port: free_port(),
            carts: (0, 0),
            at_once: 4,
            pause: 0,
            ahead: 0,
            kill: None,
        };
        Self { sandbox: Arc::new(sandbox), store: Arc::new(store), work, test, assumed: 0 }
    }

    /// The next answer to one of the questions about the gateway; all others are as by default.
    pub(crate) fn assume_next(&mut self) {
        self.assume_defaults();
        self.sandbox.assume(Assumption::ALL[self.assumed % Assumption::ALL.len()]);
        self.assumed += 1;
    }

    fn assume_defaults(&self) {
        for question in Question::ALL {
            self.sandbox.assume(question.answers()[0]);
        }
    }

    /// Runs the shop with new carts until it kills itself, or has nothing more to do.
    pub(crate) async fn round(&mut self, step: &str, occurrence: u32) -> End {
        let last = self.work.carts.1 + NEW;
        self.work.carts = (last.saturating_sub(NEW * ROUNDS), last);
        self.work.kill = Some((step.to_owned(), occurrence));
        self.advance(BETWEEN);
        self.run(&[]).await
    }

    /// Time passes until everything has ended, or is queried only once a day.
    pub(crate) async fn settle(&mut self) {
        self.assume_defaults();
        self.work.kill = None;
        assert_eq!(self.run(&settling()).await, End::Idle);
    }

    fn advance(&mut self, by: Duration) {
        self.work.ahead += u64::try_from(by.as_millis()).unwrap();
        self.sandbox.advance(by).unwrap();
    }

    /// Runs the shop; whenever it has nothing to do, the clocks are advanced by the next interval.
    async fn run(&mut self, times: &[Duration]) -> End {
        let (sender, mut heard) = mpsc::unbounded_channel();
        let mut shop = Peer::start(self.work.command(self.test), 0, sender);
        let end = self.listen(&mut heard, &mut shop, times).await;
        let (status, errors) = shop.wait().await;
        assert_eq!(status.success(), end == End::Idle, "the shop ended with {status}: {errors}");
        end
    }

    async fn listen(
        &mut self,
        heard: &mut mpsc::UnboundedReceiver<(usize, String)>,
        shop: &mut Peer,
        times: &[Duration],
    ) -> End {
        let mut times = times.iter();
        let mut end = End::Idle;
        loop {
            let said = tokio::time::timeout(PATIENCE, heard.recv()).await.expect("the shop says something");
            let Some((_, said)) = said else { return end };
            match said.split(' ').collect::<Vec<_>>()[..] {
                ["offer", cart, id] if !Cart(cart.parse().unwrap()).is_abandoned() => self.pay(id),
                ["offer", ..] | ["busy"] => {}
                ["begun" | "sold", _] => {}
                ["killed"] => end = End::Killed,
                ["idle"] => {
                    self.confirm_codes();
                    match times.next() {
                        Some(by) => {
                            self.advance(*by);
                            shop.tell(&format!("advance {}", by.as_millis())).await;
                        }
                        None => shop.hang_up(),
                    }
                }
                _ => panic!("{said}"),
            }
        }
    }

    /// A buyer pays. Their order may be paid already, or closed.
    fn pay(&self, id: &str) {
        let (sandbox, id) = (Arc::clone(&self.sandbox), id.to_owned());
        tokio::spawn(async move { sandbox.pay(&id).await });
    }

    fn confirm_codes(&self) {
        for id in unconfirmed_codes(&self.sandbox) {
            self.pay(&id);
        }
    }

    pub(crate) async fn books(&self) -> Books {
        Books::read(&self.sandbox, &self.store).await
    }
}

/// By how much the time is advanced whenever there is nothing more to do: minutes, hours, then days.
pub(crate) fn settling() -> Vec<Duration> {
    let minute = Duration::from_secs(60);
    [(10, 6), (120, 4), (1440, 9)].iter().flat_map(|&(minutes, times)| vec![minute * minutes; times]).collect()
}

pub(crate) fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
