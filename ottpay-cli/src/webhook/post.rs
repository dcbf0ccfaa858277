//! Posts one webhook, once.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ottpay::transport::with_tls;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Client, StatusCode, redirect, retry};

use super::secrets::Secrets;
use super::target::Target;
use crate::failure::Failure;

/// Time limit for connecting, sending and the answer together.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);

/// Where webhooks go, and what signs them.
#[derive(Debug, Clone)]
pub(crate) struct Webhook {
    client: Client,
    target: Target,
    secrets: Secrets,
}

/// Why a webhook is not known to have arrived.
#[derive(Debug, Clone)]
pub(crate) enum Undelivered {
    /// The shop answered with a status other than 2xx.
    Status(StatusCode),
    /// There was no answer in time.
    Late,
    /// No connection was made.
    NotConnected,
    /// The connection broke, or the answer was not HTTP.
    Broken,
}

/// A sentence without the URL, which may contain a token.
impl std::fmt::Display for Undelivered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Status(status) if status.is_redirection() => {
                write!(f, "the shop answered {}; redirects are not followed", status.as_u16())
            }
            Self::Status(status) => write!(f, "the shop answered {}", status.as_u16()),
            Self::Late => write!(f, "the shop did not answer within {} seconds", ANSWER_WITHIN.as_secs()),
            Self::NotConnected => f.write_str("the shop could not be reached"),
            Self::Broken => f.write_str("the connection to the shop broke"),
        }
    }
}

impl std::error::Error for Undelivered {}

impl From<reqwest::Error> for Undelivered {
    fn from(error: reqwest::Error) -> Self {
        match error {
            error if error.is_timeout() => Self::Late,
            error if error.is_connect() => Self::NotConnected,
            _ => Self::Broken,
        }
    }
}

/// Builds a client that posts once, within a time limit, and does not follow redirects.
pub(crate) fn build_http_client(target: &Target) -> Result<Client, Failure> {
    let builder = Client::builder()
        .timeout(ANSWER_WITHIN)
        .user_agent(concat!("ottpay/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        // Retries are counted by the ledger.
        .retry(retry::never());
    // A proxy of the environment is for other networks (docs/forwarding.md).
    let builder = if target.is_near() { builder.no_proxy() } else { builder };
    let no_client = |error: &dyn std::error::Error| Failure::refused(format!("cannot build an HTTP client: {error}"));
    with_tls(builder).map_err(|error| no_client(&error))?.build().map_err(|error| no_client(&error))
}

impl Webhook {
    pub(crate) fn new(target: Target, secrets: Secrets) -> Result<Self, Failure> {
        let client = build_http_client(&target)?;
        Ok(Self { client, target, secrets })
    }

    pub(crate) fn target(&self) -> &Target {
        &self.target
    }

    /// Posts JSON with an id by which the shop recognises a duplicate. Only the status of the answer is read.
    pub(crate) async fn post(&self, id: &str, body: String) -> Result<StatusCode, Undelivered> {
        let timestamp = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let signature = self.secrets.sign(id, timestamp, &body);
        let sent = self
            .client
            .post(self.target.url().clone())
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signature)
            .body(body)
            .send()
            .await;
        match sent {
            Ok(answer) if answer.status().is_success() => Ok(answer.status()),
            Ok(answer) => Err(Undelivered::Status(answer.status())),
            Err(error) => Err(error.into()),
        }
    }
}
