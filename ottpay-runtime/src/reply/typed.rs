//! How a type is made of what was received: each type by its one way, which only this crate opens.

use std::marker::PhantomData;

use super::contents::{Contents, Kept};
use super::received::{FieldError, Received, parse_object};
use crate::field::Problem;
use crate::spec::FieldInfo;

/// What the client gives for a request: the generated types whose names end in `Reply`, and [`Received`]. No other code
/// can make one.
#[diagnostic::on_unimplemented(message = "`{Self}` is not the reply to a request")]
pub trait Reply: Typed<way::Reply> + Send + 'static {}

impl<T: Typed<way::Reply> + Send + 'static> Reply for T {}

/// The ways by which something is received. A type is made of what came by its own, and by no other.
pub mod way {
    /// As the reply to a request: opened and verified, if the action travels in an envelope.
    #[derive(Debug)]
    pub enum Reply {}

    /// As a callback: opened and verified.
    #[derive(Debug)]
    pub enum Callback {}

    /// With the buyer's browser: anyone who opens the page can write anything.
    #[derive(Debug)]
    pub enum Browser {}

    /// Inside a field: as good as the message around it.
    #[derive(Debug)]
    pub enum Field {}
}

/// What came by the way `W`. Only this crate makes one. [`Received`] has no way back into one, so that nothing that has
/// been read by another way can pass for a reply or a callback.
#[derive(Debug)]
pub struct Arrived<W> {
    received: Received,
    way: PhantomData<fn() -> W>,
}

impl<W> Arrived<W> {
    pub(crate) fn new(received: Received) -> Self {
        Self { received, way: PhantomData }
    }

    /// Reads the fields, and makes the type of them.
    ///
    /// # Errors
    /// [`FieldError`] names the first field that is missing or unreadable.
    pub fn read<K: Kept, T>(self, declared: &'static [FieldInfo], make: fn(Contents<K>) -> T) -> Result<T, FieldError> {
        Contents::read(self.received, declared).map(make)
    }
}

/// A type that is made of what comes by the way `W`. The generated types implement it.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not made of what comes by the way `{W}`",
    note = "replies and callbacks are made by the client alone, of what it has received and checked as such"
)]
pub trait Typed<W>: Sized {
    /// Reads the typed fields.
    ///
    /// # Errors
    /// [`FieldError`] names the first field that is missing or unreadable.
    fn made_of(arrived: Arrived<W>) -> Result<Self, FieldError>;

    /// The reply fields of the action whose reply it is; nothing if it is not that of one action. A request is not sent for the
    /// reply of another action: that might be one that is not sealed.
    fn declared() -> Option<&'static [FieldInfo]> {
        None
    }
}

/// Every field as it came: the reply of a request that is not typed.
impl Typed<way::Reply> for Received {
    fn made_of(arrived: Arrived<way::Reply>) -> Result<Self, FieldError> {
        Ok(arrived.received)
    }
}

/// Reads a type that is an object inside a field.
pub fn nested<T: Typed<way::Field>>(text: &str) -> Result<T, Problem> {
    T::made_of(Arrived::new(parse_object(text)?)).map_err(FieldError::inside)
}
