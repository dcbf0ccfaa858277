//! `ottpay ledger`: operates a ledger.

mod health;
mod list;
mod note;
mod replay;
mod settle;
mod show;
mod times;

use crate::failure::Failure;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The ledger is set with --ledger, with the variable OTTPAY_LEDGER or with `ledger` in ottpay.toml: an SQLite file, or
postgres://USER:PASSWORD@HOST/DATABASE, which is a secret and better not a flag. Its password is never printed.

Commands that list or show orders do not need a merchant or a sign key, change nothing and do not print payment links.
Times are in UTC. With --json, each order is a JSON object on its own line.

Examples:
  ottpay ledger list --ledger shop.db --open
  ottpay ledger show T1 --ledger shop.db
  ottpay ledger health --ledger shop.db --json | jq .parked
  ottpay ledger replay --all --since 2h")]
pub(crate) struct Options {
    #[command(subcommand)]
    step: Step,
}

#[derive(Debug, clap::Subcommand)]
enum Step {
    /// List orders, Checkout pages and refunds, newest first
    List(list::Options),
    /// Show everything that is stored about one of them
    Show(show::Options),
    /// List orders whose event could not be delivered, and why
    Parked(list::ParkedOptions),
    /// Count what is waiting, and what needs a person
    Health(health::Options),
    /// List callbacks for orders that were never noted
    Strays(list::StrayOptions),
    /// Note an order that another program creates, with the amount requested
    Note(note::Options),
    /// Deliver parked events again
    Replay(replay::Options),
    /// Decide whether an order is paid, where no query can
    Settle(settle::Options),
}

pub(crate) async fn run(options: Options) -> Result<(), Failure> {
    match options.step {
        Step::List(options) => list::run(options).await,
        Step::Show(options) => show::run(options).await,
        Step::Parked(options) => list::run_parked(options).await,
        Step::Health(options) => health::run(options).await,
        Step::Strays(options) => list::run_strays(options).await,
        Step::Note(options) => note::run(options).await,
        Step::Replay(options) => replay::run(options).await,
        Step::Settle(options) => settle::run(options).await,
    }
}
