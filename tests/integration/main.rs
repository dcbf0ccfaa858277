//! What a user of `ottpay` sees: the client, its replies, the specification, and packages that depend on it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test fails by panicking, and some print what they measure"
)]

mod common;

mod allocations;
mod by_hand;
mod circles;
mod client {
    mod asking;
    #[cfg(feature = "blocking")]
    mod blocking;
    mod builders;
    mod callback;
    mod connections;
    mod forgery;
    mod keys;
    mod links;
    mod mutations;
    mod outcomes;
    mod overrides;
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    mod proxies;
    mod sending;
    mod threads;
    mod untracked;
}
mod gateway {
    mod channels;
    mod end_to_end;
    pub(crate) mod every_action;
}
mod hostile {
    mod callbacks;
    mod cases;
    mod certificates;
    mod contents;
    mod ends;
    mod heads;
    mod kept;
    mod lengths;
    mod memory;
    mod peer;
    mod slowness;
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    mod tls;
}
mod ledger_page;
mod observation {
    mod bad_answers;
    mod callbacks;
    mod command;
    mod leak;
    mod ledger;
    mod observer;
    mod printing;
    mod recorded;
    mod shop;
    mod silence;
    mod spans;
    mod values;
}
mod ownership {
    mod builders_through_functions;
    mod fields_that_die_before_the_request;
    mod requests_in_tasks;
    mod what_outlives_its_client;
}
mod package {
    mod adding_an_action;
    mod callers;
    mod checkout;
    mod folders;
    mod guide;
    mod private_actions;
    mod prose;
    mod published;
    mod rebuild;
    mod rustdoc;
    mod shop;
}
mod payment {
    mod answers;
    mod callbacks;
    mod noted;
    mod resolving;
    mod traps;
    mod waiting;
}
mod reply {
    mod bad_callbacks;
    mod bad_fields;
    mod bad_input;
}
mod safety;
#[cfg(feature = "serde")]
mod stored {
    mod messages;
    mod requests;
    mod values;
}
mod specification {
    mod examples;
    mod joined;
    mod queries;
    pub(crate) mod unusual;
}
