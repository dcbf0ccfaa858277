//! `ottpay call`: sends one action, checked against the specification first.

mod confirm;
mod outcome;
mod progress;
mod qr;
mod wait;

use std::collections::BTreeMap;
use std::pin::pin;
use std::time::Duration;

use ottpay::Client;
use ottpay::request::{AnyQuery, AnyRequest, InvalidRequest, Request as _, Values};
use ottpay::spec::{ActionInfo, Effect, Kind, Protocol};

use confirm::confirm;
use outcome::{Sent, describe_ask_error};

use crate::failure::Failure;
use crate::fields::{
    FieldFlags, Fields, as_pairs, describe_invalid_fields, reject_unknown_fields, warn_of_uncertain_limits,
};
use crate::settings::SettingsFlags;
use crate::signal::StopSignals;
use crate::{action, json, stdout};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
If several actions have the same constant, such as CC_PURCHASE, the fields decide: the action must accept all the given
fields and need no others. If this fits several actions or none, the method with the name of the constant is used, such
as `status_query` for STATUS_QUERY. A link is not sent: its URL is printed as {\"url\":…}. For an SDK action, the
parameters are printed. To set a field outside `data` that has the same name as one inside, write `outer NAME`, as in
--set 'outer operator_id=1'.

With --wait, a second line on standard output contains the result of the queries, as in {\"confirmed\":\"paid\",…}, with
amounts in minor units. This needs the currency (OTTPAY_CURRENCY, or `currency` in the file) if the request does not
have one. The exit codes are then
  0  paid; for a preauthorisation: reserved; for a refund: it succeeded
  1  ended differently: closed, failed, or fully refunded
  3  not ended within the limit, or a result that a person has to check, such as another amount: query the order

Examples:
  ottpay call status_query --set order_id=T1
  ottpay call ACTIVEPAY --yes --set order_id=T1 --set amount=1999 --set biz_type=ALIPAY \\
      --set call_back_url=https://shop.example/ottpay
  ottpay call active_pay --yes --qr --wait --json order.json
  echo '{\"order_id\":\"T1\"}' | ottpay call status_query --json -")]
pub(crate) struct Options {
    /// Method of the client, or constant on the wire; `ottpay actions` lists them
    action: String,
    #[command(flatten)]
    fields: FieldFlags,
    /// Do not ask before sending a request that may move money
    #[arg(long, short)]
    yes: bool,
    /// Draw the payment link as a QR code in the terminal, on standard error
    #[arg(long)]
    qr: bool,
    /// Query the order until it is final, for at most this many seconds; see below
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, require_equals = true,
          default_missing_value = wait::DEFAULT_LIMIT, value_parser = wait::parse_limit)]
    wait: Option<Duration>,
    #[command(flatten)]
    settings: SettingsFlags,
}

pub(crate) async fn run(options: Options) -> Result<(), Failure> {
    let named = action::find_actions(&options.action)?;
    let mut given = options.fields.read()?;
    let info = action::choose_action(&options.action, &named, &given)?;
    reject_unknown_fields(info, &given)?;
    if options.qr {
        qr::check_action(info)?;
    }
    let settings = options.settings.resolve()?;
    if let (Some(operator), Some(name)) = (settings.operator_id(), find_operator_field(info)) {
        given.entry(name.to_owned()).or_insert_with(|| operator.to_owned());
    }
    let client = match options.wait {
        Some(_) => settings.build_following_client()?,
        None => settings.build_client()?,
    };
    let retry = |given: &Fields| match info.protocol {
        Protocol::Link => AnyRequest::link(&client, info, as_pairs(given)).err(),
        Protocol::Sdk => AnyRequest::parameters(&client, info, as_pairs(given)).err(),
        _ => Call::new(&client, info, as_pairs(given)).err(),
    };
    let invalid = |error: InvalidRequest| describe_invalid_fields(info, &given, error, retry);
    let pairs = as_pairs(&given);
    warn_of_uncertain_limits(info, &given);
    match info.protocol {
        Protocol::Link | Protocol::Sdk if options.wait.is_some() => {
            return Err(Failure::usage(format!("--wait: this command does not send {}", info.name))
                .help("omit --wait, and query the order after the buyer has paid"));
        }
        Protocol::Link => {
            let url = AnyRequest::link(&client, info, pairs).map_err(invalid)?;
            return stdout::print_line(json::format_value(&BTreeMap::from([("url", url.as_str())]))?);
        }
        Protocol::Sdk => return stdout::print_line(AnyRequest::parameters(&client, info, pairs).map_err(invalid)?),
        _ => {}
    }
    // Everything that can be wrong is found before the user is asked and the request is sent.
    let call = Call::new(&client, info, pairs).map_err(invalid)?;
    let mut order = match options.wait {
        Some(_) => Some(wait::prepare(&client, info, &given, &settings)?),
        None => None,
    };
    if info.effect == Effect::Write && !options.yes {
        confirm(call.values(), client.merchant_id(), settings.endpoint())?;
    }
    let sent = Sent { values: call.values() };
    let answer = async {
        match &call {
            Call::Write(request) => client.send(request).await.map_err(|error| sent.describe_error(&error)),
            Call::Read(query) => client.send(query).await.map_err(|error| describe_ask_error(&error)),
        }
    };
    // One future for both waits, so that a signal between them is not lost.
    let mut stopped = pin!(StopSignals::catch().wait());
    let reply = tokio::select! {
        // A reply that has arrived takes precedence over a signal.
        biased;
        reply = answer => reply?,
        () = &mut stopped => return Err(sent.describe_interruption()),
    };
    sent.print_reply(&reply, stopped.as_mut()).await?;
    if options.qr {
        qr::draw_link(info, &reply);
    }
    match (&mut order, options.wait) {
        (Some(order), Some(limit)) => {
            order.record(&Ok::<_, ottpay::Error>(reply));
            wait::follow(&client, order, limit, &sent, stopped).await
        }
        _ => sent.check_settled(&reply),
    }
}

/// A request that may move money, or a query.
enum Call {
    Write(AnyRequest),
    Read(AnyQuery),
}

impl Call {
    fn new<'a>(
        client: &Client,
        info: &'static ActionInfo,
        fields: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, InvalidRequest> {
        match info.effect {
            Effect::Write => AnyRequest::new(client, info, fields).map(Self::Write),
            Effect::Read => AnyQuery::new(client, info, fields).map(Self::Read),
        }
    }

    fn values(&self) -> &Values {
        match self {
            Self::Write(request) => request.values(),
            Self::Read(query) => query.values(),
        }
    }
}

/// Finds the action's field for the operator id.
fn find_operator_field(info: &ActionInfo) -> Option<&'static str> {
    let field = info.request.iter().find(|field| {
        let free = field.constant.is_none() && field.fill.is_none() && field.role.is_none() && !field.outer;
        // The specification has no role for this field, so it is known by its two names.
        free && matches!(field.kind, Kind::Text) && matches!(field.name, "operator_id" | "operId")
    });
    field.map(|field| field.name)
}
