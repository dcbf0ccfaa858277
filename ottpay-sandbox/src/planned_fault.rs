//! A fault that a test asks for: how often it happens, to what, and with which parameters.

use std::time::Duration;

use ottpay::spec::{ActionInfo, CodeClass, CodeInfo, Gateway};

use crate::code;
use crate::error::SandboxError;
use crate::fault::Fault;

/// A fault that is to happen: how often, to what, and with which parameters.
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
    /// The fault, once, to the next request or callback to which it can happen.
    pub fn new(fault: Fault) -> Self {
        let delay = Duration::from_secs(2);
        Self { fault, times: 1, action: None, order_id: None, delay, code: code::FAIL.to_owned() }
    }

    /// How often it happens; by default once.
    pub fn times(self, times: u32) -> Self {
        Self { times, ..self }
    }

    /// Limits it to one action, by method or constant.
    pub fn action(self, action: impl Into<String>) -> Self {
        Self { action: Some(action.into()), ..self }
    }

    /// Limits it to one order.
    pub fn order_id(self, order_id: impl Into<String>) -> Self {
        Self { order_id: Some(order_id.into()), ..self }
    }

    /// How late a reply or a callback arrives, and after what time an order is settled or a callback replayed; by default
    /// two seconds.
    pub fn delay(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    /// The response code of a refusal; by default `FAIL`.
    pub fn code(self, code: impl Into<String>) -> Self {
        Self { code: code.into(), ..self }
    }

    /// Checks that it can happen with this specification.
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

    /// Whether it is not limited to another action.
    pub(crate) fn is_for_action(&self, info: &ActionInfo) -> bool {
        self.action.as_deref().is_none_or(|name| info.has_name(name))
    }

    /// Whether it is not limited to another action, nor to an order that has none of these ids.
    pub(crate) fn is_for(&self, info: &ActionInfo, ids: [Option<&str>; 2]) -> bool {
        self.is_for_action(info) && self.order_id.as_deref().is_none_or(|id| ids.contains(&Some(id)))
    }
}

impl From<Fault> for PlannedFault {
    fn from(fault: Fault) -> Self {
        Self::new(fault)
    }
}
