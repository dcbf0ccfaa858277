//! How the files of a specification are laid out: `ottpay spec check` warns about it, and builds accept it.

use crate::compile::Folder;
use crate::diagnostic::{Diagnostics, Place, Position, Warning};
use crate::read;

/// Columns that a line may take.
pub const MAX_WIDTH: usize = 110;

/// Every line that is wider than [`MAX_WIDTH`] columns, in the order of the files.
pub fn wide_lines(folder: &Folder) -> Vec<Warning> {
    let mut diagnostics = Diagnostics::default();
    let raw = read::read_folder(&folder.path, &folder.shown, false, &mut diagnostics);
    let mut wide = Vec::new();
    for name in &raw.files {
        let file = format!("{}/{name}", folder.shown);
        let lines = diagnostics.find_text(&file).lines().enumerate();
        wide.extend(lines.filter_map(|(index, line)| warning(&file, index, line)));
    }
    // The caller reports mistakes.
    let _ = diagnostics.into_report();
    wide
}

fn warning(file: &str, index: usize, line: &str) -> Option<Warning> {
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
