//! Requests whose own id was explicitly left out.

use std::fmt;
use std::marker::PhantomData;

use super::declared::{Declared, Request};
use super::values::Values;

/// A write without an id of its own, because the caller left it out with `without_order_id()` or a similar method. The
/// gateway creates an id, and its reply may contain it; if the reply is lost, nothing can find out what happened to the
/// request.
///
/// It is sent like the request `R`, but is a different type on purpose: it never becomes `R`, so code that relies on a
/// request's id does not accept it.
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
    /// Formats the parameters for the vendor's SDK as a JSON object of strings, in the order of the specification.
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

/// Formats the values like those of the request.
impl<R> fmt::Debug for Untracked<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.values.fmt(f)
    }
}
