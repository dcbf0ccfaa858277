//! What a shop prints for the test that started it: marked lines, because the test harness also prints.

pub(crate) const MARK: &str = "shop> ";

pub(crate) fn say(line: &str) {
    println!("{MARK}{line}");
}
