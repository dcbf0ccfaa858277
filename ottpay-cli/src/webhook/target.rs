//! The URL that webhooks are posted to.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use url::{Host, Url};

/// The shop's own URL. It comes from the command line, never from a message, so no peer can choose where this machine
/// connects to; only encryption has to be checked.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Target {
    url: Url,
    /// Whether the address is of this machine or of its own network.
    is_near: bool,
}

impl Target {
    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// Whether to bypass the proxy of the environment.
    pub(super) fn is_near(&self) -> bool {
        self.is_near
    }

    /// Whether others could read and change the request: plain HTTP to a host name or a public address.
    pub(crate) fn is_open_to_others(&self) -> bool {
        self.url.scheme() == "http" && !self.is_near
    }
}

/// Omits the query, which may contain a token.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.url.origin().ascii_serialization(), self.url.path())
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Without a scheme, as in `localhost:3000/ottpay`, the URL means plain HTTP.
impl FromStr for Target {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "expected a URL such as http://127.0.0.1:3000/ottpay or https://shop.example/ottpay";
        let text = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
        let url = Url::parse(&text).map_err(|_| EXPECTED)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(EXPECTED);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("remove the user and the password: other users of the machine see flags");
        }
        if url.fragment().is_some() {
            return Err("remove the fragment: it is never sent");
        }
        let is_near = match url.host().ok_or(EXPECTED)? {
            Host::Domain(name) => name.trim_end_matches('.') == "localhost",
            Host::Ipv4(address) => is_near(address.into()),
            Host::Ipv6(address) => is_near(address.into()),
        };
        Ok(Self { url, is_near })
    }
}

fn is_near(address: IpAddr) -> bool {
    let v4 = |address: Ipv4Addr| address.is_loopback() || address.is_private();
    let v6 = |address: Ipv6Addr| address.is_loopback() || address.is_unique_local();
    // `::ffff:127.0.0.1` is this machine, too.
    match address.to_canonical() {
        IpAddr::V4(address) => v4(address),
        IpAddr::V6(address) => v6(address),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_stays_on_this_machine_and_its_network() {
        for near in [
            "localhost:3000/ottpay",
            "http://127.0.0.1:3000",
            "http://[::1]:3000",
            "http://[::ffff:127.0.0.1]",
            "http://10.0.0.5/x",
            "http://172.18.0.3:9000",
            "http://192.168.1.20",
            "http://[fd00::5]",
            "https://shop.example/ottpay?a=b",
        ] {
            assert!(!near.parse::<Target>().unwrap().is_open_to_others(), "{near}");
        }
        for far in
            ["http://shop:3000", "shop.example/x", "http://1.1.1.1", "http://localhost.example", "http://[2001:db8::1]"]
        {
            assert!(far.parse::<Target>().unwrap().is_open_to_others(), "{far}");
        }
    }

    #[test]
    fn an_invalid_address_for_webhooks_is_rejected() {
        for (text, said) in [
            ("", "expected a URL"),
            ("ftp://shop.example", "expected a URL"),
            ("http://", "expected a URL"),
            ("https://shop:key@shop.example/", "remove the user"),
            ("https://shop.example/#x", "remove the fragment"),
        ] {
            let error = text.parse::<Target>().unwrap_err();
            assert!(error.contains(said) && !error.contains("key"), "{text}: {error}");
        }
    }

    #[test]
    fn parameters_are_not_shown() {
        let target: Target = "localhost:3000/ottpay?token=s3cret".parse().unwrap();
        assert_eq!(target.to_string(), "http://localhost:3000/ottpay");
        assert_eq!(format!("{target:?}"), "http://localhost:3000/ottpay");
    }
}
