//! A request on its way: options of one call, until the first poll.

use std::future::pending;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use super::connection::Client;
use super::exchange::exchange;
use super::settings::Override;
use crate::error::{Call, Error, ReplyProblem};
use crate::field::Problem;
use crate::reply::typed::Arrived;
use crate::reply::{Received, Reply};
use crate::request::{InvalidRequest, Request, Values};
use crate::transport::BoxFuture;

/// A request that is sent when this value is awaited, once. It is a future like any other: `tokio::spawn` takes it as it is.
/// Once it has been polled its options are settled, and to drop it leaves the outcome unknown.
#[must_use = "the request is not sent until this is awaited"]
pub struct Sending<R> {
    /// What is to be sent, until the first poll.
    prepared: Option<Prepared>,
    /// The exchange, from the first poll on.
    exchange: BoxFuture<'static, Result<(Call, Received), Error>>,
    reply: PhantomData<fn() -> R>,
}

struct Prepared {
    client: Client,
    request: Result<Values, Error>,
    options: Options,
}

/// What one call may have otherwise than client and specification say.
#[derive(Default)]
struct Options {
    timeout: Option<Duration>,
    own: Override,
}

impl Client {
    /// Sends a finished request. Nothing happens until the result is awaited.
    ///
    /// One that the client of another merchant has made is not sent, because it may name that merchant:
    /// [`Error::Invalid`].
    pub fn send<R: Request>(&self, request: &R) -> Sending<R::Reply> {
        let values = request.values();
        let prepared = values.check_sender(self.merchant_id()).map(|()| values.clone()).map_err(Error::Invalid);
        Sending::new(self.clone(), prepared)
    }
}

impl<R> Sending<R> {
    pub(crate) fn new(client: Client, request: Result<Values, Error>) -> Self {
        let prepared = Prepared { client, request, options: Options::default() };
        Self { prepared: Some(prepared), exchange: Box::pin(pending()), reply: PhantomData }
    }

    fn with(mut self, change: impl FnOnce(&mut Options)) -> Self {
        if let Some(prepared) = &mut self.prepared {
            change(&mut prepared.options);
        }
        self
    }

    /// How long this exchange may take, instead of the client's limit.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.with(|options| options.timeout = Some(timeout))
    }

    /// Another constant than the specification gives the action, where the vendor's pages disagree about it.
    pub fn action(self, action: impl Into<String>) -> Self {
        self.with(|options| options.own.action = Some(action.into()))
    }

    /// Another version than the specification gives the action.
    pub fn version(self, version: impl Into<String>) -> Self {
        self.with(|options| options.own.version = Some(version.into()))
    }

    /// Another path than the specification gives the action, such as `/processV3`. It begins with a slash.
    pub fn path(self, path: impl Into<String>) -> Self {
        self.with(|options| options.own.path = Some(path.into()))
    }
}

impl<R> std::fmt::Debug for Sending<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let request = self.prepared.as_ref().map(|prepared| &prepared.request);
        f.debug_struct("Sending").field("request", &request).finish_non_exhaustive()
    }
}

impl<R: Reply> Future for Sending<R> {
    type Output = Result<R, Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        if let Some(mut prepared) = this.prepared.take() {
            prepared.request = prepared.request.and_then(|values| match R::declared() {
                Some(declared) if !std::ptr::eq(declared, values.info().reply) => {
                    Err(InvalidRequest::for_action(values.info(), "reply", Problem::OtherReply).into())
                }
                _ => Ok(values),
            });
            this.exchange = Box::pin(prepared.send());
        }
        this.exchange.as_mut().poll(context).map(|arrived| {
            let (call, received) = arrived?;
            let read = R::made_of(Arrived::new(received.clone()));
            read.map_err(|error| {
                let problem = ReplyProblem::Field { error, received: Box::new(received) };
                Error::Reply { call, problem }
            })
        })
    }
}

impl Prepared {
    async fn send(self) -> Result<(Call, Received), Error> {
        let values = self.request?;
        let own = &self.options.own;
        own.check(values.info())
            .map_err(|(setting, _, problem)| InvalidRequest::for_action(values.info(), setting, problem))?;
        let call = Call::new(&values);
        let received = exchange(&self.client.0, &values, &call, own, self.options.timeout).await?;
        Ok((call, received))
    }
}
