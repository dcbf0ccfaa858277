//! `ottpay ledger settle`.

use ottpay_ledger::{SettleError, Verdict};

use crate::failure::Failure;
use crate::settings::{LedgerFlag, SettingsFlags};
use crate::store::Missing;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
For what the gateway's answers do not settle: look in the Merchant Center, or at the buyer's phone, and write down what you
saw. The verdict is kept with who decided and why. Nothing is sent, nothing is handed over, and the order is not asked about
any more: act upon it yourself.

  paid          the amount that was asked for has been received
  paid:1999     this amount has been received, in minor units
  not_paid      nothing has been received, or it has been reversed
  given_back    what was received has gone back to the buyer
  refunded      of a refund: it went through
  not_refunded  of a refund: no money has gone back by it, and none will

Examples:
  ottpay ledger settle T1 --verdict paid --by Ann --why 'seen in the Merchant Center, 2026-01-17'
  ottpay ledger settle R1 --verdict not_refunded --by Ann --why 'the portal lists no refund'")]
pub(super) struct Options {
    /// Id of the order, the Checkout page or the refund
    id: String,
    /// The decision, see below
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
