//! What every process of a world shares: the database, the gateway, and the gate at which each waits.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashMap};
use std::hash::{Hash as _, Hasher as _};
use std::sync::{Arc, Mutex, MutexGuard};

use ottpay_ledger::store::{Row, StoreError, Value};
use tokio::sync::oneshot;

use super::database::{Answer, Database, START, digest_value};
use super::gateway::Gateway;
use super::mutant::Mistake;
use super::point::{Outcome, Point};
use super::watch::{Checks, Watch};

/// The number of no process.
const GONE: usize = 0;

/// What the processes share. Everything happens on one thread, one process at a time.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Mutex<Inner>>);

pub(crate) struct Inner {
    pub(crate) database: Database,
    pub(crate) mistake: Option<Mistake>,
    /// Whether the mistake has changed anything.
    pub(crate) has_erred: bool,
    pub(crate) now: i64,
    pub(crate) gateway: Gateway,
    pub(crate) watch: Watch,
    pub(crate) checks: Checks,
    /// The process that runs now.
    pub(crate) current: usize,
    /// Whether no process waits: a ledger is being opened.
    pub(crate) is_open: bool,
    waiting: Vec<Waiting>,
    /// What each process observed, and when: this determines its next steps.
    told: BTreeMap<usize, Vec<(i64, u64)>>,
    /// The number of the latest turn that a process took on an order.
    turns: BTreeMap<(usize, String), i64>,
    /// Random strings, by the process that made them.
    tokens: HashMap<String, usize>,
}

struct Waiting {
    process: usize,
    point: Point,
    go: oneshot::Sender<Outcome>,
}

impl Shared {
    pub(crate) fn new(mistake: Option<Mistake>) -> Self {
        Self(Arc::new(Mutex::new(Inner {
            database: Database::new(),
            mistake,
            has_erred: false,
            now: START,
            gateway: Gateway::default(),
            watch: Watch::default(),
            checks: Checks::default(),
            current: 0,
            is_open: false,
            waiting: Vec::new(),
            told: BTreeMap::new(),
            turns: BTreeMap::new(),
            tokens: HashMap::new(),
        })))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }

    /// Waits until the search lets the process go on.
    pub(crate) async fn wait(&self, point: Point) -> Outcome {
        let gone = {
            let mut inner = self.lock();
            if inner.is_open {
                return Outcome::Goes;
            }
            let (go, gone) = oneshot::channel();
            let process = inner.current;
            inner.waiting.push(Waiting { process, point, go });
            gone
        };
        let outcome = gone.await.expect("a process that is killed goes nowhere");
        self.lock().tell(outcome);
        outcome
    }
}

impl Inner {
    /// Where a process waits, in order of arrival: it works on each of its orders separately.
    pub(crate) fn waiting(&self, process: usize) -> impl Iterator<Item = &Point> {
        self.waiting.iter().filter(move |waiting| waiting.process == process).map(|waiting| &waiting.point)
    }

    pub(crate) fn is_waiting(&self, process: usize) -> bool {
        self.waiting(process).next().is_some()
    }

    /// Whether a transaction is open.
    pub(crate) fn is_in_transaction(&self) -> bool {
        self.waiting.iter().any(|waiting| waiting.point.is_in_transaction())
    }

    /// Lets a process go on from one of the points at which it waits.
    pub(crate) fn let_go(&mut self, process: usize, nth: usize, outcome: Outcome) {
        let mut waiting = self.waiting.iter().enumerate().filter(|(_, waiting)| waiting.process == process);
        let (index, _) = waiting.nth(nth).expect("the process waits there");
        self.current = process;
        self.waiting.remove(index).go.send(outcome).expect("the process is alive");
    }

    /// Forgets a process that has ended.
    pub(crate) fn forget(&mut self, process: usize) {
        self.waiting.retain(|waiting| waiting.process != process);
        self.told.remove(&process);
        self.turns.retain(|(turn, _), _| *turn != process);
    }

    /// Records what the current process observed.
    pub(crate) fn tell(&mut self, what: impl std::hash::Hash) {
        let mut hasher = DefaultHasher::new();
        what.hash(&mut hasher);
        self.told.entry(self.current).or_default().push((self.now, hasher.finish()));
    }

    /// What a process observed, with times relative to now.
    pub(crate) fn told(&self, process: usize) -> Vec<(i64, u64)> {
        let told = self.told.get(&process).into_iter().flatten();
        told.map(|(at, what)| (at - self.now, *what)).collect()
    }

    /// Runs a statement for the current process.
    pub(crate) fn run(&mut self, sql: &str, values: &[Value]) -> Result<Answer, StoreError> {
        self.note_token(sql, values);
        let mistake = self.mistake;
        let (mut has_erred, alter) = (std::cell::Cell::new(false), |sql: &str| mistake?.alter(sql));
        let answer = self.database.run(sql, values, |sql| {
            let altered = alter(sql);
            has_erred.set(altered.is_some());
            altered
        });
        self.has_erred |= *has_erred.get_mut();
        if let (Some(Mistake::Also(part, also)), Ok(_)) = (mistake, &answer)
            && sql.contains(part)
        {
            self.database.must(also, &[]);
            self.has_erred = true;
        }
        self.note_answer(sql, &answer);
        answer
    }

    /// A random string belongs to the process that made it.
    fn note_token(&mut self, sql: &str, values: &[Value]) {
        let place = match sql {
            _ if sql.starts_with("INSERT INTO ottpay_orders") => 13,
            _ if sql.contains("sends = sends + 1") => 11,
            _ => return,
        };
        if let Value::Text(token) = &values[place] {
            self.tokens.insert(token.clone(), self.current);
        }
    }

    /// Forgets the random strings of processes that are gone, but for those in the tables.
    pub(crate) fn forget_tokens(&mut self) {
        let rows = self.database.must("SELECT send_token FROM ottpay_orders WHERE send_token IS NOT NULL", &[]).rows;
        self.tokens = rows.iter().map(|row| (row.get(0).unwrap(), GONE)).collect();
    }

    fn note_answer(&mut self, sql: &str, answer: &Result<Answer, StoreError>) {
        let mut hasher = DefaultHasher::new();
        match answer {
            Ok(Answer { changed, rows }) => {
                (changed, rows.len()).hash(&mut hasher);
                let names = self.names(&[]);
                for value in rows.iter().flat_map(Row::columns) {
                    digest_value(value, self.now, &names, &mut hasher);
                }
                if sql.contains("SET turn = turn + 1, tries = tries + 1") {
                    // The merchant with which a claimant begins is random, and finding nothing there has no effect.
                    if rows.is_empty() {
                        return;
                    }
                    for row in rows {
                        let (id, turn) = (row.get(1).unwrap(), row.get(2).unwrap());
                        self.turns.insert((self.current, id), turn);
                    }
                }
            }
            Err(error) => error.to_string().hash(&mut hasher),
        }
        let told = hasher.finish();
        self.tell(told);
    }

    /// The number of the latest turn that the current process took on an order.
    pub(crate) fn turn(&self, id: &str) -> Option<i64> {
        self.turns.get(&(self.current, id.to_owned())).copied()
    }

    /// Random strings by whose they are, of these processes.
    pub(crate) fn names(&self, alive: &[usize]) -> HashMap<String, String> {
        let name =
            |process| alive.iter().position(|alive| alive == process).map_or("gone".to_owned(), |at| format!("{at}"));
        self.tokens.iter().map(|(token, process)| (token.clone(), name(process))).collect()
    }
}
