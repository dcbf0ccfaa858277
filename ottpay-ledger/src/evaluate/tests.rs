//! Every state with every answer.

mod answers;
mod order;
mod refunds;
mod table;
mod time;
mod transitions;
mod walks;
