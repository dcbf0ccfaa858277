//! Every state with every answer.

mod answers;
mod events;
mod order;
mod refunds;
mod table;
mod time;
mod transitions;
mod walks;
