//! `cargo fuzz run fields`: see README.md.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    ottpay_fuzz::fields::target(data);
});
