//! Text in columns.

/// Formats a table whose columns are as wide as their widest cell.
pub(crate) fn format_columns<const N: usize>(head: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let rows: Vec<[String; N]> = std::iter::once(head.map(str::to_owned)).chain(rows).collect();
    let mut widths = [0_usize; N];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            // In characters, as `format!` pads by characters and not by bytes.
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |row: &[String; N]| {
        let cells: Vec<_> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

/// Replaces control characters, which could move the cursor and hide part of the output.
pub(crate) fn without_control(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { '\u{fffd}' } else { character }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_as_wide_as_its_widest_cell() {
        let rows = [["订单".to_owned(), String::new()], ["long cell".to_owned(), without_control("a\x1b[2J")]];
        assert_eq!(format_columns(["A", "B"], rows.into_iter()), "A          B\n订单\nlong cell  a\u{fffd}[2J\n");
    }
}
