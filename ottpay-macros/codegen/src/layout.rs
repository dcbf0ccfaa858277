//! Checks the layout of a specification's files: `ottpay spec check` prints warnings, builds ignore them.

use crate::compile::Folder;
use crate::diagnostic::{Diagnostics, Place, Position, Warning};
use crate::read;

/// The largest width of a line, in columns.
pub const MAX_WIDTH: usize = 110;

/// Returns a warning for every line that is wider than [`MAX_WIDTH`], in the order of the files.
pub fn wide_lines(folder: &Folder) -> Vec<Warning> {
    let mut diagnostics = Diagnostics::default();
    let raw = read::read_folder(&folder.path, &folder.shown, false, &mut diagnostics);
    let mut wide = Vec::new();
    for name in &raw.files {
        let file = format!("{}/{name}", folder.shown);
        let lines = diagnostics.find_text(&file).lines().enumerate();
        wide.extend(lines.filter_map(|(index, line)| check_width(&file, index, line)));
    }
    // The caller reports problems.
    let _ = diagnostics.into_report();
    wide
}

fn check_width(file: &str, index: usize, line: &str) -> Option<Warning> {
    let width = line.chars().count();
    (width > MAX_WIDTH).then(|| {
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX).saturating_add(1);
        let position = Position { file: file.into(), line: number(index), column: number(MAX_WIDTH) };
        Warning {
            message: format!("the line is {width} columns wide, expected at most {MAX_WIDTH}"),
            place: Place { position, line: Some(line.to_owned()) },
            help: "write the field as a block, one key per line; fold long strings with `>-`".to_owned(),
        }
    })
}
