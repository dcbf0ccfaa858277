//! What reads and writes have in common: options until the first poll, then the exchange.

use std::fmt;
use std::future::pending;
use std::task::{Context, Poll};
use std::time::Duration;

use tracing::Instrument as _;

use super::connection::Client;
use super::exchange::exchange;
use super::retry::Retry;
use super::settings::Override;
use crate::error::failure::{Failure, Reason};
use crate::error::{Call, Outcome, ReplyProblem};
use crate::field::Problem;
use crate::observation::{CallWatch, Ended};
use crate::reply::typed::Arrived;
use crate::reply::{Received, Reply};
use crate::request::{InvalidRequest, Values};
use crate::spec::ActionInfo;
use crate::transport::{BoxFuture, Clock};

/// A request that is being sent: [`Sending`](super::Sending) or [`Asking`](super::Asking). Both are futures of the
/// reply.
pub trait Underway<R>: Future<Output = Result<R, Self::Error>> + Send + Unpin + 'static {
    /// The reason for a missing reply.
    type Error;

    /// Creates the future, without sending anything yet.
    #[doc(hidden)]
    fn prepare(client: Client, info: &'static ActionInfo, request: Result<Values, InvalidRequest>) -> Self;
}

/// An exchange: the request until the first poll, and then the future that sends it.
pub(super) struct Exchange {
    /// The request and its options, until the first poll.
    prepared: Option<Prepared>,
    /// The exchange, once it has been polled.
    future: BoxFuture<'static, Exchanged>,
}

/// The result of an exchange before its reply is read, and the watch on the call, which ends after that.
type Exchanged = (CallWatch, Result<(Values, Received), Failure>);

struct Prepared {
    client: Client,
    info: &'static ActionInfo,
    request: Result<Values, InvalidRequest>,
    options: Options,
}

/// What one call overrides in the settings of client and specification.
#[derive(Default)]
pub(super) struct Options {
    pub(super) timeout: Option<Duration>,
    pub(super) own: Override,
    /// For reads only.
    pub(super) retry: Option<Retry>,
    /// The clock that measures the delays of a retry.
    pub(super) clock: Clock,
}

impl Exchange {
    pub(super) fn new(client: Client, info: &'static ActionInfo, request: Result<Values, InvalidRequest>) -> Self {
        let prepared = Prepared { client, info, request, options: Options::default() };
        // Until then, a future that is never polled takes its place. It has no size, so boxing it allocates nothing.
        Self { prepared: Some(prepared), future: Box::pin(pending()) }
    }

    /// Changes an option; after the first poll this has no effect.
    pub(super) fn with_options(mut self, change: impl FnOnce(&mut Options)) -> Self {
        if let Some(prepared) = &mut self.prepared {
            change(&mut prepared.options);
        }
        self
    }

    /// Sends the request at the first poll, and reads its typed reply. `outcome_of` returns what an error proves about
    /// the money.
    pub(super) fn poll_reply<R: Reply, E: From<Failure>>(
        &mut self,
        context: &mut Context<'_>,
        outcome_of: fn(&E) -> Option<Outcome>,
    ) -> Poll<Result<R, E>> {
        if let Some(mut prepared) = self.prepared.take() {
            prepared.request = prepared.request.and_then(|values| match R::declared_fields() {
                // The fields of each action are one static list, so the addresses tell whether it is the same action.
                Some(declared) if !std::ptr::eq(declared, values.info().reply) => {
                    Err(InvalidRequest::for_action(values.info(), "reply", Problem::OtherReply))
                }
                _ => Ok(values),
            });
            self.future = Box::pin(prepared.send());
        }
        // The reply is read here and not in the boxed future, which therefore has one type for all actions and is
        // compiled once.
        self.future.as_mut().poll(context).map(|(watch, arrived)| {
            let read = arrived.and_then(|(values, received)| {
                R::made_of(Arrived::new(received.clone())).map_err(|error| {
                    let problem = ReplyProblem::Field { error, received: Box::new(received) };
                    Failure::Call(Call::new(&values), Reason::Reply(problem))
                })
            });
            // Only now is the call over, because an unreadable field is a failure of the call, too.
            match read {
                Ok(reply) => {
                    watch.end(None);
                    Ok(reply)
                }
                Err(failure) => Err(report_failure(watch, failure, outcome_of)),
            }
        })
    }
}

/// Reports a failed call.
fn report_failure<E: From<Failure>>(watch: CallWatch, failure: Failure, outcome_of: fn(&E) -> Option<Outcome>) -> E {
    let (error_type, code) = (failure.error_type(), failure.code().map(str::to_owned));
    let error = E::from(failure);
    watch.end(Some(Ended { error: error_type, code: code.as_deref(), outcome: outcome_of(&error) }));
    error
}

/// Shows the request.
impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.prepared.as_ref().map(|prepared| &prepared.request).fmt(f)
    }
}

impl Prepared {
    async fn send(self) -> Exchanged {
        let (settings, own) = (&*self.client.0, &self.options.own);
        let order_id = self.request.as_ref().ok().and_then(Values::own_id);
        let (constant, version) = (settings.constant(self.info, own), settings.version(self.info, own));
        // Begun before the request is checked, so that an invalid request is observed like every other failure.
        let watch = CallWatch::begin(&settings.report, self.info, constant, version, order_id);
        let span = watch.span().clone();
        let arrived = self.exchange(&watch).instrument(span).await;
        (watch, arrived)
    }

    async fn exchange(self, watch: &CallWatch) -> Result<(Values, Received), Failure> {
        let values = self.request?;
        let Options { timeout, own, retry, clock } = &self.options;
        own.check(values.info())
            .map_err(|(setting, _, problem)| InvalidRequest::for_action(values.info(), setting, problem))?;
        let settings = &*self.client.0;
        let timeout = timeout.unwrap_or(settings.timeout);
        let once = |left: Duration| exchange(settings, &values, own, timeout.min(left), watch);
        let received = match retry {
            None => once(Duration::MAX).await,
            // Boxed, so that a call without a retry does not reserve the memory for one.
            Some(retry) => Box::pin(retry.run(*clock, once)).await,
        };
        match received {
            Ok(received) => Ok((values, received)),
            Err(reason) => Err(Failure::Call(Call::new(&values), reason)),
        }
    }
}
