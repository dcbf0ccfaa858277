//! Callbacks from outside: over HTTP, many at once, repeatedly, and while the database cannot store them.

mod many;
#[cfg(feature = "postgres")]
mod postgres;
mod refused;
mod shop;
mod stored;
mod typed;
