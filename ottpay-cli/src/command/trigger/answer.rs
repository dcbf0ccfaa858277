//! Posts a callback, and prints what the shop answers.

use reqwest::header::{CONTENT_TYPE, HeaderValue};

use crate::failure::Failure;
use crate::webhook::{Target, Undelivered, build_http_client};
use crate::{json, stdout};

/// How much of the answer's body is printed, in bytes.
const SHOWN: usize = 16 * 1024;

/// The shop's answer, as it is printed.
#[derive(serde::Serialize)]
struct Answer {
    status: u16,
    content_type: Option<String>,
    body: String,
}

/// Posts the callback once. Any answer other than 2xx is a failure.
pub(super) async fn post(target: &Target, body: Vec<u8>) -> Result<(), Failure> {
    let undelivered = |error: Undelivered| {
        let failure = Failure::refused(format!("{target}: {error}"));
        if matches!(error, Undelivered::NotConnected) {
            failure.help("start the shop there, or correct --to")
        } else {
            failure
        }
    };
    let request = build_http_client(target)?
        .post(target.url().clone())
        .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
        .body(body);
    let mut answer = request.send().await.map_err(|error| undelivered(error.into()))?;
    let status = answer.status();
    let content_type = answer.headers().get(CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()).into());
    let mut shown = Vec::new();
    while shown.len() < SHOWN
        && let Some(chunk) = answer.chunk().await.map_err(|error| undelivered(error.into()))?
    {
        shown.extend_from_slice(&chunk);
    }
    shown.truncate(SHOWN);
    let body = String::from_utf8_lossy(&shown).into();
    stdout::print_line(json::format_value(&Answer { status: status.as_u16(), content_type, body })?)?;
    if status.is_success() { Ok(()) } else { Err(undelivered(Undelivered::Status(status))) }
}
