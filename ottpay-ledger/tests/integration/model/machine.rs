//! A world that runs: what may happen in it, how it happens, and how it is put back.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::rc::Rc;

use ottpay::Client;

use super::action::{Action, Task};
use super::check::{States, check_state, check_step, read_states};
use super::database::{Dump, START};
use super::due::next_time;
use super::gateway::{Gateway, Status};
use super::mutant::Mistake;
use super::point::{Outcome, Point};
use super::process::{Process, client};
use super::shared::Shared;
use super::watch::Watch;
use super::world::{Left, World};

pub(crate) struct Machine {
    pub(crate) shared: Shared,
    pub(crate) world: World,
    pub(crate) processes: Vec<Process>,
    pub(crate) left: Left,
    client: Client,
    /// How many processes have been started since it was put back.
    started: usize,
    states: States,
}

/// A state in which no process runs.
pub(crate) struct Snapshot {
    dump: Dump,
    now: i64,
    gateway: Gateway,
    watch: Watch,
    left: Left,
}

impl Machine {
    pub(crate) fn new(world: World, mistake: Option<Mistake>) -> Self {
        let shared = Shared::new(mistake);
        let client = client(&shared);
        let mut machine =
            Self { shared, client, world, processes: Vec::new(), started: 0, left: world.left, states: States::new() };
        machine.shared.lock().database.set_clock(START);
        for deed in 0..world.done {
            machine.run(Task::Deed(deed));
            machine.run(Task::Round);
        }
        machine.left = world.left;
        machine
    }

    pub(crate) fn apply(&mut self, action: &Action) {
        match action {
            Action::Start(task) => {
                let left = &mut self.left;
                *match task {
                    Task::Deed(_) => &mut left.deeds,
                    Task::Round => &mut left.rounds,
                    Task::Claim => &mut left.claims,
                    Task::Callback { is_forged: false, .. } => &mut left.callbacks,
                    Task::Callback { is_forged: true, .. } => &mut left.forgeries,
                } -= 1;
                self.start(task.clone());
            }
            Action::Resume { process, nth, outcome, .. } => {
                self.left.faults -= u32::from(*outcome != Outcome::Goes);
                self.resume(*process, *nth, *outcome);
            }
            Action::Kill(process) => {
                self.left.faults -= 1;
                let index = self.processes.iter().position(|running| running.number == *process).unwrap();
                self.processes.remove(index).end(&self.shared);
            }
            Action::Pay(id) => self.set_status(id, Status::Paid),
            Action::Close(id) => {
                self.left.closings -= 1;
                self.set_status(id, Status::Closed);
            }
            Action::Wait => {
                self.left.waits -= 1;
                let mut inner = self.shared.lock();
                let now = inner.now;
                let next = next_time(&mut inner.database, now).unwrap();
                inner.now = next;
                inner.database.set_clock(next);
            }
        }
        self.observe();
    }

    fn set_status(&mut self, id: &str, status: Status) {
        self.shared.lock().gateway.orders.get_mut(id).unwrap().status = status;
    }

    fn start(&mut self, task: Task) {
        self.started += 1;
        let process = Process::start(self.started, task, self.world.deeds, &self.client, &self.shared);
        self.processes.push(process);
        self.clear();
    }

    fn resume(&mut self, process: usize, nth: usize, outcome: Outcome) {
        self.shared.lock().let_go(process, nth, outcome);
        self.processes.iter().find(|running| running.number == process).unwrap().go_on(&self.shared);
        self.clear();
    }

    /// Removes the processes that have ended.
    fn clear(&mut self) {
        let mut index = 0;
        while let Some(process) = self.processes.get(index) {
            if process.has_ended() {
                self.processes.remove(index).end(&self.shared);
            } else {
                index += 1;
            }
        }
    }

    /// Checks the step, if no transaction is open.
    fn observe(&mut self) {
        let mut inner = self.shared.lock();
        if inner.is_in_transaction() {
            return;
        }
        let after = read_states(&mut inner);
        check_step(&mut inner, &self.states, &after);
        self.states = after;
    }

    /// Checks the state, if no transaction is open.
    pub(crate) fn check(&mut self) {
        let mut inner = self.shared.lock();
        if !inner.is_in_transaction() {
            let is_working = self.processes.iter().any(|process| matches!(process.task, Task::Round | Task::Claim));
            check_state(&mut inner, &self.states, is_working);
        }
    }

    /// The data that determines how it continues.
    pub(crate) fn key(&mut self) -> u64 {
        self.digest(Some(self.left))
    }

    /// The same, however often anything may still happen.
    pub(crate) fn digest(&mut self, left: Option<Left>) -> u64 {
        let mut hasher = DefaultHasher::new();
        let mut inner = self.shared.lock();
        let alive: Vec<usize> = self.processes.iter().map(|process| process.number).collect();
        let (dump, now, names) = (inner.database.dump(), inner.now, inner.names(&alive));
        inner.database.digest(&dump, now, &names, &mut hasher);
        (&inner.gateway, &inner.watch, left).hash(&mut hasher);
        for process in &self.processes {
            (&process.task, inner.told(process.number)).hash(&mut hasher);
            for point in inner.waiting(process.number) {
                point.hash(&mut hasher);
            }
        }
        hasher.finish()
    }

    /// The state, if no process runs.
    pub(crate) fn snapshot(&mut self) -> Option<Rc<Snapshot>> {
        let mut inner = self.shared.lock();
        self.processes.is_empty().then(|| {
            let (dump, now) = (inner.database.dump(), inner.now);
            let (gateway, watch) = (inner.gateway.clone(), inner.watch.clone());
            Rc::new(Snapshot { dump, now, gateway, watch, left: self.left })
        })
    }

    /// Puts it back to a state.
    pub(crate) fn restore(&mut self, snapshot: &Snapshot) {
        for process in self.processes.drain(..) {
            process.end(&self.shared);
        }
        let mut inner = self.shared.lock();
        inner.database.restore(&snapshot.dump);
        inner.forget_tokens();
        inner.database.set_clock(snapshot.now);
        inner.now = snapshot.now;
        (inner.gateway, inner.watch) = (snapshot.gateway.clone(), snapshot.watch.clone());
        (self.left, self.started) = (snapshot.left, 0);
        self.states = read_states(&mut inner);
    }

    /// Runs a process without faults, to its end.
    pub(crate) fn run(&mut self, task: Task) {
        self.start(task);
        while let Some(process) = self.processes.first().map(|process| process.number) {
            // One in a transaction before the others.
            let inner = self.shared.lock();
            let nth = inner.waiting(process).position(Point::is_in_transaction).unwrap_or(0);
            drop(inner);
            self.resume(process, nth, Outcome::Goes);
        }
        self.observe();
    }
}
