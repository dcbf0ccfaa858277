//! `ottpay explain`: opens an envelope step by step, and shows the likely cause of a failure.

mod example;
mod writing;

use std::io::{self, Write as _};

use ottpay::GATEWAY;
use ottpay::envelope::Message;
use ottpay::envelope::explain::explain;

use writing::write_explanation;

use crate::alteration::find_alterations;
use crate::failure::Failure;
use crate::settings::SettingsFlags;
use crate::{input, terminal};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The envelope is a request, a reply or a callback: plain JSON, Base64 of it, or a form. Only the sign key is needed.
The values of its fields are printed, verified or not: use this command to read a message, and `ottpay open` to act on
one. For a verified reply or callback, signs that it contains parts of another message are printed, too.

With --example nothing is read. The example request of an action in the specification is sealed with a sample key from
the vendor's pages and opened again step by step, with the digest and the key of each step.

Examples:
  ottpay explain --example
  ottpay explain --example=refund
  ottpay explain < callback.json
  echo '{\"order_id\":\"T1\"}' | ottpay seal STATUS_QUERY | ottpay explain --show-key")]
pub(crate) struct Options {
    /// Print the key of this message and the digest it is derived from; anyone with the key can read the message
    #[arg(long)]
    show_key: bool,
    /// Explain an example of this action, to learn how an envelope is made; the default is one that creates a payment
    /// link
    #[arg(long, value_name = "ACTION", num_args = 0..=1, require_equals = true, default_missing_value = "",
          conflicts_with_all = ["show_key", "callback"])]
    example: Option<String>,
    /// Apply the rules for callbacks to the message
    #[arg(long)]
    callback: bool,
    #[command(flatten)]
    settings: SettingsFlags,
}

pub(crate) fn run(options: Options) -> Result<(), Failure> {
    if let Some(name) = &options.example {
        return example::run(name);
    }
    let key = options.settings.resolve()?.sign_key()?;
    let text = input::read_stdin().map_err(Failure::into_refused)?;
    let explanation = explain(&text.body, &key, GATEWAY.cipher);
    let message = Message::read_callback(&text.body);
    let alterations = message.map(|message| find_alterations(&message, &key, options.callback)).unwrap_or_default();
    let mut stdout = io::stdout().lock();
    let colours = terminal::shows_colours(&stdout);
    write_explanation(&explanation, &alterations, options.show_key, colours, &mut stdout)
        .and_then(|()| stdout.flush())
        .map_err(|error| Failure::unwritable_output(&error))?;
    match explanation.is_verified() && (alterations.is_empty() || !options.callback) {
        true => Ok(()),
        false => Err(Failure::already_reported(1)),
    }
}
