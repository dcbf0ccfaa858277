//! `ottpay explain`: opens an envelope step by step, and shows the likely cause of a failure.

mod example;

use std::io::{self, Write};

use ottpay::GATEWAY;
use ottpay::envelope::explain::{Derivation, Explanation, explain};
use ottpay::envelope::{Alteration, Message};

use crate::alteration::find_alterations;
use crate::failure::Failure;
use crate::settings::SettingsFlags;
use crate::{input, terminal};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The envelope is a request, a reply or a callback: plain JSON, Base64 of it, or a form. Only the sign key is needed.
The values of its fields are printed, verified or not: this is for reading, and `ottpay open` for acting upon.
If it verifies and is not a request, the signs are printed that it was made of the parts of another message.

With --example nothing is read: the request that the specification shows for an action is sealed with a sample key of the
vendor's pages, and opened again step by step, with the digest and the key of each.

Examples:
  ottpay explain --example
  ottpay explain --example=refund
  ottpay explain < callback.json
  echo '{\"order_id\":\"T1\"}' | ottpay seal STATUS_QUERY | ottpay explain --show-key")]
pub(crate) struct Options {
    /// Print the key of this message and the digest it is cut from; with it anybody can read the message
    #[arg(long)]
    show_key: bool,
    /// Explain an example of this action, to learn how an envelope is made; by default of one that makes a payment link
    #[arg(long, value_name = "ACTION", num_args = 0..=1, require_equals = true, default_missing_value = "",
          conflicts_with_all = ["show_key", "callback"])]
    example: Option<String>,
    /// Hold the message to the rules for callbacks
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

/// Writes every step with its details, and why the last one failed.
fn write_explanation(
    explanation: &Explanation,
    alterations: &[Alteration],
    show_key: bool,
    colours: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (green, red, bold, plain) = match colours {
        true => ("\x1b[32m", "\x1b[31m", "\x1b[1m", "\x1b[0m"),
        false => ("", "", "", ""),
    };
    for (number, step) in (1..).zip(&explanation.steps) {
        let mark = match &step.failure {
            None => format!("{green}✓{plain}"),
            Some(_) => format!("{red}✗{plain}"),
        };
        writeln!(out, "{number}. {mark} {bold}{}{plain}", step.title)?;
        for detail in &step.details {
            writeln!(out, "     {detail}")?;
        }
        if let Some(derivation) = explanation.derivation().filter(|_| step.title == Derivation::STEP) {
            match show_key {
                true => writeln!(out, "     digest: {}\n     key: {}", derivation.digest(), derivation.key())?,
                false => writeln!(out, "     digest and key: hidden, --show-key prints them")?,
            }
        }
        if let Some(failure) = &step.failure {
            writeln!(out, "     {red}{failure}{plain}")?;
            if let Some(cause) = &failure.cause {
                writeln!(out, "     {bold}likely cause:{plain} {cause}")?;
            }
        }
    }
    match explanation.is_verified() {
        true if !alterations.is_empty() => {
            writeln!(out, "{red}verified, but possibly altered{plain}, if it is a callback: query the order")?;
            alterations.iter().try_for_each(|sign| writeln!(out, "     {sign}"))
        }
        true => writeln!(out, "{green}verified{plain}"),
        false => writeln!(out, "{red}not verified{plain}: nothing above is to be acted upon"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use ottpay::envelope::seal;
    use ottpay::{Cipher, Framing, SignKey};

    use super::*;

    fn explanation(sign_key: &str) -> Explanation {
        let fields = BTreeMap::from([("order_id", "T1"), ("amount", "100")]);
        let sealed = seal(&fields, &SignKey::new("6698851A525C9433").unwrap(), Cipher::Aes128Ecb);
        let body = Message::new([("data", sealed.data), ("md5", sealed.md5)]).to_body(Framing::Json);
        explain(&body, &SignKey::new(sign_key).unwrap(), Cipher::Aes128Ecb)
    }

    fn format_explanation(explanation: &Explanation, show_key: bool, colours: bool) -> String {
        let mut out = Vec::new();
        write_explanation(explanation, &[], show_key, colours, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_step_of_a_message_that_opens_has_a_tick() {
        let text = format_explanation(&explanation("6698851A525C9433"), false, false);
        assert_eq!(text.matches('✓').count(), 8, "{text}");
        assert!(text.contains("     order_id = T1\n") && text.ends_with("verified\n"), "{text}");
        assert!(!text.contains('✗') && !text.contains('\x1b'), "{text}");
    }

    #[test]
    fn the_step_that_fails_has_its_likely_cause() {
        let text = format_explanation(&explanation("another key"), false, false);
        assert!(text.contains("5. ✗ decrypt data\n"), "{text}");
        assert!(text.contains("     likely cause: the message was made with a sample sign key"), "{text}");
        assert!(text.contains("not verified"), "{text}");
    }

    #[test]
    fn the_key_is_shown_only_when_asked_for() {
        let explanation = explanation("6698851A525C9433");
        let derivation = explanation.derivation().unwrap();
        for secret in [derivation.digest(), derivation.key()] {
            assert!(!format_explanation(&explanation, false, true).contains(secret));
            assert!(format_explanation(&explanation, true, true).contains(secret));
        }
    }
}
