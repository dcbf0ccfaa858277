//! How much of the shop's code exists because of the gateway.

/// The file that connects the shop to the gateway.
const PLUMBING: &str = include_str!("../../../../examples/shop/payments.rs");
const PAGE: &str = include_str!("../../../../docs/ledger.md");

/// Lines of code: neither empty nor a comment, and not an import.
fn lines_of_code(source: &str) -> usize {
    let lines = source.lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with("//") && !line.starts_with("use ")).count()
}

#[test]
fn the_code_that_connects_a_shop_is_as_short_as_the_page_states() {
    let lines = lines_of_code(PLUMBING);
    assert!(lines <= 30, "{lines} lines");
    assert!(
        PAGE.contains(&format!("{lines} lines of code")),
        "docs/ledger.md does not say that it is {lines} lines of code"
    );
}
