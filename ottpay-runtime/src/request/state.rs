//! Whether a field of a builder is set, as a type.

use super::untracked::Untracked;
use super::values::Values;

/// State of a builder's field that has not been set.
#[derive(Debug)]
pub enum Unset {}

/// State of a builder's field that has been set.
#[derive(Debug)]
pub enum Set {}

/// State of a builder's own id that the caller has explicitly left out.
#[derive(Debug)]
pub enum Waived {}

/// What a builder makes: the request itself if its own id is set, or one that cannot be tracked if that is waived.
#[doc(hidden)]
pub trait OwnId {
    /// What is built.
    type Built<R>;

    /// Makes it of the values.
    fn build<R>(values: Values, request: fn(Values) -> R) -> Self::Built<R>;
}

/// That the own id of a link is not waived. An id that is not set is reported by the builder's own bound.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a link whose id was waived cannot be followed: no query finds it",
    label = "give the id instead of leaving it out"
)]
pub trait NotWaived {}

impl NotWaived for Set {}

impl NotWaived for Unset {}

/// Nothing is built without the id. It is here so that the compiler's only complaint is that of the builder.
impl OwnId for Unset {
    type Built<R> = R;

    fn build<R>(values: Values, request: fn(Values) -> R) -> R {
        request(values)
    }
}

impl OwnId for Set {
    type Built<R> = R;

    fn build<R>(values: Values, request: fn(Values) -> R) -> R {
        request(values)
    }
}

impl OwnId for Waived {
    type Built<R> = Untracked<R>;

    fn build<R>(values: Values, _: fn(Values) -> R) -> Untracked<R> {
        Untracked::new(values)
    }
}
