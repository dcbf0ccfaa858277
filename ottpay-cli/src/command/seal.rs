//! `ottpay seal`: seals fields in an envelope, for people who build a client of their own.

use std::collections::{BTreeMap, BTreeSet};

use ottpay::Framing;
use ottpay::GATEWAY;
use ottpay::envelope::{DigestForm, Message, seal, seal_json};
use ottpay::spec::Protocol;
use ottpay_sandbox::write_as_client;
use ottpay_vocabulary::wire;

use crate::failure::Failure;
use crate::settings::SettingsFlags;
use crate::{action, input, stderr, stdout};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The object is sealed as it is: nothing is added, and no field is required. The value of a field that is in the
specification is checked as in a call. With --unchecked, no value is checked. A member called `outer NAME` is written
outside `data` as NAME.

Examples:
  echo '{\"order_id\":\"T1\"}' | ottpay seal STATUS_QUERY
  echo '{\"order_id\":\"T1\"}' | ottpay seal status_query | ottpay open
  echo '{\"shop_id\":\"S1\"}' | ottpay seal SHOP_QUERY --version 1.0")]
pub(crate) struct Options {
    /// Constant on the wire, or method of the client; with --version, even an action that `ottpay actions` does not
    /// list. Actions without an envelope, such as links, are rejected
    action: String,
    /// Version in the envelope; the default is the version in the specification
    #[arg(long, value_name = "V")]
    version: Option<String>,
    /// Also seal values that the client would reject, to test a gateway
    #[arg(long)]
    unchecked: bool,
    /// Write the fields unsorted, with `/` and non-ASCII characters escaped, to test a gateway; the order depends on
    /// names and values only, so the same object is always sealed the same way
    #[arg(long)]
    shuffle: bool,
    #[command(flatten)]
    settings: SettingsFlags,
}

pub(crate) fn run(options: Options) -> Result<(), Failure> {
    let (constant, version) = find_constant_and_version(&options.action, options.version)?;
    if !options.unchecked {
        let unchecked = |error: String| Failure::usage(error).help("--unchecked seals it anyway");
        wire::check_constant(&constant).map_err(|error| unchecked(format!("action: {error}")))?;
        wire::check_version(&version).map_err(|error| unchecked(format!("version: {error}")))?;
    }
    let settings = options.settings.resolve()?;
    let (merchant_id, key) = (settings.merchant_id()?, settings.sign_key()?);
    let mut fields = input::read_stdin()?.parse_strings()?;
    let mut outer = Vec::new();
    fields.retain(|name, value| match name.strip_prefix("outer ") {
        Some(name) => {
            outer.push((name.to_owned(), value.clone()));
            false
        }
        None => true,
    });
    if let Some((name, _)) = outer.iter().find(|(name, _)| wire::ENVELOPE_MEMBERS.contains(&name.as_str())) {
        return Err(Failure::usage(format!("the envelope itself has a member `{name}`")).help("remove it"));
    }
    if !options.unchecked {
        check_values(&options.action, &fields, &outer)?;
    }
    let sealed = if options.shuffle {
        let shuffled = seal_json(&write_as_client(&fields), DigestForm::TextNullEmpty, &key, GATEWAY.cipher);
        shuffled.map_err(Failure::usage)?
    } else {
        seal(&fields, &key, GATEWAY.cipher)
    };
    let mut members = vec![("action", &*constant), ("version", &*version), ("merchant_id", merchant_id)];
    members.extend(outer.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    members.extend([("data", &*sealed.data), ("md5", &*sealed.md5)]);
    let body = Message::new(members).to_body(Framing::Json);
    if !input::fits_limit(&body) {
        return Err(Failure::usage("the sealed envelope is larger than 1 MiB")
            .help("clients and gateways reject one of that size"));
    }
    stdout::print_line(String::from_utf8_lossy(&body))
}

/// Rejects a value that none of the actions with this name accepts.
fn check_values(action: &str, fields: &BTreeMap<String, String>, outer: &[(String, String)]) -> Result<(), Failure> {
    let actions = action::find_actions(action).unwrap_or_default();
    let inside = fields.iter().map(|(name, value)| (name, value, false));
    for (name, value, is_outer) in inside.chain(outer.iter().map(|(name, value)| (name, value, true))) {
        let described = actions.iter().filter_map(|info| {
            let field = info.request.iter().find(|field| field.name == name && field.outer == is_outer)?;
            Some((info, field, field.check_value(value, false)))
        });
        let described: Vec<_> = described.collect();
        if let Some((info, _, Err(problem))) = described.first()
            && described.iter().all(|(_, _, checked)| checked.is_err())
        {
            let message = format!("{}: {name}: {problem}", info.action);
            return Err(Failure::usage(message).help("--unchecked seals it anyway"));
        }
        let valid = described.into_iter().filter(|(_, _, checked)| checked.is_ok());
        // `None` as soon as one action accepts the value without doubt: then nothing is worth a warning.
        let uncertain: Option<Vec<_>> =
            valid.map(|(info, field, _)| Some((info, field, field.find_uncertain_problem(value)?))).collect();
        if let Some((info, field, problem)) = uncertain.iter().flatten().next() {
            stderr::print_line(action::describe_uncertain_problem(info, field, problem));
        }
    }
    Ok(())
}

/// Finds the constant and the version for the envelope.
fn find_constant_and_version(name: &str, version: Option<String>) -> Result<(String, String), Failure> {
    let found = match (action::find_actions(name), &version) {
        (Ok(found), _) => found,
        (Err(_), Some(version)) => return Ok((name.to_owned(), version.clone())),
        (Err(failure), None) => {
            return Err(failure.help(format!(
                "{}`ottpay actions` lists all actions; to seal an action that is not listed, pass --version",
                action::suggest_action(name)
            )));
        }
    };
    if found.iter().any(|info| info.protocol != Protocol::Envelope) {
        let are = if found.len() == 1 { "is" } else { "are" };
        return Err(Failure::usage(format!("{} {are} sent without an envelope", action::list_methods(&found)))
            .help("use `ottpay call` with the method"));
    }
    let constant = found.first().map_or(name, |info| info.action).to_owned();
    let versions: BTreeSet<&str> = found.iter().map(|info| info.version).collect();
    match (version, versions.first()) {
        (Some(version), _) => Ok((constant, version)),
        (None, Some(version)) if versions.len() == 1 => Ok((constant, (*version).to_owned())),
        _ => Err(Failure::usage(format!("the actions with the constant `{name}` have several versions"))
            .help("choose one with --version")),
    }
}
