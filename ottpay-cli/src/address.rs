//! The address on which a command listens.

use std::net::SocketAddr;

use crate::stderr;

/// An IP address and a port; `localhost` is this machine.
pub(crate) fn address(text: &str) -> Result<SocketAddr, &'static str> {
    let local = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
    let parsed = local.as_deref().unwrap_or(text).parse();
    parsed.map_err(|_| "expected an IP address and a port, as in 127.0.0.1:8081")
}

/// Says that it is not only this machine that is served: a URL with a loopback address hides it.
pub(crate) fn say_if_open(address: SocketAddr, what: &str) {
    if !address.ip().is_loopback() {
        stderr::print_line(format_args!("note: by the address {}, other machines reach {what}", address.ip()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_taken_for_this_machine_only() {
        assert_eq!(address("localhost:8081").unwrap(), address("127.0.0.1:8081").unwrap());
        assert_eq!(address("[::1]:0").unwrap().port(), 0);
        for text in ["localhost", "8081", "127.0.0.1", "shop.example:8081", "localhost:99999"] {
            assert!(address(text).unwrap_err().contains("127.0.0.1:8081"), "{text}");
        }
    }
}
