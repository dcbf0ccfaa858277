//! Reads the text of one file, up to a limit.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use crate::diagnostic::{Diagnostics, Mistake, Position};

/// The largest file, in bytes.
const MAX_FILE: u64 = 1024 * 1024;

/// Reads a file, but at most one byte more than the limit.
fn read_bounded(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let found = path.metadata()?;
    // A pipe, a socket or a device may be endless. So may the zero-length files through which systems expose their
    // state: /proc/kmsg waits for the next message. An empty file contains no action.
    if found.is_file() && found.len() > 0 {
        File::open(path)?.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// Keeps the text of a rejected file, because of the names in it.
pub(super) fn keep_text(path: &Path, file: &str, diagnostics: &mut Diagnostics) {
    diagnostics.keep_text(file, &String::from_utf8_lossy(&read_bounded(path).unwrap_or_default()));
}

/// Returns the text of a file.
pub(super) fn read_text(path: &Path, file: &Arc<str>, diagnostics: &mut Diagnostics) -> Option<String> {
    let bytes = match read_bounded(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            let message = format!("the file cannot be read: {error}");
            let at = Position::start(file.clone());
            diagnostics.report(Mistake::Unreadable, &at, message, "make it readable, or remove it");
            return None;
        }
    };
    if !u64::try_from(bytes.len()).is_ok_and(|length| length <= MAX_FILE) {
        // The beginning still shows what the file declares.
        diagnostics.keep_text(file, &String::from_utf8_lossy(&bytes));
        let help = "an action needs about a kilobyte: is this the right file?";
        let at = Position::start(file.clone());
        diagnostics.report(Mistake::TooLarge, &at, "the file is larger than 1 MiB", help);
        return None;
    }
    match String::from_utf8(bytes) {
        Ok(text) => {
            diagnostics.keep_text(file, &text);
            Some(text)
        }
        Err(error) => {
            let good = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
            let good = String::from_utf8_lossy(good).into_owned();
            diagnostics.keep_text(file, &String::from_utf8_lossy(error.as_bytes()));
            let last = good.rsplit('\n').next().unwrap_or_default();
            let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
            let column = number(last.chars().count()).saturating_add(1);
            let line = number(good.matches('\n').count()).saturating_add(1);
            let at = Position { file: file.clone(), line, column };
            diagnostics.report(
                Mistake::NotUtf8,
                &at,
                "the file is not UTF-8 text: the first invalid byte is here",
                "save it as UTF-8",
            );
            None
        }
    }
}
