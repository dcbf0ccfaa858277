//! The faults: one list with the name, the target, the effect and the description of each.
//!
//! The control interface, the pages, the guide and the engine know faults only through this list.

use ottpay::Amount;
use ottpay::spec::{self, ActionInfo, Protocol};

use Arrival::{Altered, BadGateway, Closed, Late, Reset, Truncated, Unsorted, Whole};
use CallbackEffect::{Corrupted, Delayed, Duplicated, Forged, Held, Misdigested, Replayed};
use Execution::{Deferred, Normal, Refused, Skipped};

/// Declares [`Fault`] from the list.
macro_rules! faults {
    ($($fault:ident $name:literal $target:ident $effect:ident($($detail:ident),+) $description:literal;)+) => {
        /// A fault of a request or of a callback.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Fault {
            $(#[doc = concat!("`", $name, "`: ", $description, ".")] $fault,)+
        }

        impl Fault {
            /// All faults, in the order of their amounts.
            pub const ALL: &'static [Self] = &[$(Self::$fault),+];

            const fn row(self) -> Row {
                let (name, description, target, effect) = match self {
                    $(Self::$fault => ($name, $description, Target::$target, Effect::$effect($($detail),+)),)+
                };
                Row { name, description, target, effect }
            }
        }
    };
}

// Fault, name, target, whether the request is carried out and how its reply arrives, description.
faults! {
    Refuse "refuse" Action Request(Refused, Whole)
        "the request is rejected, and nothing is carried out";
    Delay "delay" Action Request(Normal, Late)
        "the reply is late";
    DropBefore "drop_before" Action Request(Skipped, Closed)
        "the connection is closed without a reply, and nothing is carried out";
    DropAfter "drop_after" Action Request(Normal, Closed)
        "the connection is closed without a reply after the request was carried out";
    Reset "reset" Action Request(Normal, Reset)
        "the connection is reset after the request was carried out";
    Truncate "truncate" Body Request(Normal, Truncated)
        "the reply is truncated in the middle after the request was carried out";
    WrongDigest "wrong_digest" Envelope Request(Normal, Altered)
        "the request is carried out, but the reply states a wrong digest";
    BadGateway "bad_gateway" Action Request(Skipped, BadGateway)
        "the reply is an HTML page with status 502, and nothing is carried out";
    Processing "processing" Write Request(Deferred, Whole)
        "the reply reports PROCESSING, and the sandbox settles the order later";
    CallbackDuplicate "callback_duplicate" Callback Callback(Duplicated)
        "the callback is posted twice";
    CallbackDelay "callback_delay" Callback Callback(Delayed)
        "the callback is late";
    CallbackOutOfOrder "callback_out_of_order" Callback Callback(Held)
        "the callback is posted after the callback of the next order, or after a minute at the latest";
    CallbackCorrupt "callback_corrupt" Callback Callback(Corrupted)
        "the first attempt of the callback is altered in transit";
    CallbackReplay "callback_replay" Callback Callback(Replayed)
        "the callback is posted again later, although it was acknowledged";
    ForgetSort "forget_sort" Envelope Request(Normal, Unsorted)
        "the request is carried out, but the digest of the reply is computed from unsorted values";
    CallbackForgetSort "callback_forget_sort" Callback Callback(Misdigested)
        "the digest of the first attempt of the callback is computed from unsorted values";
    CallbackForged "callback_forged" Callback Callback(Forged)
        "a forged callback that reports paid outside genuine data is posted first, even if the order ends unpaid";
}

/// One entry of the list.
struct Row {
    name: &'static str,
    description: &'static str,
    target: Target,
    effect: Effect,
}

/// The messages to which a fault can happen.
enum Target {
    /// Every action.
    Action,
    /// An action whose reply has a body: the reply to a link is only a URL.
    Body,
    /// An action whose reply has an envelope with a digest.
    Envelope,
    /// An action that writes.
    Write,
    /// The callback of an action that has one.
    Callback,
}

enum Effect {
    Request(Execution, Arrival),
    Callback(CallbackEffect),
}

/// Whether a request is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Execution {
    Normal,
    /// The request is refused with the code of the fault.
    Refused,
    /// The request is not carried out, and the client cannot know that.
    Skipped,
    /// The order is settled after the delay of the fault.
    Deferred,
}

/// How a reply arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrival {
    Whole,
    /// It arrives after the delay of the fault.
    Late,
    /// The connection is closed without a reply.
    Closed,
    /// The connection is reset without a reply.
    Reset,
    /// The first half arrives.
    Truncated,
    /// It has a wrong digest.
    Altered,
    /// Its digest was made from unsorted values.
    Unsorted,
    /// An error page of a proxy replaces it.
    BadGateway,
}

/// The effect of a fault on a callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CallbackEffect {
    Duplicated,
    /// It is due after the delay of the fault.
    Delayed,
    /// It is due once a later callback has arrived.
    Held,
    /// The first attempt is altered.
    Corrupted,
    /// The digest of the first attempt was made from unsorted values.
    Misdigested,
    /// A forged callback is sent first, even if the order has no callback. The genuine one follows after the delay of
    /// the fault.
    Forged,
    /// After it was accepted, it is sent again after the delay of the fault.
    Replayed,
}

impl Arrival {
    /// Returns the HTTP status of a reply with this fault, given the status without it; `None` if no reply arrives.
    pub(crate) fn status(self, whole: u16) -> Option<u16> {
        match self {
            Closed | Reset => None,
            BadGateway => Some(502),
            Whole | Late | Truncated | Altered | Unsorted => Some(whole),
        }
    }
}

/// The amount of the first fault. Each further fault has the next amount.
const FIRST_AMOUNT: u64 = 900_001;

impl Fault {
    /// Returns the name in the control interface.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Returns a sentence about what happens.
    pub fn description(self) -> &'static str {
        self.row().description
    }

    /// Finds the fault with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|fault| fault.name() == name)
    }

    /// Returns the amount of a payment that triggers the fault.
    pub fn amount(self) -> Amount {
        let place = Self::ALL.iter().take_while(|fault| **fault != self).count();
        Amount::from_minor(FIRST_AMOUNT + place as u64)
    }

    /// Finds the fault that a payment of this amount triggers.
    pub(crate) fn with_amount(amount: Amount) -> Option<Self> {
        let place = usize::try_from(amount.minor().checked_sub(FIRST_AMOUNT)?).ok()?;
        Self::ALL.get(place).copied()
    }

    /// Returns whether the fault happens to a callback rather than to a request.
    pub fn is_of_callback(self) -> bool {
        self.callback_effect().is_some()
    }

    /// Returns whether the fault can happen to this action.
    pub(crate) fn can_happen_to(self, info: &ActionInfo) -> bool {
        match self.row().target {
            Target::Action => true,
            Target::Body => info.protocol != Protocol::Link,
            Target::Envelope => info.protocol == Protocol::Envelope,
            Target::Write => info.effect == spec::Effect::Write,
            Target::Callback => info.callback.is_some(),
        }
    }

    /// Returns whether a request with this fault is carried out.
    pub(crate) fn execution(self) -> Execution {
        match self.row().effect {
            Effect::Request(execution, _) => execution,
            Effect::Callback(_) => Normal,
        }
    }

    /// Returns how the reply to a request with this fault arrives.
    pub(crate) fn arrival(self) -> Arrival {
        match self.row().effect {
            Effect::Request(_, arrival) => arrival,
            Effect::Callback(_) => Whole,
        }
    }

    /// Returns the effect on a callback, if this is a fault of callbacks.
    pub(crate) fn callback_effect(self) -> Option<CallbackEffect> {
        match self.row().effect {
            Effect::Request(..) => None,
            Effect::Callback(effect) => Some(effect),
        }
    }
}
