//! Recognises the framing in which a body came.

use ottpay::Framing;
use ottpay::envelope::Message;

/// The framing in which a body came. The answer to one that cannot be read is JSON, which every client can read.
pub(super) fn detect_framing(body: &[u8]) -> Framing {
    let is_json = body.trim_ascii_start().starts_with(b"{") || body.starts_with(b"\xef\xbb\xbf");
    if is_json || Message::read(body).is_err() { Framing::Json } else { Framing::Base64 }
}
