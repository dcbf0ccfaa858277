//! How much memory this process holds, as Linux counts it.

use std::fs;

/// The memory that the process held at first, and how much more it has held since.
pub(super) struct Memory {
    before: u64,
    highest: u64,
}

impl Memory {
    pub(super) fn new() -> Self {
        Self { before: read("VmRSS").unwrap_or_default(), highest: 0 }
    }

    /// From now on, the peak is measured.
    pub(super) fn forget_peak(&mut self) {
        let _ = fs::write("/proc/self/clear_refs", "5");
    }

    /// How many more bytes than at first the process has held, at the peak since it was last reset. Zero on systems
    /// other than Linux.
    pub(super) fn grown(&mut self) -> u64 {
        let grown = read("VmHWM").unwrap_or_default().saturating_sub(self.before);
        self.highest = self.highest.max(grown);
        grown
    }

    pub(super) fn summary(&self) -> String {
        match read("VmHWM") {
            Some(_) => format!("at most {} kB more than {} kB", self.highest / 1000, self.before / 1000),
            None => "memory is not measured, as this is not Linux".to_owned(),
        }
    }
}

/// A line of the process's status, in bytes.
fn read(name: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

#[test]
fn memory_that_is_held_is_seen_and_memory_that_was_is_forgotten() {
    const TEST: &str = concat!(module_path!(), "::memory_that_is_held_is_seen_and_memory_that_was_is_forgotten");
    if !crate::common::alone::is_alone(TEST) {
        return crate::common::alone::run_alone(TEST, &[]);
    }
    if read("VmHWM").is_none() {
        return println!("memory is not measured, as this is not Linux");
    }
    let mut memory = Memory::new();
    drop(std::hint::black_box(vec![1_u8; 32_000_000]));
    assert!(memory.grown() > 30_000_000, "{}", memory.grown());
    memory.forget_peak();
    assert!(memory.grown() < 16_000_000, "{}", memory.grown());
}
