//! `ottpay ledger list`, `parked` and `strays`.

use std::time::SystemTime;

use ottpay_ledger::{Filter, Reference, State, StateError, View};

use super::times::{format_amount, format_optional_time, format_time, parse_since};
use crate::columns::{format_columns, without_control};
use crate::failure::Failure;
use crate::settings::ReaderFlags;
use crate::suggestion::did_you_mean;
use crate::{json, stderr, stdout};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ottpay ledger list --open
  ottpay ledger list --state unresolved --state mismatch
  ottpay ledger list --reference 'invoice 7' --json
  ottpay ledger list --since 2h --limit 1000")]
pub(super) struct Options {
    /// Only orders in this state; can be repeated
    #[arg(long, value_name = "STATE", value_parser = parse_state)]
    state: Vec<State>,
    /// Only orders that are not final
    #[arg(long)]
    open: bool,
    /// Only parked orders
    #[arg(long)]
    parked: bool,
    /// Only orders with this reference of the shop
    #[arg(long, value_name = "REFERENCE")]
    reference: Option<Reference>,
    /// Only orders of this merchant
    #[arg(long, value_name = "ID")]
    merchant: Option<String>,
    /// Only orders noted within the last 15m, 2h or 3d, or since 2026-01-17T09:30:00Z
    #[arg(long, value_name = "TIME", value_parser = parse_since)]
    since: Option<SystemTime>,
    /// The next page: only orders noted before the one with this serial number
    #[arg(long, value_name = "SERIAL")]
    before: Option<i64>,
    /// Maximum number of orders
    #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
    /// Print each as a JSON object on its own line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reader: ReaderFlags,
}

#[derive(Debug, clap::Args)]
pub(super) struct ParkedOptions {
    /// Print each as a JSON object on its own line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reader: ReaderFlags,
}

#[derive(Debug, clap::Args)]
pub(super) struct StrayOptions {
    /// Print each as a JSON object on its own line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reader: ReaderFlags,
}

/// Maximum length of a page.
const MOST: u32 = 1000;

fn parse_state(text: &str) -> Result<State, String> {
    text.parse().map_err(|error: StateError| {
        let words = || State::ALL.into_iter().map(State::as_str);
        let meant = did_you_mean(text, words());
        format!("{error}; {meant}the states are {}", words().collect::<Vec<_>>().join(", "))
    })
}

pub(super) async fn run(options: Options) -> Result<(), Failure> {
    let Options { state, open, parked, reference, merchant, since, before, limit, json, reader } = options;
    let mut filter = state.into_iter().fold(Filter::new().limit(limit), Filter::state);
    if open {
        filter = filter.open();
    }
    if parked {
        filter = filter.parked();
    }
    if let Some(reference) = &reference {
        filter = filter.reference(reference);
    }
    if let Some(merchant) = merchant {
        filter = filter.merchant_id(merchant);
    }
    if let Some(since) = since {
        filter = filter.since(since);
    }
    if let Some(serial) = before {
        filter = filter.before(serial);
    }
    let orders = find_orders(reader, &filter).await?;
    print_orders(&orders, json, || {
        let head = ["ORDER", "REFERENCE", "STATE", "AMOUNT", "PAID", "NOTED", "WHAT TO DO"];
        let rows = orders.iter().map(|order| {
            [
                without_control(order.order_id()),
                // A reference never contains control characters.
                order.reference().to_string(),
                describe_state(order),
                format_amount(order.amount(), order.currency()),
                order.paid().map_or_else(|| "-".to_owned(), |paid| paid.to_string()),
                format_time(order.noted_at()),
                order.what_to_do().to_owned(),
            ]
        });
        format_columns(head, rows)
    })?;
    // If the page is full, there may be another.
    match orders.last().filter(|_| orders.len() == usize::try_from(limit).unwrap_or(usize::MAX)) {
        Some(last) => {
            stderr::print_line(format_args!("note: there may be more; add --before {}", last.serial()));
            Ok(())
        }
        None => Ok(()),
    }
}

pub(super) async fn run_parked(options: ParkedOptions) -> Result<(), Failure> {
    let orders = find_orders(options.reader, &Filter::new().parked().limit(MOST)).await?;
    print_orders(&orders, options.json, || {
        let head = ["ORDER", "REFERENCE", "STATE", "PARKED", "FAILURE"];
        let rows = orders.iter().map(|order| {
            let parked = order.parked();
            [
                without_control(order.order_id()),
                order.reference().to_string(),
                order.state().to_string(),
                format_optional_time(parked.map(|parked| parked.since())),
                parked.map(|parked| without_control(parked.failure())).unwrap_or_default(),
            ]
        });
        format_columns(head, rows)
    })
}

pub(super) async fn run_strays(options: StrayOptions) -> Result<(), Failure> {
    let inspector = options.reader.require()?.open_inspector().await?;
    let strays = inspector.strays(MOST).await.map_err(read_error)?;
    if options.json {
        return strays.iter().try_for_each(|stray| stdout::print_line(json::format_value(stray)?));
    }
    let rows = strays.iter().map(|stray| {
        let order_id = stray.order_id().map_or_else(|| "-".to_owned(), without_control);
        [order_id, without_control(stray.merchant_id()), stray.count().to_string(), format_time(stray.last_at())]
    });
    stdout::print(format_columns(["ORDER", "MERCHANT", "COUNT", "LAST"], rows))
}

async fn find_orders(reader: ReaderFlags, filter: &Filter) -> Result<Vec<View>, Failure> {
    reader.require()?.open_inspector().await?.orders(filter).await.map_err(read_error)
}

fn print_orders(orders: &[View], json: bool, table: impl FnOnce() -> String) -> Result<(), Failure> {
    match json {
        true => orders.iter().try_for_each(|order| stdout::print_line(json::format_value(order)?)),
        false => stdout::print(table()),
    }
}

fn describe_state(order: &View) -> String {
    match order.parked() {
        Some(_) => format!("{}, parked", order.state()),
        None => order.state().to_string(),
    }
}

fn read_error(error: impl std::fmt::Display) -> Failure {
    Failure::refused(format!("cannot read the ledger: {error}"))
}
