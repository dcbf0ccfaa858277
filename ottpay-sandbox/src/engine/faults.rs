//! The faults that were asked for and have not happened yet.

use std::sync::{Mutex, MutexGuard, PoisonError};

use ottpay::Amount;
use ottpay::info::{ActionInfo, Gateway};

use crate::error::SandboxError;
use crate::fault::{Fault, Trouble};

/// The maximum number of faults that wait at once.
const MAX_WAITING: usize = 1000;

/// The faults that wait for an action to which they can happen, in the order in which they were asked for.
#[derive(Debug, Default)]
pub(super) struct WaitingFaults(Mutex<Vec<Trouble>>);

impl WaitingFaults {
    /// Adds a fault that can happen.
    pub(super) fn add(&self, gateway: &Gateway, trouble: Trouble) -> Result<(), SandboxError> {
        let mut waiting = self.lock();
        let mut actions = gateway.actions.iter().filter(|info| trouble.is_for(info)).peekable();
        if let (None, Some(action)) = (actions.peek(), &trouble.action) {
            return Err(SandboxError::NoSuchAction { action: action.clone() });
        }
        if !actions.any(|info| trouble.fault.concerns(info)) {
            return Err(SandboxError::NeverHappens { fault: trouble.fault, action: trouble.action });
        }
        if trouble.times == 0 {
            return Err(SandboxError::NoTimes);
        }
        if waiting.len() >= MAX_WAITING {
            return Err(SandboxError::TooManyFaults);
        }
        waiting.push(trouble);
        Ok(())
    }

    /// The fault that happens now: the first one that was asked for, else the one of the amount.
    pub(super) fn take(
        &self,
        of_callback: bool,
        info: &ActionInfo,
        ids: [Option<&str>; 2],
        amount: Option<Amount>,
    ) -> Option<Trouble> {
        let mut waiting = self.lock();
        let fits = |trouble: &Trouble| trouble.fault.is_of_callback() == of_callback && trouble.fits(info, ids);
        if let Some(place) = waiting.iter().position(fits)
            && let Some(trouble) = waiting.get_mut(place)
        {
            let taken = trouble.clone();
            trouble.times -= 1;
            if trouble.times == 0 {
                waiting.remove(place);
            }
            return Some(taken);
        }
        let magic = Fault::of_amount(amount?);
        let magic = magic.filter(|fault| fault.is_of_callback() == of_callback && fault.concerns(info))?;
        Some(Trouble::new(magic))
    }

    pub(super) fn all(&self) -> Vec<Trouble> {
        self.lock().clone()
    }

    pub(super) fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Trouble>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
