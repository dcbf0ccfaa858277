//! Parts of Markdown.

use crate::prose::{code, in_cell};

/// A table that omits empty columns.
pub(super) struct Table {
    heads: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new(heads: &[&'static str]) -> Self {
        Self { heads: heads.to_vec(), rows: Vec::new() }
    }

    pub(super) fn push_row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.iter().map(|cell| in_cell(cell)).collect());
    }

    /// Writes the table, unless it has no rows.
    pub(super) fn write(self, out: &mut String) {
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

/// Writes a paragraph, unless it is empty.
pub(super) fn write_paragraph(text: &str, out: &mut String) {
    if !text.trim().is_empty() {
        out.push_str(&format!("{}\n\n", text.trim()));
    }
}

pub(super) fn write_list(items: impl IntoIterator<Item = String>, out: &mut String) {
    for item in items {
        out.push_str(&format!("- {item}\n"));
    }
    out.push('\n');
}

/// Formats each string as code.
pub(super) fn code_list(texts: &[impl AsRef<str>]) -> String {
    texts.iter().map(|text| code(text.as_ref())).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_cannot_leave_its_row_and_an_empty_column_is_left_out() {
        let mut table = Table::new(&["a", "b", "c"]);
        table.push_row(["x|y".to_owned(), String::new(), "two\n  lines".to_owned()]);
        let mut out = String::new();
        table.write(&mut out);
        assert_eq!(out, "| a | c |\n|---|---|\n| x\\|y | two lines |\n\n");
    }
}
