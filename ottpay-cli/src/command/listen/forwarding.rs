//! Forwards the events of a ledger to the shop: posts each until the shop answers 2xx.

use std::sync::Arc;
use std::time::Duration;

use ottpay_ledger::{Claim, Event, Ledger};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::columns::without_control;
use crate::stderr;
use crate::webhook::{Undelivered, Webhook};

/// Number of orders worked on concurrently. Events of one order are posted one at a time.
const AT_ONCE: usize = 4;

/// Interval at which the ledger is checked without a callback, for due work and orders of other processes.
const EVERY: Duration = Duration::from_secs(1);

/// Works on the ledger until `stop` is true and the work in progress is finished.
pub(super) async fn forward_events(ledger: Ledger, webhook: Webhook, wake: Arc<Notify>, stop: watch::Receiver<bool>) {
    let mut workers = JoinSet::new();
    for _ in 0..AT_ONCE {
        workers.spawn(work(ledger.clone(), webhook.clone(), Arc::clone(&wake), stop.clone()));
    }
    while workers.join_next().await.is_some() {}
}

async fn work(ledger: Ledger, webhook: Webhook, wake: Arc<Notify>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        // Done before the ledger is read: `notify_waiters` wakes only those that already wait, and a callback may
        // arrive in between.
        let woken = wake.notified();
        match ledger.claim().await {
            Ok(Some(claim)) => {
                deliver(claim, &webhook).await;
                continue;
            }
            Ok(None) => {}
            Err(error) => stderr::print_line(format_args!("error: cannot use the ledger: {error}")),
        }
        tokio::select! {
            _ = timeout(EVERY, woken) => {}
            _ = stop.wait_for(|is_stopped| *is_stopped) => {}
        }
    }
}

/// Posts one event once, and records the result. No transaction is open meanwhile.
async fn deliver(claim: Claim, webhook: &Webhook) {
    let event = claim.event().clone();
    let posted = webhook.post(&event.key.to_string(), event.to_json()).await;
    let recorded = match &posted {
        Ok(_) => claim.complete().await,
        Err(error) => claim.fail(Undelivered::clone(error).into()).await,
    };
    let outcome = match posted {
        Ok(status) => format!("delivered, {}", status.as_u16()),
        Err(error) => format!("{error}; will retry later"),
    };
    stderr::print_line(format_args!("{}: {outcome}", describe(&event)));
    if let Err(error) = recorded {
        stderr::print_line(format_args!("error: cannot store the result, so the event will be posted again: {error}"));
    }
}

/// `paid T1 (1042), attempt 2`.
fn describe(event: &Event) -> String {
    let attempt = if event.attempt > 1 { format!(", attempt {}", event.attempt) } else { String::new() };
    let (order_id, reference) = (without_control(&event.order_id), &event.reference);
    format!("{} {order_id} ({reference}){attempt}", event.kind.as_str())
}
