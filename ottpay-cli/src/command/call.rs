//! `ottpay call`: sends one action, checked against the specification first.

mod confirm;
mod outcome;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::pin::pin;

use ottpay::request::{AnyQuery, AnyRequest, InvalidRequest, Request as _, Values};
use ottpay::spec::{ActionInfo, Effect, Kind, Protocol};
use ottpay::{Client, Problem};

use confirm::confirm;
use outcome::{Sent, describe_ask_error};

use crate::failure::Failure;
use crate::settings::SettingsFlags;
use crate::signal::StopSignals;
use crate::suggestion::did_you_mean;
use crate::{action, input, json, stderr, stdout};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Where several actions have one constant, as CC_PURCHASE, the one is meant that takes all the given fields and needs no
others; of several, or none, the one whose method has the name of the constant, as `status_query` for STATUS_QUERY.
A link is not sent: its address is printed as {\"url\":…}. Of an SDK action the parameters are printed.
A field beside `data` that is called like one inside it is `outer NAME`, as in --set 'outer operator_id=1'.

Examples:
  ottpay call status_query --set order_id=T1
  ottpay call ACTIVEPAY --yes --set order_id=T1 --set amount=1999 --set biz_type=ALIPAY \\
      --set call_back_url=https://shop.example/ottpay
  echo '{\"order_id\":\"T1\"}' | ottpay call status_query --json -")]
pub(crate) struct Options {
    /// Method of the client, or constant on the wire; `ottpay actions` lists them
    action: String,
    /// A field; may be given several times, and overrides --json
    #[arg(long, value_name = "FIELD=VALUE")]
    set: Vec<String>,
    /// JSON object of strings with fields; `-` is standard input
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Send what may move money without asking
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    settings: SettingsFlags,
}

pub(crate) async fn run(options: Options) -> Result<(), Failure> {
    let named = action::find_actions(&options.action)?;
    let mut given = read_fields(&options)?;
    let info = action::choose_action(&options.action, &named, &given)?;
    reject_unknown_fields(info, &given)?;
    let settings = options.settings.resolve()?;
    if let (Some(operator), Some(name)) = (settings.operator_id(), find_operator_field(info)) {
        given.entry(name.to_owned()).or_insert_with(|| operator.to_owned());
    }
    let client = settings.build_client()?;
    let invalid = |error: InvalidRequest| describe_invalid_fields(&client, info, &given, error);
    let pairs = as_pairs(&given);
    warn_of_uncertain_limits(info, &given);
    match info.protocol {
        Protocol::Link => {
            let url = AnyRequest::link(&client, info, pairs).map_err(invalid)?;
            return stdout::print_line(json::format_value(&BTreeMap::from([("url", url.as_str())]))?);
        }
        Protocol::Sdk => return stdout::print_line(AnyRequest::parameters(&client, info, pairs).map_err(invalid)?),
        _ => {}
    }
    let call = Call::new(&client, info, pairs).map_err(invalid)?;
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
        // A reply that is there counts more than a signal.
        biased;
        reply = answer => reply?,
        () = &mut stopped => return Err(sent.describe_interruption()),
    };
    sent.print_reply(&reply, stopped).await
}

/// What is sent: a request that may move money, or one that only asks.
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

/// Reads the fields of `--json` and `--set`.
fn read_fields(options: &Options) -> Result<BTreeMap<String, String>, Failure> {
    let mut given = match options.json.as_deref() {
        Some(path) if path == Path::new("-") => input::read_stdin()?.parse_strings()?,
        Some(path) => {
            let help = "--json takes a file with a JSON object of strings, or `-` for standard input";
            input::read_file(path).map_err(|failure| failure.help(help))?.parse_strings()?
        }
        None => BTreeMap::new(),
    };
    let mut set = BTreeMap::new();
    for pair in &options.set {
        // The argument is not shown: it may be a misplaced secret.
        let (name, value) = pair.split_once('=').ok_or_else(|| {
            Failure::usage("a --set without `=`").help("write --set FIELD=VALUE, as in --set order_id=T1")
        })?;
        if name.is_empty() {
            return Err(Failure::usage("--set needs a name before `=`").help("write it as in --set order_id=T1"));
        }
        if set.insert(name.to_owned(), value.to_owned()).is_some() {
            return Err(Failure::usage(format!("the field `{name}` is set twice")).help("keep one of them"));
        }
    }
    given.extend(set);
    Ok(given)
}

fn as_pairs(given: &BTreeMap<String, String>) -> impl Iterator<Item = (&str, &str)> {
    given.iter().map(|(name, value)| (name.as_str(), value.as_str()))
}

/// Warns of values that break a limit that is not certain. They are sent all the same.
fn warn_of_uncertain_limits(info: &ActionInfo, given: &BTreeMap<String, String>) {
    for field in info.request {
        let problem = given.get(&action::label_field(field)).and_then(|text| field.find_uncertain_problem(text));
        if let Some(problem) = problem {
            stderr::print_line(action::describe_uncertain_problem(info, field, &problem));
        }
    }
}

/// Rejects a name that the action does not have.
fn reject_unknown_fields(info: &ActionInfo, given: &BTreeMap<String, String>) -> Result<(), Failure> {
    let Some(unknown) = given.keys().find(|name| !action::has_field(info, name)) else { return Ok(()) };
    let known: Vec<String> = info.request.iter().map(action::label_field).collect();
    let meant = did_you_mean(unknown, known.iter().map(String::as_str));
    Err(Failure::usage(format!("{} has no field `{unknown}`", info.name))
        .help(format!("{meant}Its fields are {}", known.join(", "))))
}

/// Describes every invalid field. A request reports only the first, so each invalid value is replaced by the one of the
/// specification's example until the request is valid, or the example does not help.
fn describe_invalid_fields(
    client: &Client,
    info: &'static ActionInfo,
    given: &BTreeMap<String, String>,
    first: InvalidRequest,
) -> Failure {
    let sample = info.examples.first().map_or(&[][..], |example| example.request);
    let (mut corrected, mut wrong) = (given.clone(), BTreeMap::new());
    let mut next = Some(first);
    while let Some(error) = next.take().filter(|error| !wrong.contains_key(error.field())) {
        let name = error.field().to_owned();
        match sample.iter().find(|(field, _)| *field == name) {
            Some((_, right)) => _ = corrected.insert(name.clone(), (*right).to_owned()),
            None => _ = corrected.remove(&name),
        }
        wrong.insert(name, describe_problem(given, &error));
        next = match info.protocol {
            Protocol::Link => AnyRequest::link(client, info, as_pairs(&corrected)).err(),
            Protocol::Sdk => AnyRequest::parameters(client, info, as_pairs(&corrected)).err(),
            _ => Call::new(client, info, as_pairs(&corrected)).err(),
        };
    }
    let said: Vec<_> = wrong.iter().map(|(field, problem)| format!("{field}: {problem}")).collect();
    let said = match said.as_slice() {
        [only] => format!("{}: {only}", info.action),
        all => format!("{}: {} fields are wrong\n  {}", info.action, all.len(), all.join("\n  ")),
    };
    Failure::usage(said).help(format!("`ottpay actions {}` shows what each field takes", info.name))
}

/// Describes a problem in terms of what the user typed.
fn describe_problem(given: &BTreeMap<String, String>, error: &InvalidRequest) -> String {
    match error.problem() {
        Problem::Missing if given.contains_key(error.field()) => "required, but empty".to_owned(),
        problem => problem.to_string(),
    }
}

/// Finds the action's field for the operator id.
fn find_operator_field(info: &ActionInfo) -> Option<&'static str> {
    let field = info.request.iter().find(|field| {
        let free = field.constant.is_none() && field.fill.is_none() && field.role.is_none() && !field.outer;
        free && matches!(field.kind, Kind::Text) && matches!(field.name, "operator_id" | "operId")
    });
    field.map(|field| field.name)
}
