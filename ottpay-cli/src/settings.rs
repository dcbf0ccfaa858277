//! Settings: by flag, then by environment, then by a TOML file.

mod file;

use std::env;
use std::path::PathBuf;

use ottpay::{Client, ConfigError, SignKey};

use crate::failure::Failure;

/// Settings as they are given. The environment is not left to clap: it would show values in its messages, and take an
/// empty variable for a value.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Settings")]
pub(crate) struct Settings {
    /// Base address of the gateway, such as https://frontapi.ottpay.com [env: OTTPAY_ENDPOINT]
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,
    /// Merchant id, issued by OTT Pay [env: OTTPAY_MERCHANT_ID]
    #[arg(long, value_name = "ID")]
    merchant_id: Option<String>,
    /// Sign key, issued by OTT Pay; other users of the machine see flags, so prefer the variable or the file
    /// [env: OTTPAY_SIGN_KEY]
    #[arg(long, value_name = "KEY", value_parser = |text: &str| SignKey::new(text))]
    sign_key: Option<SignKey>,
    /// Operator, issued by OTT Pay; written into the field of that name if it is not given [env: OTTPAY_OPERATOR_ID]
    #[arg(long, value_name = "ID")]
    operator_id: Option<String>,
    /// TOML file with the keys endpoint, merchant_id, sign_key and operator_id
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// A setting, and who says so.
#[derive(Debug)]
pub(crate) struct Set<T> {
    pub(crate) value: T,
    from: String,
}

/// Settings from wherever they come.
#[derive(Debug)]
pub(crate) struct Complete {
    endpoint: Option<Set<String>>,
    merchant_id: Option<Set<String>>,
    sign_key: Option<Set<SignKey>>,
    operator_id: Option<Set<String>>,
}

impl Settings {
    /// With what environment and file say.
    pub(crate) fn complete(self) -> Result<Complete, Failure> {
        let mut file = match self.config.or_else(file::usual) {
            Some(path) => file::read(&path)?,
            None => file::File::default(),
        };
        let mut text = |flag: Option<String>, name: &str| -> Result<Option<Set<String>>, Failure> {
            let flag = flag.map(|value| Set { value, from: format!("--{}", name.replace('_', "-")) });
            let set = match flag {
                Some(flag) => Some(flag),
                None => variable(&format!("OTTPAY_{}", name.to_ascii_uppercase()))?,
            };
            Ok(set.or_else(|| file.take(name)))
        };
        let sign_key = match self.sign_key {
            Some(value) => Some(Set { value, from: "--sign-key".to_owned() }),
            None => text(None, "sign_key")?.map(sign_key).transpose()?,
        };
        Ok(Complete {
            endpoint: text(self.endpoint, "endpoint")?,
            merchant_id: text(self.merchant_id, "merchant_id")?,
            operator_id: text(self.operator_id, "operator_id")?,
            sign_key,
        })
    }
}

fn sign_key(Set { value, from }: Set<String>) -> Result<Set<SignKey>, Failure> {
    match SignKey::new(value) {
        Ok(value) => Ok(Set { value, from }),
        Err(error) => Err(Failure::usage(format!("{error}, as set by {from}"))),
    }
}

/// What a variable says; an empty one is as good as none.
pub(crate) fn variable(name: &str) -> Result<Option<Set<String>>, Failure> {
    let from = format!("the variable {name}");
    match env::var(name) {
        Ok(value) if !value.trim().is_empty() => Ok(Some(Set { value, from })),
        Ok(_) | Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => {
            Err(Failure::usage(format!("{from} is no UTF-8 text")).help("set it anew, or unset it"))
        }
    }
}

impl Complete {
    /// The sign key, or what to do to have one.
    pub(crate) fn sign_key(&self) -> Result<SignKey, Failure> {
        let missing = || missing("the sign key", "OTTPAY_SIGN_KEY", "sign_key", "--sign-key");
        self.sign_key.as_ref().map(|key| key.value.clone()).ok_or_else(missing)
    }

    /// The merchant id, or what to do to have one.
    pub(crate) fn merchant_id(&self) -> Result<&str, Failure> {
        let id = self.merchant_id.as_ref().map(|id| id.value.trim()).filter(|id| !id.is_empty());
        id.ok_or_else(|| missing("the merchant id", "OTTPAY_MERCHANT_ID", "merchant_id", "--merchant-id"))
    }

    /// The operator, if there is one.
    pub(crate) fn operator_id(&self) -> Option<&str> {
        self.operator_id.as_ref().map(|id| &*id.value).filter(|id| !id.is_empty())
    }

    /// Where requests go, if not to the gateway of the specification.
    pub(crate) fn endpoint(&self) -> Option<&str> {
        self.endpoint.as_ref().map(|endpoint| &*endpoint.value)
    }

    /// A client with these settings.
    pub(crate) fn client(&self) -> Result<Client, Failure> {
        let mut builder = Client::builder().merchant_id(self.merchant_id()?).sign_key(self.sign_key()?);
        if let Some(endpoint) = &self.endpoint {
            builder = builder.endpoint(&endpoint.value);
        }
        builder.build().map_err(|error| {
            let help = match (&self.endpoint, &error) {
                (Some(Set { from, .. }), ConfigError::PlainHttp) => {
                    format!(
                        "{from} sets it; write https://…, or reach a sandbox elsewhere through a tunnel to this machine"
                    )
                }
                (Some(Set { from, .. }), ConfigError::Endpoint | ConfigError::EndpointWithPath) => {
                    format!("{from} sets it")
                }
                _ => return Failure::usage(error),
            };
            Failure::usage(error).help(help)
        })
    }
}

fn missing(what: &str, variable: &str, key: &str, flag: &str) -> Failure {
    Failure::usage(format!("{what} is not set")).help(format!(
        "set the variable {variable}, write `{key} = \"…\"` into ottpay.toml, or pass {flag}; `ottpay sandbox` prints its own"
    ))
}
