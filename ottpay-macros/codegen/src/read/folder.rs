//! The files of a specification: which there are, and what may not be among them.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::table::Map;
use super::yaml::{self, Node};
use super::{Located, RawAction, RawGateway, RawSpec, RawTypes};
use crate::names::{nearest, suggestion_and};
use crate::{Diagnostics, Mistake, Position};

/// The greatest size of one file.
const MAX_FILE: u64 = 1024 * 1024;

/// Files beside `actions/`.
const FILES: [&str; 3] = ["gateway.yaml", "types.yaml", "callbacks.yaml"];

/// Reads `gateway.yaml`, `types.yaml`, `callbacks.yaml` and every file in `actions/`. A folder that extends another
/// specification has no gateway of its own.
pub fn folder(folder: &Path, shown: &str, extends: bool, diagnostics: &mut Diagnostics) -> RawSpec {
    let mut spec = RawSpec { shown: shown.to_owned(), ..RawSpec::default() };
    let Ok(root) = folder.canonicalize().map_err(|_| ()).and_then(|root| root.is_dir().then_some(root).ok_or(()))
    else {
        let beside = folder.parent().and_then(|parent| fs::read_dir(parent).ok()).into_iter().flatten();
        let beside: Vec<String> = beside
            .filter_map(|entry| entry.ok().filter(|entry| entry.path().is_dir())?.file_name().into_string().ok())
            .collect();
        let last = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let meant = nearest(last, beside.iter().map(String::as_str));
        let meant = meant.map_or_else(String::new, |name| format!("did you mean `{name}`? "));
        let help = format!(
            "{meant}A folder such as \"spec\" is looked for beside the Cargo.toml of the package, one such as \"./spec\" \
             beside the file that names it"
        );
        diagnostics.report(Mistake::NoFolder, shown, Position::START, "there is no such folder", help);
        return spec;
    };
    let present = names(&root, &root, shown, diagnostics, |name| match name {
        "gateway.yaml" if extends => Err("the gateway belongs to the library: remove the file".to_owned()),
        name if FILES.contains(&name) || name == "actions" => Ok(()),
        name => {
            let known = if extends { &FILES[1..] } else { &FILES[..] };
            let known = known.iter().copied().chain(["actions/"]);
            Err(suggestion_and(name, known, "An action belongs into `actions/`, everything else elsewhere"))
        }
    });
    if !extends && !present.iter().any(|name| name == "gateway.yaml") {
        let help = "add it: where requests go, and the envelope they travel in; see docs/spec-language.md";
        diagnostics.report(Mistake::NoFile, shown, Position::START, "the folder has no `gateway.yaml`", help);
    }
    for name in FILES.into_iter().filter(|name| present.iter().any(|present| present == name)) {
        let file: Rc<str> = format!("{shown}/{name}").into();
        spec.files.push(name.to_owned());
        let text = text(&root.join(name), &file, diagnostics);
        put(&mut spec, name, &file, text, diagnostics);
    }
    let actions = root.join("actions");
    let shown = format!("{shown}/actions");
    let mut action_files = Vec::new();
    if present.iter().any(|name| name == "actions") {
        action_files = names(&root, &actions, &shown, diagnostics, |name| match name.strip_suffix(".yaml") {
            Some(_) => Ok(()),
            None => Err("name it `NAME.yaml`, one action each, or move it elsewhere".to_owned()),
        });
        if action_files.is_empty() {
            no_action(&shown, diagnostics);
        }
    } else {
        no_action(&spec.shown, diagnostics);
    }
    for name in action_files {
        let file: Rc<str> = format!("{shown}/{name}").into();
        spec.files.push(format!("actions/{name}"));
        let root = text(&actions.join(&name), &file, diagnostics)
            .and_then(|text| yaml::parse(&text, &file, diagnostics))
            .or_else(|| unreadable(&mut spec, &file));
        let action = root.and_then(|root| RawAction::read_file(root, &file, diagnostics));
        spec.actions.push((name.trim_end_matches(".yaml").to_owned(), action));
    }
    spec
}

/// Reads a specification from the texts of its files, for another one that extends it.
pub fn texts(shown: &str, files: &[(&str, &str)], diagnostics: &mut Diagnostics) -> RawSpec {
    let mut spec = RawSpec { shown: shown.to_owned(), ..RawSpec::default() };
    for (name, text) in files {
        let file: Rc<str> = format!("{shown}/{name}").into();
        diagnostics.keep(&file, text);
        put(&mut spec, name, &file, Some((*text).to_owned()), diagnostics);
    }
    spec
}

/// Reads one of the files beside `actions/`.
fn put(spec: &mut RawSpec, name: &str, file: &Rc<str>, text: Option<String>, diagnostics: &mut Diagnostics) {
    let Some(root) = text.and_then(|text| yaml::parse(&text, file, diagnostics)) else {
        unreadable(spec, file);
        return;
    };
    if root.is_empty() && name != "gateway.yaml" {
        let message = "the file is empty";
        diagnostics.report(Mistake::Empty, file, root.at, message, "declare something in it, or remove the file");
    }
    match name {
        "gateway.yaml" => {
            let nameless = Located { value: String::new(), at: root.at };
            spec.gateway = RawGateway::read(nameless, root, file, diagnostics);
        }
        "types.yaml" => spec.types = RawTypes::read(root, file, diagnostics),
        _ => {
            let callbacks = super::table::entries(root, "the file", file, diagnostics).into_iter();
            spec.callbacks = callbacks.filter_map(|(name, node)| Map::read(name, node, file, diagnostics)).collect();
        }
    }
}

fn unreadable(spec: &mut RawSpec, file: &str) -> Option<Node> {
    spec.unreadable.push(file.to_owned());
    None
}

fn no_action(shown: &str, diagnostics: &mut Diagnostics) {
    let help = "add a file such as `actions/refund.yaml`";
    diagnostics.report(Mistake::NoAction, shown, Position::START, "the folder has no action", help);
}

/// Names of what is in a folder, sorted, so that the same folder always gives the same client. What is hidden is left
/// alone; what does not belong there is reported, and so is a link that leads out of the specification.
fn names(
    root: &Path,
    folder: &Path,
    shown: &str,
    diagnostics: &mut Diagnostics,
    belongs: impl Fn(&str) -> Result<(), String>,
) -> Vec<String> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            let message = format!("the folder cannot be read: {error}");
            diagnostics.report(Mistake::Unreadable, shown, Position::START, message, "it must be a folder of files");
            return Vec::new();
        }
    };
    let mut names: Vec<String> =
        entries.filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned())).collect();
    names.retain(|name| !name.starts_with('.'));
    names.sort();
    names.retain(|name| {
        let file = format!("{shown}/{name}");
        let mut refuse = |mistake, message: &str, help: &str| {
            diagnostics.report(mistake, &file, Position::START, message, help);
            false
        };
        if let Err(help) = belongs(name) {
            return refuse(Mistake::StrayFile, &format!("`{name}` does not belong into this folder"), &help);
        }
        let path: PathBuf = folder.join(name);
        match path.canonicalize() {
            Err(error) => refuse(
                Mistake::Unreadable,
                &format!("the file cannot be read: {error}"),
                "make it readable, or remove it",
            ),
            Ok(real) if !real.starts_with(root) => refuse(
                Mistake::LinkOutside,
                "the link leads out of the specification's folder",
                "copy the file here: a build must see all that it depends on",
            ),
            // A pipe would never end.
            Ok(real) if real.is_file() != (name != "actions") => {
                refuse(Mistake::StrayFile, "this is neither a file nor the folder `actions`", "remove it")
            }
            Ok(_) => true,
        }
    });
    names
}

/// The text of a file.
fn text(path: &Path, file: &str, diagnostics: &mut Diagnostics) -> Option<String> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|opened| opened.take(MAX_FILE + 1).read_to_end(&mut bytes));
    let (mistake, message, help) = match (read, u64::try_from(bytes.len()).is_ok_and(|length| length <= MAX_FILE)) {
        (Err(error), _) => {
            let message = format!("the file cannot be read: {error}");
            (Mistake::Unreadable, message, "make it readable, or remove it")
        }
        (Ok(_), false) => {
            let help = "an action takes about a kilobyte: is this the right file?";
            (Mistake::TooLarge, "the file is larger than 1 MiB".to_owned(), help)
        }
        (Ok(_), true) => match String::from_utf8(bytes) {
            Ok(text) => {
                diagnostics.keep(file, &text);
                return Some(text);
            }
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let message = format!("the file is not UTF-8 text; the first other byte is number {}", at + 1);
                (Mistake::NotUtf8, message, "save it as UTF-8")
            }
        },
    };
    diagnostics.report(mistake, file, Position::START, message, help);
    None
}
