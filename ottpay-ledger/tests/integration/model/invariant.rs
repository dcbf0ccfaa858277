//! What must hold, whatever happens.

/// What must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Invariant {
    NotedBeforeSent,
    SentOnce,
    LinkStored,
    AcknowledgedIsStored,
    HintIsKept,
    MarkedWithEffect,
    HandledOnce,
    PaidByQuery,
    OnePayment,
    Fenced,
    NothingUndone,
    NoMoreThanPaid,
    NothingLost,
}

impl Invariant {
    pub(crate) const ALL: [Self; 13] = [
        Self::NotedBeforeSent,
        Self::SentOnce,
        Self::LinkStored,
        Self::AcknowledgedIsStored,
        Self::HintIsKept,
        Self::MarkedWithEffect,
        Self::HandledOnce,
        Self::PaidByQuery,
        Self::OnePayment,
        Self::Fenced,
        Self::NothingUndone,
        Self::NoMoreThanPaid,
        Self::NothingLost,
    ];

    /// A sentence for the page.
    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Self::NotedBeforeSent => "A request that may move money is committed as a note before it is sent.",
            Self::SentOnce => {
                "It is sent once, unless no earlier attempt reached the gateway or the gateway refused it."
            }
            Self::LinkStored => {
                "A link is handed out only if it is stored, and never after it was reported as unpayable."
            }
            Self::AcknowledgedIsStored => "A callback that was acknowledged is committed.",
            Self::HintIsKept => {
                "The order of an acknowledged callback has a pending hint until the gateway is queried."
            }
            Self::MarkedWithEffect => "An event is marked as done if and only if what its handler wrote is committed.",
            Self::HandledOnce => "Each write of a handler exists at most once for each key.",
            Self::PaidByQuery => "An order is paid, or reported as paid, only if the gateway has the money.",
            Self::OnePayment => "At most one order of a reference is reported as its payment.",
            Self::Fenced => {
                "Only the latest turn of an order, and the latest claimant of an event, completes an event."
            }
            Self::NothingUndone => "A paid order stays paid, unless an event reports otherwise.",
            Self::NoMoreThanPaid => "The gateway never refunds more than was paid.",
            Self::NothingLost => {
                "Once the faults end, every order reaches an end that agrees with the gateway, or is shown to a person."
            }
        }
    }

    /// The rules of `docs/ledger.md` that it checks.
    pub(crate) fn rules(self) -> &'static str {
        match self {
            Self::NotedBeforeSent | Self::SentOnce | Self::LinkStored => "4",
            Self::AcknowledgedIsStored | Self::HintIsKept => "1",
            Self::MarkedWithEffect => "10, 11",
            Self::HandledOnce => "2, 3",
            Self::PaidByQuery => "1, 2",
            Self::OnePayment => "6",
            Self::Fenced => "11, 13",
            Self::NothingUndone => "3",
            Self::NoMoreThanPaid => "7",
            Self::NothingLost => "8",
        }
    }

    /// What was counted.
    pub(crate) fn unit(self) -> &'static str {
        match self {
            Self::NotedBeforeSent | Self::SentOnce => "requests",
            Self::LinkStored => "links",
            Self::Fenced => "completions",
            Self::NothingUndone => "steps",
            Self::NothingLost => "ends",
            _ => "states",
        }
    }
}
