//! What a shop says to the test that has started it: lines with a mark, as the test harness prints, too.

pub(crate) const MARK: &str = "shop> ";

pub(crate) fn say(line: &str) {
    println!("{MARK}{line}");
}
