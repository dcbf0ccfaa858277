//! Runs the cases one after the other.

use std::time::Duration;

use super::bench::Bench;
use super::case::{Case, Failed};
use super::{limits, transactions, values};
use crate::store::Store;

/// More than any case takes on a slow machine.
const TOO_LONG: Duration = Duration::from_secs(60);

/// Returns all cases.
pub fn cases() -> impl Iterator<Item = Case> {
    values::CASES.into_iter().chain(transactions::CASES).chain(limits::CASES)
}

/// Runs every case. `open` is called twice and has to open the same database, as two processes would; for a database in
/// memory, it returns two handles. The suite creates tables whose names begin with `conformance_`, and needs a Tokio
/// runtime with time enabled.
///
/// # Errors
/// The first case that the store fails.
pub async fn run<S: Store, F: Future<Output = S>>(open: impl Fn() -> F) -> Result<(), Failed> {
    let bench = Bench::new(open().await, open().await);
    for case in cases() {
        let result = tokio::time::timeout(TOO_LONG, (case.run)(&bench)).await;
        match result {
            Ok(Ok(())) => {}
            Ok(Err(why)) => return Err(Failed::new(case.name, why.0)),
            Err(_) => return Err(Failed::new(case.name, "it did not end within 60 seconds".to_owned())),
        }
    }
    Ok(())
}
