//! What keeps requests to the specification.

/// A request that comes from a specification: its values are those of a builder, and belong to its reply.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a request of the specification",
    note = "requests are made of YAML by `client!`, or at run time by `AnyRequest`"
)]
pub trait Declared {}
