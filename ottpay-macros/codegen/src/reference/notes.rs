//! Notes at the end of several sections.

use super::markdown::{write_list, write_paragraph};
use crate::diagnostic::Position;
use crate::prose::{code, line};

/// Writes the position of the declaration, and the vendor's page.
pub(super) fn write_declaration(source: &Position, page: &str, out: &mut String) {
    let file = &source.file;
    let declared = format!("Declared in [{}](../{})", code(file), link_path(file));
    match page {
        "" => write_paragraph(&format!("{declared}."), out),
        page => write_paragraph(&format!("{declared}; the vendor's page is <https://{page}>."), out),
    }
}

/// Writes what the vendor does not document.
pub(super) fn write_unknown(unknown: &[String], out: &mut String) {
    if !unknown.is_empty() {
        out.push_str("**Not documented by the vendor:**\n\n");
        write_list(unknown.iter().map(|text| line(text)), out);
    }
}

/// Escapes the path of a file for a link.
fn link_path(file: &str) -> String {
    let mut out = String::new();
    for byte in file.bytes() {
        match byte {
            plain if plain.is_ascii_alphanumeric() || b"/-._~".contains(&plain) => out.push(char::from(plain)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}
