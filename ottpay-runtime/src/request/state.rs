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

/// What a builder creates: the request itself if its own id is set, or one that cannot be tracked if the id is waived.
#[doc(hidden)]
pub trait OwnId {
    /// The type that is built.
    type Built<R>;

    /// Builds it from the values.
    fn build<R>(values: Values, request: fn(Values) -> R) -> Self::Built<R>;
}

/// The own id of a link is not waived. If the id is not set, the builder's own bound reports that.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a link whose id was waived cannot be followed: no query finds it",
    label = "set the id instead of omitting it"
)]
pub trait NotWaived {}

impl NotWaived for Set {}

impl NotWaived for Unset {}

/// Nothing can be built without the id. This impl exists so that the compiler only reports the builder's own error.
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
