//! The answer to a callback: rules for its status, content type and body.

use std::fmt;

/// The maximum length of the body, in bytes.
pub const MAX_BODY: usize = 1024;

/// Checks the HTTP status of an answer that acknowledges a callback.
///
/// # Errors
/// [`AcknowledgementError::Status`] unless it is 2xx: any other status gives the gateway no reason to believe that the
/// callback was accepted.
pub fn check_status(status: usize) -> Result<u16, AcknowledgementError> {
    let status = u16::try_from(status).ok().filter(|status| (200..300).contains(status));
    status.ok_or(AcknowledgementError::Status)
}

/// Checks the content type: type and subtype, optionally with parameters. The body is UTF-8, so no other `charset` is
/// accepted.
///
/// # Errors
/// [`AcknowledgementError::ContentType`] or [`AcknowledgementError::Charset`].
pub fn check_content_type(content_type: &str) -> Result<(), AcknowledgementError> {
    let is_token = |text: &str| {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&byte);
        !text.is_empty() && text.bytes().all(is_plain)
    };
    let mut parts = content_type.split(';');
    let essence = parts.next().unwrap_or_default().trim_end_matches(' ');
    let is_type = essence.split_once('/').is_some_and(|(main, sub)| is_token(main) && is_token(sub));
    if !is_type || content_type.len() > MAX_BODY {
        return Err(AcknowledgementError::ContentType);
    }
    for part in parts {
        let (name, value) = part.trim_matches(' ').split_once('=').ok_or(AcknowledgementError::ContentType)?;
        let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
        if !is_token(name) || !is_token(value) {
            return Err(AcknowledgementError::ContentType);
        }
        if name.eq_ignore_ascii_case("charset") && !value.eq_ignore_ascii_case("utf-8") {
            return Err(AcknowledgementError::Charset);
        }
    }
    Ok(())
}

/// Checks the body, which may be empty.
///
/// # Errors
/// [`AcknowledgementError::Character`] or [`AcknowledgementError::TooLong`].
pub fn check_body(body: &str) -> Result<(), AcknowledgementError> {
    // Unicode does not count two of its line breaks and the byte order mark as control characters.
    let is_bad = |character: char| character.is_control() || "\u{2028}\u{2029}\u{feff}".contains(character);
    match body.len() {
        length if length > MAX_BODY => Err(AcknowledgementError::TooLong { length }),
        _ if body.contains(is_bad) => Err(AcknowledgementError::Character),
        _ => Ok(()),
    }
}

/// Why a value cannot be part of the answer to a callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AcknowledgementError {
    /// The status is not 2xx.
    Status,
    /// The content type does not have the form of one.
    ContentType,
    /// The content type names a character set other than UTF-8.
    Charset,
    /// The body contains a line break, another control character or a byte order mark.
    Character,
    /// The body is longer than [`MAX_BODY`].
    TooLong {
        /// Its length in bytes.
        length: usize,
    },
}

impl fmt::Display for AcknowledgementError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status => {
                f.write_str("expected an HTTP status from 200 to 299, because any other rejects the callback")
            }
            Self::ContentType => f.write_str("expected a content type such as text/plain or application/json"),
            Self::Charset => f.write_str("expected a content type in UTF-8, because the body is sent in UTF-8"),
            Self::Character => {
                f.write_str("expected a body of one line, without control characters or a byte order mark")
            }
            Self::TooLong { length } => write!(f, "expected a body of at most {MAX_BODY} bytes, got {length}"),
        }
    }
}

impl std::error::Error for AcknowledgementError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_on_record_is_accepted() {
        let wechat = "<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>";
        let json = r#"{"rsp_code":"SUCCESS","rsp_msg":"成功"}"#;
        for body in ["success", "SUCCESS", "OK", "", "true", json, wechat, " padded ", &"a".repeat(MAX_BODY)] {
            assert_eq!(check_body(body), Ok(()), "{body}");
        }
        for content_type in
            ["text/plain", "text/plain; charset=utf-8", "text/xml ;charset=\"UTF-8\"", "application/problem+json;v=1"]
        {
            assert_eq!(check_content_type(content_type), Ok(()), "{content_type}");
        }
        assert_eq!((check_status(200), check_status(299)), (Ok(200), Ok(299)));
    }

    #[test]
    fn what_would_be_another_answer_on_the_wire_is_rejected() {
        for body in ["OK\n", "O\rK", "O\0K", "O\tK", "O\u{85}K", "O\u{2028}K", "O\u{2029}K", "\u{feff}OK"] {
            assert_eq!(check_body(body), Err(AcknowledgementError::Character), "{body:?}");
        }
        // In bytes, not in characters.
        assert_eq!(check_body(&"é".repeat(513)), Err(AcknowledgementError::TooLong { length: 1026 }));
        let long = format!("text/{}", "a".repeat(MAX_BODY));
        for content_type in [
            "",
            "OK",
            "text/",
            "/plain",
            "text/plain/x",
            "text/plain\r\nx: y",
            "text/plain;",
            "text/plain; x",
            "te xt/plain",
            "text/plain; x=a b",
            "text/pläin",
            " text/plain",
            "text/plain; charset=",
            "*/\u{0}",
            &long,
        ] {
            assert_eq!(check_content_type(content_type), Err(AcknowledgementError::ContentType), "{content_type:?}");
        }
        for charset in ["gbk", "ISO-8859-1", "\"utf-16\""] {
            let content_type = format!("text/plain; CharSet={charset}");
            assert_eq!(check_content_type(&content_type), Err(AcknowledgementError::Charset), "{charset}");
        }
        for status in [0, 100, 199, 300, 500, 65736] {
            assert_eq!(check_status(status), Err(AcknowledgementError::Status), "{status}");
        }
    }
}
