//! The settings of a client, and the overrides of a call.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ottpay_vocabulary::wire;

use super::keys::Keys;
use crate::envelope::{Cipher, Framing};
use crate::field::{Amount, Problem};
use crate::incoming::{MessageProblem, Recipient};
use crate::key::SignKey;
use crate::observation::Report;
use crate::sender::Sender;
use crate::spec::{Acknowledgement, ActionInfo, Gateway, Protocol};
use crate::transport::Transport;

/// The settings of a client.
pub(super) struct Settings {
    pub(super) gateway: &'static Gateway,
    /// The specifications of further actions, which stored orders name.
    pub(super) followed: Vec<&'static Gateway>,
    pub(super) sender: Arc<Sender>,
    /// The highest fee that is accepted without having been announced.
    pub(super) fee_limit: Amount,
    pub(super) keys: Keys,
    /// Overrides the specification's URLs; without a trailing slash, because paths begin with one.
    pub(super) endpoint: Option<String>,
    /// The URL for each path of the specification.
    pub(super) addresses: BTreeMap<&'static str, Arc<str>>,
    /// The overrides of single actions, by method name.
    pub(super) overrides: BTreeMap<&'static str, Override>,
    /// Whether limits that are uncertain are checked.
    pub(super) strict: bool,
    /// Whether a callback with signs of alteration is rejected.
    pub(super) checks_callbacks: bool,
    pub(super) framing: Framing,
    pub(super) cipher: Cipher,
    pub(super) transport: Arc<dyn Transport>,
    pub(super) user_agent: Arc<str>,
    /// Overrides the specification's answer to callbacks.
    pub(super) acknowledgement: Option<Acknowledgement>,
    pub(super) timeout: Duration,
    pub(super) max_reply: usize,
    pub(super) report: Report,
}

/// The overrides of one call, or of every call of an action.
#[derive(Default)]
pub(super) struct Override {
    pub(super) action: Option<String>,
    pub(super) version: Option<String>,
    pub(super) path: Option<String>,
}

impl Override {
    /// Checks the overrides.
    ///
    /// # Errors
    /// The name of the setting, its value, and the problem.
    pub(super) fn check(&self, info: &ActionInfo) -> Result<(), (&'static str, &str, Problem)> {
        let Self { action, version, path } = self;
        if let Some(path) = path {
            wire::check_path(path).map_err(|error| ("path", path.as_str(), Problem::NotAPath(error)))?;
        }
        // Both are part of the envelope.
        let envelope = if info.protocol == Protocol::Envelope { Ok(()) } else { Err(Problem::NoEnvelope) };
        if let Some(constant) = action {
            let checked = envelope.clone().and_then(|()| wire::check_constant(constant).map_err(Problem::NotAConstant));
            checked.map_err(|problem| ("action", constant.as_str(), problem))?;
        }
        if let Some(version) = version {
            let checked = envelope.and_then(|()| wire::check_version(version).map_err(Problem::NotAVersion));
            checked.map_err(|problem| ("version", version.as_str(), problem))?;
        }
        Ok(())
    }
}

impl Settings {
    /// Returns the merchant that replies and callbacks must be for.
    pub(super) fn recipient(&self) -> Recipient<'_> {
        self.recipient_with(&self.keys.sign_key)
    }

    fn recipient_with<'a>(&'a self, key: &'a SignKey) -> Recipient<'a> {
        Recipient::new(key, self.cipher).merchant_id(&self.sender.merchant_id)
    }

    /// Opens a message, if necessary with the former key.
    pub(super) fn open<T>(
        &self,
        open: impl Fn(Recipient<'_>) -> Result<Option<T>, MessageProblem>,
    ) -> Result<Option<T>, MessageProblem> {
        let is_unverified = |problem: &MessageProblem| matches!(problem, MessageProblem::Unverified(_));
        self.keys.open(&self.report, |key| open(self.recipient_with(key)), is_unverified)
    }

    /// Returns the URL of a call.
    pub(super) fn address(&self, info: &ActionInfo, call: &Override) -> Arc<str> {
        let path = self.choose(info, call, |own| &own.path, info.path);
        // An endpoint also replaces the address of an action that has its own.
        let base = match info.base_url {
            Some(own) if self.endpoint.is_none() => own,
            _ => &self.sender.environment,
        };
        // The prepared addresses are those below `environment`. An action with its own base may have the same path.
        let known = self.addresses.get(path).filter(|address| address.strip_suffix(path) == Some(base));
        known.cloned().unwrap_or_else(|| format!("{base}{path}").into())
    }

    /// Returns the constant of a call, as sent to the gateway.
    pub(super) fn constant<'a>(&'a self, info: &ActionInfo, call: &'a Override) -> &'a str {
        self.choose(info, call, |own| &own.action, info.action)
    }

    /// Returns the version of a call, as sent to the gateway.
    pub(super) fn version<'a>(&'a self, info: &ActionInfo, call: &'a Override) -> &'a str {
        self.choose(info, call, |own| &own.version, info.version)
    }

    /// Chooses the value of the call, else that of the client, else that of the specification.
    fn choose<'a>(
        &'a self,
        info: &ActionInfo,
        call: &'a Override,
        setting: fn(&Override) -> &Option<String>,
        specified: &'static str,
    ) -> &'a str {
        let own = || setting(self.overrides.get(info.name)?).as_deref();
        setting(call).as_deref().or_else(own).unwrap_or(specified)
    }
}
