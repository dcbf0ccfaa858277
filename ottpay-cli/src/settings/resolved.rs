//! The resolved settings of a command.

use std::path::Path;

use ottpay::{Client, ClientBuilder, ConfigError, Currency, SignKey};

use super::setting::Setting;
use crate::failure::Failure;
use crate::input;
use crate::webhook::Secrets;
use crate::wording::{SET_CURRENCY, describe_config_error};

/// Every setting, from the first source that sets it.
pub(crate) struct Settings {
    pub(super) endpoint: Option<Setting<String>>,
    pub(super) merchant_id: Option<Setting<String>>,
    pub(super) sign_key: Option<Setting<SignKey>>,
    pub(super) operator_id: Option<Setting<String>>,
    pub(super) ca_file: Option<Setting<String>>,
    pub(super) currency: Option<Setting<String>>,
    pub(super) ledger: Option<Setting<String>>,
    pub(super) webhook_secret: Option<Setting<String>>,
    pub(super) acknowledgement: Option<Setting<String>>,
    pub(super) acknowledgement_type: Option<Setting<String>>,
}

impl Settings {
    /// The sign key; the error describes how to set it.
    pub(crate) fn sign_key(&self) -> Result<SignKey, Failure> {
        let not_set = || not_set("the sign key", "OTTPAY_SIGN_KEY", "sign_key", "--sign-key");
        self.sign_key.as_ref().map(|key| key.value.clone()).ok_or_else(not_set)
    }

    /// The merchant id; the error describes how to set it.
    pub(crate) fn merchant_id(&self) -> Result<&str, Failure> {
        let id = self.merchant_id.as_ref().map(|id| id.value.trim()).filter(|id| !id.is_empty());
        id.ok_or_else(|| not_set("the merchant id", "OTTPAY_MERCHANT_ID", "merchant_id", "--merchant-id"))
    }

    /// The operator id, if it is set.
    pub(crate) fn operator_id(&self) -> Option<&str> {
        self.operator_id.as_ref().map(|id| &*id.value).filter(|id| !id.is_empty())
    }

    /// The base URL of requests, if it overrides the specification's.
    pub(crate) fn endpoint(&self) -> Option<&str> {
        self.endpoint.as_ref().map(|endpoint| &*endpoint.value)
    }

    /// The secrets that sign webhooks; the error describes how to set them.
    pub(crate) fn webhook_secrets(&self) -> Result<Secrets, Failure> {
        let Some(Setting { value, source }) = &self.webhook_secret else {
            return Err(Failure::usage("the webhook secret is not set").help(
                "set the variable OTTPAY_WEBHOOK_SECRET, or write `webhook_secret = \"…\"` into ottpay.toml; generate \
                 one with: echo whsec_$(openssl rand -base64 32)",
            ));
        };
        Secrets::parse(value).map_err(|error| {
            Failure::usage(format!("invalid webhook secret: {error}")).help(format!("{source} sets it"))
        })
    }

    /// The currency of the merchant; the error describes how to set it. A ledger compares amounts in this currency.
    pub(crate) fn currency(&self) -> Result<Currency, Failure> {
        let Some(Setting { value, source }) = &self.currency else {
            return Err(Failure::usage("the currency is not set").help(format_args!(
                "{SET_CURRENCY}: most replies of the gateway state no currency, so amounts could not be compared"
            )));
        };
        Currency::new(value.trim()).map_err(|error| Failure::usage(error).help(format!("{source} sets it")))
    }

    /// Prepares a client for a ledger, which requires the currency.
    pub(crate) fn prepare_ledger_client(&self) -> Result<ClientBuilder<Client>, Failure> {
        Ok(self.prepare_client()?.currency(self.currency()?))
    }

    /// Builds a client that compares amounts in the configured currency, if there is one.
    pub(crate) fn build_following_client(&self) -> Result<Client, Failure> {
        let builder = self.prepare_client()?;
        self.build(match self.currency {
            Some(_) => builder.currency(self.currency()?),
            None => builder,
        })
    }

    /// Builds a client with these settings.
    pub(crate) fn build_client(&self) -> Result<Client, Failure> {
        self.build(self.prepare_client()?)
    }

    fn prepare_client(&self) -> Result<ClientBuilder<Client>, Failure> {
        Ok(Client::builder().merchant_id(self.merchant_id()?).sign_key(self.sign_key()?))
    }

    /// Builds a client that was prepared.
    pub(crate) fn build(&self, mut builder: ClientBuilder<Client>) -> Result<Client, Failure> {
        if let Some(endpoint) = &self.endpoint {
            builder = builder.endpoint(&endpoint.value);
        }
        if let Some(Setting { value, source }) = &self.ca_file {
            let sets = format!("{source} sets it");
            let file = input::read_file(Path::new(value)).map_err(|failure| failure.help(&sets))?;
            builder = builder.trust_certificate(file.body);
        }
        builder.build().map_err(|error| {
            let help = match (&self.endpoint, &error) {
                (Some(Setting { source, .. }), ConfigError::PlainHttp) => {
                    format!(
                        "{source} sets it; use https://…, or reach a remote sandbox through a tunnel to this machine"
                    )
                }
                (Some(Setting { source, .. }), ConfigError::Endpoint | ConfigError::EndpointWithPath) => {
                    format!("{source} sets it")
                }
                (_, ConfigError::Certificate) => {
                    let source = self.ca_file.as_ref().map_or("--ca-file", |file| &file.source);
                    format!("{source} sets the file")
                }
                _ => return Failure::usage(describe_config_error(&error)),
            };
            Failure::usage(describe_config_error(&error)).help(help)
        })
    }
}

fn not_set(what: &str, variable: &str, key: &str, flag: &str) -> Failure {
    Failure::usage(format!("{what} is not set")).help(format!(
        "set the variable {variable}, write `{key} = \"…\"` into ottpay.toml, or pass {flag}; `ottpay sandbox` prints its own"
    ))
}
