//! `ottpay open`: an envelope in, verified fields out, or nothing.

use ottpay::GATEWAY;
use ottpay::envelope::Message;

use crate::failure::Failure;
use crate::settings::Settings;
use crate::{input, json, output};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The envelope is a request, a reply or a callback: plain JSON, Base64 of it, or a form. Only the sign key is needed.

Examples:
  ottpay open < reply.json
  echo '{\"order_id\":\"T1\"}' | ottpay seal STATUS_QUERY | ottpay open")]
pub(crate) struct Options {
    #[command(flatten)]
    settings: Settings,
}

pub(crate) fn run(options: Options) -> Result<(), Failure> {
    let key = options.settings.complete()?.sign_key()?;
    let text = input::standard()?;
    let message = Message::read_callback(&text.body).map_err(|error| {
        Failure::refused(format!("{} is no envelope: {error}", text.from))
            .help("an envelope is a JSON object with `data` and `md5`, Base64 of one, or a form with these names")
    })?;
    let opened = message.open(&key, GATEWAY.cipher).map_err(|error| {
        Failure::refused(format!("the envelope cannot be verified: {error}"))
            .help("check that the sign key is that of the merchant in the envelope, and that nothing was cut off")
    })?;
    let fields = opened.ok_or_else(|| {
        let code =
            message.code().map_or_else(String::new, |_| ", only a response code that anybody can write".to_owned());
        Failure::refused(format!("the envelope has neither `data` nor `md5`{code}: nothing in it can be verified"))
    })?;
    output::line(json::of_fields(&fields)?)
}
