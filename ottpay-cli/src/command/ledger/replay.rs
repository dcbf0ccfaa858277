//! `ottpay ledger replay`.

use std::time::SystemTime;

use super::times::parse_since;
use crate::failure::Failure;
use crate::settings::{LedgerFlag, SettingsFlags};
use crate::stderr;
use crate::store::Missing;

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["id", "all"]))]
#[command(after_help = "\
Parked orders are processed again, and so is any other order that you name: the gateway is queried again, and the
current result is delivered. An event that the shop has completed is not delivered again. A program that delivers events
must be running: the shop's own program, or `ottpay listen --forward-to`.

Examples:
  ottpay ledger replay T1
  ottpay ledger replay --all
  ottpay ledger replay --all --since 2h")]
pub(super) struct Options {
    /// Id of the order, the Checkout page or the refund
    id: Option<String>,
    /// All parked orders
    #[arg(long)]
    all: bool,
    /// Only orders parked within the last 15m, 2h or 3d, or since 2026-01-17T09:30:00Z
    #[arg(long, value_name = "TIME", value_parser = parse_since, requires = "all")]
    since: Option<SystemTime>,
    #[command(flatten)]
    ledger: LedgerFlag,
    #[command(flatten)]
    settings: SettingsFlags,
}

pub(super) async fn run(options: Options) -> Result<(), Failure> {
    let settings = options.settings.resolve()?;
    let store = options.ledger.require(&settings)?;
    let client = settings.build(settings.prepare_ledger_client()?)?;
    let ledger = store.open_ledger(client, Missing::Reject).await?;
    let failed = |error| Failure::refused(format!("not replayed: {error}"));
    let Some(id) = options.id else {
        let count = ledger.replay_all(options.since).await.map_err(failed)?;
        stderr::print_line(format_args!("{count} to be delivered again"));
        return Ok(());
    };
    match ledger.replay(&id).await.map_err(failed)? {
        true => Ok(()),
        false => Err(Failure::refused("nothing is parked under this id, or it is being sent")
            .help("`ottpay ledger parked` lists the orders that wait for a replay")),
    }
}
