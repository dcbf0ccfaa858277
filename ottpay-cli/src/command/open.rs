//! `ottpay open`: verifies an envelope and prints its fields.

use std::borrow::Cow;

use ottpay::GATEWAY;
use ottpay::envelope::{Alteration, Message, OpenError};
use ottpay::incoming::{MessageProblem, Recipient};
use ottpay::spec::CodeClass;

use crate::alteration::find_alterations;
use crate::failure::Failure;
use crate::settings::SettingsFlags;
use crate::{input, json, stderr, stdout};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The envelope is a request, a reply or a callback: plain JSON, Base64 of it, or a form. Only the sign key is needed.
Anyone can post a callback, and even a callback that opens may contain parts of another one. With --callback, a callback
with signs of this is refused, as the library does; without --callback, the signs are printed on standard error. In both
cases, only a query confirms that an order is paid.

Examples:
  ottpay open < reply.json
  echo '{\"order_id\":\"T1\"}' | ottpay seal STATUS_QUERY | ottpay open")]
pub(crate) struct Options {
    /// Apply the rules for callbacks to the message
    #[arg(long)]
    callback: bool,
    #[command(flatten)]
    settings: SettingsFlags,
}

pub(crate) fn run(options: Options) -> Result<(), Failure> {
    let settings = options.settings.resolve()?;
    let key = settings.sign_key()?;
    let text = input::read_stdin().map_err(Failure::into_refused)?;
    let message = Message::read_callback(&text.body).map_err(|error| {
        Failure::refused(format!("{} is not an envelope: {error}", text.from))
            .help("an envelope is a JSON object with `data` and `md5`, Base64 of one, or a form with these names")
    })?;
    let recipient = Recipient::new(&key, GATEWAY.cipher);
    let recipient = match settings.merchant_id() {
        Ok(own) if options.callback => recipient.merchant_id(own),
        _ => recipient,
    };
    let opened = recipient.open(&message, []).map_err(|problem| {
        let failure = Failure::refused(format!("cannot verify the envelope: {}", describe_problem(&message, &problem)));
        match problem {
            MessageProblem::Unverified(OpenError::Undecryptable) => failure.help(
                "check that the sign key belongs to the merchant in the envelope; `ottpay explain` looks for the cause",
            ),
            _ => failure.help("`ottpay explain` shows how far it opens, and the likely cause"),
        }
    })?;
    let received = opened.ok_or_else(|| {
        let code =
            message.code().map_or_else(String::new, |_| ", only a response code that anyone can write".to_owned());
        Failure::refused(format!("the envelope has neither `data` nor `md5`{code}: nothing in it can be verified"))
    })?;
    let alterations = find_alterations(&message, &key, options.callback);
    if !alterations.is_empty() {
        let signs = Alteration::describe_all(&alterations);
        if options.callback {
            return Err(Failure::refused(format!("the callback may have been altered: {signs}"))
                .help("query the order, and do not act on this callback"));
        }
        stderr::print_line(format_args!(
            "warning: if this is a callback, it may have been altered: {signs}; query the order"
        ));
    }
    if let Some(code) = find_refusing_code(&message) {
        stderr::print_line(format_args!(
            "note: the response code outside the fields, which is not authenticated, is {code}"
        ));
    }
    stdout::print_line(json::format_fields(received.fields())?)
}

/// Describes why a message does not open, and whether `data` or `md5` is missing.
pub(crate) fn describe_problem(message: &Message<'_>, problem: &MessageProblem) -> String {
    match problem {
        MessageProblem::Unverified(OpenError::Half) => {
            let (there, missing) = if message.text("md5").is_some() { ("md5", "data") } else { ("data", "md5") };
            format!(
                "expected both `data` and `md5`, found only `{there}`: `{missing}` is missing, empty or not a string"
            )
        }
        _ => problem.to_string(),
    }
}

/// Finds a response code that does not accept the request.
pub(crate) fn find_refusing_code(message: &Message<'_>) -> Option<String> {
    let accepted = |code: &str| {
        let known = GATEWAY.codes.iter().find(|known| known.code == code);
        known.is_some_and(|known| known.class == Some(CodeClass::Accepted))
    };
    // Unverified: truncated to the length of a code, without control characters.
    let shown = |code: Cow<'_, str>| code.chars().filter(|character| !character.is_control()).take(40).collect();
    message.code().filter(|code| !accepted(code)).map(shown)
}
