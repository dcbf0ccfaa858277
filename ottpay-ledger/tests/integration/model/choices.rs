//! What may happen next in a world.

use super::action::{Action, Task};
use super::due::{is_due, next_time};
use super::gateway::Status;
use super::machine::Machine;
use super::point::{Outcome, Point};
use super::process::Process;
use super::shared::Inner;
use super::world::{Deed, Left, TO_GIVE_BACK};

impl Machine {
    /// What may happen next.
    pub(crate) fn actions(&self) -> Vec<Action> {
        let mut inner = self.shared.lock();
        let mut actions = Vec::new();
        // Independent actions first: they need not be tried in every order.
        let is_final = self.is_final(&inner);
        let is_reduced = self.world.is_reduced;
        let comes_first = |process: usize, point: &Point| {
            let is_first = || inner.told(process).is_empty() || is_final && matches!(point, Point::Query(_));
            point.is_in_transaction() || is_reduced && is_first()
        };
        let has_first = self
            .processes
            .iter()
            .any(|Process { number, .. }| inner.waiting(*number).any(|point| comes_first(*number, point)));
        let is_in_transaction = inner.is_in_transaction();
        for process in self.processes.iter().map(|process| process.number) {
            let is_here = |point: &Point| match is_in_transaction {
                true => point.is_in_transaction(),
                false => !has_first || comes_first(process, point),
            };
            let mut can_be_killed = false;
            for (nth, point) in inner.waiting(process).enumerate().filter(|(_, point)| is_here(point)) {
                can_be_killed = !inner.told(process).is_empty();
                let resume =
                    |outcome: &Outcome| Action::Resume { process, nth, point: point.clone(), outcome: *outcome };
                actions.extend(point.outcomes(self.left.faults > 0).iter().map(resume));
            }
            if can_be_killed && self.left.faults > 0 {
                actions.push(Action::Kill(process));
            }
        }
        if has_first {
            return actions;
        }
        let Left { deeds, rounds, claims, callbacks, forgeries, closings, waits, .. } = self.left;
        if self.processes.len() < self.world.together {
            let is_due = (rounds > 0 || claims > 0) && is_due(&mut inner.database);
            let mut tasks = Vec::new();
            tasks.extend((deeds > 0).then(|| Task::Deed(self.world.deeds.len() - deeds as usize)));
            tasks.extend((rounds > 0 && is_due).then_some(Task::Round));
            tasks.extend((claims > 0 && is_due).then_some(Task::Claim));
            for id in self.ids() {
                let is_forged = !inner.gateway.is_paid(id);
                let is_left = if is_forged { forgeries } else { callbacks } > 0;
                tasks.extend(is_left.then(|| Task::Callback { id: id.to_owned(), is_forged }));
            }
            actions.extend(tasks.into_iter().map(Action::Start));
        }
        for (id, order) in &inner.gateway.orders {
            let is_open = order.status == Status::Open;
            actions.extend((is_open && inner.watch.links.contains(id)).then(|| Action::Pay(id.clone())));
            actions.extend((is_open && closings > 0).then(|| Action::Close(id.clone())));
        }
        let now = inner.now;
        if waits > 0 && next_time(&mut inner.database, now).is_some() {
            actions.push(Action::Wait);
        }
        actions
    }

    /// Whether the gateway answers as it does now, whatever else happens.
    fn is_final(&self, inner: &Inner) -> bool {
        let is_sending = |process: &Process| matches!(process.task, Task::Deed(_));
        self.left.deeds == 0
            && !self.processes.iter().any(is_sending)
            && self.world.deeds.iter().all(|deed| !matches!(deed, Deed::Refund(..)))
            && !self.world.deeds.iter().any(|deed| matches!(deed, Deed::Charge(_, TO_GIVE_BACK)))
            && inner.gateway.orders.values().all(|order| order.status != Status::Open)
    }

    /// The ids of payments.
    fn ids(&self) -> Vec<&'static str> {
        let ids = self.world.deeds.iter().filter_map(|deed| match deed {
            Deed::Link(id, _) | Deed::Charge(id, _) => Some(*id),
            Deed::Refund(..) => None,
        });
        let mut ids: Vec<_> = ids.collect();
        ids.dedup();
        ids
    }
}
