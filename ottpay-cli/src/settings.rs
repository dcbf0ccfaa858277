//! Settings: by flag, then by environment, then by a TOML file.

use std::env;
use std::path::{Path, PathBuf};

use ottpay::{Client, SignKey};

use crate::failure::Failure;
use crate::input;
use crate::suggestion::did_you_mean;

/// Keys of the file.
const KEYS: [&str; 4] = ["endpoint", "merchant_id", "sign_key", "operator_id"];

/// Settings as they are given; the file fills what is missing.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Settings")]
pub(crate) struct Settings {
    /// Base address of the gateway, such as https://frontapi.ottpay.com
    #[arg(long, env = "OTTPAY_ENDPOINT", value_name = "URL")]
    pub(crate) endpoint: Option<String>,
    /// Merchant id, issued by OTT Pay
    #[arg(long, env = "OTTPAY_MERCHANT_ID", value_name = "ID")]
    pub(crate) merchant_id: Option<String>,
    /// Sign key, issued by OTT Pay; other users of the machine see flags, so prefer the variable or the file
    #[arg(long, env = "OTTPAY_SIGN_KEY", value_name = "KEY", hide_env_values = true, value_parser = sign_key)]
    sign_key: Option<SignKey>,
    /// Operator, issued by OTT Pay; written into the field of that name if it is not given
    #[arg(long, env = "OTTPAY_OPERATOR_ID", value_name = "ID")]
    pub(crate) operator_id: Option<String>,
    /// TOML file with the keys endpoint, merchant_id, sign_key and operator_id
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

fn sign_key(text: &str) -> Result<SignKey, ottpay::SignKeyError> {
    SignKey::new(text)
}

impl Settings {
    /// With what the file says.
    pub(crate) fn complete(mut self) -> Result<Self, Failure> {
        let Some(path) = self.config.take().or_else(default_file) else { return Ok(self) };
        for (key, value) in table(&path)? {
            let shown = path.display();
            let toml::Value::String(text) = value else {
                // Not the value: it may be the sign key.
                return Err(Failure::usage(format!("{shown}: the value of `{key}` is no text"))
                    .help(format!("write it in quotation marks: {key} = \"…\"")));
            };
            match key.as_str() {
                "endpoint" => _ = self.endpoint.get_or_insert(text),
                "merchant_id" => _ = self.merchant_id.get_or_insert(text),
                "operator_id" => _ = self.operator_id.get_or_insert(text),
                "sign_key" if self.sign_key.is_none() => {
                    let key = SignKey::new(text);
                    self.sign_key = Some(key.map_err(|error| Failure::usage(format!("{shown}: {error}")))?);
                }
                "sign_key" => {}
                unknown => {
                    let meant = did_you_mean(unknown, KEYS);
                    return Err(Failure::usage(format!("{shown}: there is no setting `{unknown}`"))
                        .help(format!("{meant}The settings are {}", KEYS.join(", "))));
                }
            }
        }
        Ok(self)
    }

    /// The sign key, or what to do to have one.
    pub(crate) fn sign_key(&self) -> Result<SignKey, Failure> {
        self.sign_key.clone().ok_or_else(|| missing("the sign key", "OTTPAY_SIGN_KEY", "sign_key", "--sign-key"))
    }

    /// The merchant id, or what to do to have one.
    pub(crate) fn merchant_id(&self) -> Result<&str, Failure> {
        let id = self.merchant_id.as_deref().map(str::trim).filter(|id| !id.is_empty());
        id.ok_or_else(|| missing("the merchant id", "OTTPAY_MERCHANT_ID", "merchant_id", "--merchant-id"))
    }

    /// A client with these settings.
    pub(crate) fn client(&self) -> Result<Client, Failure> {
        let mut builder = Client::builder().merchant_id(self.merchant_id()?).sign_key(self.sign_key()?);
        if let Some(endpoint) = &self.endpoint {
            builder = builder.endpoint(endpoint);
        }
        builder.build().map_err(Failure::usage)
    }
}

fn missing(what: &str, variable: &str, key: &str, flag: &str) -> Failure {
    Failure::usage(format!("{what} is not set")).help(format!(
        "set the variable {variable}, write `{key} = \"…\"` into ottpay.toml, or pass {flag}; `ottpay sandbox` prints its own"
    ))
}

/// The first file at one of the usual places.
fn default_file() -> Option<PathBuf> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = || set("HOME").map(|home| home.join(".config"));
    let user = set("XDG_CONFIG_HOME").or_else(home).map(|folder| folder.join("ottpay/config.toml"));
    [Some(PathBuf::from("ottpay.toml")), user].into_iter().flatten().find(|path| path.is_file())
}

fn table(path: &Path) -> Result<toml::Table, Failure> {
    let text = input::file(path)?;
    let from = &text.from;
    let body = String::from_utf8(text.body).map_err(|_| Failure::usage(format!("{from} is no UTF-8 text")))?;
    body.parse::<toml::Table>().map_err(|error| {
        // Neither the parser's words nor the line: the sign key may be in it.
        let before = error.span().and_then(|span| body.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        Failure::usage(format!("{from}:{line}: this is no TOML")).help("a setting is written as merchant_id = \"…\"")
    })
}
