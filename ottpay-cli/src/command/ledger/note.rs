//! `ottpay ledger note`.

use ottpay::payment::Tracked;
use ottpay::request::{AnyRequest, InvalidRequest};
use ottpay::spec::{ActionInfo, Role};
use ottpay_ledger::{Ledger, Reference, SendError};

use crate::action;
use crate::failure::Failure;
use crate::fields::{
    FieldFlags, Fields, as_pairs, describe_invalid_fields, reject_unknown_fields, warn_of_uncertain_limits,
};
use crate::settings::{LedgerFlag, SettingsFlags};
use crate::store::Missing;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
For a shop that sends its payments with its own client, written in any language, and gets their results from `ottpay
listen --forward-to`. Note an order before you send it: with the action, and all the fields that you will send. This
command sends nothing. It stores only the amount and the fields that queries need, and no sensitive fields. The ledger
then follows the order to its end, even without a callback. If its callback has already arrived, the ledger queries the
order immediately.

Noting the same order again changes nothing and succeeds. Another amount, action or reference under the same id is an
error.

Refunds are not noted: the ledger reports the refunded amount of a payment as the gateway states it.

Examples:
  ottpay ledger note active_pay --reference 1042 --set order_id=T1 --set amount=1999 --set biz_type=ALIPAY \\
      --set operator_id=0000020156 --set call_back_url=https://shop.example/ottpay
  echo '{\"order_id\":\"T1\",…}' | ottpay ledger note active_pay --reference 1042 --json -")]
pub(super) struct Options {
    /// Method of the client, or constant on the wire; `ottpay actions` lists them
    action: String,
    /// The shop's own name for the purchase, such as a cart number; a second payment for it is reported as a duplicate
    #[arg(long, value_name = "REFERENCE")]
    reference: Reference,
    #[command(flatten)]
    fields: FieldFlags,
    #[command(flatten)]
    ledger: LedgerFlag,
    #[command(flatten)]
    settings: SettingsFlags,
}

pub(super) async fn run(options: Options) -> Result<(), Failure> {
    let named = action::find_actions(&options.action)?;
    let given = options.fields.read()?;
    let info = action::choose_action(&options.action, &named, &given)?;
    reject_unknown_fields(info, &given)?;
    reject_refund(info)?;
    let settings = options.settings.resolve()?;
    let store = options.ledger.require(&settings)?;
    let client = settings.build(settings.prepare_ledger_client()?)?;
    warn_of_uncertain_limits(info, &given);
    let track = |given: &Fields| AnyRequest::track(&client, info, as_pairs(given));
    let invalid = |error: InvalidRequest| describe_invalid_fields(info, &given, error, |given| track(given).err());
    let order = track(&given).map_err(invalid)?;
    let ledger = store.open_ledger(client, Missing::Reject).await?;
    match ledger.note(&order, &options.reference).await {
        Ok(()) => Ok(()),
        Err(SendError::AlreadySent { .. }) => check_same(&ledger, &order, &options.reference).await,
        Err(error) => Err(Failure::refused(format!("not noted: {error}")).help("do not send the request")),
    }
}

fn reject_refund(info: &ActionInfo) -> Result<(), Failure> {
    match info.request_field(Role::OriginalOrder) {
        Some(_) => Err(Failure::usage(format!("{} is a refund, and refunds are not noted", info.name))
            .help("the ledger reports refunds of the payments it follows, as the gateway states them")),
        None => Ok(()),
    }
}

/// Compares the order with the one that already has this id.
async fn check_same(ledger: &Ledger, order: &Tracked, reference: &Reference) -> Result<(), Failure> {
    let found = ledger.inspect(order.id()).await;
    let found = found.map_err(|error| Failure::refused(format!("cannot read the ledger: {error}")))?;
    let own = found.iter().map(|detail| detail.view()).find(|view| view.merchant_id() == order.merchant_id());
    let is_same = own.is_some_and(|view| {
        view.reference() == reference
            && view.action() == order.method()
            && view.amount() == order.amount()
            && view.currency() == order.currency()
    });
    match is_same {
        true => Ok(()),
        false => Err(Failure::refused(
            "not noted: this id already belongs to an order with another amount, action or reference",
        )
        .help("do not send the request; `ottpay ledger show` shows the existing order")),
    }
}
