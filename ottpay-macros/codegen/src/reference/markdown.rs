//! Pieces of Markdown.

/// A table that leaves out every column without a single entry.
pub(super) struct Table {
    heads: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new(heads: &[&'static str]) -> Self {
        Self { heads: heads.to_vec(), rows: Vec::new() }
    }

    pub(super) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.iter().map(|cell| in_table(cell)).collect());
    }

    /// The table, or nothing if it has no rows.
    pub(super) fn finish(self, out: &mut String) {
        let filled = |column: usize| self.rows.iter().any(|row| row.get(column).is_some_and(|cell| !cell.is_empty()));
        let columns: Vec<(usize, &str)> =
            self.heads.iter().copied().enumerate().filter(|(column, _)| filled(*column)).collect();
        if columns.is_empty() {
            return;
        }
        let heads: Vec<&str> = columns.iter().map(|(_, head)| *head).collect();
        out.push_str(&format!("| {} |\n|{}\n", heads.join(" | "), "---|".repeat(columns.len())));
        for row in &self.rows {
            let cells: Vec<&str> =
                columns.iter().map(|(column, _)| row.get(*column).map_or("", String::as_str)).collect();
            out.push_str(&format!("| {} |\n", cells.join(" | ")));
        }
        out.push('\n');
    }
}

/// Text that stays within its cell.
fn in_table(text: &str) -> String {
    one_line(text).replace('|', "\\|")
}

fn one_line(text: &str) -> String {
    text.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}

/// A paragraph, or nothing if there is no text.
pub(super) fn paragraph(text: &str, out: &mut String) {
    if !text.trim().is_empty() {
        out.push_str(&format!("{}\n\n", text.trim()));
    }
}

pub(super) fn list(items: impl IntoIterator<Item = String>, out: &mut String) {
    for item in items {
        out.push_str(&format!("- {}\n", one_line(&item)));
    }
    out.push('\n');
}

/// The text in a fence that it cannot end; nothing without text.
pub(super) fn code(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.saturating_add(1));
    match longest {
        0 => format!("{fence}{text}{fence}"),
        _ => format!("{fence} {text} {fence}"),
    }
}

pub(super) fn codes(texts: &[impl AsRef<str>]) -> String {
    texts.iter().map(|text| code(text.as_ref())).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_cannot_leave_its_row_and_an_empty_column_is_left_out() {
        let mut table = Table::new(&["a", "b", "c"]);
        table.row(["x|y".to_owned(), String::new(), "two\n  lines".to_owned()]);
        let mut out = String::new();
        table.finish(&mut out);
        assert_eq!(out, "| a | c |\n|---|---|\n| x\\|y | two lines |\n\n");
    }

    #[test]
    fn a_backtick_does_not_end_code() {
        assert_eq!(code("a`b"), "`` a`b ``");
        assert_eq!(code("``"), "``` `` ```");
        assert_eq!(code("a"), "`a`");
    }
}
