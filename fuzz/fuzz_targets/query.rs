//! `cargo fuzz run query`: see README.md.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    ottpay_fuzz::query::target(data);
});
