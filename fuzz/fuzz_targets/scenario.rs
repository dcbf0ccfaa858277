//! `cargo fuzz run scenario`: see README.md.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    ottpay_fuzz::scenario::target(data);
});
