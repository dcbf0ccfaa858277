//! `ottpay trigger`: posts a callback to a shop in development, sealed as the gateway seals it.

mod answer;

use std::collections::BTreeMap;

use ottpay::envelope::{DigestForm, Message, seal_json};
use ottpay::spec::{CallbackInfo, FieldInfo, Role};
use ottpay::{Framing, GATEWAY};
use ottpay_sandbox::write_as_gateway;

use answer::post;

use crate::failure::Failure;
use crate::fields::{FieldFlags, Fields};
use crate::settings::SettingsFlags;
use crate::suggestion::did_you_mean;
use crate::webhook::Target;
use crate::{input, stdout};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The fields are those of the specification's example, with the merchant of the settings and the changes of --set and
--json. As in the gateway's callbacks, the members are not sorted, and `=`, `&`, `<`, `>` and `'` are escaped.

Standard output contains the callback as it was posted, and on a second line the answer, as in
{\"status\":200,\"content_type\":\"text/plain\",\"body\":\"SUCCESS\"}. Exit codes are 0 if the shop answered with 2xx, else 1.

The callback does not pay an order: a shop that queries the gateway, as it should, detects this.

Examples:
  ottpay trigger wallet --set order_id=T1 --set amount=1999 --to localhost:3000/ottpay
  ottpay trigger active_pay --without remarks --to https://shop.example/ottpay
  ottpay trigger wallet | curl --json @- localhost:3000/ottpay
  ottpay trigger wallet --sign-key 0000000000000000 --to localhost:3000/ottpay")]
pub(crate) struct Options {
    /// A callback of the specification, or the method of an action that has one
    callback: String,
    #[command(flatten)]
    fields: FieldFlags,
    /// Omit a field of the example; can be repeated
    #[arg(long, value_name = "FIELD")]
    without: Vec<String>,
    /// URL of the shop; without it the callback is printed and not posted
    #[arg(long, value_name = "URL")]
    to: Option<Target>,
    /// Allow undocumented fields and values, and allow required fields to be missing
    #[arg(long)]
    unchecked: bool,
    #[command(flatten)]
    settings: SettingsFlags,
}

pub(crate) async fn run(options: Options) -> Result<(), Failure> {
    let info = find_callback(&options.callback)?;
    let given = options.fields.read()?;
    let settings = options.settings.resolve()?;
    let (merchant_id, key) = (settings.merchant_id()?, settings.sign_key()?);
    let fields = compose_fields(info, given, &options.without, merchant_id)?;
    if !options.unchecked {
        check_fields(info, &fields).map_err(|failure| failure.help("--unchecked seals it anyway"))?;
    }
    let sealed = seal_json(&write_as_gateway(&fields), DigestForm::TextNullEmpty, &key, GATEWAY.cipher);
    let sealed = sealed.map_err(Failure::usage)?;
    let members = [
        ("rsp_code", "SUCCESS"),
        ("rsp_msg", "success"),
        ("merchant_id", merchant_id),
        ("data", &*sealed.data),
        ("md5", &*sealed.md5),
    ];
    let body = Message::new(members).to_body(Framing::Json);
    if !input::fits_limit(&body) {
        return Err(Failure::usage("the sealed callback is larger than 1 MiB").help("messages of OTT Pay are smaller"));
    }
    stdout::print_line(String::from_utf8_lossy(&body))?;
    match options.to {
        Some(target) => post(&target, body).await,
        None => Ok(()),
    }
}

/// Finds a callback by its name, or by an action that has it.
fn find_callback(name: &str) -> Result<&'static CallbackInfo, Failure> {
    let of_action = || GATEWAY.find_method(name).and_then(|action| action.callback);
    let found = GATEWAY.callbacks.iter().copied().find(|callback| callback.name == name).or_else(of_action);
    found.ok_or_else(|| {
        let names: Vec<_> = GATEWAY.callbacks.iter().map(|callback| callback.name).collect();
        let meant = did_you_mean(name, names.iter().copied());
        let what = match GATEWAY.find_method(name) {
            Some(_) => format!("the action `{name}` does not have a callback"),
            None => format!("there is no callback `{name}`"),
        };
        Failure::usage(what).help(format!("{meant}The callbacks are {}", names.join(", ")))
    })
}

/// The fields of the example, with the given changes.
fn compose_fields(
    info: &CallbackInfo,
    given: Fields,
    without: &[String],
    merchant_id: &str,
) -> Result<Fields, Failure> {
    let sample = info.examples.first().copied().unwrap_or_default();
    let mut fields: Fields = sample.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    for field in info.fields.iter().filter(|field| field.role == Some(Role::Merchant)) {
        fields.entry(field.name.to_owned()).and_modify(|text| merchant_id.clone_into(text));
    }
    for (name, text) in given {
        // A field under another of its names is still the same field.
        fields.retain(|known, _| find_field(info, known).is_none_or(|field| !field.has_name(&name)));
        fields.insert(name, text);
    }
    for name in without {
        if fields.remove(name).is_none() {
            let names: Vec<_> = fields.keys().map(String::as_str).collect();
            let meant = did_you_mean(name, names.iter().copied());
            return Err(Failure::usage(format!(
                "--without {name}: the callback `{}` does not have this field",
                info.name
            ))
            .help(format!("{meant}Its fields are {}", names.join(", "))));
        }
    }
    Ok(fields)
}

/// Rejects fields and values that no documented callback has.
fn check_fields(info: &CallbackInfo, fields: &BTreeMap<String, String>) -> Result<(), Failure> {
    for (name, text) in fields {
        let Some(field) = find_field(info, name) else {
            let names: Vec<_> = info.fields.iter().map(|field| field.name).collect();
            let meant = did_you_mean(name, names.iter().copied());
            let names = names.join(", ");
            return Err(Failure::usage(format!(
                "the callback `{}` does not have a field `{name}`; {meant}its fields are {names}",
                info.name
            )));
        };
        let checked = field.check_value(text, false);
        checked.map_err(|problem| Failure::usage(format!("{}: {name}: {problem}", info.name)))?;
    }
    let is_there = |field: &FieldInfo| fields.keys().any(|name| field.has_name(name));
    let missing: Vec<_> =
        info.fields.iter().filter(|field| field.required && !is_there(field)).map(|field| field.name).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Failure::usage(format!("{}: missing {}; add them with --set", info.name, missing.join(", "))))
}

fn find_field(info: &CallbackInfo, name: &str) -> Option<&'static FieldInfo> {
    info.fields.iter().find(|field| field.has_name(name))
}
