//! Reads the files of a specification.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use ottpay_vocabulary::find_nearest;

use super::entries::parse_entries;
use super::file;
use super::listing::{Expected, MAX_LISTED, Names, list_names};
use super::located::Located;
use super::map::Map;
use super::model::{RawAction, RawGateway, RawSpec, RawTypes};
use super::node::Node;
use super::text::{keep_text, read_text};
use crate::diagnostic::{Diagnostics, Mistake, Position};
use crate::names::suggestion_and;

/// The files next to `actions/`.
const FILES: [&str; 3] = ["gateway.yaml", "types.yaml", "callbacks.yaml"];

/// Reads `gateway.yaml`, `types.yaml`, `callbacks.yaml` and every file in `actions/`. A specification that extends
/// another one has no gateway.
pub fn read_folder(folder: &Path, shown: &str, extends: bool, diagnostics: &mut Diagnostics) -> RawSpec {
    let mut spec = RawSpec { shown: shown.to_owned(), ..RawSpec::default() };
    if !require_folder(folder, shown, diagnostics) {
        return spec;
    }
    let expected = |name: &str| match name {
        "gateway.yaml" if extends => Err("the gateway belongs to the library: remove the file".to_owned()),
        "actions" => Ok(Expected::Folder),
        name if FILES.contains(&name) => Ok(Expected::File),
        name => {
            let known = if extends { &FILES[1..] } else { &FILES[..] };
            let known = known.iter().copied().chain(["actions"]);
            Err(suggestion_and(name, known, "Actions belong in `actions/`, other files elsewhere"))
        }
    };
    let present = list_names(folder, shown, diagnostics, expected);
    if !present.is_known {
        return spec;
    }
    // A rejected file's declarations are unknown, and a file in the wrong place is probably meant as an action.
    for name in &present.refused {
        match find_nearest(name, FILES.into_iter().chain(["actions"])) {
            Some("actions") => spec.actions.extend(list_stems(&folder.join(name)).into_iter().map(|stem| (stem, None))),
            Some(meant) => replace_refused_file(&mut spec, &folder.join(name), meant, diagnostics),
            None => spec.actions.extend(stem(name).map(|stem| (stem.to_owned(), None))),
        }
    }
    let is_refused = |spec: &RawSpec, name: &str| spec.unreadable.contains(&format!("{shown}/{name}"));
    if !extends && !present.good.contains("gateway.yaml") && !is_refused(&spec, "gateway.yaml") {
        let help = "add it: it has the URL and the envelope of requests; see docs/spec-language.md";
        diagnostics.report(Mistake::NoFile, &Position::start(shown), "the folder has no `gateway.yaml`", help);
    }
    // The files next to `actions/`.
    for name in FILES.into_iter().filter(|name| present.good.contains(*name)) {
        let file: Arc<str> = format!("{shown}/{name}").into();
        let text = read_text(&folder.join(name), &file, diagnostics);
        spec.files.extend(has_text(text.as_deref()).then(|| name.to_owned()));
        put_file(&mut spec, name, &file, text, diagnostics);
    }
    // The files in `actions/`.
    let actions = folder.join("actions");
    let shown_actions = format!("{shown}/actions");
    let mut files = Names::default();
    if present.good.contains("actions") {
        files = list_names(&actions, &shown_actions, diagnostics, |name| match name.strip_suffix(".yaml") {
            _ if FILES.contains(&name) => Err("move it one folder up, next to `actions/`".to_owned()),
            Some(stem) if !stem.contains('.') => Ok(Expected::File),
            _ => Err("name it `NAME.yaml`, with one action per file, or move it elsewhere".to_owned()),
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
    let has_none = files.good.is_empty() && files.refused.is_empty() && spec.actions.is_empty();
    if has_none {
        // It is unknown what the actions would use.
        spec.unreadable.push(shown_actions.clone());
    }
    let is_known = if present.good.contains("actions") { files.is_known } else { !is_refused_folder(&present) };
    if has_none && is_known {
        let shown = if present.good.contains("actions") { &*shown_actions } else { shown };
        let help = "add a file such as `actions/refund.yaml`";
        diagnostics.report(Mistake::NoAction, &Position::start(shown), "the folder has no action", help);
    }
    for name in files.good {
        let file: Arc<str> = format!("{shown_actions}/{name}").into();
        let text = read_text(&actions.join(&name), &file, diagnostics);
        spec.files.extend(has_text(text.as_deref()).then(|| format!("actions/{name}")));
        let root =
            text.and_then(|text| file::parse(&text, &file, diagnostics)).or_else(|| mark_unreadable(&mut spec, &file));
        let action = root.and_then(|root| RawAction::read_file(root, diagnostics));
        spec.actions.push((name.trim_end_matches(".yaml").to_owned(), action));
    }
    spec.actions.sort_by(|(a, _), (b, _)| a.cmp(b));
    spec
}

/// Reports a path that is not a folder.
fn require_folder(folder: &Path, shown: &str, diagnostics: &mut Diagnostics) -> bool {
    let mut report = |mistake, message: &str, help: &str| {
        diagnostics.report(mistake, &Position::start(shown), message, help);
        false
    };
    match fs::metadata(folder) {
        Ok(found) if found.is_dir() => true,
        Ok(_) => report(Mistake::NoFolder, "this is a file, not a folder", &find_folder(folder)),
        Err(error) if error.kind() == ErrorKind::NotFound && folder.symlink_metadata().is_err() => {
            report(Mistake::NoFolder, "the folder does not exist", &find_folder(folder))
        }
        Err(error) => {
            let help = "fix the link, or make the folder readable";
            report(Mistake::Unreadable, &format!("the folder cannot be read: {error}"), help)
        }
    }
}

/// Describes where folders are looked for, and which folder may be meant.
fn find_folder(folder: &Path) -> String {
    let beside = folder.parent().and_then(|parent| fs::read_dir(parent).ok()).into_iter().flatten().take(MAX_LISTED);
    let beside: Vec<String> = beside
        .filter_map(|entry| entry.ok().filter(|entry| entry.path().is_dir())?.file_name().into_string().ok())
        .collect();
    let last = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let meant = find_nearest(last, beside.iter().map(String::as_str));
    let meant = meant.map_or_else(String::new, |name| format!("did you mean `{name}`? "));
    format!(
        "{meant}A folder such as \"spec\" must be next to the Cargo.toml of the package; a folder such as \"./spec\" \
         must be next to the file that names it"
    )
}

/// Whether `actions` exists, but is not a readable folder.
fn is_refused_folder(present: &Names) -> bool {
    present.refused.iter().any(|name| name == "actions")
}

/// Whether the compiler may read the file too. It must not read a rejected file, which may be endless.
fn has_text(text: Option<&str>) -> bool {
    text.is_some_and(|text| !text.is_empty())
}

/// Treats a rejected file as the one that it is probably meant to be, with unknown content.
fn replace_refused_file(spec: &mut RawSpec, path: &Path, meant: &str, diagnostics: &mut Diagnostics) {
    let file = format!("{}/{meant}", spec.shown);
    keep_text(path, &file, diagnostics);
    diagnostics.mark_unusable(&Position::start(&*file));
    mark_unreadable(spec, &file);
}

/// Returns the name of an action file before its extension, even if the extension is wrong.
fn stem(name: &str) -> Option<&str> {
    name.split('.').next().filter(|stem| !stem.is_empty() && name.contains('.'))
}

/// Returns the stems of the action files in a folder whose name is misspelt.
fn list_stems(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    entries.take(MAX_LISTED).filter_map(|entry| Some(stem(entry.file_name().to_str()?)?.to_owned())).collect()
}

/// Reads part of a specification from the text of its files, for another one that extends it.
pub fn read_texts(shown: &str, files: &[(&str, &str)], diagnostics: &mut Diagnostics) -> RawSpec {
    let mut spec = RawSpec { shown: shown.to_owned(), is_partial: true, ..RawSpec::default() };
    for (name, text) in files {
        let file: Arc<str> = format!("{shown}/{name}").into();
        diagnostics.keep_text(&file, text);
        match name.strip_prefix("actions/").and_then(|name| name.strip_suffix(".yaml")) {
            Some(stem) => {
                let root = file::parse(text, &file, diagnostics);
                let action = root.and_then(|root| RawAction::read_file(root, diagnostics));
                spec.actions.push((stem.to_owned(), action));
            }
            None => put_file(&mut spec, name, &file, Some((*text).to_owned()), diagnostics),
        }
    }
    spec
}

/// Reads one of [`FILES`].
fn put_file(spec: &mut RawSpec, name: &str, file: &Arc<str>, text: Option<String>, diagnostics: &mut Diagnostics) {
    let Some(root) = text.and_then(|text| file::parse(&text, file, diagnostics)) else {
        mark_unreadable(spec, file);
        return;
    };
    // An empty gateway is reported when its map is read.
    if root.is_empty() && name != "gateway.yaml" {
        let message = "the file is empty";
        diagnostics.report(Mistake::Empty, &root.at, message, "declare something in it, or remove the file");
    }
    if !root.is_map() || root.is_empty() || root.is_cut() {
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
