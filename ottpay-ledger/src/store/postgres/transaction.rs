//! An open transaction: its limit is also enforced by the server, and it is never left open on a reused connection.

use std::future::poll_fn;
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use futures_core::Stream;
use tokio_postgres::{Client, Error};

use super::error::{explain, is_of_statement};
use super::link::Link;
use super::pool::Pooled;
use super::value::{Parameter, parameters, read_row};
use crate::store::bounds::Rows;
use crate::store::control::reject_control;
use crate::store::{BoxFuture, CommitError, Dialect, RawTx, Row, StoreError, StoreErrorKind, Value};

/// How much longer the caller waits than the server, so that usually the server reports the end of the limit.
const GRACE: Duration = Duration::from_secs(1);

/// How long the answer to `COMMIT` may take.
const COMMIT: Duration = Duration::from_secs(5);

pub(super) struct Transaction {
    link: Pooled,
    limit: Duration,
    until: Instant,
    /// The remaining time that was last sent to the server.
    told: Duration,
    /// Why the transaction can no longer be used.
    over: Option<(StoreErrorKind, &'static str)>,
    /// The error kind of the last statement, if it failed: the server rejects every other statement until a rollback.
    failed: Option<StoreErrorKind>,
    /// Whether every answer was read, so that the connection can be reused after a rollback.
    is_sound: bool,
}

/// The result of a statement.
struct Answer {
    changed: u64,
    rows: Vec<Row>,
}

/// Why there is no result.
enum Trouble {
    Driver(Error),
    /// The answer was not read to its end.
    Unread(StoreError),
}

impl Transaction {
    pub(super) async fn begin(mut link: Pooled, limit: Duration) -> Result<Self, StoreError> {
        // Not clean until it is certain again that no transaction is open on the connection.
        link.is_clean = false;
        // The isolation level and the mode are stated, because the server may have other defaults. All settings go in
        // one message, so that they cost one round trip.
        let mut sql = format!("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; {}", set_limits(limit));
        if link.has_transaction_timeout {
            sql.push_str(&format!("; SET LOCAL transaction_timeout = {}", to_milliseconds(limit)));
        }
        // `remote_apply` waits for more than the server's own disk and is left unchanged; everything weaker than `on`
        // is raised.
        sql.push_str(
            "; SELECT set_config('synchronous_commit', 'on', true) \
             WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')",
        );
        let begun = link.client.batch_execute(&sql).await;
        if let Err(error) = begun {
            return Err(explain_failure(&error, &mut link).await);
        }
        link.is_used = true;
        let until = Instant::now() + limit;
        Ok(Self { link, limit, until, told: limit, over: None, failed: None, is_sound: true })
    }

    async fn run(&mut self, sql: &str, values: &[Value], has_rows: bool) -> Result<Answer, StoreError> {
        let rest = self.remaining_time()?;
        reject_control(sql, Dialect::Postgres).inspect_err(|error| {
            self.over = Some((error.kind(), "rolled back, because a statement would have ended the transaction"));
        })?;
        // Assume the worst until the answer has been read: if this future is dropped, the transaction is unusable.
        self.abandon();
        let limits = self.limits_to_tell(rest);
        let client = &self.link.client;
        // Both are sent in one round trip.
        let told = async {
            if let Some(limits) = &limits {
                // If it fails, the server rejects the statement as well, and that error is reported.
                let _ = client.batch_execute(limits).await;
            }
        };
        let parameters = parameters(values);
        let asked = async {
            if has_rows {
                query(client, sql, &parameters).await
            } else {
                let changed = client.execute_typed(sql, &parameters).await;
                changed.map(|changed| Answer { changed, rows: Vec::new() }).map_err(Trouble::Driver)
            }
        };
        let answered = tokio::time::timeout(rest + GRACE, async { tokio::join!(told, asked).1 }).await;
        match answered {
            Ok(Ok(answer)) => {
                self.go_on(None);
                Ok(answer)
            }
            Ok(Err(Trouble::Driver(error))) if is_of_statement(&error) => {
                let error = explain(&error);
                self.go_on(Some(error.kind()));
                Err(error)
            }
            Ok(Err(Trouble::Driver(error))) => {
                let error = explain_failure(&error, &mut self.link).await;
                self.over = Some((error.kind(), "rolled back, because the connection of the transaction was lost"));
                Err(error)
            }
            Ok(Err(Trouble::Unread(error))) => {
                self.over =
                    Some((error.kind(), "rolled back, because the answer to a statement was not read to its end"));
                Err(error)
            }
            Err(_) => {
                self.over = Some(EXPIRED);
                Err(to_error(EXPIRED))
            }
        }
    }

    async fn finish(mut self) -> Result<(), CommitError> {
        self.remaining_time().map_err(CommitError::NotCommitted)?;
        if let Some(kind) = self.failed {
            let text = "rolled back, because a statement of the transaction failed";
            return Err(CommitError::NotCommitted(StoreError::new(kind, text)));
        }
        self.abandon();
        // On a failed transaction `COMMIT` alone reports success although it rolls back. The savepoint makes the server
        // report an error instead, as it does if the transaction is not open.
        let commit = self.link.client.batch_execute("SAVEPOINT ottpay_commit; COMMIT");
        match tokio::time::timeout(COMMIT, commit).await {
            Ok(Ok(())) => {
                self.go_on(None);
                self.link.is_clean = true;
                Ok(())
            }
            // The server has refused the savepoint or the commit, so nothing is committed.
            Ok(Err(error)) if is_of_statement(&error) => {
                self.go_on(None);
                Err(CommitError::NotCommitted(explain(&error)))
            }
            Ok(Err(error)) => Err(CommitError::Unknown(explain_failure(&error, &mut self.link).await)),
            Err(_) => {
                let text = "the database did not answer COMMIT within 5 seconds";
                Err(CommitError::Unknown(StoreError::new(StoreErrorKind::Unavailable, text)))
            }
        }
    }

    /// Returns the remaining time, or why the transaction can no longer be used.
    fn remaining_time(&self) -> Result<Duration, StoreError> {
        if let Some(why) = self.over {
            return Err(to_error(why));
        }
        let rest = self.until.saturating_duration_since(Instant::now());
        if rest.is_zero() { Err(to_error(EXPIRED)) } else { Ok(rest) }
    }

    /// Records the state that holds if the call that begins now is dropped before its answer.
    fn abandon(&mut self) {
        let text = "rolled back, because a call was dropped before its answer arrived";
        self.over = Some((StoreErrorKind::Expired, text));
        self.is_sound = false;
    }

    /// Records that a call has finished.
    fn go_on(&mut self, failed: Option<StoreErrorKind>) {
        self.over = None;
        self.is_sound = true;
        self.failed = failed;
    }

    /// Returns the statements that shorten the server's limits, once the remaining time has fallen by more than a
    /// tenth. Servers with `transaction_timeout` do not need them.
    fn limits_to_tell(&mut self, rest: Duration) -> Option<String> {
        let is_old = self.told.saturating_sub(rest) > self.limit / 10;
        (is_old && !self.link.has_transaction_timeout).then(|| {
            self.told = rest;
            set_limits(rest)
        })
    }
}

const EXPIRED: (StoreErrorKind, &str) =
    (StoreErrorKind::Expired, "rolled back, because the transaction was open for longer than its limit");

fn to_error((kind, text): (StoreErrorKind, &str)) -> StoreError {
    StoreError::new(kind, text)
}

fn set_limits(limit: Duration) -> String {
    let limit = to_milliseconds(limit);
    format!("SET LOCAL idle_in_transaction_session_timeout = {limit}; SET LOCAL statement_timeout = {limit}")
}

/// At least one millisecond, because zero means no limit.
fn to_milliseconds(limit: Duration) -> u128 {
    limit.as_millis().clamp(1, i32::MAX.unsigned_abs().into())
}

async fn explain_failure(error: &Error, link: &mut Link) -> StoreError {
    if error.is_closed() { link.why_lost().await } else { explain(error) }
}

async fn query(client: &Client, sql: &str, parameters: &[Parameter<'_>]) -> Result<Answer, Trouble> {
    let parameters = parameters.iter().map(|(value, of)| (*value, of.clone()));
    let mut stream = pin!(client.query_typed_raw(sql, parameters).await.map_err(Trouble::Driver)?);
    let mut rows = Rows::default();
    while let Some(row) = poll_fn(|context| stream.as_mut().poll_next(context)).await {
        read_row(&row.map_err(Trouble::Driver)?, &mut rows).map_err(Trouble::Unread)?;
    }
    Ok(Answer { changed: 0, rows: rows.into_rows() })
}

/// Sends `ROLLBACK` without waiting for its answer: the server runs it before anything that is sent later on the
/// connection.
fn send_rollback(client: &Client) -> bool {
    let mut rollback = pin!(client.batch_execute("ROLLBACK"));
    // An answer at the first poll can only be an error: the connection is closed.
    rollback.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending()
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if self.link.is_clean {
            return;
        }
        // If an answer was not read, it is unknown what the connection would return next.
        self.link.is_clean = self.is_sound && send_rollback(&self.link.client);
        if !self.link.is_clean {
            self.link.close();
        }
    }
}

impl RawTx for Transaction {
    fn execute<'a>(&'a mut self, sql: &'a str, values: &'a [Value]) -> BoxFuture<'a, Result<u64, StoreError>> {
        Box::pin(async move { Ok(self.run(sql, values, false).await?.changed) })
    }

    fn query<'a>(&'a mut self, sql: &'a str, values: &'a [Value]) -> BoxFuture<'a, Result<Vec<Row>, StoreError>> {
        Box::pin(async move { Ok(self.run(sql, values, true).await?.rows) })
    }

    fn commit(self: Box<Self>) -> BoxFuture<'static, Result<(), CommitError>> {
        Box::pin(self.finish())
    }
}
