//! The result of sending a request: the state that the order has after it, and how it is stored.

use std::time::Duration;

use ottpay::payment::{Proof, Tracked};
use ottpay::reply::Received;
use ottpay::spec::{ActionInfo, Moves};
use ottpay::{Error, Outcome};

use crate::given::write_given;
use crate::ledger::Inner;
use crate::state::State;
use crate::store::{CommitError, StoreError, Value};
use crate::time::millis;

/// Milliseconds until the worker sends a request again that did not reach the gateway.
const UNSENT: i64 = 30_000;

/// The result of an attempt to send a request.
pub(crate) struct Ended {
    pub(crate) tracked: Tracked,
    state: State,
    /// The part of the reply that is for the buyer.
    given: Option<String>,
    /// Why the reply is missing, for people; if the gateway refused the request, its code and text.
    answer: Option<String>,
}

impl Ended {
    pub(crate) fn from_attempt<R: AsRef<Received>>(
        info: &ActionInfo,
        mut tracked: Tracked,
        attempt: &Result<R, Error>,
        unsent: State,
    ) -> Self {
        tracked.record(attempt);
        let given = attempt.as_ref().ok().map(|reply| write_given(info, reply.as_ref()));
        let outcome = attempt.as_ref().err().map(Error::outcome);
        let state = match state_after(&tracked, outcome) {
            // The worker may retry only what a retry can fix. After `Never` the state stays `NotSent`.
            State::NotSent if outcome == Some(Outcome::NotSent) => unsent,
            state => state,
        };
        let answer = attempt.as_ref().err().map(|error| match error.refusal() {
            // The event of a refusal is made from this text, which has the form `CODE: text`.
            Some(refusal) if state == State::Refused => refusal.to_string(),
            _ => error.to_string(),
        });
        Self { tracked, state, given, answer }
    }
}

/// Determines the state of an order after an attempt.
pub(crate) fn state_after(tracked: &Tracked, outcome: Option<Outcome>) -> State {
    match tracked.proof() {
        Proof::NotDone if outcome == Some(Outcome::Refused) => State::Refused,
        Proof::NotDone => State::NotSent,
        Proof::Conflict => State::Conflict,
        Proof::Open => State::Open,
        // Without the link no buyer can pay, unless the gateway itself delivers it, for example by e-mail.
        Proof::Lost if tracked.moves() == Moves::ByBuyer && !tracked.is_delivered() => State::Unpayable,
        Proof::Lost => State::Unknown,
    }
}

impl Inner {
    /// Stores the result of an attempt. Returns `false` if its time limit has passed, and a worker has declared the
    /// reply lost.
    pub(crate) async fn store_end(&self, ended: &Ended, token: &str) -> Result<bool, StoreError> {
        // Retried, so that a short outage of the database does not lose the buyer's link.
        let mut pauses = [0_u64, 200, 1000, 3000].into_iter();
        loop {
            let pause = pauses.next().unwrap_or_default();
            tokio::time::sleep(Duration::from_millis(pause)).await;
            match self.try_store_end(ended, token).await {
                Err(error) if error.is_transient() && pauses.len() > 0 => {}
                other => return other,
            }
        }
    }

    /// Returns the milliseconds until a link that was handed out is queried for the first time.
    fn first_query(&self) -> i64 {
        let horizon = millis(self.settings.horizon);
        self.settings.schedule.next(0, 0).map_or(horizon, |first| first.min(horizon))
    }

    async fn try_store_end(&self, ended: &Ended, token: &str) -> Result<bool, StoreError> {
        let Ended { tracked, state, given, answer } = ended;
        let mut txn = self.db.begin().await?;
        let sql = "UPDATE {orders} SET state = $3, tracked = $4, given = COALESCE($5, given), answer = $9,
                       request = CASE WHEN $3 = 'noted' THEN request END, sending_until = NULL,
                       alive_at = {now}, next_at = {now} + CAST($6 AS BIGINT),
                       ended_at = CASE WHEN CAST($7 AS BIGINT) = 1 THEN {now} ELSE NULL END
                   WHERE merchant = $1 AND id = $2 AND send_token = $8 AND state = 'sending'";
        // A state that needs an event is evaluated at once. A link that was handed out waits for its first query.
        let next = match state {
            State::NotSent => None,
            State::Noted => Some(UNSENT),
            State::Open | State::Unpayable if tracked.moves() == Moves::ByBuyer => Some(self.first_query()),
            _ => Some(0),
        };
        // `ended_at` also allows the next refund of a payment, so it is set for a refund that was not carried out.
        let is_over = i64::from(matches!(state, State::NotSent | State::Refused));
        let (merchant, id) = (Value::from(tracked.merchant_id()), Value::from(tracked.id()));
        let json = Value::from(tracked.to_json());
        let values = [
            merchant.clone(),
            id.clone(),
            state.as_str().into(),
            json.clone(),
            given.clone().into(),
            next.into(),
            is_over.into(),
            token.into(),
            answer.clone().into(),
        ];
        let mut is_stored = txn.execute(sql, &values).await? == 1;
        if !is_stored {
            // Either an earlier try was committed without an answer, or this one came too late.
            let sql = "SELECT 1 FROM {orders} WHERE merchant = $1 AND id = $2 AND send_token = $3 AND tracked = $4";
            is_stored = txn.query_first(sql, &[merchant, id, token.into(), json]).await?.is_some();
        }
        match txn.commit().await {
            Ok(()) => Ok(is_stored),
            Err(CommitError::NotCommitted(error) | CommitError::Unknown(error)) => Err(error),
        }
    }
}
