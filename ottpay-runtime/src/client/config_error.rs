//! Why there is no client.

use ottpay_vocabulary::AcknowledgementError;

use crate::field::Problem;
use crate::transport::TransportError;

/// A setting that is missing or not safe.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// No merchant id, or an empty one.
    #[error("the merchant id is not set")]
    NoMerchantId,
    /// No sign key.
    #[error("the sign key is not set")]
    NoSignKey,
    /// The endpoint is not an absolute `http` or `https` address, or has a user name or a query.
    #[error("the endpoint is not a base address such as https://frontapi.ottpay.com")]
    Endpoint,
    /// The endpoint ends in the path of an action, which would be appended once more.
    #[error("the endpoint is a base address: leave out the path of the action, as in https://frontapi.ottpay.com")]
    EndpointWithPath,
    /// What is given for an action instead of the specification's version, constant or path is not one.
    #[error("invalid {setting} override `{value}` for `{action}`: {problem}")]
    Override {
        /// The method of the action.
        action: &'static str,
        /// What is overridden: `version`, `action` or `path`.
        setting: &'static str,
        /// The value, cut at 200 characters.
        value: String,
        /// What is wrong with it.
        problem: Problem,
    },
    /// The endpoint is plain HTTP on another machine.
    #[error("the endpoint is plain HTTP; only loopback hosts are reached without TLS")]
    PlainHttp,
    /// The endpoint is `https`, and the crate was built without TLS.
    #[error(
        "the endpoint needs TLS; build with the feature `rustls`, `aws-lc-rs` or `native-tls`, or bring a transport"
    )]
    NoTls,
    /// A certificate to trust is not one in PEM.
    #[error("expected certificates to trust in PEM, which begin with -----BEGIN CERTIFICATE-----")]
    Certificate,
    /// The user agent has characters that a header does not take.
    #[error("the user agent has characters that an HTTP header does not take")]
    UserAgent,
    /// The answer to callbacks cannot be sent as it is.
    #[error("invalid acknowledgement of callbacks: {0}")]
    Acknowledgement(AcknowledgementError),
    /// The transport could not be set up.
    #[error("the transport could not be set up: {}", .0.describe())]
    Transport(#[source] TransportError),
}
