//! Shops that sell, a gateway with faults, and a database, each a process that is killed at random: afterwards both books agree.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ottpay_ledger::Postgres;
use ottpay_ledger::store::Dialect;
use ottpay_sandbox::Fault;
use tokio::sync::mpsc;

use super::books::Books;
use super::cart::Cart;
use super::gateway::{free_port, settling};
use super::peer::Peer;
use super::sandbox::{KEY, MERCHANT, Settings};
use super::shop::Work;
use crate::common::Shared;
use crate::due::count_due;
use crate::postgres_server::Server;

const SHOPS: usize = 3;
/// How many buyers each shop serves at once, and how long each waits before the next cart.
const BUYERS: usize = 5;
const PAUSE: u64 = 1000;
/// The time between two kills.
const BETWEEN: std::ops::Range<u64> = 500..3000;
/// How long everything may be silent.
const PATIENCE: Duration = Duration::from_secs(120);
/// The first cart of the shop with this number.
const RANGE: u64 = 1_000_000;

/// The number of a process, and a line.
type Said = (usize, String);

struct Soak {
    test: &'static str,
    server: Arc<Server>,
    gateway: (Settings, Option<Peer>),
    shops: Vec<(Work, Option<Peer>)>,
    heard: (mpsc::UnboundedSender<Said>, mpsc::UnboundedReceiver<Said>),
    random: fastrand::Rng,
    /// Ids that buyers want to pay, and that the gateway has not reported as paid.
    unpaid: BTreeSet<String>,
    is_idle: [bool; SHOPS],
    sold: usize,
    has_faults: bool,
    /// How many were planned, and how many of them the gateway carried out.
    faults: usize,
    happened: usize,
    kills: BTreeMap<&'static str, u32>,
}

/// Sells for this long, then lets everything finish and compares the books.
pub(crate) async fn soak(server: Server, test: &'static str, time: Duration, seed: u64) {
    let url = server.fresh_database();
    let store = Shared::new(Postgres::connect(&url).await.unwrap());
    store.run("CREATE TABLE shop_effects (event_key TEXT, cart TEXT, id TEXT, kind TEXT, minor BIGINT)").await;
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("soak");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let settings = Settings { port: free_port(), file: folder.join("gateway.db") };
    let work = |number: usize| Work {
        gateway: format!("http://127.0.0.1:{}", settings.port),
        merchant: MERCHANT.to_owned(),
        key: KEY.to_owned(),
        store: url.clone(),
        port: free_port(),
        carts: (number as u64 * RANGE, (number as u64 + 1) * RANGE),
        at_once: BUYERS,
        pause: PAUSE,
        ahead: 0,
        kill: None,
    };
    let mut soak = Soak {
        test,
        server: Arc::new(server),
        shops: (1..=SHOPS).map(|number| (work(number), None)).collect(),
        gateway: (settings.clone(), None),
        heard: mpsc::unbounded_channel(),
        random: fastrand::Rng::with_seed(seed),
        unpaid: BTreeSet::new(),
        is_idle: [false; SHOPS],
        sold: 0,
        has_faults: true,
        faults: 0,
        happened: 0,
        kills: BTreeMap::new(),
    };
    println!("seed {seed}, {time:?}");
    let begun = Instant::now();
    soak.start_gateway().await;
    (0..SHOPS).for_each(|shop| soak.start_shop(shop));
    soak.sell(time).await;
    let sold = begun.elapsed();
    soak.settle(&store).await;
    let Soak { kills, faults, happened, sold: carts, .. } = &soak;
    println!(
        "{carts} carts in {sold:?}, {happened} of {faults} planned faults happened, killed: {kills:?}; settled after {:?}",
        begun.elapsed()
    );
    for (_, shop) in &mut soak.shops {
        shop.take().expect("the shop runs").end().await;
    }
    soak.gateway.1.take().expect("the gateway runs").kill().await;
    let sandbox = settings.builder().start().await.unwrap();
    let books = Books::read(&sandbox, &store).await;
    let found = books.compare();
    let (unmoved, moved) = books.for_people();
    println!("{books}; {found}; for a person: {unmoved} that moved no money, {moved:?} that did");
    found.assert_none(&books);
    // With the default answers, a query reports each payment and refund that was carried out.
    assert!(moved.is_empty(), "{moved:?}");
    // Faults that had not happened when the gateway was killed are lost with it.
    assert!(soak.happened * 2 > soak.faults, "{} of {} faults", soak.happened, soak.faults);
    assert!(soak.kills.len() == 3 || time < Duration::from_secs(60), "{:?}", soak.kills);
}

impl Soak {
    /// Starts the gateway, and waits until it is ready: then buyers retry what they did not finish.
    async fn start_gateway(&mut self) {
        let peer = Peer::start(self.gateway.0.command(self.test), SHOPS, self.heard.0.clone());
        self.gateway.1 = Some(peer);
        loop {
            let (number, said) = self.hear().await;
            if number == SHOPS && said == "ready" {
                break;
            }
            self.note(number, &said).await;
        }
        for id in self.unpaid.clone() {
            self.tell_gateway(&format!("pay {id}")).await;
        }
    }

    fn start_shop(&mut self, shop: usize) {
        let (work, peer) = &mut self.shops[shop];
        *peer = Some(Peer::start(work.command(self.test), shop, self.heard.0.clone()));
        self.is_idle[shop] = false;
    }

    /// Lets the shops sell, and kills one of the processes again and again.
    async fn sell(&mut self, time: Duration) {
        let end = tokio::time::Instant::now() + time;
        while tokio::time::Instant::now() < end {
            let pause = Duration::from_millis(self.random.u64(BETWEEN));
            let next = end.min(tokio::time::Instant::now() + pause);
            while let Ok(Some((number, said))) = tokio::time::timeout_at(next, self.heard.1.recv()).await {
                self.note(number, &said).await;
            }
            if next < end {
                self.kill_one().await;
            }
        }
    }

    async fn kill_one(&mut self) {
        let away = Duration::from_millis(self.random.u64(0..800));
        let what = match self.random.u32(0..10) {
            0..=5 => {
                let shop = self.random.usize(0..SHOPS);
                self.shops[shop].1.take().expect("the shop runs").kill().await;
                tokio::time::sleep(away).await;
                self.start_shop(shop);
                "shop"
            }
            6..=7 => {
                self.gateway.1.take().expect("the gateway runs").kill().await;
                tokio::time::sleep(away).await;
                self.start_gateway().await;
                "gateway"
            }
            _ => {
                let server = Arc::clone(&self.server);
                let kill = move || {
                    server.kill_at_once();
                    std::thread::sleep(away);
                    server.restart();
                };
                tokio::task::spawn_blocking(kill).await.unwrap();
                "database"
            }
        };
        *self.kills.entry(what).or_default() += 1;
    }

    async fn hear(&mut self) -> Said {
        let heard = tokio::time::timeout(PATIENCE, self.heard.1.recv()).await;
        heard.expect("the processes say something").expect("the channel is open")
    }

    /// A line that a process printed.
    async fn note(&mut self, number: usize, said: &str) {
        match said.split(' ').collect::<Vec<_>>()[..] {
            ["begun", cart] => {
                // A started payment is not started again: the ledger finds out whether it was sent.
                let carts = &mut self.shops[number].0.carts;
                carts.0 = carts.0.max(cart.parse::<u64>().unwrap() + 1);
            }
            ["offer", cart, id] if !Cart(cart.parse().unwrap()).is_abandoned() => {
                self.unpaid.insert(id.to_owned());
                self.tell_gateway(&format!("pay {id}")).await;
            }
            ["sold", _] => {
                self.sold += 1;
                if self.has_faults && self.sold.is_multiple_of(10) {
                    let fault = Fault::ALL[self.faults % Fault::ALL.len()];
                    self.faults += 1;
                    self.tell_gateway(&format!("fault {}", fault.name())).await;
                }
            }
            ["happened", faults] => self.happened += faults.parse::<usize>().unwrap(),
            ["paid", id] => _ = self.unpaid.remove(id),
            ["idle"] => self.is_idle[number] = true,
            ["offer", ..] | ["busy" | "ready" | "advanced"] => {}
            _ => panic!("{said}"),
        }
    }

    async fn tell_gateway(&mut self, line: &str) {
        if let Some(gateway) = &mut self.gateway.1 {
            gateway.tell(line).await;
        }
    }

    async fn tell_shops(&mut self, line: &str) {
        for (_, shop) in &mut self.shops {
            shop.as_mut().expect("the shop runs").tell(line).await;
        }
    }

    /// No more kills and no more faults; time passes until everything has ended.
    async fn settle(&mut self, store: &Shared) {
        self.has_faults = false;
        self.tell_gateway("calm").await;
        self.tell_shops("enough").await;
        let (mut times, mut ahead) = (settling().into_iter(), Duration::ZERO);
        loop {
            self.hear_until_done(store, ahead).await;
            let Some(by) = times.next() else { return };
            ahead += by;
            let line = format!("advance {}", by.as_millis());
            self.tell_gateway(&line).await;
            loop {
                let (number, said) = self.hear().await;
                self.note(number, &said).await;
                if said == "advanced" {
                    break;
                }
            }
            self.is_idle = [false; SHOPS];
            self.tell_shops(&line).await;
        }
    }

    /// Waits until no buyer wants to pay, no shop sells, and no work is due in the database at this time.
    async fn hear_until_done(&mut self, store: &Shared, ahead: Duration) {
        // At first there are turns of shops that were killed, whose leases end when time passes.
        let due = count_due(Dialect::Postgres, ahead, ahead > Duration::ZERO);
        let (mut least, mut since) = (usize::MAX, Instant::now());
        loop {
            while let Ok(Some((number, said))) =
                tokio::time::timeout(Duration::from_millis(50), self.heard.1.recv()).await
            {
                self.note(number, &said).await;
            }
            let left = self.unpaid.len() + store.text(&due).await.parse::<usize>().unwrap();
            if left == 0 && self.is_idle.iter().all(|is_idle| *is_idle) {
                return;
            }
            if left < least {
                (least, since) = (left, Instant::now());
            }
            assert!(since.elapsed() < PATIENCE, "{left} are left to be done");
        }
    }
}
