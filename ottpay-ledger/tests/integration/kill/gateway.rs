//! The other side: the gateway, the buyers, and the clocks; it starts shops and hears what they say.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use ottpay_sandbox::assume::Question;
use ottpay_sandbox::{Assumption, OrderState, Sandbox};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin};
use tokio::sync::mpsc;

use super::books::Books;
use super::cart::Cart;
use super::said::MARK;
use super::shop::Work;
use crate::common::Shared;

/// How a round ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The shop killed itself.
    Killed,
    /// No shop had anything to do any more.
    Idle,
}

/// How many carts are new in a round.
const NEW: u64 = 2;
/// How many rounds a cart is tried in.
const ROUNDS: u64 = 4;
/// How long shops may be silent.
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
        self.run(vec![self.work.clone()], &[]).await
    }

    /// Time passes until everything has an end, or is only asked about once a day.
    pub(crate) async fn settle(&mut self) {
        self.assume_defaults();
        self.work.kill = None;
        assert_eq!(self.run(vec![self.work.clone()], &settling()).await, End::Idle);
    }

    fn advance(&mut self, by: Duration) {
        self.work.ahead += u64::try_from(by.as_millis()).unwrap();
        self.sandbox.advance(by).unwrap();
    }

    /// Runs shops; whenever none has anything to do, the clocks move on by the next of the times.
    async fn run(&mut self, works: Vec<Work>, times: &[Duration]) -> End {
        let (sender, mut lines) = mpsc::unbounded_channel();
        let mut shops = Vec::new();
        for (number, work) in works.iter().enumerate() {
            let mut command = work.command(self.test);
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
            let mut shop = command.spawn().unwrap();
            let (mut said, sender) = (BufReader::new(shop.stdout.take().unwrap()).lines(), sender.clone());
            tokio::spawn(async move {
                while let Ok(Some(line)) = said.next_line().await {
                    let _ = sender.send((number, line));
                }
            });
            shops.push(shop);
        }
        drop(sender);
        let end = self.listen(&mut lines, &mut shops, times).await;
        for shop in shops {
            check_end(shop, &end).await;
        }
        end
    }

    async fn listen(
        &mut self,
        lines: &mut mpsc::UnboundedReceiver<(usize, String)>,
        shops: &mut [Child],
        times: &[Duration],
    ) -> End {
        let mut inputs: Vec<ChildStdin> = shops.iter_mut().map(|shop| shop.stdin.take().unwrap()).collect();
        let mut is_idle = vec![false; shops.len()];
        let mut times = times.iter();
        let mut end = End::Idle;
        loop {
            let line = tokio::time::timeout(PATIENCE, lines.recv()).await.expect("the shops say something");
            let Some((number, line)) = line else { return end };
            let Some((_, said)) = line.split_once(MARK) else { continue };
            match said.split(' ').collect::<Vec<_>>()[..] {
                ["offer", cart, id] if !Cart(cart.parse().unwrap()).is_abandoned() => self.pay(id),
                ["offer", ..] | ["busy"] => {}
                ["begun" | "sold", _] => {}
                ["killed"] => end = End::Killed,
                ["idle"] => is_idle[number] = true,
                _ => panic!("{said}"),
            }
            if is_idle.iter().all(|is_idle| *is_idle) {
                is_idle.fill(false);
                self.confirm_codes();
                match times.next() {
                    Some(by) => {
                        self.advance(*by);
                        for input in &mut inputs {
                            input.write_all(format!("advance {}\n", by.as_millis()).as_bytes()).await.unwrap();
                        }
                    }
                    // The shops end at the end of their input.
                    None => inputs.clear(),
                }
            }
        }
    }

    /// A buyer pays. Their order may be paid already, or closed.
    fn pay(&self, id: &str) {
        let (sandbox, id) = (Arc::clone(&self.sandbox), id.to_owned());
        tokio::spawn(async move { sandbox.pay(&id).await });
    }

    /// Buyers whose codes were scanned confirm on their phones, whatever became of the shop.
    fn confirm_codes(&self) {
        for order in self.sandbox.orders().unwrap() {
            if order.id().starts_with('P') && order.state() == OrderState::Created {
                self.pay(order.id());
            }
        }
    }

    pub(crate) async fn books(&self) -> Books {
        Books::read(&self.sandbox, &self.store).await
    }
}

/// By how much time moves on, each time that nothing more is to be done: minutes, hours, then days.
pub(crate) fn settling() -> Vec<Duration> {
    let minute = Duration::from_secs(60);
    [(10, 6), (120, 4), (1440, 9)].iter().flat_map(|&(minutes, times)| vec![minute * minutes; times]).collect()
}

async fn check_end(mut shop: Child, end: &End) {
    let mut errors = String::new();
    shop.stderr.take().unwrap().read_to_string(&mut errors).await.unwrap();
    let status = shop.wait().await.unwrap();
    assert_eq!(status.success(), *end == End::Idle, "the shop ended with {status}: {errors}");
}

pub(crate) fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
