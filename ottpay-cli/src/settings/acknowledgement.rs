//! The answer to callbacks, for a command that receives them.

use ottpay::{Acknowledgement, AcknowledgementError, GATEWAY};

use super::resolved::Settings;
use super::setting::Setting;
use crate::failure::Failure;

/// The flags; variables and the file are among the other settings.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Settings")]
pub(crate) struct AcknowledgementFlags {
    /// Body of the answer to a callback; the default is that of the specification [env: OTTPAY_ACKNOWLEDGEMENT]
    #[arg(long, value_name = "TEXT")]
    acknowledgement: Option<String>,
    /// Content type of the answer to a callback; the default is that of the specification [env:
    /// OTTPAY_ACKNOWLEDGEMENT_TYPE]
    #[arg(long, value_name = "TYPE")]
    acknowledgement_type: Option<String>,
}

impl AcknowledgementFlags {
    /// Returns the specification's answer with the overrides applied.
    pub(crate) fn resolve(self, settings: &Settings) -> Result<Acknowledgement, Failure> {
        let flag = |value: Option<String>, name: &str| value.map(|value| Setting { value, source: name.to_owned() });
        let body = flag(self.acknowledgement, "--acknowledgement").or_else(|| settings.acknowledgement.clone());
        let content_type = flag(self.acknowledgement_type, "--acknowledgement-type");
        let content_type = content_type.or_else(|| settings.acknowledgement_type.clone());
        let answer = change(GATEWAY.acknowledgement.clone(), body, Acknowledgement::with_body)?;
        change(answer, content_type, Acknowledgement::with_content_type)
    }
}

fn change(
    answer: Acknowledgement,
    setting: Option<Setting<String>>,
    with: fn(Acknowledgement, String) -> Result<Acknowledgement, AcknowledgementError>,
) -> Result<Acknowledgement, Failure> {
    let Some(Setting { value, source }) = setting else { return Ok(answer) };
    with(answer, value).map_err(|error| {
        Failure::usage(format!("invalid answer to callbacks: {error}")).help(format!("{source} sets it"))
    })
}
