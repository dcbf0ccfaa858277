//! One HTTP exchange of a call, as a span with OpenTelemetry's names for HTTP clients.

use tracing::field::Empty;
use tracing::{Instrument as _, Span};
use url::{Host, Url};

use super::report::TARGET;
use crate::transport::{HttpRequest, HttpResponse, Transport, TransportError};

/// The span of an exchange. If it is dropped before the end, the span records that.
pub(super) struct Attempt {
    span: Span,
    is_over: bool,
}

impl Attempt {
    /// `earlier` is the number of previous attempts.
    pub(super) fn begin(call: &Span, request: &HttpRequest, earlier: u32) -> Self {
        let span = tracing::info_span!(
            target: TARGET,
            parent: call,
            "ottpay.attempt",
            "otel.kind" = "client",
            "otel.name" = "POST",
            "otel.status_code" = Empty,
            "http.request.method" = "POST",
            "http.request.resend_count" = Empty,
            "http.response.status_code" = Empty,
            "server.address" = Empty,
            "server.port" = Empty,
            "url.full" = Empty,
            "error.type" = Empty,
        );
        // The address is parsed only if it is recorded.
        if !span.is_disabled() {
            if earlier > 0 {
                span.record("http.request.resend_count", earlier);
            }
            record_address(&span, &request.url);
        }
        Self { span, is_over: false }
    }

    pub(super) async fn post(
        mut self,
        transport: &dyn Transport,
        request: HttpRequest,
    ) -> Result<HttpResponse, TransportError> {
        // A transport may already work before it returns its future, so that part is inside the span, too.
        let posted = self.span.in_scope(|| transport.post(request));
        let answered = posted.instrument(self.span.clone()).await;
        self.is_over = true;
        match &answered {
            Ok(response) => {
                self.span.record("http.response.status_code", response.status);
                if response.status >= 400 {
                    self.record_error(&response.status.to_string());
                }
            }
            Err(error) => self.record_error(error.kind().as_str()),
        }
        answered
    }

    fn record_error(&self, error: &str) {
        self.span.record("error.type", error);
        self.span.record("otel.status_code", "ERROR");
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if !self.is_over {
            self.record_error("dropped");
        }
    }
}

/// Records where a request goes, without the parts that may contain a secret: user name, query and fragment.
fn record_address(span: &Span, address: &str) {
    let Ok(mut url) = Url::parse(address) else { return };
    match url.host() {
        // OpenTelemetry's form has no brackets.
        Some(Host::Ipv6(host)) => span.record("server.address", tracing::field::display(host)),
        Some(host) => span.record("server.address", tracing::field::display(host)),
        None => span,
    };
    if let Some(port) = url.port_or_known_default() {
        span.record("server.port", port);
    }
    url.set_query(None);
    url.set_fragment(None);
    // These fail for addresses that cannot have a user name, which is fine.
    let _ = (url.set_username(""), url.set_password(None));
    span.record("url.full", url.as_str());
}
