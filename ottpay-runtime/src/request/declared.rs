//! Ensures that requests follow the specification.

use crate::client::underway::Underway;
use crate::client::{Asking, Sending};
use crate::reply::Reply;

use super::values::Values;

/// A finished request: one of the generated types, [`AnyRequest`](super::AnyRequest) or [`AnyQuery`](super::AnyQuery).
///
/// The client's method `send` accepts it. No other type can implement this trait, because the fields of a request have
/// been checked, and its reply is read as the reply of its action.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a request that a client sends",
    label = "finish a builder with `.build()?`, or send it with `.send()`",
    note = "links, and parameters for the vendor's SDK, are not sent by a client"
)]
pub trait Request: Declared {
    /// The reply of the gateway.
    type Reply: Reply;

    /// The future of its exchange: [`Sending`](crate::Sending) if it may move money, [`Asking`](crate::Asking) if it
    /// only reads.
    type Sending: Underway<Self::Reply>;

    /// Returns the fields.
    fn values(&self) -> &Values;
}

/// A request that may move money.
pub trait Write: Request<Sending = Sending<<Self as Request>::Reply>> {}

impl<R: Request<Sending = Sending<<Self as Request>::Reply>>> Write for R {}

/// A request that only reads, and may therefore be retried.
///
/// ```
/// # extern crate ottpay_runtime as ottpay;
/// use ottpay::request::Read;
/// use ottpay::{AskError, Client, Retry};
///
/// /// Retries any query patiently.
/// async fn ask<R: Read>(client: &Client, question: &R) -> Result<R::Reply, AskError> {
///     client.send(question).retry(Retry::default()).await
/// }
/// ```
pub trait Read: Request<Sending = Asking<<Self as Request>::Reply>> {}

impl<R: Request<Sending = Asking<<Self as Request>::Reply>>> Read for R {}

/// A request that comes from a specification: its values come from a builder, and match its reply.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a request of the specification",
    note = "requests are generated from YAML by `client!`, or created at run time by `AnyRequest` and `AnyQuery`"
)]
pub trait Declared {}
