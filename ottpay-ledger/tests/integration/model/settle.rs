//! The end of a state: what becomes of it once the faults end.

use super::action::Task;
use super::check::check_end;
use super::due::{is_due, next_due};
use super::machine::Machine;

impl Machine {
    /// Lets a worker work without faults until nothing is due any more, checks the end and returns it. `is_known` says of a
    /// state whether its end was checked before; then there is nothing to return.
    pub(crate) fn settle(&mut self, mut is_known: impl FnMut(u64) -> bool) -> Option<String> {
        for _ in 0..100 {
            let key = self.digest(None);
            let mut inner = self.shared.lock();
            if is_known(key) {
                return None;
            }
            if is_due(&mut inner.database) {
                drop(inner);
                self.run(Task::Round);
                self.check();
                if self.shared.lock().checks.broken.is_some() {
                    return None;
                }
                continue;
            }
            let Some(next) = next_due(&mut inner.database) else {
                return Some(check_end(&mut inner));
            };
            inner.now = next;
            inner.database.set_clock(next);
        }
        panic!("something is due without end");
    }
}
