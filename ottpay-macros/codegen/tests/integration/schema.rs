//! The JSON Schema that editors use: it matches the reader, every file of the project follows it, and it rejects what
//! the reader rejects.

use std::fs;
use std::path::{Path, PathBuf};

use boon::{Compiler, SchemaIndex, Schemas};
use ottpay_codegen::schema::{self, File};
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn file_of(name: &str) -> File {
    match name {
        "gateway.yaml" => File::Gateway,
        "types.yaml" => File::Types,
        "callbacks.yaml" => File::Callbacks,
        _ => File::Action,
    }
}

/// The schemas, compiled.
struct Checker(Schemas, Vec<(File, SchemaIndex)>);

impl Checker {
    fn new() -> Self {
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        let compiled = File::ALL.map(|file| {
            let url = format!("https://example.com/{}", file.schema_name());
            compiler.add_resource(&url, serde_json::from_str(&schema::render_json(file)).unwrap()).unwrap();
            (file, compiler.compile(&url, &mut schemas).unwrap())
        });
        Self(schemas, compiled.to_vec())
    }

    fn accepts(&self, file: File, yaml: &str) -> Result<(), String> {
        let value: Value = serde_yaml::from_str(yaml).map_err(|error| error.to_string())?;
        let index = self.1.iter().find(|(of, _)| *of == file).unwrap().1;
        self.0.validate(&value, index).map_err(|error| format!("{error:#}"))
    }
}

#[test]
fn the_schemas_in_docs_are_those_of_the_language() {
    for file in File::ALL {
        let path = root().join("docs/schema").join(file.schema_name());
        if std::env::var_os("UPDATE").is_some_and(|update| update == "1") {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, schema::render_json(file)).unwrap();
        }
        let written = fs::read_to_string(&path).unwrap_or_default();
        let update = "run `UPDATE=1 cargo test -p ottpay-codegen --test integration schema`";
        assert!(written == schema::render_json(file), "{} is not up to date: {update}", path.display());
    }
}

#[test]
fn every_key_is_explained() {
    fn look(value: &Value, at: &str) {
        if let Some(properties) = value.get("properties").and_then(Value::as_object) {
            for (key, property) in properties {
                let text = property.get("description").and_then(Value::as_str).unwrap_or_default();
                assert!(text.len() >= 5 && text.ends_with('.'), "{at}: {key}: {text}");
            }
        }
    }
    for file in File::ALL {
        let schema: Value = serde_json::from_str(&schema::render_json(file)).unwrap();
        look(&schema, file.schema_name());
        for (name, definition) in schema.get("definitions").and_then(Value::as_object).unwrap() {
            look(definition, name);
        }
    }
}

#[test]
fn every_specification_file_names_its_schema_and_follows_it() {
    let checker = Checker::new();
    let mut seen = 0;
    for folder in ["spec", "spec/actions", "tests/unusual", "tests/unusual/actions"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "yaml") {
                continue;
            }
            let file = file_of(path.file_name().unwrap().to_str().unwrap());
            let text = fs::read_to_string(&path).unwrap();
            let named = text.lines().next().unwrap().strip_prefix("# yaml-language-server: $schema=");
            let named = named.unwrap_or_else(|| panic!("{} names no schema", path.display()));
            let schema = path.parent().unwrap().join(named).canonicalize().unwrap();
            assert_eq!(schema.file_name().unwrap(), file.schema_name(), "{}", path.display());
            checker.accepts(file, &text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            seen += 1;
        }
    }
    assert!(seen > 30, "{seen}");
}

/// The kinds of problems that an editor can detect: structural ones.
#[test]
fn the_schema_refuses_the_same_forms_as_the_reader() {
    let checker = Checker::new();
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics/cases");
    for kind in ["empty", "wrong_form", "not_text", "unknown_key", "missing_key", "unknown_word", "unknown_type"] {
        let case = fs::read_to_string(cases.join(format!("{kind}.txt"))).unwrap();
        let part = case.split("=== ").nth(1).unwrap();
        let (name, text) = part.split_once('\n').unwrap();
        assert!(checker.accepts(file_of(name), text).is_err(), "{kind}");
    }
    // Only a reader of all files can find the mistakes in these.
    for kind in ["unknown_callback", "name_clash", "role_clash", "example_breaks_rule", "duplicate_action"] {
        let case = fs::read_to_string(cases.join(format!("{kind}.txt"))).unwrap();
        let part = case.split("=== ").nth(1).unwrap();
        let (name, text) = part.split_once('\n').unwrap();
        checker.accepts(file_of(name), text).unwrap();
    }
}
