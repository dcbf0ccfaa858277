//! Finds the environment's proxy for a URL, by the same rule as the default transport.

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use ureq::http::Uri;
use ureq::{Proxy, ProxyProtocol};

use crate::transport::TransportError;

/// The proxies of the environment; `None` if every connection is direct.
#[derive(Debug, Clone)]
pub(super) struct Proxies(Option<Arc<Matcher>>);

impl Proxies {
    pub(super) fn new(direct: bool) -> Self {
        Self(if direct { None } else { Some(Arc::new(Matcher::from_system())) })
    }

    /// Returns the proxy for a URL, if there is one.
    ///
    /// # Errors
    /// The URL or the proxy is invalid; nothing was sent.
    pub(super) fn find(&self, url: &str) -> Result<Option<Proxy>, TransportError> {
        let Some(matcher) = &self.0 else { return Ok(None) };
        let address = url.parse::<Uri>().map_err(TransportError::never)?;
        let found = matcher.intercept(&address).map(|found| read(&found));
        let unusable = || TransportError::never("the proxy of the environment is not an HTTP proxy");
        found.map(|found| found.ok_or_else(unusable)).transpose()
    }
}

fn read(found: &Intercept) -> Option<Proxy> {
    let uri = found.uri();
    let (protocol, port) = match uri.scheme_str()? {
        "http" => (ProxyProtocol::Http, 80),
        "https" => (ProxyProtocol::Https, 443),
        _ => return None,
    };
    let mut proxy = Proxy::builder(protocol).host(uri.host()?).port(uri.port_u16().unwrap_or(port));
    if let Some(value) = found.basic_auth() {
        // The matcher returns the value of the header, but ureq expects user and password.
        let encoded = value.to_str().ok()?.strip_prefix("Basic ")?;
        let credentials = String::from_utf8(BASE64_STANDARD.decode(encoded).ok()?).ok()?;
        let (user, password) = credentials.split_once(':').unwrap_or((&credentials, ""));
        proxy = proxy.username(user).password(password);
    }
    proxy.build().ok()
}
