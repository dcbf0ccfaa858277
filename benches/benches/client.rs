//! Calls a second through loopback, compared with bare reqwest that posts the same bytes to the same server in the same
//! rounds: `cargo bench --bench client`. The floor of any transport is a third caller: bare reqwest, with the typed
//! call in memory before each request in the same task. And how much memory many calls need: `cargo bench --bench
//! client -- memory 1000000`.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ottpay::transport::HttpRequest;
use ottpay_benches::gateway;
use tokio::task::JoinSet;

const AT_ONCE: [usize; 3] = [1, 16, 256];
const ROUNDS: usize = 9;
const ROUND: Duration = Duration::from_millis(1000);

/// The server, in a process of its own, so that its memory and its threads are separate.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start() -> Self {
        let program = std::env::current_exe().expect("this program has a path");
        let mut child = Command::new(program).arg("serve").stdout(Stdio::piped()).spawn().expect("it starts");
        let mut url = String::new();
        BufReader::new(child.stdout.take().expect("it is piped")).read_line(&mut url).expect("it prints its address");
        Self { child, url: url.trim().to_owned() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One kind of call: typed, bare, or first one and then the other.
#[derive(Clone)]
struct Caller {
    typed: Option<Typed>,
    bare: Option<(reqwest::Client, Arc<HttpRequest>)>,
}

#[derive(Clone)]
enum Typed {
    Query(ottpay::Client),
    Payment(ottpay::Client),
}

impl Caller {
    async fn call(&self) {
        match &self.typed {
            Some(Typed::Query(client)) => gateway::query(client).await.expect("the server answers"),
            Some(Typed::Payment(client)) => gateway::pay(client).await.expect("the server answers"),
            None => {}
        }
        if let Some((client, posted)) = &self.bare {
            let request = client.post(&*posted.url).header("content-type", posted.content_type);
            let request = request.header("accept", "application/json").header("user-agent", &*posted.user_agent);
            let request = request.timeout(posted.timeout).body(posted.body.clone());
            let reply = request.send().await.expect("the server answers").bytes().await.expect("it has a body");
            assert!(!reply.is_empty());
        }
    }

    /// Makes calls from this many tasks until the time is over; returns how long each call took.
    async fn round(&self, at_once: usize, time: Duration) -> Vec<Duration> {
        let start = Instant::now();
        let mut tasks = JoinSet::new();
        for _ in 0..at_once {
            let caller = self.clone();
            tasks.spawn(async move {
                let mut times = Vec::new();
                while start.elapsed() < time {
                    let start = Instant::now();
                    caller.call().await;
                    times.push(start.elapsed());
                }
                times
            });
        }
        tasks.join_all().await.concat()
    }
}

/// The typed client, bare reqwest, and the floor.
async fn compare(what: &str, callers: &[Caller; 3]) {
    for at_once in AT_ONCE {
        for caller in callers {
            caller.round(at_once, ROUND / 4).await;
        }
        let (mut ratios, mut of_floor) = (Vec::new(), Vec::new());
        let (mut cpu, mut times) = ([0.0; 3], [const { Vec::new() }; 3]);
        for _ in 0..ROUNDS {
            let mut rates = [0.0; 3];
            for (at, caller) in callers.iter().enumerate() {
                let (start, cpu_before) = (Instant::now(), cpu_time());
                let of_round = caller.round(at_once, ROUND).await;
                rates[at] = of_round.len() as f64 / start.elapsed().as_secs_f64();
                cpu[at] += cpu_time() - cpu_before;
                times[at].extend(of_round);
            }
            ratios.push(rates[0] / rates[1]);
            of_floor.push(rates[0] / rates[2]);
        }
        ratios.sort_by(f64::total_cmp);
        of_floor.sort_by(f64::total_cmp);
        times.iter_mut().for_each(|times| times.sort());
        let rate = |at: usize| times[at].len() as f64 / (ROUND * ROUNDS as u32).as_secs_f64();
        let cpu = |at: usize| cpu[at] * 1e6 / times[at].len() as f64;
        let part = |at: usize, percent: usize| times[at][(times[at].len() - 1) * percent / 100].as_secs_f64() * 1e3;
        println!(
            "| {what} | {at_once} | {:.0} to {:.0} | {:.2} | {:.2} | {:.2} to {:.2} | {:.2} to {:.2} | {:.0} to {:.0} | {:.0} |",
            rate(0),
            rate(1),
            ratios[ratios.len() / 2],
            of_floor[of_floor.len() / 2],
            part(0, 50),
            part(1, 50),
            part(0, 99),
            part(1, 99),
            cpu(0),
            cpu(1),
            cpu(2),
        );
    }
}

/// The processor time that this process has used, in seconds.
fn cpu_time() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("this is Linux");
    // After the name in brackets, which may be anything; in hundredths of a second.
    let after = stat.rsplit_once(')').expect("it has a name").1;
    let ticks = after.split_whitespace().skip(11).take(2).map(|ticks| ticks.parse::<f64>().expect("it is a number"));
    ticks.sum::<f64>() / 100.0
}

/// The peak memory of this process, in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("this is Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the system states it");
    line.trim().trim_end_matches(" kB").parse().expect("it is a number")
}

/// This many typed queries by 16 tasks, and the peak memory after each tenth.
async fn memory(caller: &Caller, calls: usize) {
    println!("before the first call: {} KiB", peak());
    let start = Instant::now();
    for tenth in 1..=10 {
        let mut tasks = JoinSet::new();
        for _ in 0..16 {
            let caller = caller.clone();
            tasks.spawn(async move {
                for _ in 0..calls / 160 {
                    caller.call().await;
                }
            });
        }
        tasks.join_all().await;
        println!("after {} calls: at most {} KiB", calls / 160 * 16 * tenth, peak());
    }
    println!("{:.0} calls a second", (calls / 160 * 160) as f64 / start.elapsed().as_secs_f64());
}

#[tokio::main]
async fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.first().map(String::as_str) {
        Some("serve") => return gateway::serve().await.expect("loopback has a port"),
        Some("memory") => {
            let calls = arguments.get(1).and_then(|calls| calls.parse().ok()).expect("a number of calls follows");
            let server = Server::start();
            return memory(&typed(Typed::Query(gateway::client(&server.url))), calls).await;
        }
        _ => {}
    }
    let server = Server::start();
    let client = gateway::client(&server.url);
    let [query, payment] = gateway::posted(&server.url).await.map(Arc::new);
    let bare = || reqwest::Client::builder().no_proxy().http1_only();
    let shared = bare().build().expect("the settings are fine");
    let single = bare().pool_max_idle_per_host(0).build().expect("the settings are fine");
    println!("The typed client to bare reqwest:\n");
    println!(
        "| call | at once | calls a second | ratio | of the floor | median, ms | 99 % within, ms | CPU of a call, µs | floor |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    let [queries, payments] = gateway::clients_in_memory();
    let callers = |own, client, posted, in_memory| {
        let bare = Some((client, posted));
        [typed(own), Caller { typed: None, bare: bare.clone() }, Caller { typed: Some(in_memory), bare }]
    };
    let reads = callers(Typed::Query(client.clone()), shared, query, Typed::Query(queries));
    let writes = callers(Typed::Payment(client), single, payment, Typed::Payment(payments));
    compare("read, on shared connections", &reads).await;
    compare("write, on a connection each", &writes).await;
}

fn typed(typed: Typed) -> Caller {
    Caller { typed: Some(typed), bare: None }
}
