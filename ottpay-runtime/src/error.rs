//! The errors of a call. Errors of writes state what is known about the money; errors of reads state nothing about it.

mod ask;
mod call;
pub(crate) mod failure;
mod outcome;
mod refusal;
mod reply;
mod write;

pub use ask::AskError;
pub use call::Call;
pub use outcome::{Outcome, OutcomeError};
pub use refusal::Refusal;
pub use reply::ReplyProblem;
pub use write::Error;
