//! Queries with fields that are named at run time.

use std::fmt;

use super::any::build;
use super::declared::{Declared, Request};
use super::invalid::InvalidRequest;
use super::values::Values;
use crate::client::{Asking, Client};
use crate::reply::Received;
use crate::spec::{ActionInfo, Effect};

/// A read whose fields are named at run time, for tools that work with the compiled specification.
///
/// Its values are checked by the same rules as those of a typed request; its reply is what was received, by wire name.
/// For an action that may move money, use [`AnyRequest`](super::AnyRequest).
///
/// The action is one of `ottpay::GATEWAY`, or of the `GATEWAY` of private actions:
///
/// ```no_run
/// # extern crate ottpay_runtime as ottpay;
/// # #[allow(non_snake_case)]
/// # async fn run(client: &ottpay::Client, GATEWAY: &ottpay::spec::Gateway) -> Result<(), Box<dyn std::error::Error>> {
/// use ottpay::Retry;
/// use ottpay::request::AnyQuery;
///
/// let info = GATEWAY.find_method("status_query").ok_or("no such method")?;
/// let query = AnyQuery::new(client, info, [("order_id", "T1")])?;
/// println!("{:?}", client.send(&query).retry(Retry::default()).await?.text("order_status"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
#[must_use = "the query is not sent until `client.send(&query).await`"]
pub struct AnyQuery(Values);

impl AnyQuery {
    /// Builds a query from the fields of an action by their names on the wire, as
    /// [`AnyRequest::new`](super::AnyRequest::new) does.
    ///
    /// # Errors
    /// [`InvalidRequest`] names the first field that is missing or violates a rule of the specification, or its
    /// position if the action has no such field; `protocol` if a client does not send the action; `effect` if it may
    /// move money.
    pub fn new<'a>(
        client: &impl AsRef<Client>,
        info: &'static ActionInfo,
        fields: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, InvalidRequest> {
        build(client.as_ref(), info, Effect::Read, fields).map(Self)
    }
}

impl Declared for AnyQuery {}

impl Request for AnyQuery {
    type Reply = Received;
    type Sending = Asking<Received>;

    fn values(&self) -> &Values {
        &self.0
    }
}

impl fmt::Debug for AnyQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
