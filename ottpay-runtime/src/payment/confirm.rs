//! Queries the state of a payment, with the queries that the specification names for its action.

use std::time::{Duration, Instant};

use super::attempt::{Proof, evaluate_attempts};
use super::confirmed::{Confirmed, NoAnswer, Unclear};
use super::follow_error::FollowError;
use super::following::Following;
use super::judge::{Asked, judge_statement};
use super::statement::Statement;
use super::tracked::{Trackable, Tracked};
use crate::client::Client;
use crate::error::AskError;
use crate::field::{Currency, Timestamp};
use crate::request::AnyQuery;
use crate::spec::{ActionInfo, Evidence, Moves, QueryInfo, QueryValue, Role};
use crate::transport::Clock;

impl Client {
    /// Queries the state of an order once, and compares the answer with the request, see [`Confirmed`]. If the
    /// specification names several queries, the next one is used if a query has no answer.
    ///
    /// # Errors
    /// [`FollowError`] if no statement about the order is possible. None of its variants states anything about the
    /// money.
    pub fn confirm(&self, order: &(impl Trackable + ?Sized)) -> Following<Confirmed> {
        let (client, order) = (self.clone(), order.tracked());
        Following::new(async move { Inquiry::new(&client, &order)?.query_once(None).await })
    }
}

/// When an answer is required.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline {
    pub(super) clock: Clock,
    pub(super) moment: Instant,
}

impl Deadline {
    fn remaining(self) -> Duration {
        self.moment.saturating_duration_since(self.clock.now())
    }
}

/// The queries about one order.
pub(super) struct Inquiry<'a> {
    client: &'a Client,
    order: &'a Tracked,
    info: &'static ActionInfo,
    currency: Currency,
}

impl<'a> Inquiry<'a> {
    /// Checks that the client may query the order.
    pub(super) fn new(client: &'a Client, order: &'a Tracked) -> Result<Self, FollowError> {
        let (expected, found) = (order.merchant_id.clone(), client.merchant_id().to_owned());
        if expected != found {
            return Err(FollowError::OtherMerchant { expected, found });
        }
        let (expected, found) = (order.environment.clone(), client.environment().to_owned());
        if expected != found {
            return Err(FollowError::OtherEnvironment { expected, found });
        }
        if evaluate_attempts(&order.attempts) == Proof::Conflict {
            return Err(FollowError::Conflict);
        }
        let currency = order.currency.or_else(|| client.currency()).ok_or(FollowError::NoCurrency)?;
        let info = order.info.or_else(|| client.find_method(&order.method));
        let info = info.ok_or_else(|| FollowError::UnknownAction { action: order.method.clone() })?;
        Ok(Self { client, order, info, currency })
    }

    /// Returns the number of queries that can be used.
    pub(super) fn query_count(&self) -> u32 {
        self.info.queries.len().try_into().unwrap_or(u32::MAX)
    }

    /// Queries once: the first query with an answer decides. No request outlasts the deadline.
    ///
    /// For a refund, an answer of a query that is only assumed gives way to the payment's total, if the total before
    /// the refund is known and has risen by exactly the refund's amount.
    pub(super) async fn query_once(&self, deadline: Option<Deadline>) -> Result<Confirmed, FollowError> {
        let (mut unanswered, mut assumed) = (None, None);
        for query in self.info.queries {
            let is_assumed = query.evidence == Evidence::Assumed && self.order.refunded_before.is_some();
            match self.ask_by(query, deadline).await {
                Ok(answer) if !matches!(answer, Confirmed::NoAnswer(_) | Confirmed::Unclear(_)) => match assumed {
                    None if is_assumed => assumed = Some(answer),
                    None => return Ok(answer),
                    Some(_) if !is_assumed && matches!(answer, Confirmed::GivenBack(_)) => return Ok(answer),
                    // Nothing but a risen total outweighs an assumed answer.
                    Some(_) => {}
                },
                // Another query must not hide money that cannot be read.
                Err(error @ FollowError::Unreadable { .. }) => return Err(error),
                // An unclear answer is better than none.
                Ok(answer @ Confirmed::Unclear(_)) => unanswered = Some(Ok(answer)),
                // An earlier answer is kept, even if it is a refusal. An earlier error gives way.
                other => unanswered = Some(unanswered.filter(Result::is_ok).unwrap_or(other)),
            }
        }
        assumed.map(Ok).or(unanswered).unwrap_or_else(|| Err(self.no_query()))
    }

    fn no_query(&self) -> FollowError {
        let reason = self.info.no_query.unwrap_or("the specification names none");
        FollowError::NoQuery { action: self.order.method.clone(), reason: reason.to_owned() }
    }

    async fn ask_by(&self, query: &'static QueryInfo, deadline: Option<Deadline>) -> Result<Confirmed, FollowError> {
        let now = Timestamp::now_utc();
        let mut fields = Vec::new();
        for set in query.set {
            match set.value {
                QueryValue::Now => fields.push((set.name, now.as_str())),
                // A field that the request did not set is left out.
                QueryValue::Field(name) => {
                    fields.extend(self.order.fields.get(name).map(|text| (set.name, text.as_str())))
                }
            }
        }
        let request = AnyQuery::new(self.client, query.action, fields)?;
        let mut asking = self.client.send(&request);
        if let Some(deadline) = deadline {
            asking = asking.timeout(deadline.remaining().min(self.client.timeout()));
        }
        let received = match asking.await {
            Ok(received) => received,
            Err(AskError::Refused { refusal, .. }) if refusal.is_transient() => {
                return Ok(Confirmed::NoAnswer(NoAnswer { refusal }));
            }
            Err(error) => return Err(FollowError::Ask(error)),
        };
        let unreadable = |error| FollowError::Unreadable { query: query.action.name, error };
        let statement = Statement::read(self.order.own_role, query.action, &received).map_err(unreadable)?;
        // A query that is filled with the id of the refunded payment describes that payment and not the refund.
        let is_of_original = query.set.iter().any(|set| match set.value {
            QueryValue::Field(name) => {
                self.info.request_field(Role::OriginalOrder).is_some_and(|field| field.name == name)
            }
            QueryValue::Now => false,
        });
        let asked = Asked {
            query: query.action.name,
            evidence: query.evidence,
            is_of_original,
            currency: self.currency,
            fee_limit: self.client.fee_limit(),
        };
        Ok(match judge_statement(self.order, &asked, statement) {
            // A query that is only assumed to support the action must not declare that money did not move, if it moves
            // at once.
            Confirmed::Ended(ended) if query.evidence == Evidence::Assumed && self.order.moves == Moves::AtOnce => {
                Confirmed::Unclear(Unclear { word: ended.word, refunded: None })
            }
            other => other,
        })
    }
}
