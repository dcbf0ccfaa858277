//! How many payments a second one sandbox accepts, in memory and into a file, and whether 50,000 orders make it slow.
//! `cargo bench -p ottpay-sandbox --bench load`; with `-- table` the table alone.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::float_arithmetic, missing_docs)]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ottpay::{Amount, BizType, Client, OrderId};
use ottpay_sandbox::{Sandbox, SandboxBuilder, Synchronous};

const ORDERS: u32 = 50_000;
const SHOPS: u32 = 8;
const CALLS: u32 = 200;

/// Payments for one figure of the table, by so many shops at once.
const COUNTED: [(u32, u32); 3] = [(1, 2_000), (8, 8_000), (64, 8_000)];

/// Each figure is the median of so many runs, which alternate between the places.
const RUNS: usize = 3;

async fn create(client: &Client, id: &OrderId) {
    let payment = client.active_pay().order_id(id).amount(Amount::from_minor(1999)).biz_type(BizType::Alipay);
    payment.operator_id("0000020156").call_back_url("http://127.0.0.1:9/").send().await.unwrap();
}

fn client_of(sandbox: &Sandbox) -> Client {
    let client = Client::builder().endpoint(sandbox.url()).merchant_id(sandbox.merchant_id());
    // This measures the sandbox, not the cost of a connection for each payment; `connections` measures that.
    client.sign_key(sandbox.sign_key()).reuse_for_writes(Duration::from_secs(60)).build().unwrap()
}

/// The time in which so many shops at once create payments.
async fn create_by(client: &Client, shops: u32, payments: u32) -> Duration {
    let start = Instant::now();
    let shops: Vec<_> = (0..shops)
        .map(|shop| {
            let client = client.clone();
            tokio::spawn(async move {
                for order in 0..payments / shops {
                    create(&client, &OrderId::new(format!("L{shop}N{order}")).unwrap()).await;
                }
            })
        })
        .collect();
    for shop in shops {
        shop.await.unwrap();
    }
    start.elapsed()
}

/// The time that the process has had of the processors, in hundredths of a second; 0 where Linux does not tell it.
fn processor_time() -> u32 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(") ").next().unwrap_or_default();
    // The 14th and the 15th field: the time in user mode and in the kernel.
    after_name.split(' ').skip(11).take(2).filter_map(|ticks| ticks.parse::<u32>().ok()).sum()
}

/// The median of payments a second, and of the milliseconds of processor time that one costs.
#[derive(Default)]
struct Figures {
    rate: Vec<f64>,
    cost: Vec<f64>,
}

impl Figures {
    async fn add(&mut self, sandbox: Sandbox, shops: u32, payments: u32) {
        let client = client_of(&sandbox);
        let before = processor_time();
        let seconds = create_by(&client, shops, payments).await.as_secs_f64();
        self.rate.push(f64::from(payments) / seconds);
        self.cost.push(f64::from(processor_time() - before) * 10.0 / f64::from(payments));
    }

    fn medians(mut self) -> (f64, f64) {
        let median = |values: &mut Vec<f64>| {
            values.sort_by(f64::total_cmp);
            values.get(values.len() / 2).copied().unwrap_or_default()
        };
        (median(&mut self.rate), median(&mut self.cost))
    }
}

/// The places of the table: in memory, and in a new file with each level.
fn places(folder: &Path) -> [(&'static str, SandboxBuilder); 3] {
    let in_file = |name: &str| {
        for suffix in ["", "-wal"] {
            let _ = std::fs::remove_file(folder.join(format!("{name}{suffix}")));
        }
        Sandbox::builder().database(folder.join(name))
    };
    [
        ("memory", Sandbox::builder()),
        ("file, normal", in_file("normal.db")),
        ("file, full", in_file("full.db").synchronous(Synchronous::Full)),
    ]
}

async fn show_table(folder: &Path) {
    println!("| payments a second (processor time of one, with its client) | memory | file, normal | file, full |");
    println!("|---|---|---|---|");
    for (shops, payments) in COUNTED {
        let mut figures: [Figures; 3] = Default::default();
        for _ in 0..RUNS {
            for (figures, (_, builder)) in figures.iter_mut().zip(places(folder)) {
                figures.add(builder.start().await.unwrap(), shops, payments).await;
            }
        }
        let cells = figures.map(|figures| {
            let (rate, cost) = figures.medians();
            format!("{rate:.0} ({cost:.3} ms)")
        });
        println!("| {shops} at once | {} |", cells.join(" | "));
    }
}

/// The median and the 99th of a hundred, in milliseconds.
fn show(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |part: usize| times.get(times.len() * part / 100).map_or(0.0, |time| time.as_secs_f64() * 1e3);
    println!("{what}: median {:.2} ms, 99 % within {:.2} ms", at(50), at(99));
}

#[tokio::main]
async fn main() {
    let folder = std::env::temp_dir().join(format!("ottpay-load-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    show_table(&folder).await;
    if !std::env::args().any(|argument| argument == "table") {
        show_large(&folder).await;
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

/// The cost of calls and pages with many orders.
async fn show_large(folder: &Path) {
    let sandbox = Sandbox::builder().database(folder.join("load.db")).start().await.unwrap();
    let client = client_of(&sandbox);
    let seconds = create_by(&client, SHOPS, ORDERS).await.as_secs_f64();
    println!("{ORDERS} payments created by {SHOPS} shops at once: {:.0} a second", f64::from(ORDERS) / seconds);

    let mut created = Vec::new();
    let mut asked = Vec::new();
    for call in 0..CALLS {
        let id = OrderId::new(format!("Q{call}")).unwrap();
        let start = Instant::now();
        create(&client, &id).await;
        created.push(start.elapsed());
        let start = Instant::now();
        client.status_query().order_id(OrderId::new(format!("L3N{}", call * 31)).unwrap()).send().await.unwrap();
        asked.push(start.elapsed());
    }
    show("one payment created beside them", created);
    show("one query", asked);

    let http = reqwest::Client::new();
    for path in [
        "/sandbox",
        "/sandbox?state=created&action=active_pay",
        "/sandbox?q=nothing",
        "/sandbox/order/L3N77",
        "/sandbox/message/77",
        "/sandbox/orders/L3N77",
        "/sandbox/messages",
    ] {
        let mut times = Vec::new();
        for _ in 0..CALLS {
            let start = Instant::now();
            let page = http.get(format!("{}{path}", sandbox.url())).send().await.unwrap();
            assert!(page.status().is_success(), "{path}");
            page.bytes().await.unwrap();
            times.push(start.elapsed());
        }
        show(&format!("GET {path}"), times);
    }

    let sandbox = Arc::new(sandbox);
    let late = Arc::clone(&sandbox);
    let start = Instant::now();
    let closing = std::thread::spawn(move || late.advance(Duration::from_secs(3600)).unwrap());
    let mut asked = Vec::new();
    while !closing.is_finished() {
        let start = Instant::now();
        client.status_query().order_id(OrderId::new("L3N77").unwrap()).send().await.unwrap();
        asked.push(start.elapsed());
    }
    closing.join().unwrap();
    println!("all of them closed, as nobody has paid: {:.2} s", start.elapsed().as_secs_f64());
    show("one query meanwhile", asked);
}
