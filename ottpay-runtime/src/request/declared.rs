//! What keeps requests to the specification.

use crate::reply::Reply;

use super::values::Values;

/// A finished request: the generated types, and [`AnyRequest`](super::AnyRequest). The client's method `send`
/// accepts it. Nothing else can be one, since its fields have been checked, and its reply is read as what the action
/// answers.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a request that a client sends",
    label = "a builder is finished by `.build()?`, or sends itself by `.send()`",
    note = "links, and parameters for the vendor's SDK, are not sent by a client"
)]
pub trait Request: Declared {
    /// What the gateway answers.
    type Reply: Reply;

    /// The fields.
    fn values(&self) -> &Values;
}

/// A request that comes from a specification: its values are those of a builder, and belong to its reply.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a request of the specification",
    note = "requests are made of YAML by `client!`, or at run time by `AnyRequest`"
)]
pub trait Declared {}
