//! One call, from its first poll to its end: its span, and the event for the observer.

use std::sync::atomic::{AtomicU16, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tracing::Span;
use tracing::field::Empty;

use super::attempt::Attempt;
use super::observer::{Observed, ObservedCall};
use super::report::{Report, TARGET};
use crate::error::Outcome;
use crate::spec::{ActionInfo, Effect};
use crate::transport::{HttpRequest, HttpResponse, Transport, TransportError};

/// The end of a call without a reply.
pub(crate) struct Ended<'a> {
    /// The kind of error, one of a fixed set of names.
    pub(crate) error: &'static str,
    /// The code with which the gateway did not accept the request. It is reported only if the specification lists it,
    /// so that no text chosen by the peer is recorded.
    pub(crate) code: Option<&'a str>,
    /// The outcome, for a write.
    pub(crate) outcome: Option<Outcome>,
}

/// Watches one call. If it is dropped before the end, the call was cancelled, and is reported as such.
pub(crate) struct CallWatch {
    report: Report,
    span: Span,
    action: &'static ActionInfo,
    /// Only set with an observer, like the order id and the time: on some machines, reading the clock takes longer than
    /// everything else here.
    version: String,
    order_id: Option<String>,
    begun: Option<Instant>,
    attempts: AtomicU32,
    /// The HTTP status of the last reply, or zero.
    status: AtomicU16,
    is_over: bool,
}

impl CallWatch {
    /// `constant` and `version` are the values that are sent.
    pub(crate) fn begin(
        report: &Report,
        action: &'static ActionInfo,
        constant: &str,
        version: &str,
        order_id: Option<&str>,
    ) -> Self {
        let span = tracing::info_span!(
            target: TARGET,
            "ottpay.call",
            "ottpay.action" = constant,
            "ottpay.method" = action.name,
            "ottpay.version" = (!version.is_empty()).then_some(version),
            "ottpay.order_id" = report.filter_order_id(order_id),
            "ottpay.outcome" = Empty,
            "ottpay.code" = Empty,
            "error.type" = Empty,
            "otel.status_code" = Empty,
        );
        let is_told = report.has_observer();
        Self {
            report: report.clone(),
            span,
            action,
            version: if is_told { version.to_owned() } else { String::new() },
            order_id: order_id.filter(|_| is_told).map(str::to_owned),
            begun: is_told.then(Instant::now),
            attempts: AtomicU32::new(0),
            status: AtomicU16::new(0),
            is_over: false,
        }
    }

    /// Returns the span of the call.
    pub(crate) fn span(&self) -> &Span {
        &self.span
    }

    /// Posts a request in a span of its own.
    ///
    /// # Errors
    /// Those of the transport.
    pub(crate) async fn post(
        &self,
        transport: &dyn Transport,
        request: HttpRequest,
    ) -> Result<HttpResponse, TransportError> {
        // Counted before anything is sent: as long as it is zero, a dropped write was certainly not sent.
        let earlier = self.attempts.fetch_add(1, Ordering::Relaxed);
        // A retry without a reply must not report the status of the attempt before it.
        self.status.store(0, Ordering::Relaxed);
        let answered = Attempt::begin(&self.span, &request, earlier).post(transport, request).await;
        self.status.store(answered.as_ref().map_or(0, |response| response.status), Ordering::Relaxed);
        answered
    }

    /// Ends the call, with a reply if `failed` is `None`.
    pub(crate) fn end(mut self, failed: Option<Ended<'_>>) {
        self.close(failed);
    }

    fn close(&mut self, failed: Option<Ended<'_>>) {
        self.is_over = true;
        let (error, code, outcome) = match failed {
            Some(Ended { error, code, outcome }) => {
                (Some(error), code.and_then(|code| self.report.find_code(code)), outcome)
            }
            None => (None, None, None),
        };
        if let Some(error) = error {
            self.span.record("error.type", error);
            self.span.record("otel.status_code", "ERROR");
        }
        self.span.record("ottpay.code", code);
        self.span.record("ottpay.outcome", outcome.map(Outcome::as_str));
        if !self.report.has_observer() {
            return;
        }
        let event = Observed::Call(ObservedCall {
            action: self.action,
            version: &self.version,
            order_id: self.order_id.as_deref(),
            duration: self.begun.map_or(Duration::ZERO, |begun| begun.elapsed()),
            attempts: self.attempts.load(Ordering::Relaxed),
            status: Some(self.status.load(Ordering::Relaxed)).filter(|status| *status != 0),
            error,
            code,
            outcome,
        });
        self.span.in_scope(|| self.report.notify_observer(&event));
    }
}

impl Drop for CallWatch {
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        let outcome = match (self.action.effect, self.attempts.load(Ordering::Relaxed)) {
            (Effect::Read, _) => None,
            (Effect::Write, 0) => Some(Outcome::NotSent),
            (Effect::Write, _) => Some(Outcome::Unknown),
        };
        self.close(Some(Ended { error: "dropped", code: None, outcome }));
    }
}
