//! A store whose every transaction waits at its first statement and at its commit.

use std::fmt;
use std::time::Duration;

use ottpay_ledger::store::{BoxFuture, CommitError, Dialect, RawTx, Row, Store, StoreError, StoreErrorKind, Value};

use super::database::Answer;
use super::mutant::Mistake;
use super::point::{Outcome, Point};
use super::shared::Shared;

/// How the shop's own rows are written.
pub(crate) const EFFECT: &str = "INSERT INTO shop_effects (event_key, id, reference, kind) VALUES ($1, $2, $3, $4)";

#[derive(Clone)]
pub(crate) struct Gated(pub(crate) Shared);

impl fmt::Debug for Gated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gated")
    }
}

impl Store for Gated {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn begin(&self, _: Duration) -> BoxFuture<'_, Result<Box<dyn RawTx>, StoreError>> {
        let shared = self.0.clone();
        Box::pin(async move {
            Ok(Box::new(GatedTx { shared, is_begun: false, is_forgotten: false, effect: None }) as Box<dyn RawTx>)
        })
    }
}

struct GatedTx {
    shared: Shared,
    is_begun: bool,
    /// Whether it is called committed, and is not.
    is_forgotten: bool,
    /// What a handler wrote in it.
    effect: Option<Vec<Value>>,
}

impl GatedTx {
    async fn run(&mut self, sql: &str, values: &[Value]) -> Result<Answer, StoreError> {
        if !self.is_begun {
            // The upkeep once a minute does not concern orders.
            let is_left_out = sql.contains("'upkeep'");
            if is_left_out || self.shared.wait(Point::Begin(describe(sql))).await == Outcome::Away {
                return Err(away());
            }
            self.shared.lock().database.must("BEGIN", &[]);
            self.is_begun = true;
        }
        let mut inner = self.shared.lock();
        if let Some(Mistake::Forgets(part)) = inner.mistake
            && sql.contains(part)
        {
            (self.is_forgotten, inner.has_erred) = (true, true);
        }
        if sql == EFFECT {
            self.effect = Some(values.to_vec());
        }
        inner.run(sql, values)
    }

    fn end(&mut self, is_committed: bool) {
        let mut inner = self.shared.lock();
        self.is_begun = false;
        if is_committed && !self.is_forgotten {
            inner.database.must("COMMIT", &[]);
            return;
        }
        inner.database.must("ROLLBACK", &[]);
        if let (Some(Mistake::OutsideOfTransaction), Some(effect)) = (inner.mistake, self.effect.take()) {
            inner.has_erred = true;
            inner.database.must(EFFECT, &effect);
        }
    }
}

impl RawTx for GatedTx {
    fn execute<'a>(&'a mut self, sql: &'a str, values: &'a [Value]) -> BoxFuture<'a, Result<u64, StoreError>> {
        Box::pin(async move { Ok(self.run(sql, values).await?.changed) })
    }

    fn query<'a>(&'a mut self, sql: &'a str, values: &'a [Value]) -> BoxFuture<'a, Result<Vec<Row>, StoreError>> {
        Box::pin(async move { Ok(self.run(sql, values).await?.rows) })
    }

    fn commit(mut self: Box<Self>) -> BoxFuture<'static, Result<(), CommitError>> {
        Box::pin(async move {
            if !self.is_begun {
                return Ok(());
            }
            let outcome = self.shared.wait(Point::Commit).await;
            self.end(matches!(outcome, Outcome::Goes | Outcome::LostCommitted));
            match outcome {
                Outcome::NotCommitted => Err(CommitError::NotCommitted(away())),
                Outcome::LostCommitted | Outcome::LostRolledBack => Err(CommitError::Unknown(away())),
                _ => Ok(()),
            }
        })
    }
}

impl Drop for GatedTx {
    fn drop(&mut self) {
        if self.is_begun {
            self.end(false);
        }
    }
}

fn away() -> StoreError {
    StoreError::new(StoreErrorKind::Unavailable, "the database is away")
}

/// What a transaction does, by its first statement.
fn describe(sql: &str) -> &'static str {
    for (part, what) in [
        ("e.done_at IS NOT NULL ORDER BY e.done_at", "take turns"),
        ("SELECT o.tracked", "step"),
        ("INSERT INTO ottpay_references", "note"),
        ("AND original IS NULL", "note a refund"),
        ("SET state = $3, tracked = $4", "store the reply"),
        ("SET tracked = $4", "store what was given back before"),
        ("SET state = 'not_sent'", "give up"),
        ("SELECT send_token", "look for the note"),
        ("INSERT INTO ottpay_hints", "store a callback"),
        ("SELECT 1 FROM ottpay_events", "look for the mark"),
        ("SELECT (", "note a failure"),
        ("SELECT attempt FROM ottpay_events", "complete a claim"),
    ] {
        if sql.contains(part) {
            return what;
        }
    }
    "another"
}
