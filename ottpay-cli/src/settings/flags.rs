//! Settings from flags, completed from the environment and the file.

use std::path::PathBuf;

use super::environment::read_variable;
use super::file::{self, SettingsFile};
use super::given_key::{GivenKey, parse_sign_key};
use super::resolved::Settings;
use super::setting::Setting;
use crate::failure::Failure;

/// The flags. clap does not read the variables, because it would print their values in messages and accept empty ones.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Settings")]
pub(crate) struct SettingsFlags {
    /// Base URL of the gateway, such as https://frontapi.ottpay.com [env: OTTPAY_ENDPOINT]
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,
    /// Merchant id, issued by OTT Pay [env: OTTPAY_MERCHANT_ID]
    #[arg(long, value_name = "ID")]
    merchant_id: Option<String>,
    /// Sign key, issued by OTT Pay; other users of the machine can see flags, so prefer the variable or the file
    /// [env: OTTPAY_SIGN_KEY]
    #[arg(long, value_name = "KEY")]
    sign_key: Option<GivenKey>,
    /// Operator id, issued by OTT Pay; the default of the field of that name [env: OTTPAY_OPERATOR_ID]
    #[arg(long, value_name = "ID")]
    operator_id: Option<String>,
    /// PEM file with further certificate authorities to trust, such as that of `ottpay sandbox --tls`
    /// [env: OTTPAY_CA_FILE]
    #[arg(long, value_name = "FILE")]
    ca_file: Option<String>,
    /// TOML file with the keys endpoint, merchant_id, sign_key, operator_id, ca_file, currency, ledger, webhook_secret,
    /// acknowledgement and acknowledgement_type
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl SettingsFlags {
    /// For a command that accepts only the file.
    pub(super) fn of_file(config: Option<PathBuf>) -> Self {
        Self { endpoint: None, merchant_id: None, sign_key: None, operator_id: None, ca_file: None, config }
    }

    /// Adds the settings of the variables and the file.
    pub(crate) fn resolve(self) -> Result<Settings, Failure> {
        let mut file = match self.config.or_else(file::find_default) {
            Some(path) => file::read_settings(&path)?,
            None => SettingsFile::default(),
        };
        let mut text = |flag: Option<String>, name: &str| -> Result<Option<Setting<String>>, Failure> {
            let flag = flag.map(|value| Setting { value, source: format!("--{}", name.replace('_', "-")) });
            let setting = match flag {
                Some(flag) => Some(flag),
                None => read_variable(&format!("OTTPAY_{}", name.to_ascii_uppercase()))?,
            };
            Ok(setting.or_else(|| file.take_setting(name)))
        };
        let sign_key = match self.sign_key {
            Some(given) => Some(Setting { value: given.parse()?, source: "--sign-key".to_owned() }),
            None => text(None, "sign_key")?.map(parse_sign_key).transpose()?,
        };
        Ok(Settings {
            endpoint: text(self.endpoint, "endpoint")?,
            merchant_id: text(self.merchant_id, "merchant_id")?,
            operator_id: text(self.operator_id, "operator_id")?,
            ca_file: text(self.ca_file, "ca_file")?,
            currency: text(None, "currency")?,
            // Only some commands have flags for these.
            ledger: text(None, "ledger")?,
            webhook_secret: text(None, "webhook_secret")?,
            acknowledgement: text(None, "acknowledgement")?,
            acknowledgement_type: text(None, "acknowledgement_type")?,
            sign_key,
        })
    }
}
