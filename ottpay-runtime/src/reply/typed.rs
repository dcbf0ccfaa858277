//! How types are created from what was received: each type in one way only, which only this crate can use.

use std::marker::PhantomData;

use super::contents::{Contents, Kept};
use super::received::{FieldError, Received, parse_object};
use crate::field::Problem;
use crate::spec::FieldInfo;

/// The reply that the client returns for a request: the generated types whose names end in `Reply`, and [`Received`].
/// No other code can create one.
#[diagnostic::on_unimplemented(message = "`{Self}` is not the reply to a request")]
pub trait Reply: Typed<way::Reply> + Send + 'static {}

impl<T: Typed<way::Reply> + Send + 'static> Reply for T {}

/// The ways in which something is received. A type is created from what was received in its own way, and in no other.
pub mod way {
    /// As the reply to a request: opened and verified, if the action uses the envelope.
    #[derive(Debug)]
    pub enum Reply {}

    /// As a callback: opened and verified.
    #[derive(Debug)]
    pub enum Callback {}

    /// With the buyer's browser: anyone who opens the page can send any content.
    #[derive(Debug)]
    pub enum Browser {}

    /// Inside a field: as trustworthy as the message that contains it.
    #[derive(Debug)]
    pub enum Field {}
}

/// A message that was received in the way `W`. Only this crate creates one, and [`Received`] cannot be converted back
/// into one, so nothing that was received in another way can pass for a reply or a callback.
#[derive(Debug)]
pub struct Arrived<W> {
    received: Received,
    way: PhantomData<fn() -> W>,
}

impl<W> Arrived<W> {
    pub(crate) fn new(received: Received) -> Self {
        Self { received, way: PhantomData }
    }

    /// Reads the fields and creates the type from them.
    ///
    /// # Errors
    /// [`FieldError`] names the first field that is missing or unreadable.
    pub fn read<K: Kept, T>(self, declared: &'static [FieldInfo], make: fn(Contents<K>) -> T) -> Result<T, FieldError> {
        Contents::read(self.received, declared).map(make)
    }
}

/// A type that is created from what is received in the way `W`. The generated types implement it.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be created from data received as `{W}`",
    note = "only the client creates replies and callbacks, from data that it has received and verified"
)]
pub trait Typed<W>: Sized {
    /// Reads the typed fields.
    ///
    /// # Errors
    /// [`FieldError`] names the first field that is missing or unreadable.
    fn made_of(arrived: Arrived<W>) -> Result<Self, FieldError>;

    /// Returns the reply fields of the action whose reply this type is; `None` if it is not that of a single action. A
    /// request cannot expect the reply of another action, because that might be one that is not sealed.
    fn declared_fields() -> Option<&'static [FieldInfo]> {
        None
    }
}

/// Every field as it was received: the reply of an untyped request.
impl Typed<way::Reply> for Received {
    fn made_of(arrived: Arrived<way::Reply>) -> Result<Self, FieldError> {
        Ok(arrived.received)
    }
}

/// Reads a type that is an object inside a field.
pub fn parse_nested<T: Typed<way::Field>>(text: &str) -> Result<T, Problem> {
    T::made_of(Arrived::new(parse_object(text)?)).map_err(FieldError::into_problem)
}
