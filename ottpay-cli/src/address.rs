//! The address on which a command listens.

use std::net::SocketAddr;

use crate::stderr;

/// Parses an IP address, or `localhost`, and a port.
pub(crate) fn parse_address(text: &str) -> Result<SocketAddr, &'static str> {
    let local = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
    let parsed = local.as_deref().unwrap_or(text).parse();
    parsed.map_err(|_| "expected an IP address and a port, as in 127.0.0.1:8081")
}

/// Prints a note if other machines can reach this address, which the URL on standard output may not show.
pub(crate) fn warn_unless_loopback(address: SocketAddr, what: &str) {
    if !address.ip().is_loopback() {
        stderr::print_line(format_args!("note: at {}, other machines can reach {what}", address.ip()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_taken_for_this_machine_only() {
        assert_eq!(parse_address("localhost:8081").unwrap(), parse_address("127.0.0.1:8081").unwrap());
        assert_eq!(parse_address("[::1]:0").unwrap().port(), 0);
        for text in ["localhost", "8081", "127.0.0.1", "shop.example:8081", "localhost:99999"] {
            assert!(parse_address(text).unwrap_err().contains("127.0.0.1:8081"), "{text}");
        }
    }
}
