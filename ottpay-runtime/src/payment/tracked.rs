//! What to remember of a request until its end is known.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use super::attempt::{Attempt, Proof, prove, push};
use crate::error::{Error, Outcome};
use crate::field::{Amount, Currency};
use crate::reply::Received;
use crate::request::{Untracked, Values};
use crate::spec::{ActionInfo, Kind, Moves, QueryValue, Role};

/// What is followed to its end: a finished request, or what was remembered of it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be followed: no query finds it",
    label = "expected a finished request with an id of its own, or a `Tracked`",
    note = "a request whose id was waived with `without_order_id()` cannot be looked up, and neither can a query",
    note = "a builder is finished by `.build()?`"
)]
pub trait Trackable {
    /// What to remember of it.
    fn tracked(&self) -> Tracked;
}

/// What to remember of a request until its end is known: its ids, what it asked for, who sent it where, and how each attempt
/// ended. Store it **before** the request is sent, and again after each attempt has been [recorded](Self::record).
///
/// It contains no secret and no sensitive field. [`to_json`](Self::to_json) writes it and [`from_json`](Self::from_json)
/// reads it, on another machine or in a later version too; so do `Serialize` and `Deserialize` with the feature `serde`.
#[derive(Debug, Clone)]
#[must_use = "store it before the request is sent"]
pub struct Tracked {
    pub(super) method: String,
    /// The action, as long as this has not been stored.
    pub(super) info: Option<&'static ActionInfo>,
    pub(super) merchant_id: String,
    pub(super) environment: String,
    pub(super) id: String,
    pub(super) own_role: Role,
    /// What the queries need, by the wire names of the request.
    pub(super) fields: BTreeMap<String, String>,
    pub(super) amount: Option<Amount>,
    pub(super) tip: Option<Amount>,
    pub(super) currency: Option<Currency>,
    pub(super) moves: Moves,
    /// Whether the gateway might give the link to the buyer by itself.
    pub(super) is_delivered: bool,
    pub(super) reserves: bool,
    /// Seconds since 1970.
    pub(super) since: u64,
    pub(super) attempts: Vec<Attempt>,
    /// Whether it was read from storage, and so may lack the latest attempt.
    pub(super) is_restored: bool,
    pub(super) announced_fee: Option<Amount>,
    pub(super) refunded_before: Option<Amount>,
}

/// Equal if everything that is stored is.
impl PartialEq for Tracked {
    fn eq(&self, other: &Self) -> bool {
        self.to_json() == other.to_json()
    }
}

impl Eq for Tracked {}

impl Trackable for Tracked {
    fn tracked(&self) -> Tracked {
        self.clone()
    }
}

impl<R> Untracked<R> {
    /// Not there: its bound is what the compiler reports to a caller who wants to track it.
    #[doc(hidden)]
    pub fn tracked(&self) -> Tracked
    where
        Self: Trackable,
    {
        Trackable::tracked(self)
    }
}

impl Tracked {
    /// For generated code, which calls it only for actions with an id of their own.
    #[doc(hidden)]
    pub fn of(values: &Values) -> Self {
        let info = values.info();
        let own = values.iter().find(|(field, _)| field.role.is_some_and(Role::is_own_id));
        let (own_role, id) = own.map_or((Role::Order, ""), |(field, text)| (field.role.unwrap_or(Role::Order), text));
        let mapped = info.queries.iter().flat_map(|query| query.set).filter_map(|set| match set.value {
            QueryValue::Field(name) => Some((name.to_owned(), values.get(name)?.to_owned())),
            QueryValue::Now => None,
        });
        let amount = |role| values.role(role).and_then(|text| text.parse().ok()).map(Amount::from_minor);
        let currency = values.iter().find(|(field, _)| matches!(field.kind, Kind::Currency));
        Self {
            method: info.name.to_owned(),
            info: Some(info),
            merchant_id: values.sender().merchant_id.clone(),
            environment: values.sender().environment.clone(),
            id: id.to_owned(),
            own_role,
            fields: mapped.collect(),
            amount: amount(Role::Amount),
            tip: amount(Role::Tip),
            currency: currency.and_then(|(_, text)| Currency::new(text).ok()).or(values.sender().currency),
            moves: Moves::of(values.roles()),
            is_delivered: values.role(Role::Delivery).is_some(),
            reserves: info.reserves,
            since: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()),
            attempts: Vec::new(),
            is_restored: false,
            announced_fee: None,
            refunded_before: None,
        }
    }

    /// The id that the request gave the order, refund or Checkout page.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What the id belongs to: an order, a Checkout page or a refund.
    pub fn own_role(&self) -> Role {
        self.own_role
    }

    /// The method of the action, such as `active_pay`.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The merchant who sent it.
    pub fn merchant_id(&self) -> &str {
        &self.merchant_id
    }

    /// The base address of the gateway to which it was sent.
    pub fn environment(&self) -> &str {
        &self.environment
    }

    /// The amount it asks for, without a tip.
    pub fn amount(&self) -> Option<Amount> {
        self.amount
    }

    /// The currency of the request, or else of the client that built it.
    pub fn currency(&self) -> Option<Currency> {
        self.currency
    }

    /// Whether money moves when the gateway gets the request, or when the buyer opens the link.
    pub fn moves(&self) -> Moves {
        self.moves
    }

    /// Whether the gateway itself might give the link to the buyer, for example by e-mail.
    pub fn is_delivered(&self) -> bool {
        self.is_delivered
    }

    /// When it was first tracked.
    pub fn since(&self) -> SystemTime {
        UNIX_EPOCH.checked_add(std::time::Duration::from_secs(self.since)).unwrap_or(UNIX_EPOCH)
    }

    /// Records how an attempt to send the request ended. [`resolve`](crate::Client::resolve) relies on it: record every
    /// attempt, and store the result before anything of the reply is shown to the buyer. A fee that the reply announces is
    /// kept if this is the value that the request gave, and not one that was read from storage.
    pub fn record<R: AsRef<Received>>(&mut self, attempt: &Result<R, Error>) {
        match attempt {
            Err(error) => push(&mut self.attempts, Attempt::Failed(error.outcome())),
            Ok(reply) => {
                self.attempts.push(Attempt::Answered);
                // A stored order does not know the fields of the reply.
                if let Some(info) = self.info {
                    self.announced_fee = self.find_announced_fee(info, reply.as_ref());
                }
            }
        }
    }

    /// Records that an attempt was noted before it was sent, and that its end is not known: the program was stopped in between.
    pub fn record_lost(&mut self) {
        self.attempts.push(Attempt::Failed(Outcome::Unknown));
    }

    /// Records the attempts of an earlier request under the same id as having come before those of this one.
    pub fn follow_on(&mut self, earlier: &Self) {
        self.attempts.splice(0..0, earlier.attempts.iter().copied());
    }

    /// What the recorded attempts prove. Rely on it only if every attempt was noted before it was sent, and recorded
    /// afterwards.
    pub fn proof(&self) -> Proof {
        prove(&self.attempts)
    }

    /// Records for a refund how much of the payment had been given back before it was sent, as a query says. A total that has
    /// risen by exactly its amount then counts as its end. So no other refund of the payment may be under way until this one
    /// has ended, in the Merchant Center neither.
    pub fn record_refunded_before(&mut self, refunded: Amount) {
        self.refunded_before = Some(refunded);
    }

    /// The fee that the reply to the request announces: as such, or by an amount above the one asked for.
    fn find_announced_fee(&self, info: &ActionInfo, reply: &Received) -> Option<Amount> {
        let amount = |role| reply.optional_money::<Amount>(info.reply_field(role)?).ok().flatten();
        // A surplus of which a tip is a part announces the rest. One as large as the sale is no fee.
        let surplus = || {
            let asked = self.amount?;
            let surplus = amount(Role::Amount)?.checked_sub(asked)?;
            let fee = self.tip.and_then(|tip| surplus.checked_sub(tip)).unwrap_or(surplus);
            Some(fee).filter(|fee| *fee < asked)
        };
        amount(Role::Fee).or_else(surplus)
    }
}
