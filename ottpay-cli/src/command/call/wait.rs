//! `--wait`: queries an order until it is final, and prints what the queries confirm.

use std::pin::Pin;
use std::time::Duration;

use ottpay::Client;
use ottpay::payment::{Confirmed, Tracked};
use ottpay::request::{AnyRequest, InvalidRequest};
use ottpay::spec::{ActionInfo, Effect, Role, WordSet as _};
use serde_json::{Value, json};
use tokio_stream::StreamExt as _;

use super::outcome::Sent;
use super::progress::Progress;
use crate::failure::Failure;
use crate::fields::{Fields, as_pairs};
use crate::settings::Settings;
use crate::stdout;
use crate::wording::{describe_problem, describe_wait_error};

/// Default time limit in seconds.
pub(super) const DEFAULT_LIMIT: &str = "300";

/// Parses a limit in seconds.
pub(super) fn parse_limit(text: &str) -> Result<Duration, String> {
    match text.parse() {
        Ok(seconds @ 1..=86_400) => Ok(Duration::from_secs(seconds)),
        _ => Err("expected a number of seconds from 1 to 86400, as in --wait=600".to_owned()),
    }
}

/// Prepares to follow the order of a valid request, before it is sent.
///
/// # Errors
/// There is nothing to follow, or no query to follow it with.
pub(super) fn prepare(
    client: &Client,
    info: &'static ActionInfo,
    given: &Fields,
    settings: &Settings,
) -> Result<Tracked, Failure> {
    let usage = |reason: String| Failure::usage(format!("--wait: {reason}"));
    if info.effect == Effect::Read {
        return Err(usage(format!("{} is a query, so there is nothing to wait for", info.name)).help("omit --wait"));
    }
    if info.queries.is_empty() {
        let reason = info.no_query.unwrap_or("the specification names none");
        return Err(usage(format!("no query reports the outcome of {}: {reason}", info.name)).help("omit --wait"));
    }
    let id = info.own_id().map_or("order_id", |field| field.name);
    let order = AnyRequest::track(client, info, as_pairs(given)).map_err(|error: InvalidRequest| {
        usage(format!("{}: {}: {}", error.action(), error.field(), describe_problem(error.problem())))
            .help(format!("the queries need the id: --set {id}=…"))
    })?;
    if order.currency().is_none() {
        // For its error, which describes how to set the currency.
        settings.currency()?;
    }
    Ok(order)
}

/// Queries the order until it is final, and prints the confirmed state as one line of JSON. Shows progress if standard
/// error is a terminal.
///
/// # Errors
/// The order did not end as requested, or its outcome is not known for certain.
pub(super) async fn follow(
    client: &Client,
    order: &Tracked,
    limit: Duration,
    sent: &Sent<'_>,
    mut stopped: Pin<&mut impl Future<Output = ()>>,
) -> Result<(), Failure> {
    let mut answers = client.wait(order).up_to(limit).changes();
    let mut progress = Progress::start(limit);
    let end = loop {
        tokio::select! {
            // If an answer and the signal arrive together, the answer counts.
            biased;
            answer = answers.next() => match answer {
                Some(Ok(answer)) if answer.is_open() => progress.set_status(&answer),
                Some(Ok(end)) => break end,
                Some(Err(error)) => return Err(sent.describe_unknown_end(&describe_wait_error(&error))),
                None => return Err(sent.describe_unknown_end("no query was answered")),
            },
            () = stopped.as_mut() => return Err(sent.describe_unknown_end("interrupted; the order may still be paid")),
            () = progress.tick() => {}
        }
    };
    // Removes the line of the progress before the result is printed.
    drop(progress);
    stdout::print_line(format_confirmed(order, &end))?;
    judge_end(&end, sent, order.own_role())
}

/// Decides whether the confirmed state is the requested one.
fn judge_end(end: &Confirmed, sent: &Sent<'_>, own_role: Role) -> Result<(), Failure> {
    let ended = || Failure::refused(format!("{}: {end}", sent.name()));
    match end {
        Confirmed::Paid(_) => Ok(()),
        Confirmed::Reserved(_) if sent.info().reserves => Ok(()),
        Confirmed::GivenBack(_) if own_role == Role::Refund => Ok(()),
        Confirmed::GivenBack(_) => Err(ended().help("the money has been refunded: do not deliver")),
        Confirmed::Ended(_) => {
            Err(ended().help("a late payment is possible: query the order again before you discard it"))
        }
        Confirmed::Reserved(_)
        | Confirmed::Mismatch(_)
        | Confirmed::Unclear(_)
        | Confirmed::Open
        | Confirmed::NoAnswer(_) => Err(sent.describe_unknown_end(&end.to_string())),
    }
}

/// Formats the confirmed state. Amounts are in minor units.
fn format_confirmed(order: &Tracked, end: &Confirmed) -> Value {
    let mut out = json!({ "confirmed": end.as_str(), "id": order.id() });
    let more = match end {
        Confirmed::Paid(payment) => json!({
            "asked": payment.requested(), "paid": payment.paid(), "fee": payment.fee(), "tip": payment.tip(),
            "refunded": payment.refunded(), "query": payment.query(), "evidence": payment.evidence().word(),
        }),
        Confirmed::Reserved(reservation) => json!({ "reserved": reservation.reserved() }),
        Confirmed::GivenBack(given) => json!({ "paid": given.paid(), "refunded": given.refunded() }),
        Confirmed::Ended(ended) => json!({ "status": ended.word() }),
        Confirmed::Mismatch(mismatch) => {
            json!({ "status": mismatch.word(), "asked": mismatch.requested(), "said": mismatch.reported() })
        }
        Confirmed::Unclear(unclear) => json!({ "status": unclear.word(), "refunded": unclear.refunded() }),
        Confirmed::NoAnswer(answer) => json!({ "code": answer.code() }),
        Confirmed::Open => Value::Null,
    };
    if let (Some(out), Value::Object(more)) = (out.as_object_mut(), more) {
        out.extend(more);
    }
    out
}
