//! A system that does not give the process any more threads causes an error, as documented, and no panic.

use crate::common::{Script, alone, order, sample};
use ottpay::transport::TransportError;
use ottpay::{AskError, ConfigError};
use tokio::runtime::Builder;

#[test]
fn a_client_that_gets_no_thread_is_an_error_and_no_panic() {
    const TEST: &str = concat!(module_path!(), "::a_client_that_gets_no_thread_is_an_error_and_no_panic");
    if !alone::is_alone(TEST) {
        // No address space holds such a stack, so no thread can be started. The harness then runs the test on its own.
        return alone::run_alone(TEST, &[("RUST_MIN_STACK", "1000000000000000")]);
    }
    std::thread::Builder::new().spawn(|| ()).expect_err("the system should refuse a thread");
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let error = runtime.block_on(async { sample().build().unwrap_err() });
    assert!(matches!(&error, ConfigError::Transport(_)), "{error:?}");
    // The second attempt fails with the same error: nothing is left half started.
    let again = runtime.block_on(async { sample().build().unwrap_err() });
    assert_eq!(again.to_string(), error.to_string());
    // A pause between two attempts needs the thread where the caller's runtime has no clock.
    let without_clock = Builder::new_current_thread().build().unwrap();
    let script = Script::new([Err(TransportError::not_sent("no route")), Err(TransportError::not_sent("no route"))]);
    let query = script.client().status_query().order_id(order("T1"));
    let error = without_clock.block_on(async { query.await.unwrap_err() });
    assert!(matches!(&error, AskError::NotSent { .. } | AskError::Lost { .. }), "{error:?}");
}
