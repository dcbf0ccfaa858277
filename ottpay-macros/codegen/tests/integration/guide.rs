//! The guide: every YAML block of `docs/spec-language.md` is part of a specification that compiles, its wrong ones are
//! reported as it shows, and it omits no key, type or keyword of the language.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use boon::{Compiler, Schemas};
use ottpay_codegen::schema::{self, File};
use ottpay_codegen::{Folder, Library, Report, check_folder, compile_actions, compile_client, reference};
use ottpay_vocabulary::Effect;
use proc_macro2::Span;
use serde_json::Value;

const GUIDE: &str = "docs/spec-language.md";
const REGENERATE: &str = "UPDATE=1 cargo test -p ottpay-codegen --test integration guide";
/// The tables of all keys are between these.
const MARKS: [&str; 2] = ["<!-- begin: keys -->\n", "<!-- end: keys -->"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn guide() -> String {
    fs::read_to_string(root().join(GUIDE)).unwrap()
}

/// The fenced blocks of a text: the text after the fence, and the lines inside.
fn blocks(text: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in text.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(label), None) => open = Some((label.to_owned(), String::new())),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some((_, inside))) => inside.push_str(&format!("{line}\n")),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    blocks
}

/// The file that a block belongs to, by its first line.
fn file(block: &str) -> &str {
    let first = block.lines().next().unwrap_or_default();
    first.strip_prefix("# spec/").unwrap_or_else(|| panic!("which file is this block of? {first}"))
}

/// The files that the blocks form. Only `types.yaml` and `callbacks.yaml` may be split over several blocks.
fn files(text: &str) -> BTreeMap<String, String> {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for (_, block) in blocks(text).iter().filter(|(label, _)| label == "yaml") {
        let name = file(block);
        let in_pieces = matches!(name, "types.yaml" | "callbacks.yaml");
        let known = files.entry(name.to_owned()).or_default();
        assert!(known.is_empty() || in_pieces, "{name} appears twice");
        known.push_str(block);
    }
    files
}

/// Without the file that private actions do not have.
fn private(text: &str) -> BTreeMap<String, String> {
    let mut files = files(text);
    files.remove("gateway.yaml");
    files
}

fn write(name: &str, files: &BTreeMap<String, String>) -> Folder {
    let package = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("guide_blocks").join(name);
    let _ = fs::remove_dir_all(&package);
    for (name, text) in files {
        let path = package.join("spec").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    Folder::from_name("spec", &package, None).unwrap()
}

fn library() -> Library {
    let spec = check_folder(&Folder::from_name("spec", &root(), None).unwrap()).unwrap();
    // The guide's actions may exist in this project already.
    let blocks = files(&guide());
    let is_ours = |file: &str| !blocks.contains_key(file.trim_start_matches("spec/"));
    let methods = spec.actions().iter().filter(|action| is_ours(&action.source.file)).map(|action| &*action.name);
    let methods: Vec<_> = methods.chain(spec.callbacks().iter().map(|callback| &*callback.method)).collect();
    let text = |name: &str| fs::read_to_string(root().join("spec").join(name)).unwrap();
    let reads = spec.actions().iter().filter(|action| is_ours(&action.source.file) && action.effect == Effect::Read);
    let reads = reads.map(|action| action.file.file.trim_start_matches("spec/"));
    let reads = reads.map(|name| (name.to_owned(), text(name))).collect();
    Library {
        gateway: text("gateway.yaml"),
        types: text("types.yaml"),
        callbacks: text("callbacks.yaml"),
        methods: methods.join(" "),
        reads,
    }
}

/// The report that a build prints.
fn format_report(report: &Report) -> String {
    let all: Vec<_> = report.diagnostics().iter().map(|found| format!("error: {found}\n")).collect();
    all.join("\n")
}

#[test]
fn the_blocks_make_a_specification_without_problems() {
    let files = private(&guide());
    assert!(files.len() > 10, "{:?}", files.keys());
    let compiled = compile_actions(&write("private", &files), &library());
    assert_eq!(format_report(compiled.report()), "");
    syn::parse2::<syn::File>(compiled.into_tokens(Span::call_site())).unwrap();
}

#[test]
fn the_gateway_makes_a_whole_specification() {
    let mut files = files(&guide());
    files.retain(|name, _| matches!(&**name, "gateway.yaml" | "actions/shop_query.yaml"));
    assert_eq!(files.len(), 2);
    assert_eq!(format_report(compile_client(&write("whole", &files)).report()), "");
}

#[test]
fn wrong_blocks_are_reported_as_shown_and_the_tables_of_the_keys_are_those_of_the_language() {
    let text = guide();
    settle(&text, &with_tables(&with_reports(&text)));
}

/// The guide with the report of each wrong block.
fn with_reports(text: &str) -> String {
    let (good, library) = (private(text), library());
    let blocks = blocks(text);
    let mut new = text.to_owned();
    let mut seen = 0;
    for (index, (_, block)) in blocks.iter().enumerate().filter(|(_, (label, _))| label == "yaml wrong") {
        let mut files = good.clone();
        match file(block) {
            "types.yaml" => files.entry("types.yaml".to_owned()).or_default().push_str(block),
            name => _ = files.insert(name.to_owned(), block.clone()),
        }
        let report = format_report(compile_actions(&write("wrong", &files), &library).report());
        let (label, expected) = &blocks[index + 1];
        assert_eq!(label, "text", "after a wrong block comes what is reported");
        let (both, mended) = (format!("{block}```\n\n```text\n{expected}"), format!("{block}```\n\n```text\n{report}"));
        assert!(new.contains(&both), "nothing is between a wrong block and what is reported");
        new = new.replace(&both, &mended);
        seen += 1;
    }
    assert!(seen >= 3);
    new
}

/// The guide with the tables of all keys.
fn with_tables(text: &str) -> String {
    let (before, rest) = text.split_once(MARKS[0]).unwrap();
    let (_, after) = rest.split_once(MARKS[1]).unwrap();
    format!("{before}{}\n{}{}{after}", MARKS[0], reference::render_language(), MARKS[1])
}

/// Rewrites the guide on request, otherwise asserts that it is up to date.
fn settle(found: &str, expected: &str) {
    if std::env::var_os("UPDATE").is_some_and(|update| update == "1") {
        return fs::write(root().join(GUIDE), expected).unwrap();
    }
    let differ = found.lines().zip(expected.lines()).enumerate().find(|(_, (found, expected))| found != expected);
    if let Some((index, (found, expected))) = differ {
        panic!("{GUIDE}:{}\n   found: {found}\nexpected: {expected}\nrun `{REGENERATE}`", index + 1);
    }
    assert_eq!(found, expected, "run `{REGENERATE}`");
}

fn kind(name: &str) -> File {
    match name {
        "gateway.yaml" => File::Gateway,
        "types.yaml" => File::Types,
        "callbacks.yaml" => File::Callbacks,
        _ => File::Action,
    }
}

fn schema_of(file: File) -> Value {
    serde_json::from_str(&schema::render_json(file)).unwrap()
}

fn yaml(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap()
}

#[test]
fn the_blocks_follow_their_schema() {
    for (name, text) in files(&guide()) {
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.add_resource("https://example.com/schema", schema_of(kind(&name))).unwrap();
        let index = compiler.compile("https://example.com/schema", &mut schemas).unwrap();
        schemas.validate(&yaml(&text), index).unwrap_or_else(|error| panic!("{name}: {error:#}"));
    }
}

/// A map of the language, and a key of it.
type Key = (String, String);

/// Collects which keys of which maps a value has.
fn used(root: &Value, schema: &Value, map: &str, value: &Value, keys: &mut BTreeSet<Key>) {
    if let Some(pointer) = schema["$ref"].as_str().or_else(|| schema["allOf"][0]["$ref"].as_str()) {
        let name = pointer.trim_start_matches("#/definitions/");
        return used(root, &root["definitions"][name], name, value, keys);
    }
    if let Some(key) = schema["if"]["required"][0].as_str() {
        let branch = if value.get(key).is_some() { "then" } else { "else" };
        return used(root, &schema[branch], map, value, keys);
    }
    // A list of maps, or another map.
    let either = &schema["anyOf"][usize::from(!value.is_array())];
    if either.get("items").or(either.get("$ref")).is_some() {
        return used(root, either, map, value, keys);
    }
    for (key, value) in value.as_object().into_iter().flatten() {
        match &schema["properties"][key] {
            Value::Null => used(root, &schema["additionalProperties"], map, value, keys),
            property => {
                keys.insert((map.to_owned(), key.clone()));
                used(root, property, map, value, keys);
            }
        }
    }
    for item in value.as_array().into_iter().flatten() {
        used(root, &schema["items"], map, item, keys);
    }
}

/// The maps of a schema with their keys.
fn maps(file: File) -> Vec<(String, Value)> {
    let schema = schema_of(file);
    let inner = schema["definitions"].as_object().unwrap().iter().map(|(name, map)| (name.clone(), map.clone()));
    inner.chain([(format!("{file:?}"), schema.clone())]).collect()
}

#[test]
fn every_key_of_the_language_can_be_written_in_a_block() {
    let (mut all, mut found) = (BTreeSet::new(), BTreeSet::new());
    for file in File::ALL {
        for (name, map) in maps(file) {
            all.extend(map["properties"].as_object().into_iter().flatten().map(|(key, _)| (name.clone(), key.clone())));
        }
    }
    for (name, text) in files(&guide()) {
        let schema = schema_of(kind(&name));
        used(&schema, &schema, &format!("{:?}", kind(&name)), &yaml(&text), &mut found);
    }
    assert!(all.len() > 70, "{}", all.len());
    assert_eq!(all.difference(&found).collect::<Vec<_>>(), Vec::<&Key>::new(), "keys that no YAML block shows");
}

#[test]
fn every_type_and_every_word_is_explained() {
    let text = guide();
    let (own, _) = text.split_once(MARKS[0]).unwrap();
    let mut words = BTreeSet::new();
    for (_, map) in File::ALL.into_iter().flat_map(maps) {
        for property in map["properties"].as_object().into_iter().flat_map(|properties| properties.values()) {
            let sets = [&property["enum"], &property["anyOf"][0]["enum"]];
            let sets = sets.into_iter().filter_map(Value::as_array).flatten();
            words.extend(sets.map(|word| word.as_str().unwrap().to_owned()));
        }
    }
    assert!(words.contains("rate_e8") && words.contains("partially_refunded") && words.contains("aes-128-cbc"));
    let explained = |word: &str| own.contains(&format!("`{word}`")) || own.contains(&format!(": {word}`"));
    let missing: Vec<_> = words.iter().filter(|word| !explained(word)).collect();
    assert_eq!(missing, Vec::<&String>::new(), "words that the guide does not explain");
}

#[test]
fn links_lead_somewhere_and_lines_are_short() {
    let text = guide();
    let (own, _) = text.split_once(MARKS[0]).unwrap();
    let long = own.lines().find(|line| !line.starts_with('|') && line.chars().count() > 120);
    assert_eq!(long, None);
    let mut headings = BTreeSet::new();
    let mut in_block = false;
    for line in text.lines() {
        in_block ^= line.starts_with("```");
        if let Some(heading) = line.strip_prefix('#').filter(|_| !in_block) {
            let heading = heading.trim_start_matches('#').trim().to_lowercase();
            let kept = heading.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
            headings.insert(kept.map(|c| if c == ' ' { '-' } else { c }).collect::<String>());
        }
    }
    let links: BTreeSet<&str> = text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()).collect();
    assert!(links.len() > 20);
    for link in links {
        match link.strip_prefix('#') {
            Some(heading) => assert!(headings.contains(heading), "{link}"),
            None => assert!(root().join("docs").join(link).exists(), "{link}"),
        }
    }
}
