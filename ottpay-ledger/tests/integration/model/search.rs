//! Searches every state of a world.
//!
//! A process that runs cannot be copied, as the checkers of `stateright` and others need it. So a state is stored as an
//! earlier one in which no process ran, and what has happened since; to return to it, those steps are repeated.

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};
use std::rc::Rc;

use super::action::Action;
use super::invariant::Invariant;
use super::machine::{Machine, Snapshot};
use super::mutant::Mistake;
use super::world::World;

/// What a search found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// States that differ in how they continue.
    pub(crate) states: u64,
    /// Steps, each from a state that was reached to the next.
    pub(crate) steps: u64,
    /// States without a process, each of which reached an end.
    pub(crate) settled: u64,
    /// Those ends: states, events, and what the gateway has.
    pub(crate) ends: BTreeSet<String>,
    pub(crate) checked: BTreeMap<Invariant, u64>,
    pub(crate) broken: Option<Broken>,
    /// Whether the mistake of a mutant has changed anything.
    pub(crate) has_erred: bool,
}

/// The invariant that was violated, and the steps that led there.
#[derive(Debug)]
pub(crate) struct Broken {
    pub(crate) invariant: Invariant,
    #[allow(dead_code, reason = "a test that fails shows it")]
    pub(crate) what: String,
    pub(crate) steps: Vec<String>,
}

/// The next state to visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// The nearest state first, so that paths are short.
    NearestFirst,
    /// The latest state, to which the machine need not return.
    LatestFirst,
}

/// A state that was reached.
struct Node {
    /// The latest state before it in which no process ran.
    from: Rc<Snapshot>,
    /// What has happened since.
    since: Vec<Action>,
    key: u64,
    actions: Vec<Action>,
    trace: Option<Rc<Trace>>,
}

/// A step, and those before.
struct Trace {
    step: Action,
    before: Option<Rc<Trace>>,
}

/// Searches every state, until an invariant does not hold.
pub(crate) fn search(world: World, mistake: Option<Mistake>, order: Order) -> Found {
    let mut search = Search {
        machine: Machine::new(world, mistake),
        at: None,
        reached: HashSet::new(),
        settled: HashSet::new(),
        found: Found::default(),
    };
    let mut nodes = VecDeque::from([search.begin()]);
    while let Some(node) = if order == Order::NearestFirst { nodes.pop_front() } else { nodes.pop_back() } {
        for action in &node.actions {
            search.come_back(&node);
            nodes.extend(search.step(&node, action));
            if search.found.broken.is_some() {
                return search.end();
            }
        }
    }
    search.end()
}

struct Search {
    machine: Machine,
    /// The state in which the machine is, if it is one that was kept.
    at: Option<u64>,
    reached: HashSet<u64>,
    settled: HashSet<u64>,
    found: Found,
}

impl Search {
    fn begin(&mut self) -> Node {
        let from = self.machine.snapshot().expect("no process runs at the beginning");
        let (key, actions) = (self.machine.key(), self.machine.actions());
        self.reached.insert(key);
        Node { from, since: Vec::new(), key, actions, trace: None }
    }

    fn end(mut self) -> Found {
        let inner = self.machine.shared.lock();
        self.found.states = self.reached.len() as u64;
        (self.found.checked, self.found.has_erred) = (inner.checks.counts.clone(), inner.has_erred);
        drop(inner);
        self.found
    }

    /// Returns to a state by repeating the steps that led to it. Now and then the result is compared, which shows that
    /// nothing else affects it.
    fn come_back(&mut self, node: &Node) {
        if self.at.take() == Some(node.key) {
            return;
        }
        self.machine.shared.lock().checks.is_new = false;
        self.machine.restore(&node.from);
        for action in &node.since {
            self.machine.apply(action);
        }
        if self.found.steps.is_multiple_of(16) {
            let is_same = self.machine.key() == node.key && self.machine.actions() == node.actions;
            assert!(is_same, "what is repeated leads elsewhere: {:#?}", steps(node.trace.as_ref()));
        }
    }

    /// Makes a step, and those that must follow; returns the state to which it leads, if that is new.
    fn step(&mut self, node: &Node, action: &Action) -> Option<Node> {
        self.machine.shared.lock().checks.is_new = true;
        let (mut since, mut trace, mut action) = (node.since.clone(), node.trace.clone(), action.clone());
        loop {
            self.machine.apply(&action);
            self.found.steps += 1;
            since.push(action.clone());
            trace = Some(Rc::new(Trace { step: action, before: trace }));
            let key = self.machine.key();
            let is_new = self.reached.insert(key);
            if is_new {
                self.machine.check();
            }
            if self.has_broken(trace.as_ref()) || !is_new {
                return None;
            }
            let mut actions = self.machine.actions();
            if let Some(from) = self.machine.snapshot() {
                self.settle();
                let is_broken = self.has_broken(trace.as_ref());
                return (!is_broken).then(|| Node { from, since: Vec::new(), key, actions, trace });
            }
            if actions.len() == 1 {
                action = actions.remove(0);
                continue;
            }
            self.at = Some(key);
            return Some(Node { from: Rc::clone(&node.from), since, key, actions, trace });
        }
    }

    /// Runs until everything has ended.
    fn settle(&mut self) {
        self.found.settled += 1;
        self.at = None;
        let settled = &mut self.settled;
        let end = self.machine.settle(|key| !settled.insert(key));
        self.found.ends.extend(end);
    }

    fn has_broken(&mut self, trace: Option<&Rc<Trace>>) -> bool {
        if let Some((invariant, what)) = self.machine.shared.lock().checks.broken.take() {
            self.found.broken = Some(Broken { invariant, what, steps: steps(trace) });
        }
        self.found.broken.is_some()
    }
}

fn steps(mut trace: Option<&Rc<Trace>>) -> Vec<String> {
    let mut steps = Vec::new();
    while let Some(Trace { step, before }) = trace.map(|trace| &**trace) {
        steps.push(step.to_string());
        trace = before.as_ref();
    }
    steps.reverse();
    steps
}
