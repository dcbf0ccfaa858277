//! What a client was built with, and what a call has otherwise than the specification says.

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

/// What a client was built with.
pub(super) struct Settings {
    pub(super) gateway: &'static Gateway,
    /// Specifications of further actions, which stored orders name.
    pub(super) followed: Vec<&'static Gateway>,
    pub(super) sender: Arc<Sender>,
    /// The highest fee that is accepted without having been announced.
    pub(super) fee_limit: Amount,
    pub(super) keys: Keys,
    /// Instead of the addresses of the specification; without a slash at the end, because paths begin with one.
    pub(super) endpoint: Option<String>,
    /// The address of each path of the specification.
    pub(super) addresses: BTreeMap<&'static str, Arc<str>>,
    /// What single actions have otherwise than the specification says, by the name of their method.
    pub(super) overrides: BTreeMap<&'static str, Override>,
    /// Whether limits hold that are not certain.
    pub(super) strict: bool,
    /// Whether a callback that bears signs of alteration is refused.
    pub(super) checks_callbacks: bool,
    pub(super) framing: Framing,
    pub(super) cipher: Cipher,
    pub(super) transport: Arc<dyn Transport>,
    pub(super) user_agent: Arc<str>,
    /// Instead of the specification's answer to callbacks.
    pub(super) acknowledgement: Option<Acknowledgement>,
    pub(super) timeout: Duration,
    pub(super) max_reply: usize,
    pub(super) report: Report,
}

/// What a call has otherwise than the specification says; of one call, or of every call of an action.
#[derive(Default)]
pub(super) struct Override {
    pub(super) action: Option<String>,
    pub(super) version: Option<String>,
    pub(super) path: Option<String>,
}

impl Override {
    /// Checks what is overridden.
    ///
    /// # Errors
    /// The name of the setting, its value, and what is wrong with it.
    pub(super) fn check(&self, info: &ActionInfo) -> Result<(), (&'static str, &str, Problem)> {
        let Self { action, version, path } = self;
        if let Some(path) = path {
            wire::check_path(path).map_err(|error| ("path", path.as_str(), Problem::NotAPath(error)))?;
        }
        // Both are members of the envelope.
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
    /// Whom replies and callbacks have to be for.
    pub(super) fn recipient(&self) -> Recipient<'_> {
        self.recipient_with(&self.keys.sign_key)
    }

    fn recipient_with<'a>(&'a self, key: &'a SignKey) -> Recipient<'a> {
        Recipient::new(key, self.cipher).merchant_id(&self.sender.merchant_id)
    }

    /// Opens a message, if need be by the former key.
    pub(super) fn open<T>(
        &self,
        open: impl Fn(Recipient<'_>) -> Result<Option<T>, MessageProblem>,
    ) -> Result<Option<T>, MessageProblem> {
        let is_unverified = |problem: &MessageProblem| matches!(problem, MessageProblem::Unverified(_));
        self.keys.open(&self.report, |key| open(self.recipient_with(key)), is_unverified)
    }

    /// Where a call of an action goes.
    pub(super) fn address(&self, info: &ActionInfo, call: &Override) -> Arc<str> {
        let path = self.choose(info, call, |own| &own.path, info.path);
        let base = match info.base_url {
            Some(own) if self.endpoint.is_none() => own,
            _ => &self.sender.environment,
        };
        let known = self.addresses.get(path).filter(|address| address.strip_suffix(path) == Some(base));
        known.cloned().unwrap_or_else(|| format!("{base}{path}").into())
    }

    /// The constant that a call of an action has on the wire.
    pub(super) fn constant<'a>(&'a self, info: &ActionInfo, call: &'a Override) -> &'a str {
        self.choose(info, call, |own| &own.action, info.action)
    }

    /// The version that a call of an action has on the wire.
    pub(super) fn version<'a>(&'a self, info: &ActionInfo, call: &'a Override) -> &'a str {
        self.choose(info, call, |own| &own.version, info.version)
    }

    /// What the one call says, else the client, else the specification.
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
