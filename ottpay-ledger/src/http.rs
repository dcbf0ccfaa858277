//! Callbacks from any framework: an HTTP request in, an HTTP response out.

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Response, StatusCode};

use crate::answer::Answer;
use crate::ledger::Ledger;

impl Ledger {
    /// Answers a callback's HTTP request, for every framework other than axum. Routing by path is up to the framework.
    ///
    /// The framework has to read the body, with limits on its length and time. A body longer than the client's
    /// `max_reply` is rejected here, but by then it is in memory.
    ///
    /// With actix-web 4, whose `web::Bytes` reads at most 256 KiB unless a `web::PayloadConfig` changes that (tested in
    /// the package `tests/actix`):
    ///
    /// ```ignore
    /// async fn hook(ledger: web::Data<Ledger>, body: web::Bytes) -> HttpResponse {
    ///     let answer = ledger.accept(&body).await;
    ///     let status = StatusCode::from_u16(answer.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    ///     HttpResponse::build(status).content_type(answer.content_type()).body(answer.body().to_owned())
    /// }
    ///
    /// App::new().app_data(web::Data::new(ledger)).route("/ottpay", web::post().to(hook))
    /// ```
    pub async fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        let answer = match request.method() == Method::POST {
            true => self.accept(request.body()).await,
            false => Answer::WRONG_METHOD,
        };
        respond(&answer)
    }
}

/// Converts an answer to a response with any body type.
pub(crate) fn respond<B: From<String>>(answer: &Answer) -> Response<B> {
    let mut response = Response::new(B::from(answer.body().to_owned()));
    // Both values were validated when the acknowledgement was created.
    *response.status_mut() = StatusCode::from_u16(answer.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Ok(content_type) = HeaderValue::from_str(answer.content_type()) {
        response.headers_mut().insert(CONTENT_TYPE, content_type);
    }
    if *answer == Answer::WRONG_METHOD {
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
    }
    response
}
