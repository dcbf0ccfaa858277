//! `ottpay ledger show`.

use std::fmt::Write as _;

use ottpay::spec::{Role, WordSet as _};
use ottpay_ledger::{Detail, View};

use super::times::{format_amount, format_optional_time, format_time};
use crate::columns::{format_columns, without_control};
use crate::failure::Failure;
use crate::settings::ReaderFlags;
use crate::{json, stdout};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ottpay ledger show T1
  ottpay ledger show T1 --json | jq '.events[]'")]
pub(super) struct Options {
    /// Id of the order, the Checkout page or the refund
    id: String,
    /// Print a JSON object on one line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reader: ReaderFlags,
}

pub(super) async fn run(options: Options) -> Result<(), Failure> {
    let inspector = options.reader.require()?.open_inspector().await?;
    let found = inspector.inspect(&options.id).await;
    let found = found.map_err(|error| Failure::refused(format!("cannot read the ledger: {error}")))?;
    if found.is_empty() {
        return Err(Failure::refused("the ledger has no order, Checkout page or refund with this id").help(
            "`ottpay ledger list` lists all ids, and `ottpay ledger strays` lists ids that appear only in
callbacks",
        ));
    }
    match options.json {
        true => found.iter().try_for_each(|detail| stdout::print_line(json::format_value(detail)?)),
        false => stdout::print(found.iter().map(format_detail).collect::<Vec<_>>().join("\n")),
    }
}

fn format_detail(detail: &Detail) -> String {
    let mut out = format_columns([&*name(detail.view()), ""], facts(detail).into_iter());
    if !detail.events().is_empty() {
        let rows = detail.events().iter().map(|event| {
            let times = [format_time(event.offered_at()), format_optional_time(event.done_at())];
            let [offered, done] = times;
            [event.kind().to_owned(), event.attempt().to_string(), offered, done, event.key().to_owned()]
        });
        out.push('\n');
        out.push_str(&format_columns(["EVENT", "ATTEMPT", "HANDED OVER", "DONE", "KEY"], rows));
    }
    if !detail.decisions().is_empty() {
        let rows = detail.decisions().iter().map(|decision| {
            let [verdict, by, why] = [decision.verdict(), decision.decided_by(), decision.why()].map(without_control);
            [verdict, by, format_time(decision.decided_at()), why]
        });
        out.push('\n');
        out.push_str(&format_columns(["DECIDED", "BY", "AT", "WHY"], rows));
    }
    out
}

/// `ORDER T1`.
fn name(view: &View) -> String {
    let role = match view.role() {
        Role::Order => "ORDER",
        Role::Refund => "REFUND",
        Role::CheckoutOrder => "CHECKOUT PAGE",
        other => other.word().unwrap_or_default(),
    };
    format!("{role} {}", without_control(view.order_id()))
}

fn facts(detail: &Detail) -> Vec<[String; 2]> {
    let view = detail.view();
    let mut facts = Vec::new();
    let mut fact = |name: &str, text: String| facts.push([name.to_owned(), text]);
    fact("state", format!("{}: {}", view.state(), view.state().how_sure()));
    fact("what to do", view.what_to_do().to_owned());
    fact("merchant", without_control(view.merchant_id()));
    fact("reference", view.reference().to_string());
    fact("action", view.action().to_owned());
    if let Some(original) = view.original() {
        fact("refund of", without_control(original));
    }
    fact("amount", format_amount(view.amount(), view.currency()));
    if let Some(paid) = view.paid() {
        fact("paid", paid.to_string());
        fact("refunded", format_amount(Some(view.refunded()), Some(paid.currency())));
    }
    let sends = match detail.sends() {
        0 => "not sent by the ledger".to_owned(),
        1 => "sent once".to_owned(),
        times => format!("sent {times} times"),
    };
    fact("noted", format!("{}, {sends}", format_time(view.noted_at())));
    let mut asked = match view.queries() {
        1 => "once".to_owned(),
        times => format!("{times} times"),
    };
    if let Some(time) = view.queried_at() {
        // Writing to a string is infallible.
        let _ = write!(asked, ", last {}", format_time(time));
    }
    if let Some(answer) = view.answer() {
        let _ = write!(asked, ": {}", without_control(answer));
    }
    fact("asked", asked);
    fact("asked next", format_optional_time(view.next_at()));
    fact("link", if detail.is_link_stored() { "stored, for the buyer" } else { "-" }.to_owned());
    let callbacks = detail.callbacks().map(|callbacks| {
        let (count, last) = (callbacks.count(), format_time(callbacks.last_at()));
        let differing = match callbacks.differing() {
            0 => String::new(),
            differing => format!(", {differing} with different fields"),
        };
        let pending = if callbacks.is_pending() { ", no query since" } else { "" };
        format!("{count}, last {last}{differing}{pending}")
    });
    fact("callbacks", callbacks.unwrap_or_else(|| "-".to_owned()));
    if let Some((since, failure)) = detail.failing() {
        let tries = detail.tries();
        fact("failing", format!("since {}, {tries} tries: {}", format_time(since), without_control(failure)));
    }
    if let Some(parked) = view.parked() {
        fact("parked", format!("since {}", format_time(parked.since())));
    }
    facts
}
