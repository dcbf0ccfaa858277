//! The data to keep about a request until its outcome is known.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use super::attempt::{Attempt, Proof, evaluate_attempts, push};
use crate::error::{Error, Outcome};
use crate::field::{Amount, Currency};
use crate::reply::Received;
use crate::request::{Untracked, Values};
use crate::spec::{ActionInfo, Kind, Moves, QueryValue, Role};

/// A request that can be followed to its end: a finished request, or its tracked form.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be followed: no query finds it",
    label = "expected a finished request with an id of its own, or a `Tracked`",
    note = "a request whose id was waived with `without_order_id()` cannot be looked up, and neither can a query",
    note = "finish a builder with `.build()?`"
)]
pub trait Trackable {
    /// Returns the data to keep about the request.
    fn tracked(&self) -> Tracked;
}

/// The data to keep about a request until its outcome is known: its ids, the requested amount, the merchant and
/// gateway, and how each attempt ended.
///
/// Store it **before** the request is sent, and again after each attempt has been [recorded](Self::record).
///
/// It contains no secret and no sensitive field. [`to_json`](Self::to_json) formats it and
/// [`from_json`](Self::from_json) parses it, even on another machine or in a later version; with the feature `serde`,
/// `Serialize` and `Deserialize` do the same.
#[derive(Debug, Clone)]
#[must_use = "store it before the request is sent"]
pub struct Tracked {
    pub(super) method: String,
    /// The action, unless this value was read from storage.
    pub(super) info: Option<&'static ActionInfo>,
    pub(super) merchant_id: String,
    pub(super) environment: String,
    pub(super) id: String,
    pub(super) own_role: Role,
    /// The values that the queries need, by the request's names on the wire.
    pub(super) fields: BTreeMap<String, String>,
    pub(super) amount: Option<Amount>,
    pub(super) tip: Option<Amount>,
    pub(super) currency: Option<Currency>,
    pub(super) moves: Moves,
    /// Whether the gateway itself might deliver the link to the buyer.
    pub(super) is_delivered: bool,
    pub(super) reserves: bool,
    /// Seconds since 1970.
    pub(super) since: u64,
    pub(super) attempts: Vec<Attempt>,
    /// Whether this value was read from storage, in which case the latest attempt may be missing.
    pub(super) is_restored: bool,
    pub(super) announced_fee: Option<Amount>,
    pub(super) refunded_before: Option<Amount>,
}

/// Equal if the stored forms are equal.
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
    /// Does not exist: its bound makes the compiler explain why the request cannot be tracked.
    #[doc(hidden)]
    pub fn tracked(&self) -> Tracked
    where
        Self: Trackable,
    {
        Trackable::tracked(self)
    }
}

impl Tracked {
    /// For generated code, which only calls it for actions with an id of their own.
    #[doc(hidden)]
    pub fn from_values(values: &Values) -> Self {
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
            moves: Moves::from_roles(values.roles()),
            is_delivered: values.role(Role::Delivery).is_some(),
            reserves: info.reserves,
            since: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()),
            attempts: Vec::new(),
            is_restored: false,
            announced_fee: None,
            refunded_before: None,
        }
    }

    /// Returns the id that the request gave the order, refund or Checkout page.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the kind of the id: of an order, a Checkout page or a refund.
    pub fn own_role(&self) -> Role {
        self.own_role
    }

    /// Returns the name of the action's method, such as `active_pay`.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// Returns the merchant of the request.
    pub fn merchant_id(&self) -> &str {
        &self.merchant_id
    }

    /// Returns the base URL of the gateway to which it was sent.
    pub fn environment(&self) -> &str {
        &self.environment
    }

    /// Returns the requested amount, without a tip.
    pub fn amount(&self) -> Option<Amount> {
        self.amount
    }

    /// Returns the currency of the request, or else of the client that built it.
    pub fn currency(&self) -> Option<Currency> {
        self.currency
    }

    /// Whether money moves when the gateway receives the request, or when the buyer pays through the link.
    pub fn moves(&self) -> Moves {
        self.moves
    }

    /// Whether the gateway itself might deliver the link to the buyer, for example by e-mail.
    pub fn is_delivered(&self) -> bool {
        self.is_delivered
    }

    /// When the request was first tracked.
    pub fn since(&self) -> SystemTime {
        UNIX_EPOCH.checked_add(std::time::Duration::from_secs(self.since)).unwrap_or(UNIX_EPOCH)
    }

    /// Records how an attempt to send the request ended. [`resolve`](crate::Client::resolve) relies on this: record
    /// every attempt, and store the result before the buyer sees any part of the reply. A fee that the reply announces
    /// is recorded only on the value that the request returned, not on one that was read from storage.
    pub fn record<R: AsRef<Received>>(&mut self, attempt: &Result<R, Error>) {
        match attempt {
            Err(error) => push(&mut self.attempts, Attempt::Failed(error.outcome())),
            Ok(reply) => {
                self.attempts.push(Attempt::Answered);
                // A value from storage does not know the fields of the reply.
                if let Some(info) = self.info {
                    self.announced_fee = self.find_announced_fee(info, reply.as_ref());
                }
            }
        }
    }

    /// Records an attempt that was noted before it was sent, and whose result is unknown because the program stopped in
    /// between.
    pub fn record_lost(&mut self) {
        self.attempts.push(Attempt::Failed(Outcome::Unknown));
    }

    /// Adds the attempts of an earlier request under the same id, before those of this one.
    pub fn follow_on(&mut self, earlier: &Self) {
        self.attempts.splice(0..0, earlier.attempts.iter().copied());
    }

    /// Returns what the recorded attempts prove. Rely on it only if every attempt was noted before it was sent, and
    /// recorded afterwards.
    pub fn proof(&self) -> Proof {
        evaluate_attempts(&self.attempts)
    }

    /// Records, for a refund, how much of the payment had been refunded before, according to a query. A total that has
    /// risen by exactly this refund's amount then proves that it succeeded. Until this refund has ended, no other
    /// refund of the payment may be made, not even in the Merchant Center.
    pub fn record_refunded_before(&mut self, refunded: Amount) {
        self.refunded_before = Some(refunded);
    }

    /// Finds the fee that the reply announces: in a field of its own, or as an amount above the requested one.
    fn find_announced_fee(&self, info: &ActionInfo, reply: &Received) -> Option<Amount> {
        let amount = |role| reply.optional_money::<Amount>(info.reply_field(role)?).ok().flatten();
        // If a tip explains part of the surplus, the rest is the fee. A surplus as large as the sale cannot be a fee.
        let surplus = || {
            let asked = self.amount?;
            let surplus = amount(Role::Amount)?.checked_sub(asked)?;
            let fee = self.tip.and_then(|tip| surplus.checked_sub(tip)).unwrap_or(surplus);
            Some(fee).filter(|fee| *fee < asked)
        };
        amount(Role::Fee).or_else(surplus)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(delivered: bool, attempts: &str) -> Tracked {
        let text = format!(
            r#"{{"v":1,"method":"m","merchant":"M","environment":"E","id":"T1","role":"order","fields":{{}},"amount":500,
            "currency":"CAD","at_once":true,"delivered":{delivered},"reserves":false,"since":60,"attempts":[{attempts}]}}"#
        );
        Tracked::from_json(&text).unwrap()
    }

    #[test]
    fn a_stored_order_says_what_it_was_stored_with() {
        let order = stored(false, "");
        assert_eq!((order.id(), order.method(), order.own_role()), ("T1", "m", Role::Order));
        assert_eq!((order.merchant_id(), order.environment()), ("M", "E"));
        assert_eq!((order.amount(), order.currency()), (Some(Amount::from_minor(500)), Some(Currency::CAD)));
        assert_eq!(order.since(), UNIX_EPOCH + std::time::Duration::from_secs(60));
        assert!(!order.is_delivered() && stored(true, "").is_delivered());
        assert!(order == stored(false, "") && order != stored(true, ""));
    }

    #[test]
    fn attempts_that_were_lost_or_made_before_count_in_their_order() {
        let mut order = stored(false, r#""refused""#);
        assert_eq!(order.proof(), Proof::NotDone);
        order.follow_on(&stored(false, r#""duplicate_id""#));
        assert_eq!(order.proof(), Proof::Conflict);
        let mut order = stored(false, r#""refused""#);
        order.record_lost();
        assert_eq!(order.proof(), Proof::Lost);
    }
}
