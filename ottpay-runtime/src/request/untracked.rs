//! Requests whose own id was explicitly left out.

use std::fmt;
use std::marker::PhantomData;

use super::declared::{Declared, Request};
use super::values::Values;

/// A write without an id of its own, because the caller left it out by `without_order_id()` or the like. The gateway makes
/// one, and its reply may have it; if the reply is lost, nobody can ask what became of the request.
///
/// It is sent as the request `R` is, and is of another type on purpose: it never becomes `R`, so that what is built on ids
/// of requests does not take it.
#[must_use = "the request is not sent until `client.send(&request).await`"]
pub struct Untracked<R> {
    values: Values,
    of: PhantomData<fn() -> R>,
}

impl<R> Untracked<R> {
    pub(super) fn new(values: Values) -> Self {
        Self { values, of: PhantomData }
    }
}

impl<R: Parameters> Untracked<R> {
    /// The parameters for the vendor's SDK as a JSON object of texts, in the order of the specification.
    pub fn to_json(&self) -> String {
        self.values.to_json()
    }
}

impl<R: Request> Declared for Untracked<R> {}

impl<R: Request> Request for Untracked<R> {
    type Reply = R::Reply;
    type Sending = R::Sending;

    fn values(&self) -> &Values {
        &self.values
    }
}

/// Parameters for the vendor's SDK, which a client does not send.
#[doc(hidden)]
pub trait Parameters {}

impl<R> Clone for Untracked<R> {
    fn clone(&self) -> Self {
        Self::new(self.values.clone())
    }
}

impl<R> PartialEq for Untracked<R> {
    fn eq(&self, other: &Self) -> bool {
        self.values == other.values
    }
}

impl<R> Eq for Untracked<R> {}

/// As that of the request.
impl<R> fmt::Debug for Untracked<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.values.fmt(f)
    }
}
