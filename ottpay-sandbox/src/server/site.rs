//! Normalises hosts and ports in the headers of browsers and clients.

use std::net::IpAddr;

use axum::http::Uri;
use axum::http::uri::Authority;

/// A host, and its port if there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Site {
    host: Host,
    port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Host {
    Address(IpAddr),
    /// In lower case, without a final dot.
    Name(String),
}

impl Site {
    /// Parses a host and port without a user name. An empty port counts as absent.
    pub(super) fn parse(authority: &Authority) -> Option<Self> {
        let written = authority.host();
        // Text before the host is a user name, which is rejected.
        let port = match authority.as_str().strip_prefix(written)? {
            "" | ":" => None,
            port => {
                let port = port.strip_prefix(':').filter(|port| port.bytes().all(|byte| byte.is_ascii_digit()))?;
                Some(port.parse().ok()?)
            }
        };
        let host = match written.strip_prefix('[') {
            Some(address) => Host::Address(IpAddr::V6(address.strip_suffix(']')?.parse().ok()?).to_canonical()),
            None => {
                let name = written.strip_suffix('.').unwrap_or(written).to_ascii_lowercase();
                if name.is_empty() {
                    return None;
                }
                name.parse().map_or(Host::Name(name), |address| Host::Address(IpAddr::V4(address)))
            }
        };
        Some(Self { host, port })
    }

    /// Returns whether the host is an IP address, which DNS rebinding cannot change.
    pub(super) fn is_address(&self) -> bool {
        matches!(self.host, Host::Address(_))
    }

    /// Returns whether the host is this machine, by name or by address.
    pub(super) fn is_this_machine(&self) -> bool {
        match &self.host {
            Host::Address(address) => address.is_loopback(),
            Host::Name(name) => name == "localhost",
        }
    }

    /// Returns whether both have the same host, ignoring ports.
    pub(super) fn has_host_of(&self, other: &Self) -> bool {
        self.host == other.host
    }

    /// Returns whether a page with this origin is the sandbox's own. The scheme may differ, because a tunnel may have
    /// added TLS.
    pub(super) fn is_origin(&self, origin: &Uri) -> bool {
        let default = match origin.scheme_str() {
            Some("http") => 80,
            Some("https") => 443,
            _ => return false,
        };
        let Some(page) = origin.authority().and_then(Self::parse) else { return false };
        self.has_host_of(&page) && self.port.unwrap_or(default) == page.port.unwrap_or(default)
    }

    /// Returns whether both are equal over plain HTTP.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.has_host_of(other) && self.port.unwrap_or(80) == other.port.unwrap_or(80)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<Site> {
        Site::parse(&text.parse().ok()?)
    }

    #[test]
    fn this_machine_has_many_spellings() {
        for host in ["localhost", "LOCALHOST", "LocalHost.", "127.0.0.1", "127.0.0.1.", "127.255.0.9"] {
            for port in ["", ":", ":80", ":8081", ":65535"] {
                assert!(parse(&format!("{host}{port}")).is_some_and(|site| site.is_this_machine()), "{host}{port}");
            }
        }
        for host in ["[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::FFFF:7F00:1]"] {
            for port in ["", ":80", ":8081"] {
                assert!(parse(&format!("{host}{port}")).is_some_and(|site| site.is_this_machine()), "{host}{port}");
            }
        }
    }

    #[test]
    fn hosts_that_only_resemble_this_machine_are_rejected() {
        for host in [
            "localhost..",
            ".localhost",
            "localhost.evil.example",
            "evil.localhost",
            "localhost:99999",
            "localhost:80x",
            "localhost:-1",
            "localhost:+80",
            "evil@localhost",
            "localhost@evil.example",
            "localhost:80@evil.example",
            "evil:80@localhost",
            "127.1",
            "2130706433",
            "0x7f.0.0.1",
            "127.0.0.1..",
            "::1",
            "[::1",
            "[::1%lo]",
            "[127.0.0.1]",
            "[localhost]",
            "[::1].",
            "128.0.0.1",
            "0.0.0.0",
            "[::]",
            "[::2]",
            ".",
        ] {
            assert!(!parse(host).is_some_and(|site| site.is_this_machine()), "{host}");
        }
    }

    #[test]
    fn an_origin_is_compared_with_the_port_that_its_scheme_implies() {
        let is_origin = |host: &str, origin: &str| parse(host).unwrap().is_origin(&origin.parse().unwrap());
        for (host, origin) in [
            ("localhost:8081", "http://LOCALHOST:8081"),
            ("Pay.Example.", "https://pay.example"),
            ("pay.example:443", "https://pay.example"),
            ("pay.example", "https://pay.example:443"),
            ("pay.example:80", "http://pay.example"),
            ("[::1]:8081", "http://[0:0:0:0:0:0:0:1]:8081"),
        ] {
            assert!(is_origin(host, origin), "{host} {origin}");
        }
        for (host, origin) in [
            ("localhost:8081", "http://localhost"),
            ("localhost:8081", "http://127.0.0.1:8081"),
            ("pay.example:80", "https://pay.example"),
            ("pay.example", "ftp://pay.example"),
            ("pay.example", "pay.example"),
            ("pay.example", "http://me@pay.example"),
            ("pay.example", "http://pay.example:99999"),
        ] {
            assert!(!is_origin(host, origin), "{host} {origin}");
        }
    }
}
