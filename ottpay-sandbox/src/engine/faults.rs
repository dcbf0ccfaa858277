//! Stores planned faults that have not happened yet.

use std::sync::{Mutex, MutexGuard, PoisonError};

use ottpay::Amount;
use ottpay::spec::{ActionInfo, Gateway};

use crate::error::SandboxError;
use crate::fault::{CallbackEffect, Fault};
use crate::planned_fault::PlannedFault;

/// The maximum number of planned faults.
const MAX_WAITING: usize = 1000;

/// Planned faults, in the order in which they were added.
#[derive(Debug, Default)]
pub(super) struct WaitingFaults(Mutex<Vec<PlannedFault>>);

impl WaitingFaults {
    /// Adds a fault, if it can happen.
    pub(super) fn add(&self, gateway: &Gateway, planned: PlannedFault) -> Result<(), SandboxError> {
        planned.check(gateway)?;
        let mut waiting = self.lock();
        if waiting.len() >= MAX_WAITING {
            return Err(SandboxError::TooManyFaults);
        }
        waiting.push(planned);
        Ok(())
    }

    /// Takes the fault for a request of this action about an order with one of these ids.
    pub(super) fn take_for_request(
        &self,
        info: &ActionInfo,
        ids: [Option<&str>; 2],
        amount: Option<Amount>,
    ) -> Option<PlannedFault> {
        self.take_fault(|fault| !fault.is_of_callback() && fault.can_happen_to(info), info, ids, amount)
    }

    /// Takes the fault for a callback of this action about an order with one of these ids. If the order does not have a
    /// callback, only a forged one can be sent.
    pub(super) fn take_for_callback(
        &self,
        info: &ActionInfo,
        ids: [Option<&str>; 2],
        amount: Amount,
        has_callback: bool,
    ) -> Option<PlannedFault> {
        let can_happen = |fault: Fault| {
            let effect = fault.callback_effect();
            fault.can_happen_to(info)
                && if has_callback { effect.is_some() } else { effect == Some(CallbackEffect::Forged) }
        };
        self.take_fault(can_happen, info, ids, Some(amount))
    }

    /// Takes the first matching planned fault and reduces its count, or else returns the fault of the amount.
    fn take_fault(
        &self,
        can_happen: impl Fn(Fault) -> bool,
        info: &ActionInfo,
        ids: [Option<&str>; 2],
        amount: Option<Amount>,
    ) -> Option<PlannedFault> {
        let mut waiting = self.lock();
        let fits = |planned: &PlannedFault| can_happen(planned.fault) && planned.is_for(info, ids);
        if let Some(place) = waiting.iter().position(fits)
            && let Some(planned) = waiting.get_mut(place)
        {
            let taken = planned.clone();
            // Never below zero: `check` rejects a fault that happens no times.
            planned.times -= 1;
            if planned.times == 0 {
                waiting.remove(place);
            }
            return Some(taken);
        }
        let by_amount = Fault::with_amount(amount?).filter(|fault| can_happen(*fault));
        by_amount.map(PlannedFault::new)
    }

    pub(super) fn all(&self) -> Vec<PlannedFault> {
        self.lock().clone()
    }

    pub(super) fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, Vec<PlannedFault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
