//! A sandbox with one assumption, and the calls that several tests make.

use std::time::Duration;

use crate::common::{client_of, order, refund_id};
use ottpay::{Amount, AskError, Client, Error, RefundQueryReply, RefundReply, StatusQueryReply};
use ottpay_sandbox::{Sandbox, SandboxBuilder};

/// Settings with one assumption, as it is written on the command line.
pub(super) fn assuming(assumption: &str) -> SandboxBuilder {
    let builder = Sandbox::builder().callback_attempts(4, Duration::from_millis(20));
    builder.assume(assumption.parse::<ottpay_sandbox::Assumption>().unwrap())
}

/// A sandbox with one assumption, and its client.
pub(super) async fn started(assumption: &str) -> (Sandbox, Client) {
    let sandbox = assuming(assumption).start().await.unwrap();
    let client = client_of(&sandbox).build().unwrap();
    (sandbox, client)
}

/// A refund of the payment T1.
pub(super) async fn refund(client: &Client, id: &str, amount: u64) -> Result<RefundReply, Error> {
    let refund = client.refund().order_id(refund_id(id)).ori_order_id(order("T1"));
    refund.refund_amt(Amount::from_minor(amount)).send().await
}

/// The answer of the refund query.
pub(super) async fn refund_query(client: &Client, id: &str) -> Result<RefundQueryReply, AskError> {
    client.refund_query().order_id(refund_id(id)).send().await
}

/// The answer of a query about an order that exists.
pub(super) async fn query(client: &Client, id: &str) -> StatusQueryReply {
    client.status_query().order_id(order(id)).send().await.unwrap()
}

/// The response code and the message of a refusal.
pub(super) fn refusal(error: &Error) -> (&str, &str) {
    match error {
        Error::NotAccepted { refusal, .. } => (refusal.code(), refusal.message()),
        other => panic!("expected a refusal, found {other:?}"),
    }
}
