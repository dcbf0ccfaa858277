//! Runs the cases one after the other.

use std::time::Duration;

use super::bench::Bench;
use super::case::{Case, Failed};
use super::{limits, transactions, values};
use crate::store::Store;

/// Every case takes less than a second or two.
const TOO_LONG: Duration = Duration::from_secs(60);

/// All cases.
pub fn cases() -> impl Iterator<Item = Case> {
    values::CASES.into_iter().chain(transactions::CASES).chain(limits::CASES)
}

/// Runs every case. `open` is called twice, and opens the same database as two processes would; in memory, as two handles.
/// The suite makes tables of its own, whose names begin with `conformance_`, and needs a runtime of `tokio` with time.
///
/// # Errors
/// The first case that the store does not pass.
pub async fn run<S: Store, F: Future<Output = S>>(open: impl Fn() -> F) -> Result<(), Failed> {
    let bench = Bench::new(open().await, open().await);
    for case in cases() {
        let result = tokio::time::timeout(TOO_LONG, (case.run)(&bench)).await;
        match result {
            Ok(Ok(())) => {}
            Ok(Err(why)) => return Err(Failed::new(case.name, why.0)),
            Err(_) => return Err(Failed::new(case.name, "it does not end".to_owned())),
        }
    }
    Ok(())
}
