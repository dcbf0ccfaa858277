//! An engine in memory, without a server, for unit tests.

use std::sync::Arc;
use std::time::Duration;

use ottpay::{Currency, GATEWAY, SignKey};

use super::delivery::build_http_client;
use super::jobs::{WaitingJobs, queue_jobs};
use super::state::{Engine, Settings};
use crate::assume::Assumptions;
use crate::store::Store;
use crate::synchronous::Synchronous;

pub(super) fn build_engine() -> (Arc<Engine>, WaitingJobs<Engine>) {
    let settings = Settings {
        gateway: &GATEWAY,
        merchant_id: "M1".to_owned(),
        sign_key: SignKey::new("K1").unwrap(),
        cipher: GATEWAY.cipher,
        endpoint: String::new(),
        public_url: String::new(),
        names: Vec::new(),
        pay_within: Duration::ZERO,
        attempts: 1,
        back_off: Duration::ZERO,
        callbacks_anywhere: false,
        acknowledgement: String::new(),
        strict_acknowledgement: false,
        currency: Currency::CAD,
        is_tame: true,
        is_strict: false,
        control_access: None,
    };
    let store = Store::open(None, Synchronous::Normal).unwrap();
    let (jobs, waiting) = queue_jobs();
    let engine = Engine::new(settings, Assumptions::default(), store, build_http_client().unwrap(), jobs);
    (Arc::new(engine.unwrap()), waiting)
}
