//! A request that is being built.

use std::any::Any;
use std::fmt;
use std::marker::PhantomPinned;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

use super::invalid::InvalidRequest;
use super::values::Values;
use crate::client::Client;
use crate::client::underway::Underway;
use crate::field::{IntoField, Problem, Url};
use crate::link::address::link_address;
use crate::payment::Tracked;
use crate::spec::ActionInfo;

/// The state of every generated builder. The builder's typed setters write to it.
pub struct Draft {
    client: Client,
    pub(super) values: Values,
    /// The first value that does not fit. Boxed, because every setter moves the draft.
    pub(super) problem: Option<Box<InvalidRequest>>,
    /// The exchange in progress, once the builder has been polled.
    // Behind a lock, because a pinned builder is only borrowed while it is polled. The future may be of any type,
    // because a draft is not generic.
    underway: Mutex<Option<Box<dyn Any + Send>>>,
    /// A builder has to be pinned before it can be polled, so it cannot be moved into `send` afterwards: that would
    /// send the request twice.
    _pinned: PhantomPinned,
}

impl Draft {
    /// Creates a draft with the values that the client itself writes.
    pub fn new(client: &Client, info: &'static ActionInfo) -> Self {
        // Only parameters for the vendor's SDK contain the address, so it is looked up on demand.
        let values = Values::new(info, client.sender(), || client.address(info));
        Self::from_parts(client.clone(), values, None)
    }

    fn from_parts(client: Client, values: Values, problem: Option<Box<InvalidRequest>>) -> Self {
        Self { client, values, problem, underway: Mutex::default(), _pinned: PhantomPinned }
    }

    /// Sets the field with this index in the action's list; `value` has to fit a field of type `T`.
    #[must_use]
    pub fn set<T, V: IntoField<T>>(mut self, index: usize, value: V) -> Self {
        if let Err(problem) = self.values.set(index, &value) {
            self.record_problem(index, problem);
        }
        self
    }

    /// Sets the field if there is a value.
    #[must_use]
    pub fn set_if_some<T, V: IntoField<T>>(self, index: usize, value: Option<V>) -> Self {
        match value {
            Some(value) => self.set(index, value),
            None => self,
        }
    }

    /// Stores what is wrong with a field, unless there is an earlier problem.
    fn record_problem(&mut self, index: usize, problem: Problem) {
        let info = self.values.info();
        if let (None, Some(field)) = (&self.problem, info.request.get(index)) {
            self.problem = Some(Box::new(InvalidRequest::new(info, field, problem)));
        }
    }

    /// Sets a constant or a copy that is sent only if the caller requests it.
    #[must_use]
    pub fn write(mut self, index: usize) -> Self {
        self.values.write(index);
        self
    }

    /// Leaves out a field that is sent by default.
    #[must_use]
    pub fn omit(mut self, index: usize) -> Self {
        self.values.omit(index);
        self
    }

    /// Checks every field.
    ///
    /// # Errors
    /// [`InvalidRequest`] names the first field that breaks a rule of the specification.
    pub fn build(self) -> Result<Values, InvalidRequest> {
        match self.problem {
            Some(problem) => Err(*problem),
            None => {
                let values = self.values.finish();
                match values.find_problem(self.client.is_strict()) {
                    Some((field, problem)) => Err(InvalidRequest::new(values.info(), field, problem)),
                    None => Ok(values),
                }
            }
        }
    }

    /// Checks every field, and sends the request when the returned future is awaited.
    pub fn send<R, S: Underway<R>>(self) -> S {
        let (client, info) = (self.client.clone(), self.values.info());
        S::prepare(client, info, self.build())
    }

    /// Sends the request at the first poll, and polls for its reply.
    pub fn poll<R, S: Underway<R>>(&self, context: &mut Context<'_>) -> Poll<S::Output> {
        // After a panic in a poll, the future is still in its place, so a poisoned lock is harmless.
        let mut underway = self.underway.lock().unwrap_or_else(PoisonError::into_inner);
        // The future stays in its place while it is polled: if it panics, the next poll must not send the request
        // again.
        let begun = underway.get_or_insert_with(|| Box::new(self.clone().send::<R, S>()));
        match begun.downcast_mut::<S>() {
            Some(sending) => Pin::new(sending).poll(context),
            // A builder is only ever polled as one type.
            None => Poll::Pending,
        }
    }

    /// Checks every parameter and returns the data to keep about a link.
    ///
    /// # Errors
    /// Those of [`Draft::build`].
    pub fn tracked(&self) -> Result<Tracked, InvalidRequest> {
        self.clone().build().map(|values| Tracked::from_values(&values))
    }

    /// Checks every parameter and builds the URL of a link.
    ///
    /// # Errors
    /// Those of [`Draft::build`].
    pub fn url(self) -> Result<Url, InvalidRequest> {
        let client = self.client.clone();
        self.build().map(|values| link_address(&client.address(values.info()), &values))
    }
}

/// Copies what has been set. The copy has no exchange in progress.
impl Clone for Draft {
    fn clone(&self) -> Self {
        Self::from_parts(self.client.clone(), self.values.clone(), self.problem.clone())
    }
}

impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draft")
            .field("client", &self.client)
            .field("values", &self.values)
            .field("problem", &self.problem)
            .finish_non_exhaustive()
    }
}
