//! `cargo fuzz run control`: see README.md.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    ottpay_fuzz::control::target(data);
});
