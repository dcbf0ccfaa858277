//! Plans a fault: how often it happens, to what, and with which parameters.

use std::time::Duration;

use ottpay::spec::{ActionInfo, CodeClass, CodeInfo, Gateway};

use crate::code;
use crate::error::SandboxError;
use crate::fault::Fault;

/// A planned fault: how often it happens, to what, and with which parameters.
///
/// ```
/// # use std::time::Duration;
/// # use ottpay_sandbox::{Fault, PlannedFault};
/// let slow = PlannedFault::new(Fault::Delay).times(3).action("ACTIVEPAY").delay(Duration::from_secs(60));
/// ```
#[derive(Debug, Clone)]
pub struct PlannedFault {
    pub(crate) fault: Fault,
    pub(crate) times: u32,
    pub(crate) action: Option<String>,
    pub(crate) order_id: Option<String>,
    pub(crate) delay: Duration,
    pub(crate) code: String,
}

impl PlannedFault {
    /// Plans a fault once, for the next request or callback to which it can happen.
    pub fn new(fault: Fault) -> Self {
        let delay = Duration::from_secs(2);
        Self { fault, times: 1, action: None, order_id: None, delay, code: code::FAIL.to_owned() }
    }

    /// Sets how often the fault happens; the default is once.
    pub fn times(self, times: u32) -> Self {
        Self { times, ..self }
    }

    /// Limits the fault to one action, by method or constant.
    pub fn action(self, action: impl Into<String>) -> Self {
        Self { action: Some(action.into()), ..self }
    }

    /// Limits the fault to one order.
    pub fn order_id(self, order_id: impl Into<String>) -> Self {
        Self { order_id: Some(order_id.into()), ..self }
    }

    /// Sets the delay of a reply or a callback, or the time until an order is settled or a callback is replayed. The
    /// default is two seconds.
    pub fn delay(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    /// Sets the response code of a refusal; the default is `FAIL`.
    pub fn code(self, code: impl Into<String>) -> Self {
        Self { code: code.into(), ..self }
    }

    /// Checks that the fault can happen with this specification.
    pub(crate) fn check(&self, gateway: &Gateway) -> Result<(), SandboxError> {
        let mut actions = gateway.actions.iter().filter(|info| self.is_for_action(info)).peekable();
        if let (None, Some(action)) = (actions.peek(), &self.action) {
            return Err(SandboxError::NoSuchAction { action: action.clone() });
        }
        if !actions.any(|info| self.fault.can_happen_to(info)) {
            return Err(SandboxError::NeverHappens { fault: self.fault, action: self.action.clone() });
        }
        let accepts = |known: &&CodeInfo| known.class == Some(CodeClass::Accepted) && known.code == self.code;
        if let Some(known) = gateway.codes.iter().find(accepts).filter(|_| self.fault == Fault::Refuse) {
            return Err(SandboxError::NoRefusal { code: known.code });
        }
        match self.times {
            0 => Err(SandboxError::NoTimes),
            _ => Ok(()),
        }
    }

    /// Returns whether the fault can happen to this action or to any action.
    pub(crate) fn is_for_action(&self, info: &ActionInfo) -> bool {
        self.action.as_deref().is_none_or(|name| info.has_name(name))
    }

    /// Returns whether the fault can happen to this action and to an order with one of these ids.
    pub(crate) fn is_for(&self, info: &ActionInfo, ids: [Option<&str>; 2]) -> bool {
        self.is_for_action(info) && self.order_id.as_deref().is_none_or(|id| ids.contains(&Some(id)))
    }
}

impl From<Fault> for PlannedFault {
    fn from(fault: Fault) -> Self {
        Self::new(fault)
    }
}
