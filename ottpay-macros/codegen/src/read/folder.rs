//! The files of a specification: which there are, and what may not be among them.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ottpay_vocabulary::nearest;

use super::entries::parse_entries;
use super::located::Located;
use super::map::Map;
use super::model::{RawAction, RawGateway, RawSpec, RawTypes};
use super::yaml::{self, Node};
use crate::diagnostic::{Diagnostics, Mistake, Position};
use crate::names::suggestion_and;

/// The greatest size of one file.
const MAX_FILE: u64 = 1024 * 1024;

/// Files in the same folder as `actions/`.
const FILES: [&str; 3] = ["gateway.yaml", "types.yaml", "callbacks.yaml"];

/// Reads `gateway.yaml`, `types.yaml`, `callbacks.yaml` and every file in `actions/`. A folder that extends another
/// specification has no gateway of its own.
pub fn read_folder(folder: &Path, shown: &str, extends: bool, diagnostics: &mut Diagnostics) -> RawSpec {
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
        let message = if folder.exists() { "this is a file, not a folder" } else { "there is no such folder" };
        diagnostics.report(Mistake::NoFolder, &Position::start(shown), message, help);
        return spec;
    };
    let present = list_names(&root, &root, shown, diagnostics, |name| match name {
        "gateway.yaml" if extends => Err("the gateway belongs to the library: remove the file".to_owned()),
        name if FILES.contains(&name) || name == "actions" => Ok(()),
        name => {
            let known = if extends { &FILES[1..] } else { &FILES[..] };
            let known = known.iter().copied().chain(["actions"]);
            Err(suggestion_and(name, known, "An action belongs into `actions/`, everything else elsewhere"))
        }
    });
    // What a refused file would have declared is not known, and an action in the wrong place is meant to be one.
    for name in &present.refused {
        match nearest(name, FILES.into_iter().chain(["actions"])) {
            Some("actions") => spec.actions.extend(stems(&root.join(name)).into_iter().map(|stem| (stem, None))),
            Some(meant) => replace_refused_file(&mut spec, &root.join(name), meant, diagnostics),
            None => spec.actions.extend(stem(name).map(|stem| (stem.to_owned(), None))),
        }
    }
    let is_refused = |spec: &RawSpec, name: &str| spec.unreadable.contains(&format!("{shown}/{name}"));
    if !extends && !present.good.contains("gateway.yaml") && !is_refused(&spec, "gateway.yaml") {
        let help = "add it: where requests go, and the envelope they travel in; see docs/spec-language.md";
        diagnostics.report(Mistake::NoFile, &Position::start(shown), "the folder has no `gateway.yaml`", help);
    }
    for name in FILES.into_iter().filter(|name| present.good.contains(*name)) {
        let file: Arc<str> = format!("{shown}/{name}").into();
        spec.files.push(name.to_owned());
        let text = read_text(&root.join(name), &file, diagnostics);
        put_file(&mut spec, name, &file, text, diagnostics);
    }
    let actions = root.join("actions");
    let shown_actions = format!("{shown}/actions");
    let mut files = Names::default();
    if present.good.contains("actions") {
        files = list_names(&root, &actions, &shown_actions, diagnostics, |name| match name.strip_suffix(".yaml") {
            _ if FILES.contains(&name) => Err("move it one folder up, beside `actions/`".to_owned()),
            Some(stem) if !stem.contains('.') => Ok(()),
            _ => Err("name it `NAME.yaml`, one action each, or move it elsewhere".to_owned()),
        });
        for (name, stem) in files.refused.iter().filter_map(|name| Some((name, stem(name)?))) {
            if FILES.contains(&name.as_str()) {
                replace_refused_file(&mut spec, &actions.join(name), name, diagnostics);
            } else {
                keep_text(&actions.join(name), &format!("{shown_actions}/{stem}.yaml"), diagnostics);
                spec.actions.push((stem.to_owned(), None));
            }
        }
    }
    if files.good.is_empty() && files.refused.is_empty() && spec.actions.is_empty() {
        let shown = if present.good.contains("actions") { &*shown_actions } else { shown };
        let help = "add a file such as `actions/refund.yaml`";
        diagnostics.report(Mistake::NoAction, &Position::start(shown), "the folder has no action", help);
    }
    for name in files.good {
        let file: Arc<str> = format!("{shown_actions}/{name}").into();
        spec.files.push(format!("actions/{name}"));
        let root = read_text(&actions.join(&name), &file, diagnostics)
            .and_then(|text| yaml::parse(&text, &file, diagnostics))
            .or_else(|| mark_unreadable(&mut spec, &file));
        let action = root.and_then(|root| RawAction::read_file(root, diagnostics));
        spec.actions.push((name.trim_end_matches(".yaml").to_owned(), action));
    }
    spec.actions.sort_by(|(a, _), (b, _)| a.cmp(b));
    spec
}

/// Uses a refused file as the one that it is meant to be, whose content is then not known.
fn replace_refused_file(spec: &mut RawSpec, path: &Path, meant: &str, diagnostics: &mut Diagnostics) {
    let file = format!("{}/{meant}", spec.shown);
    keep_text(path, &file, diagnostics);
    diagnostics.mark_unusable(&Position::start(&*file));
    mark_unreadable(spec, &file);
}

/// Keeps the text of a file that is refused, for the names in it.
fn keep_text(path: &Path, file: &str, diagnostics: &mut Diagnostics) {
    // A pipe would never end.
    if path.is_file() {
        let mut bytes = Vec::new();
        let _ = File::open(path).and_then(|opened| opened.take(MAX_FILE).read_to_end(&mut bytes));
        diagnostics.keep_text(file, &String::from_utf8_lossy(&bytes));
    }
}

/// The name of an action file without its ending, also of one that is nearly one.
fn stem(name: &str) -> Option<&str> {
    name.split('.').next().filter(|stem| !stem.is_empty() && name.contains('.'))
}

/// The action files in a folder that is named nearly as it should be.
fn stems(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    entries.filter_map(|entry| Some(stem(entry.file_name().to_str()?)?.to_owned())).collect()
}

/// Reads a specification from the text of each file, for another one that extends it.
pub fn read_texts(shown: &str, files: &[(&str, &str)], diagnostics: &mut Diagnostics) -> RawSpec {
    let mut spec = RawSpec { shown: shown.to_owned(), ..RawSpec::default() };
    for (name, text) in files {
        let file: Arc<str> = format!("{shown}/{name}").into();
        diagnostics.keep_text(&file, text);
        put_file(&mut spec, name, &file, Some((*text).to_owned()), diagnostics);
    }
    spec
}

/// Reads one of [`FILES`].
fn put_file(spec: &mut RawSpec, name: &str, file: &Arc<str>, text: Option<String>, diagnostics: &mut Diagnostics) {
    let Some(root) = text.and_then(|text| yaml::parse(&text, file, diagnostics)) else {
        mark_unreadable(spec, file);
        return;
    };
    if root.is_empty() && name != "gateway.yaml" {
        let message = "the file is empty";
        diagnostics.report(Mistake::Empty, &root.at, message, "declare something in it, or remove the file");
    }
    if !root.is_map() || root.is_empty() {
        mark_unreadable(spec, file);
    }
    match name {
        "gateway.yaml" => {
            let nameless = Located { value: String::new(), at: root.at.clone() };
            spec.gateway = Some(RawGateway::read(nameless, root, diagnostics));
        }
        "types.yaml" => spec.types = RawTypes::read(root, diagnostics),
        _ => {
            let callbacks = parse_entries(root, "the file", diagnostics).into_iter();
            spec.callbacks = callbacks.map(|(name, node)| Map::read(name, node, diagnostics)).collect();
        }
    }
}

fn mark_unreadable(spec: &mut RawSpec, file: &str) -> Option<Node> {
    spec.unreadable.push(file.to_owned());
    None
}

/// Names of what is in a folder.
#[derive(Default)]
struct Names {
    good: BTreeSet<String>,
    refused: Vec<String>,
}

/// Names of what is in a folder, sorted, so that the same folder always gives the same client. What is hidden is left
/// alone; what does not belong there is reported, and so is a link that leads out of the specification.
fn list_names(
    root: &Path,
    folder: &Path,
    shown: &str,
    diagnostics: &mut Diagnostics,
    belongs: impl Fn(&str) -> Result<(), String>,
) -> Names {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            let message = format!("the folder cannot be read: {error}");
            diagnostics.report(Mistake::Unreadable, &Position::start(shown), message, "it must be a folder of files");
            return Names::default();
        }
    };
    let mut names: Vec<String> =
        entries.filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned())).collect();
    names.retain(|name| !name.starts_with('.'));
    names.sort();
    let mut is_good = |name: &String| {
        let file = format!("{shown}/{name}");
        let mut refuse = |mistake, message: &str, help: &str| {
            diagnostics.report(mistake, &Position::start(&*file), message, help);
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
                "mend the link, or make the file readable, or remove it",
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
    };
    let (good, refused): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| is_good(name));
    Names { good: good.into_iter().collect(), refused }
}

/// The text of a file.
fn read_text(path: &Path, file: &Arc<str>, diagnostics: &mut Diagnostics) -> Option<String> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|opened| opened.take(MAX_FILE + 1).read_to_end(&mut bytes));
    let (mistake, message, help) = match (read, u64::try_from(bytes.len()).is_ok_and(|length| length <= MAX_FILE)) {
        (Err(error), _) => {
            let message = format!("the file cannot be read: {error}");
            (Mistake::Unreadable, message, "make it readable, or remove it")
        }
        (Ok(_), false) => {
            // Its beginning still tells what it is about.
            diagnostics.keep_text(file, &String::from_utf8_lossy(&bytes));
            let help = "an action takes about a kilobyte: is this the right file?";
            (Mistake::TooLarge, "the file is larger than 1 MiB".to_owned(), help)
        }
        (Ok(_), true) => match String::from_utf8(bytes) {
            Ok(text) => {
                diagnostics.keep_text(file, &text);
                return Some(text);
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
                let message = "the file is not UTF-8 text from here on";
                diagnostics.report(Mistake::NotUtf8, &at, message, "save it as UTF-8");
                return None;
            }
        },
    };
    diagnostics.report(mistake, &Position::start(file.clone()), message, help);
    None
}
