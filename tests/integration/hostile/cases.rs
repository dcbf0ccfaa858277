//! A table of peers, and how a write and a read have to end with each: as stated, in time, with one request, and in
//! little memory.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ottpay::transport::HttpTransport;
use ottpay::{Client, Error, Framing};

use super::certificates::{SIGNED, authority};
use super::ends::Ends;
use super::memory::Memory;
use super::peer::{Peer, Seen, Step};
use crate::common::over::Over;
use crate::common::{accepted, alone, order, payment, sample};

/// By how much a call may be late in a debug build on a machine that is busy with other tests.
const MARGIN: Duration = Duration::from_secs(1);

/// By how much the whole process may grow, in bytes.
const MEMORY: u64 = 16_000_000;

/// The limit of a call that is meant to reach it, and of any other call.
const SHORT: Duration = Duration::from_millis(300);
const LONG: Duration = Duration::from_secs(10);

/// The content of a genuine reply, both to the payment and to the query.
pub(super) const FIELDS: &str = r#"{"code_url":"weixin://x","order_id":"T1","order_status":"init"}"#;

/// A peer, and how calls to it end.
pub(super) struct Case {
    name: String,
    steps: Vec<Step>,
    ends: Ends,
    /// How a read ends, if it does not end like the write.
    read: Ends,
    /// How both end over the blocking transport, if that differs.
    blocking: Option<Ends>,
    max_reply: Option<usize>,
    pem: Option<&'static [u8]>,
    /// Whether the client speaks TLS, and the peer does not.
    expects_tls: bool,
}

impl Case {
    /// Both calls end like this.
    pub(super) fn new(name: impl Into<String>, steps: Vec<Step>, ends: Ends) -> Self {
        let name = name.into();
        Self { name, steps, ends, read: ends, blocking: None, max_reply: None, pem: None, expects_tls: false }
    }

    /// The peer reads the request and sends this at once.
    pub(super) fn answer(name: impl Into<String>, answer: impl Into<Vec<u8>>, ends: Ends) -> Self {
        Self::new(name, vec![Step::Read, send(answer)], ends)
    }

    pub(super) fn read(self, read: Ends) -> Self {
        Self { read, ..self }
    }

    /// Both calls end like this over the blocking transport. The knowledge about the money is the same.
    pub(super) fn blocking(self, blocking: Ends) -> Self {
        Self { blocking: Some(blocking), ..self }
    }

    pub(super) fn max_reply(self, max_reply: usize) -> Self {
        Self { max_reply: Some(max_reply), ..self }
    }

    /// The peer speaks TLS with this certificate and its key.
    pub(super) fn tls(self, pem: &'static [u8]) -> Self {
        Self { pem: Some(pem), ..self }
    }

    /// The client expects TLS, which the peer does not speak.
    pub(super) fn without_tls(self) -> Self {
        Self { expects_tls: true, ..self }
    }

    /// How a call ends: by `ends` over the default transport.
    fn expected(&self, over: Over, ends: Ends) -> Ends {
        if over == Over::Http { ends } else { self.blocking.unwrap_or(ends) }
    }

    fn start(&self, over: Over) -> (Peer, Client) {
        let peer = Peer::start(vec![self.steps.clone()], self.pem);
        let url = if self.expects_tls { peer.secure_url() } else { peer.url.clone() };
        let settings = sample().endpoint(url).transport(over.shared());
        let settings = if let Some(limit) = self.max_reply { settings.max_reply(limit) } else { settings };
        (peer, settings.build().unwrap())
    }

    /// Short where a call is meant to reach it, so that no other call fails on a busy machine.
    fn limit(&self) -> Duration {
        if [Some(self.ends), Some(self.read), self.blocking].contains(&Some(Ends::TimedOut)) { SHORT } else { LONG }
    }

    async fn write(&self, over: Over) -> Result<Seen, String> {
        let (peer, client) = self.start(over);
        let start = Instant::now();
        let sent = over.write(client.send(&payment(&client, &order("T1"))).timeout(self.limit())).await;
        self.check_time(start)?;
        let (ends, expected) = (Ends::of_write(&sent), self.expected(over, self.ends));
        let error = sent.err();
        let outcome = error.as_ref().map(Error::outcome);
        match ends == expected && outcome == expected.outcome() {
            true => Ok(peer.seen),
            false => Err(format!("{ends:?}, {outcome:?} instead of {expected:?}: {error:?}")),
        }
    }

    async fn ask(&self, over: Over) -> Result<Seen, String> {
        let (peer, client) = self.start(over);
        let start = Instant::now();
        let asked = over.ask(client.status_query().order_id(order("T1")).send().timeout(self.limit())).await;
        self.check_time(start)?;
        let (ends, expected) = (Ends::of_read(&asked), self.expected(over, self.read));
        match ends == expected {
            true => Ok(peer.seen),
            false => Err(format!("{ends:?} instead of {expected:?}: {:?}", asked.err())),
        }
    }

    fn check_time(&self, start: Instant) -> Result<(), String> {
        let (took, limit) = (start.elapsed(), self.limit());
        if took <= limit + MARGIN { Ok(()) } else { Err(format!("it took {took:?}, and the limit is {limit:?}")) }
    }

    /// One row in Markdown.
    fn row(&self) -> String {
        let outcome = self.ends.outcome().map_or("–".to_owned(), |outcome| format!("`{outcome:?}`"));
        format!("| {} | {} | {outcome} | {} |", self.name, self.ends, self.read)
    }
}

/// Checks each case of a table, in a process that does nothing else. `test` is the path of the test.
pub(super) fn check(test: &str, cases: fn() -> Vec<Case>) {
    if !alone::is_alone(test) {
        let (variable, file) = authority();
        alone::run_alone(test, &[(variable, file.to_str().unwrap())]);
        return;
    }
    let is_possible = |case: &Case| case.pem.is_none() || HttpTransport::TLS;
    let cases: Vec<_> = cases().into_iter().filter(is_possible).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        // Everything that is created once per process exists before the measurement.
        let good = || Case::answer("a good peer", http("", &genuine()), Ends::Accepted);
        for good in [good(), good().tls(SIGNED)].into_iter().filter(is_possible) {
            for over in Over::ALL {
                _ = (good.write(*over).await.unwrap(), good.ask(*over).await.unwrap());
            }
        }
        let (mut memory, mut all_seen, mut failures) = (Memory::new(), Vec::new(), Vec::new());
        for case in &cases {
            memory.forget_peak();
            for over in Over::ALL {
                for (call, ended) in [("write", case.write(*over).await), ("read", case.ask(*over).await)] {
                    match ended {
                        Ok(seen) => all_seen.push((case, over, call, seen)),
                        Err(failure) => failures.push(format!("{}: {over:?}: {call}: {failure}", case.name)),
                    }
                }
            }
            let grown = memory.grown();
            if grown > MEMORY {
                failures.push(format!("{}: {grown} bytes of memory", case.name));
            }
            println!("{}", case.row());
        }
        // Nothing is sent again later, either.
        tokio::time::sleep(SHORT).await;
        for (case, over, call, seen) in all_seen {
            let (connections, requests) = (seen.connections(), seen.requests());
            if connections > 1 || requests > 1 {
                failures
                    .push(format!("{}: {over:?}: {call}: {connections} connections, {requests} requests", case.name));
            }
        }
        assert!(failures.is_empty(), "\n{}", failures.join("\n"));
        println!("{test}: {} peers, {} transports, {}", cases.len(), Over::ALL.len(), memory.summary());
    });
}

pub(super) fn send(bytes: impl Into<Vec<u8>>) -> Step {
    Step::Send(Arc::from(bytes.into()))
}

pub(super) fn trickle(bytes: impl Into<Vec<u8>>) -> Step {
    Step::Trickle(Arc::from(bytes.into()))
}

/// In chunks, so that it is fast.
pub(super) fn repeat(bytes: impl Into<Vec<u8>>) -> Step {
    let bytes = bytes.into();
    Step::Repeat(Arc::from(bytes.repeat(4096 / bytes.len() + 1)))
}

/// The body of a genuine reply.
pub(super) fn genuine() -> Vec<u8> {
    accepted(FIELDS).to_body(Framing::Json)
}

/// A good answer with further lines in its head, each with its line break.
pub(super) fn http(lines: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\n{lines}content-length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// A head without a length, and what follows it.
pub(super) fn head(lines: &str, rest: &[u8]) -> Vec<u8> {
    [format!("HTTP/1.1 200 OK\r\n{lines}\r\n").as_bytes(), rest].concat()
}

/// A chunk of a body.
pub(super) fn chunk(bytes: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat()
}
