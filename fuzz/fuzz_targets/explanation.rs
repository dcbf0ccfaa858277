//! `cargo fuzz run explanation`: see README.md.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    ottpay_fuzz::explanation::target(data);
});
