//! What goes wrong on demand: by the control interface, or by the amount of a payment.

use std::time::Duration;

use ottpay::Amount;
use ottpay::info::{ActionInfo, Effect, Protocol};

/// Something that goes wrong with a request or with a callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The gateway turns the request down; nothing is carried out.
    Refuse,
    /// The reply comes late.
    Delay,
    /// The connection is closed without a reply; nothing was carried out.
    DropBefore,
    /// The connection is closed without a reply; the request was carried out.
    DropAfter,
    /// The connection is reset; the request was carried out.
    Reset,
    /// The reply breaks off in the middle; the request was carried out.
    Truncate,
    /// The reply states a digest that its values do not have; the request was carried out.
    WrongDigest,
    /// A page of HTML with status 502; nothing was carried out.
    BadGateway,
    /// The reply says `PROCESSING`; the order is settled later by itself.
    Processing,
    /// The callback comes twice.
    CallbackDuplicate,
    /// The callback comes late.
    CallbackDelay,
    /// The callback comes after that of the next order.
    CallbackOutOfOrder,
    /// The first attempt of the callback is altered on its way; later ones are not.
    CallbackCorrupt,
    /// The callback comes again later, although it was acknowledged.
    CallbackReplay,
}

/// The first amount that makes a fault; the others follow in the order of [`Fault::ALL`].
const FIRST_MAGIC: u64 = 900_001;

impl Fault {
    /// Every fault.
    pub const ALL: &'static [Self] = &[
        Self::Refuse,
        Self::Delay,
        Self::DropBefore,
        Self::DropAfter,
        Self::Reset,
        Self::Truncate,
        Self::WrongDigest,
        Self::BadGateway,
        Self::Processing,
        Self::CallbackDuplicate,
        Self::CallbackDelay,
        Self::CallbackOutOfOrder,
        Self::CallbackCorrupt,
        Self::CallbackReplay,
    ];

    /// Its name in the control interface.
    pub fn name(self) -> &'static str {
        self.words().0
    }

    /// What happens, in a sentence.
    pub fn description(self) -> &'static str {
        self.words().1
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Refuse => ("refuse", "the request is turned down, nothing is carried out"),
            Self::Delay => ("delay", "the reply comes late"),
            Self::DropBefore => ("drop_before", "the connection is closed without a reply, nothing was carried out"),
            Self::DropAfter => ("drop_after", "the connection is closed without a reply, the request was carried out"),
            Self::Reset => ("reset", "the connection is reset, the request was carried out"),
            Self::Truncate => ("truncate", "the reply breaks off in the middle, the request was carried out"),
            Self::WrongDigest => ("wrong_digest", "the reply states a wrong digest, the request was carried out"),
            Self::BadGateway => ("bad_gateway", "an HTML page with status 502, nothing was carried out"),
            Self::Processing => ("processing", "the reply says PROCESSING, the order is settled later by itself"),
            Self::CallbackDuplicate => ("callback_duplicate", "the callback comes twice"),
            Self::CallbackDelay => ("callback_delay", "the callback comes late"),
            Self::CallbackOutOfOrder => (
                "callback_out_of_order",
                "the callback comes after that of the next order, at the latest after a minute",
            ),
            Self::CallbackCorrupt => ("callback_corrupt", "the first attempt of the callback is altered on its way"),
            Self::CallbackReplay => ("callback_replay", "the callback comes again later, although it was acknowledged"),
        }
    }

    /// The fault of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|fault| fault.name() == name)
    }

    /// The amount of a payment that makes it happen.
    pub fn amount(self) -> Amount {
        let place = Self::ALL.iter().take_while(|fault| **fault != self).count();
        Amount::from_minor(FIRST_MAGIC + place as u64)
    }

    pub(crate) fn of_amount(amount: Amount) -> Option<Self> {
        let place = usize::try_from(amount.minor().checked_sub(FIRST_MAGIC)?).ok()?;
        Self::ALL.get(place).copied()
    }

    /// Whether it can happen to this action.
    pub(crate) fn concerns(self, info: &ActionInfo) -> bool {
        match self {
            // Only what has an envelope has a digest.
            Self::WrongDigest => info.protocol == Protocol::Envelope,
            // The reply to a link is an address alone.
            Self::Truncate => info.protocol != Protocol::Link,
            Self::Processing => info.effect == Effect::Write,
            _ if self.is_of_callback() => info.callback.is_some(),
            _ => true,
        }
    }

    /// Whether it happens to a callback, and not to a request.
    pub fn is_of_callback(self) -> bool {
        self.name().starts_with("callback")
    }
}

/// A fault that is to happen, and to what.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Trouble {
    /// The fault.
    pub fault: Fault,
    /// How often; afterwards it is gone.
    pub times: u32,
    /// Only to this action, by method or constant.
    pub action: Option<String>,
    /// Only to this order.
    pub order_id: Option<String>,
    /// How long a delay lasts, and how long an order is under way.
    pub delay: Duration,
    /// The response code of a refusal.
    pub code: String,
}

impl Trouble {
    /// The fault, once, to whatever comes next.
    pub fn new(fault: Fault) -> Self {
        let delay = Duration::from_secs(2);
        Self { fault, times: 1, action: None, order_id: None, delay, code: "FAIL".to_owned() }
    }

    pub(crate) fn is_for(&self, info: &ActionInfo) -> bool {
        self.action.as_deref().is_none_or(|named| named == info.name || named == info.action)
    }

    /// Whether it is to happen to this action, and to an order that has one of these ids.
    pub(crate) fn fits(&self, info: &ActionInfo, ids: [Option<&str>; 2]) -> bool {
        self.fault.concerns(info)
            && self.is_for(info)
            && self.order_id.as_deref().is_none_or(|id| ids.contains(&Some(id)))
    }
}
