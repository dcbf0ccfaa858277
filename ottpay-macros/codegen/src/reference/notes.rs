//! Notes that several sections end with.

use super::markdown::{list, paragraph};
use crate::diagnostic::Position;

/// Where it is declared, and the vendor's page.
pub(super) fn declared(source: &Position, page: &str, out: &mut String) {
    let file = &source.file;
    let declared = format!("Declared in [`{file}`](../{file})");
    match page {
        "" => paragraph(&format!("{declared}."), out),
        page => paragraph(&format!("{declared}; the vendor's page is <https://{page}>."), out),
    }
}

/// What the vendor does not document.
pub(super) fn unknown(unknown: &[String], out: &mut String) {
    if !unknown.is_empty() {
        out.push_str("**Not documented by the vendor:**\n\n");
        list(unknown.iter().cloned(), out);
    }
}
