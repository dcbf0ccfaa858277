//! The JSON Schema of the language for editors, one for each kind of file. It is generated from the shapes that the
//! reader uses, so it has the same keys, keywords and explanations.

use serde_json::{Map, Value, json};

use crate::check::Kind;
use crate::read::{
    KeyShape, Map as _, MapShape, RawAction, RawCallback, RawEnum, RawField, RawGateway, RawObject, Shape, in_one_line,
};

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum File {
    /// A file of `actions/`.
    Action,
    /// `callbacks.yaml`.
    Callbacks,
    /// `gateway.yaml`.
    Gateway,
    /// `types.yaml`.
    Types,
}

impl File {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Action, Self::Callbacks, Self::Gateway, Self::Types];

    /// Returns the name of the schema.
    pub fn schema_name(self) -> &'static str {
        match self {
            Self::Action => "action.json",
            Self::Callbacks => "callbacks.json",
            Self::Gateway => "gateway.json",
            Self::Types => "types.json",
        }
    }
}

/// Returns the schema of a kind of file as JSON.
pub fn render_json(file: File) -> String {
    let mut definitions = Map::new();
    let mut reference = |shape: &'static MapShape| {
        define(shape, &mut definitions);
        json!({ "$ref": pointer(shape) })
    };
    let (title, about, mut root) = match file {
        File::Action => {
            let mut root = define_object(RawAction::SHAPE, &mut definitions);
            // Each method has its own `action` and `summary`; see the explanations of these keys.
            let one = json!({ "required": ["action", "summary"], "not": { "required": ["methods"] } });
            let beside = json!({ "anyOf": [{ "required": ["action"] }, { "required": ["summary"] }] });
            root.insert("anyOf".to_owned(), json!([one, { "required": ["methods"], "not": beside }]));
            // Only an envelope has a version, and the envelope is the default protocol.
            root.insert("if".to_owned(), json!({ "not": { "required": ["protocol"] } }));
            root.insert("then".to_owned(), json!({ "required": ["version"] }));
            // A query is required for a write, and not allowed otherwise.
            let is_write = json!({ "properties": { "effect": { "const": "write" } }, "required": ["effect"] });
            let (with, without) = (json!({ "required": ["query"] }), json!({ "not": { "required": ["query"] } }));
            root.insert("allOf".to_owned(), json!([{ "if": is_write, "then": with, "else": without }]));
            ("An action of OTT Pay", RawAction::SHAPE.about, root)
        }
        File::Gateway => {
            ("The gateway of OTT Pay", RawGateway::SHAPE.about, define_object(RawGateway::SHAPE, &mut definitions))
        }
        File::Callbacks => {
            let callbacks = define_map(reference(RawCallback::SHAPE), "^[a-z][a-z0-9_]*$");
            ("The callbacks of OTT Pay", "The messages that the gateway posts to the merchant, by name.", callbacks)
        }
        File::Types => {
            let (field, object) = (reference(RawField::SHAPE), reference(RawObject::SHAPE));
            let either = json!({
                "if": { "required": ["type"] },
                "then": field,
                "else": { "if": { "required": ["fields"] }, "then": object, "else": reference(RawEnum::SHAPE) },
            });
            let about = "Declarations that several actions share: an entry with `values` is an enum, an entry with \
                         `fields` an object, and an entry with `type` a field type. `pages` names pages of the \
                         vendor.";
            let mut types = define_map(either, "^([A-Z][A-Za-z0-9]*|pages)$");
            let about_pages = "Names for the vendor's pages: `NAME: host/path`.";
            let text = json!({ "type": "string" });
            let pages = json!({ "type": "object", "description": about_pages, "additionalProperties": text });
            types.insert("properties".to_owned(), json!({ "pages": pages }));
            ("Types of OTT Pay", about, types)
        }
    };
    root.insert("$schema".to_owned(), json!("http://json-schema.org/draft-07/schema#"));
    root.insert("title".to_owned(), json!(title));
    root.insert("description".to_owned(), json!(in_one_line(about)));
    root.insert("definitions".to_owned(), Value::Object(definitions));
    format!("{:#}\n", Value::Object(root))
}

fn pointer(shape: &MapShape) -> String {
    format!("#/definitions/{}", name(shape))
}

/// Returns the name of a definition: `RawField` → `Field`.
fn name(shape: &MapShape) -> &'static str {
    shape.name.strip_prefix("Raw").unwrap_or(shape.name)
}

fn define(shape: &'static MapShape, definitions: &mut Map<String, Value>) {
    if !definitions.contains_key(name(shape)) {
        let defined = define_object(shape, definitions);
        definitions.insert(name(shape).to_owned(), Value::Object(defined));
    }
}

/// Defines a map from names to values of one schema.
fn define_map(value: Value, pattern: &str) -> Map<String, Value> {
    let mut map = Map::new();
    map.insert("type".to_owned(), json!("object"));
    map.insert("propertyNames".to_owned(), json!({ "pattern": pattern }));
    map.insert("additionalProperties".to_owned(), value);
    map
}

fn define_object(shape: &'static MapShape, definitions: &mut Map<String, Value>) -> Map<String, Value> {
    let properties: Map<String, Value> =
        shape.keys.iter().map(|key| (key.name.to_owned(), define_property(shape, key, definitions))).collect();
    let required = shape.keys.iter().filter(|key| key.required && key.unless.is_none());
    let required: Vec<_> = required.map(|key| key.name).collect();
    let either = shape.keys.iter().filter_map(|key| Some([key.name, key.unless?]));
    let either: Vec<_> = either.map(|keys| json!({ "anyOf": keys.map(|key| json!({ "required": [key] })) })).collect();
    let mut map = Map::new();
    map.insert("type".to_owned(), json!("object"));
    map.insert("description".to_owned(), json!(in_one_line(shape.about)));
    map.insert("properties".to_owned(), Value::Object(properties));
    map.insert("required".to_owned(), json!(required));
    map.insert("additionalProperties".to_owned(), json!(false));
    if !either.is_empty() {
        map.insert("allOf".to_owned(), Value::Array(either));
    }
    map
}

fn define_property(owner: &MapShape, key: &KeyShape, definitions: &mut Map<String, Value>) -> Value {
    let mut reference = |shape: &'static MapShape| {
        define(shape, definitions);
        json!({ "$ref": pointer(shape) })
    };
    let mut value = match key.shape {
        Shape::Text => json!({ "type": "string" }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Number => json!({ "type": "integer", "minimum": 0 }),
        Shape::Texts => json!({ "type": "array", "items": { "type": "string" } }),
        // Draft 7 ignores what is next to a `$ref`, and the description is added below.
        Shape::Map(shape) => json!({ "allOf": [reference(shape)] }),
        Shape::Maps(shape) => json!({ "type": "object", "additionalProperties": reference(shape) }),
        Shape::MapsInOrder(listed, single) => {
            let list = json!({ "type": "array", "minItems": 1, "items": reference(listed) });
            json!({ "anyOf": [list, reference(single)] })
        }
        Shape::Values => values(),
        Shape::NamedValues => json!({ "type": "object", "additionalProperties": values() }),
    };
    if let Some(members) = value.as_object_mut() {
        members.insert("description".to_owned(), json!(in_one_line(key.doc)));
        if let Some(words) = key.words {
            members.insert("enum".to_owned(), json!(words()));
        }
        if owner.name == RawField::SHAPE.name && key.name == "type" {
            let built_in: Vec<_> = Kind::BUILT_IN.iter().map(|(name, _)| *name).collect();
            members.insert("anyOf".to_owned(), json!([{ "enum": built_in }, { "pattern": "^[A-Z][A-Za-z0-9]*$" }]));
        }
    }
    value
}

/// Defines a map from field names to strings.
fn values() -> Value {
    json!({ "type": "object", "additionalProperties": { "type": "string" } })
}
