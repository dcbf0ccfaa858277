//! `cargo fuzz run ledger`: see README.md.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    ottpay_fuzz::ledger::target(data);
});
