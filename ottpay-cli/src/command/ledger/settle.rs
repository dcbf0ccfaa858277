//! `ottpay ledger settle`.

use ottpay_ledger::{SettleError, Verdict};

use crate::failure::Failure;
use crate::settings::{LedgerFlag, SettingsFlags};
use crate::store::Missing;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
For orders that the gateway's answers do not settle: check the Merchant Center or the buyer's phone, and record your
finding. The verdict is stored with the person who decided and the reason. Nothing is sent or delivered, and the order
is no longer queried on a schedule; a later callback is still checked. Act on the verdict yourself.

  paid          the requested amount has been received
  paid:1999     this amount has been received, in minor units
  not_paid      nothing has been received, or it has been reversed
  given_back    the received money has gone back to the buyer
  refunded      for a refund: it succeeded
  not_refunded  for a refund: it has not moved money, and never will

Examples:
  ottpay ledger settle T1 --verdict paid --by Ann --why 'seen in the Merchant Center, 2026-01-17'
  ottpay ledger settle R1 --verdict not_refunded --by Ann --why 'the portal lists no refund'")]
pub(super) struct Options {
    /// Id of the order, the Checkout page or the refund
    id: String,
    /// The decision: see below
    #[arg(long, value_name = "VERDICT")]
    verdict: Verdict,
    /// The person who decides
    #[arg(long, value_name = "NAME")]
    by: String,
    /// The evidence for the decision
    #[arg(long, value_name = "TEXT")]
    why: String,
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
    let settled = ledger.settle(&options.id, options.verdict, &options.by, &options.why).await;
    settled.map_err(|error| {
        let failure = Failure::refused(format!("not settled: {error}"));
        match error {
            SettleError::NotFound(_) => failure.help("`ottpay ledger list` lists all of them"),
            _ => failure,
        }
    })
}
