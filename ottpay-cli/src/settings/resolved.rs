//! The settings of a command, and what it needs of them.

use ottpay::{Client, ConfigError, SignKey};

use super::setting::Setting;
use crate::failure::Failure;

/// Every setting, from the first source that has it.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(super) endpoint: Option<Setting<String>>,
    pub(super) merchant_id: Option<Setting<String>>,
    pub(super) sign_key: Option<Setting<SignKey>>,
    pub(super) operator_id: Option<Setting<String>>,
    pub(super) acknowledgement: Option<Setting<String>>,
    pub(super) acknowledgement_type: Option<Setting<String>>,
}

impl Settings {
    /// The sign key, or how to set it.
    pub(crate) fn sign_key(&self) -> Result<SignKey, Failure> {
        let not_set = || not_set("the sign key", "OTTPAY_SIGN_KEY", "sign_key", "--sign-key");
        self.sign_key.as_ref().map(|key| key.value.clone()).ok_or_else(not_set)
    }

    /// The merchant id, or how to set it.
    pub(crate) fn merchant_id(&self) -> Result<&str, Failure> {
        let id = self.merchant_id.as_ref().map(|id| id.value.trim()).filter(|id| !id.is_empty());
        id.ok_or_else(|| not_set("the merchant id", "OTTPAY_MERCHANT_ID", "merchant_id", "--merchant-id"))
    }

    /// The operator id, if it is set.
    pub(crate) fn operator_id(&self) -> Option<&str> {
        self.operator_id.as_ref().map(|id| &*id.value).filter(|id| !id.is_empty())
    }

    /// The base address of requests, if it is not the specification's.
    pub(crate) fn endpoint(&self) -> Option<&str> {
        self.endpoint.as_ref().map(|endpoint| &*endpoint.value)
    }

    /// Builds a client with these settings.
    pub(crate) fn build_client(&self) -> Result<Client, Failure> {
        let mut builder = Client::builder().merchant_id(self.merchant_id()?).sign_key(self.sign_key()?);
        if let Some(endpoint) = &self.endpoint {
            builder = builder.endpoint(&endpoint.value);
        }
        builder.build().map_err(|error| {
            let help = match (&self.endpoint, &error) {
                (Some(Setting { source, .. }), ConfigError::PlainHttp) => {
                    format!(
                        "{source} sets it; write https://…, or reach a sandbox elsewhere through a tunnel to this machine"
                    )
                }
                (Some(Setting { source, .. }), ConfigError::Endpoint | ConfigError::EndpointWithPath) => {
                    format!("{source} sets it")
                }
                _ => return Failure::usage(error),
            };
            Failure::usage(error).help(help)
        })
    }
}

fn not_set(what: &str, variable: &str, key: &str, flag: &str) -> Failure {
    Failure::usage(format!("{what} is not set")).help(format!(
        "set the variable {variable}, write `{key} = \"…\"` into ottpay.toml, or pass {flag}; `ottpay sandbox` prints its own"
    ))
}
