//! The faults of a case, and where they happen.

use ottpay_sandbox::Fault as AtGateway;

/// A fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Nothing,
    /// Between the sender and the sandbox.
    OnWire(OnWire),
    /// The sandbox injects it into the request.
    AtGateway(AtGateway),
    /// The sandbox injects it into the callback.
    OfCallback(AtGateway),
    Callback(Callback),
    SandboxKilled,
    /// The shop ends at this step, and begins again.
    ShopKilled(Step),
    Store(StoreFault),
    /// Time passes at the gateway, so that it closes the order.
    GatewayClock,
    /// Time passes at the shop while its request is in transit.
    ShopClock,
}

/// A fault between the sender and the sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnWire {
    Refused,
    Unanswered,
    ResetUnread,
    ResetWithinRequest,
    ClosedBefore,
    SilentBefore,
    NotFound,
    ResetAfter,
    ClosedAfter,
    SilentAfter,
    SilentInHead,
    SilentInBody,
    Truncated,
    BadGateway,
    SealedBadRequest,
    SealedUnavailable,
    WrongDigest,
    SwappedBlocks,
    OtherMerchant,
    OtherOrder,
    UnreadableMoney,
    /// The request is carried out, and the sandbox dies.
    Killed,
    /// The reply waits until it is released.
    Held,
}

/// A fault of a callback that the sandbox cannot cause itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Callback {
    Forged,
    /// The shop's server is away.
    NotTaken,
    BeforeReply,
}

/// A step of the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// The request is noted, and not sent.
    Unsent,
    /// The request is sent, and its reply is not known to the ledger yet.
    Unanswered,
    /// A query is sent.
    Asking,
    /// The handler has written, and nothing is committed.
    Handling,
}

/// A fault of the shop's database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StoreFault {
    AwayBefore,
    /// When the reply is to be stored.
    AwayAfter,
    /// A commit is made, and its answer is lost.
    CommitUnanswered,
    /// A commit is not made, and its answer is lost.
    CommitLost,
}

impl Fault {
    /// Every fault, in the order of the page.
    pub(crate) const ALL: [Self; 46] = [
        Self::Nothing,
        Self::OnWire(OnWire::Refused),
        Self::OnWire(OnWire::Unanswered),
        Self::OnWire(OnWire::ResetUnread),
        Self::OnWire(OnWire::ResetWithinRequest),
        Self::OnWire(OnWire::ClosedBefore),
        Self::OnWire(OnWire::SilentBefore),
        Self::OnWire(OnWire::NotFound),
        Self::OnWire(OnWire::ResetAfter),
        Self::OnWire(OnWire::ClosedAfter),
        Self::OnWire(OnWire::SilentAfter),
        Self::OnWire(OnWire::SilentInHead),
        Self::OnWire(OnWire::SilentInBody),
        Self::OnWire(OnWire::Truncated),
        Self::OnWire(OnWire::BadGateway),
        Self::OnWire(OnWire::SealedBadRequest),
        Self::OnWire(OnWire::SealedUnavailable),
        Self::OnWire(OnWire::WrongDigest),
        Self::OnWire(OnWire::SwappedBlocks),
        Self::OnWire(OnWire::OtherMerchant),
        Self::OnWire(OnWire::OtherOrder),
        Self::OnWire(OnWire::UnreadableMoney),
        Self::AtGateway(AtGateway::ForgetSort),
        Self::AtGateway(AtGateway::Refuse),
        Self::AtGateway(AtGateway::Processing),
        Self::OfCallback(AtGateway::CallbackDuplicate),
        Self::OfCallback(AtGateway::CallbackDelay),
        Self::OfCallback(AtGateway::CallbackOutOfOrder),
        Self::OfCallback(AtGateway::CallbackCorrupt),
        Self::OfCallback(AtGateway::CallbackReplay),
        Self::OfCallback(AtGateway::CallbackForgetSort),
        Self::OfCallback(AtGateway::CallbackForged),
        Self::Callback(Callback::Forged),
        Self::Callback(Callback::NotTaken),
        Self::Callback(Callback::BeforeReply),
        Self::SandboxKilled,
        Self::ShopKilled(Step::Unsent),
        Self::ShopKilled(Step::Unanswered),
        Self::ShopKilled(Step::Asking),
        Self::ShopKilled(Step::Handling),
        Self::Store(StoreFault::AwayBefore),
        Self::Store(StoreFault::AwayAfter),
        Self::Store(StoreFault::CommitUnanswered),
        Self::Store(StoreFault::CommitLost),
        Self::GatewayClock,
        Self::ShopClock,
    ];

    /// What the page calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Nothing => "none",
            Self::OnWire(on) => on.name(),
            Self::AtGateway(AtGateway::Processing) => "the reply reports PROCESSING, and the outcome follows later",
            Self::AtGateway(AtGateway::ForgetSort) => "reply with a digest of unsorted values",
            Self::AtGateway(_) => "refused with a documented code",
            Self::OfCallback(AtGateway::CallbackDuplicate) => "callback twice",
            Self::OfCallback(AtGateway::CallbackDelay) => "callback an hour late",
            Self::OfCallback(AtGateway::CallbackOutOfOrder) => "callback after that of a later order",
            Self::OfCallback(AtGateway::CallbackCorrupt) => "callback altered in transit",
            Self::OfCallback(AtGateway::CallbackForgetSort) => "callback with a digest of unsorted values",
            Self::OfCallback(AtGateway::CallbackForged) => "callback around the data of another order",
            Self::OfCallback(_) => "callback again, an hour later",
            Self::Callback(Callback::Forged) => "forged callbacks before the payment",
            Self::Callback(Callback::NotTaken) => "callback while the shop's server is away",
            Self::Callback(Callback::BeforeReply) => "callback before the reply",
            Self::SandboxKilled => "gateway killed before it replies",
            Self::ShopKilled(Step::Unsent) => "shop killed before it sends",
            Self::ShopKilled(Step::Unanswered) => "shop killed before it has the reply",
            Self::ShopKilled(Step::Asking) => "shop killed while it queries",
            Self::ShopKilled(Step::Handling) => "shop killed in its handler",
            Self::Store(StoreFault::AwayBefore) => "database unavailable before the note",
            Self::Store(StoreFault::AwayAfter) => "database unavailable when the reply arrives",
            Self::Store(StoreFault::CommitUnanswered) => "note committed, but the answer to the commit lost",
            Self::Store(StoreFault::CommitLost) => "commit of the note lost",
            Self::GatewayClock => "gateway's clock 31 minutes ahead: the order is closed",
            Self::ShopClock => "database's clock a day ahead before the reply",
        }
    }

    /// What the proxy does.
    pub(crate) fn on_wire(self) -> Option<OnWire> {
        match self {
            Self::OnWire(on) => Some(on),
            Self::SandboxKilled => Some(OnWire::Killed),
            Self::Callback(Callback::BeforeReply) => Some(OnWire::Held),
            _ => None,
        }
    }

    /// Whether the shop has to wait until its limit is over.
    pub(crate) fn is_silence(self) -> bool {
        use OnWire::{SilentAfter, SilentBefore, SilentInBody, SilentInHead, Unanswered};
        matches!(self, Self::OnWire(Unanswered | SilentBefore | SilentAfter | SilentInHead | SilentInBody))
    }
}

impl OnWire {
    fn name(self) -> &'static str {
        match self {
            Self::Refused => "connection refused",
            Self::Unanswered => "connect timeout",
            Self::ResetUnread => "reset before the request is read",
            Self::ResetWithinRequest => "reset within the request",
            Self::ClosedBefore => "connection closed, not carried out",
            Self::SilentBefore => "silence, not carried out",
            Self::NotFound => "404 with HTML, not carried out",
            Self::ResetAfter => "reset after the request",
            Self::ClosedAfter => "connection closed after the request",
            Self::SilentAfter => "silence after the request",
            Self::SilentInHead => "silence within the head of the reply",
            Self::SilentInBody => "silence within the body of the reply",
            Self::Truncated => "reply truncated",
            Self::BadGateway => "502 with HTML, carried out",
            Self::SealedBadRequest => "400 with the sealed reply",
            Self::SealedUnavailable => "503 with the sealed reply",
            Self::WrongDigest => "reply with a wrong digest",
            Self::SwappedBlocks => "reply with swapped blocks",
            Self::OtherMerchant => "reply for another merchant",
            Self::OtherOrder => "reply about another order",
            Self::UnreadableMoney => "reply with an unreadable amount",
            Self::Killed => "killed",
            Self::Held => "reply late",
        }
    }

    /// Whether the reply has to be sealed for it.
    pub(crate) fn is_of_seal(self) -> bool {
        use OnWire::{OtherMerchant, OtherOrder, SealedBadRequest, SealedUnavailable, SwappedBlocks, UnreadableMoney};
        matches!(
            self,
            SealedBadRequest
                | SealedUnavailable
                | Self::WrongDigest
                | SwappedBlocks
                | OtherMerchant
                | OtherOrder
                | UnreadableMoney
        )
    }
}
