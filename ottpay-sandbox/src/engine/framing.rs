//! Detects the framing of a body.

use ottpay::Framing;
use ottpay::envelope::Message;

/// Detects the framing of a body. An unreadable body is answered in JSON, which all clients can read.
pub(super) fn detect_framing(body: &[u8]) -> Framing {
    let is_json = body.trim_ascii_start().starts_with(b"{") || body.starts_with(b"\xef\xbb\xbf");
    if is_json || Message::read(body).is_err() { Framing::Json } else { Framing::Base64 }
}
