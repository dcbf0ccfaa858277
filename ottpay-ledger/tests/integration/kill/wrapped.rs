//! A store and a wire whose every step may be the last.

use std::sync::Arc;
use std::time::Duration;

use ottpay::spec::Effect;
use ottpay::transport::{BoxFuture as Posted, HttpRequest, HttpResponse, HttpTransport, Transport, TransportError};
use ottpay_ledger::store::{BoxFuture, CommitError, Dialect, RawTx, Row, Store, StoreError, Value};

use super::steps::reach;

#[derive(Debug, Clone)]
pub(crate) struct Deadly(pub(crate) Arc<dyn Store>);

impl Store for Deadly {
    fn dialect(&self) -> Dialect {
        self.0.dialect()
    }

    fn begin(&self, limit: Duration) -> BoxFuture<'_, Result<Box<dyn RawTx>, StoreError>> {
        Box::pin(async move {
            reach("before BEGIN");
            let tx = self.0.begin(limit).await?;
            Ok(Box::new(DeadlyTx(tx)) as Box<dyn RawTx>)
        })
    }
}

struct DeadlyTx(Box<dyn RawTx>);

impl RawTx for DeadlyTx {
    fn execute<'a>(&'a mut self, sql: &'a str, values: &'a [Value]) -> BoxFuture<'a, Result<u64, StoreError>> {
        reach("before a statement");
        self.0.execute(sql, values)
    }

    fn query<'a>(&'a mut self, sql: &'a str, values: &'a [Value]) -> BoxFuture<'a, Result<Vec<Row>, StoreError>> {
        reach("before a statement");
        self.0.query(sql, values)
    }

    fn commit(self: Box<Self>) -> BoxFuture<'static, Result<(), CommitError>> {
        Box::pin(async move {
            reach("before COMMIT");
            let committed = self.0.commit().await;
            reach("after COMMIT");
            committed
        })
    }
}

pub(crate) struct Wire(HttpTransport);

impl Wire {
    pub(crate) fn new() -> Self {
        Self(HttpTransport::new(Duration::from_secs(2), true, None).unwrap())
    }
}

impl Transport for Wire {
    fn post(&self, request: HttpRequest) -> Posted<'_, Result<HttpResponse, TransportError>> {
        Box::pin(async move {
            let is_write = request.effect == Effect::Write;
            if is_write {
                reach("between note and send");
            }
            let reply = self.0.post(request).await;
            if is_write {
                // The gateway has it, and what it answers is not stored.
                reach("between send and reply");
            }
            reply
        })
    }
}
