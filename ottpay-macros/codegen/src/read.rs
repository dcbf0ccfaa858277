//! First step: YAML text to a raw model, in which every scalar remembers its line and column.
//!
//! Nothing is resolved here and nothing is judged but form: a key that does not exist, a list where a map belongs, a
//! number where text belongs.

mod model;
mod table;
mod yaml;

use std::fs;
use std::path::Path;

pub use model::*;

use crate::{Diagnostics, Position};

/// The greatest size of one file.
const MAX_FILE: u64 = 1024 * 1024;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it stands in its file.
    pub at: Position,
}

/// Reads `gateway.yaml`, `types.yaml`, `callbacks.yaml` and every file in `actions/`.
pub fn folder(folder: &Path, shown: &str, diagnostics: &mut Diagnostics) -> RawSpec {
    let mut spec = RawSpec::new(shown);
    if !folder.is_dir() {
        let help = "the folder is looked for in the package, beside its Cargo.toml";
        diagnostics.report_with_help(shown, Position::START, "there is no such folder", help);
        return spec;
    }
    let mut read = |name: &str, diagnostics: &mut Diagnostics| {
        let file = format!("{shown}/{name}");
        spec.files.push(name.to_owned());
        let root = yaml::parse(&text(&folder.join(name), &file, diagnostics)?, &file, diagnostics)?;
        Some((file, root))
    };
    let gateway = read("gateway.yaml", diagnostics);
    let types = read("types.yaml", diagnostics);
    let callbacks = read("callbacks.yaml", diagnostics);
    let mut actions = Vec::new();
    for stem in action_stems(&folder.join("actions"), &format!("{shown}/actions"), diagnostics) {
        actions.extend(read(&format!("actions/{stem}.yaml"), diagnostics).map(|(file, root)| (stem, file, root)));
    }
    spec.gateway = gateway.and_then(|(file, root)| RawGateway::read(root, &file, diagnostics));
    if let Some((file, root)) = types {
        spec.types = RawTypes::read(root, &file, diagnostics);
    }
    if let Some((file, root)) = callbacks {
        spec.callbacks = RawCallback::read_all(root, &file, diagnostics);
    }
    for (stem, file, root) in actions {
        spec.actions.extend(RawAction::read(stem, root, &file, diagnostics));
    }
    spec
}

fn text(path: &Path, file: &str, diagnostics: &mut Diagnostics) -> Option<String> {
    let mut fail = |message: String| {
        diagnostics.report(file, Position::START, message);
        None
    };
    match fs::metadata(path) {
        Err(error) => return fail(format!("cannot read the file: {error}")),
        Ok(metadata) if metadata.len() > MAX_FILE => return fail("the file is larger than 1 MiB".to_owned()),
        Ok(_) => {}
    }
    match fs::read(path).map(String::from_utf8) {
        Err(error) => fail(format!("cannot read the file: {error}")),
        Ok(Err(_)) => fail("the file is not UTF-8 text".to_owned()),
        Ok(Ok(text)) => Some(text),
    }
}

/// Names of the action files without `.yaml`, sorted, so that the same folder always gives the same client.
fn action_stems(folder: &Path, shown: &str, diagnostics: &mut Diagnostics) -> Vec<String> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            diagnostics.report(shown, Position::START, format!("cannot read the folder: {error}"));
            return Vec::new();
        }
    };
    let mut stems = Vec::new();
    for name in entries.filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned())) {
        match name.strip_suffix(".yaml") {
            _ if name.starts_with('.') => {}
            Some(stem) => stems.push(stem.to_owned()),
            None => diagnostics.report_with_help(
                &format!("{shown}/{name}"),
                Position::START,
                "only action files belong in this folder",
                "name it `NAME.yaml`, one action each, or move it elsewhere",
            ),
        }
    }
    stems.sort();
    if stems.is_empty() {
        let help = "add a file such as `refund.yaml`";
        diagnostics.report_with_help(shown, Position::START, "the folder has no action", help);
    }
    stems
}
