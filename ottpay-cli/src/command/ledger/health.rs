//! `ottpay ledger health`.

use ottpay_ledger::{Health, State, Waiting};

use super::times::format_age;
use crate::columns::{format_columns, without_control};
use crate::failure::Failure;
use crate::settings::ReaderFlags;
use crate::{json, stdout};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ottpay ledger health
  ottpay ledger health --json | jq '.hints.oldest, .parked.count, .to_look_at'")]
pub(super) struct Options {
    /// Print a JSON object on one line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reader: ReaderFlags,
}

pub(super) async fn run(options: Options) -> Result<(), Failure> {
    let inspector = options.reader.require()?.open_inspector().await?;
    let health = inspector.health().await;
    let health = health.map_err(|error| Failure::refused(format!("cannot read the ledger: {error}")))?;
    match options.json {
        true => stdout::print_line(json::format_value(&health)?),
        false => stdout::print(format_health(&health)),
    }
}

fn format_health(health: &Health) -> String {
    let waiting = |what: &str, waiting: Waiting| {
        let oldest = waiting.oldest().map_or_else(|| "-".to_owned(), |oldest| format_age(oldest, health.measured_at()));
        [what.to_owned(), waiting.count().to_string(), oldest]
    };
    let mut rows = vec![
        waiting("callbacks without a query", health.hints()),
        waiting("due", health.due()),
        waiting("failing", health.failing()),
        waiting("parked", health.parked()),
    ];
    let needing = State::ALL.into_iter().filter(|state| state.needs_person());
    rows.extend(needing.map(|state| waiting(state.as_str(), health.to_look_at(state))));
    let count = |what: String, count: u64| [what, count.to_string(), "-".to_owned()];
    rows.extend(health.unproven().iter().map(|unproven| {
        count(format!("{}, not confirmed by any query", without_control(unproven.action())), unproven.orders())
    }));
    rows.push(count("callbacks for orders that were never noted".to_owned(), health.strays()));
    rows.push(count("orders checked without a callback".to_owned(), health.followed()));
    rows.push(count("bytes".to_owned(), health.bytes()));
    format_columns(["WHAT", "COUNT", "OLDEST"], rows.into_iter())
}
