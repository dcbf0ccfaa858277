//! What is common to every request on its way: options until the first poll, then the exchange.

use std::fmt;
use std::future::pending;
use std::task::{Context, Poll};
use std::time::Duration;

use super::connection::Client;
use super::exchange::exchange;
use super::retry::Retry;
use super::settings::Override;
use crate::error::failure::{Failure, Reason};
use crate::error::{Call, ReplyProblem};
use crate::field::Problem;
use crate::reply::typed::Arrived;
use crate::reply::{Received, Reply};
use crate::request::{InvalidRequest, Values};
use crate::transport::BoxFuture;

/// What a request becomes when it is sent: [`Sending`](super::Sending) or [`Asking`](super::Asking), which are futures of
/// its reply.
pub trait Underway<R>: Future<Output = Result<R, Self::Error>> + Send + Unpin + 'static {
    /// Why there is no reply.
    type Error;

    /// Not sent yet.
    #[doc(hidden)]
    fn prepare(client: Client, request: Result<Values, InvalidRequest>) -> Self;
}

/// An exchange: what is to be sent, and from the first poll on the future that does it.
pub(super) struct Exchange {
    /// What is to be sent, until the first poll.
    prepared: Option<Prepared>,
    /// The exchange, from the first poll on.
    future: BoxFuture<'static, Result<(Call, Received), Failure>>,
}

struct Prepared {
    client: Client,
    request: Result<Values, InvalidRequest>,
    options: Options,
}

/// What one call may have otherwise than client and specification say.
#[derive(Default)]
pub(super) struct Options {
    pub(super) timeout: Option<Duration>,
    pub(super) own: Override,
    /// Of reads only.
    pub(super) retry: Option<Retry>,
}

impl Exchange {
    pub(super) fn new(client: Client, request: Result<Values, InvalidRequest>) -> Self {
        let prepared = Prepared { client, request, options: Options::default() };
        Self { prepared: Some(prepared), future: Box::pin(pending()) }
    }

    /// Changes an option, before the first poll.
    pub(super) fn with(mut self, change: impl FnOnce(&mut Options)) -> Self {
        if let Some(prepared) = &mut self.prepared {
            change(&mut prepared.options);
        }
        self
    }

    /// Sends the request at the first poll, and reads the typed reply of it.
    pub(super) fn poll_reply<R: Reply>(&mut self, context: &mut Context<'_>) -> Poll<Result<R, Failure>> {
        if let Some(mut prepared) = self.prepared.take() {
            prepared.request = prepared.request.and_then(|values| match R::declared() {
                Some(declared) if !std::ptr::eq(declared, values.info().reply) => {
                    Err(InvalidRequest::for_action(values.info(), "reply", Problem::OtherReply))
                }
                _ => Ok(values),
            });
            self.future = Box::pin(prepared.send());
        }
        self.future.as_mut().poll(context).map(|arrived| {
            let (call, received) = arrived?;
            let read = R::made_of(Arrived::new(received.clone()));
            read.map_err(|error| {
                let problem = ReplyProblem::Field { error, received: Box::new(received) };
                Failure::Call(call, Reason::Reply(problem))
            })
        })
    }
}

/// Shows the request.
impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.prepared.as_ref().map(|prepared| &prepared.request).fmt(f)
    }
}

impl Prepared {
    async fn send(self) -> Result<(Call, Received), Failure> {
        let values = self.request?;
        let Options { timeout, own, retry } = &self.options;
        own.check(values.info())
            .map_err(|(setting, _, problem)| InvalidRequest::for_action(values.info(), setting, problem))?;
        let call = Call::new(&values);
        let settings = &*self.client.0;
        let timeout = timeout.unwrap_or(settings.timeout);
        let once = |left: Duration| exchange(settings, &values, own, timeout.min(left));
        let received = match retry {
            None => once(Duration::MAX).await,
            Some(retry) => retry.run(once).await,
        };
        match received {
            Ok(received) => Ok((call, received)),
            Err(reason) => Err(Failure::Call(call, reason)),
        }
    }
}
