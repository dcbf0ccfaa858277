//! Why a client cannot be built.

use ottpay_vocabulary::AcknowledgementError;

use crate::field::Problem;
use crate::transport::TransportError;

/// A setting that is missing, invalid or unsafe.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The merchant id is missing or empty.
    #[error("the merchant id is not set")]
    NoMerchantId,
    /// The sign key is missing.
    #[error("the sign key is not set")]
    NoSignKey,
    /// The endpoint is not an absolute `http` or `https` URL, or contains a user name or a query.
    #[error("the endpoint is not a base URL such as https://frontapi.ottpay.com")]
    Endpoint,
    /// The endpoint ends in the path of an action, which would be appended a second time.
    #[error("the endpoint is a base URL: leave out the path of the action, as in https://frontapi.ottpay.com")]
    EndpointWithPath,
    /// The override of an action's version, constant or path is invalid.
    #[error("invalid {setting} override `{value}` for `{action}`: {problem}")]
    Override {
        /// The method of the action.
        action: &'static str,
        /// What is overridden: `version`, `action` or `path`.
        setting: &'static str,
        /// The value, at most 200 characters of it.
        value: String,
        /// What is wrong with it.
        problem: Problem,
    },
    /// The endpoint is plain HTTP on another host.
    #[error("the endpoint is plain HTTP; only loopback hosts are reached without TLS")]
    PlainHttp,
    /// The endpoint is `https`, but the crate was built without TLS.
    #[error(
        "the endpoint needs TLS; build with the feature `rustls`, `aws-lc-rs` or `native-tls`, or bring a transport"
    )]
    NoTls,
    /// A certificate to trust is not valid PEM.
    #[error("expected certificates to trust in PEM, which begin with -----BEGIN CERTIFICATE-----")]
    Certificate,
    /// The user agent contains characters that an HTTP header cannot contain.
    #[error("the user agent has characters that an HTTP header cannot contain")]
    UserAgent,
    /// The answer to callbacks cannot be sent.
    #[error("invalid acknowledgement of callbacks: {0}")]
    Acknowledgement(AcknowledgementError),
    /// The transport could not be set up.
    #[error("the transport could not be set up: {}", .0.describe())]
    Transport(#[source] TransportError),
}
