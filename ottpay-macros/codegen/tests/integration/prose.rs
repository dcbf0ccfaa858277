//! Free text in every place where a specification can have it, and its form in the documentation.

use std::fs;
use std::path::{Path, PathBuf};

use ottpay_codegen::{Folder, check_folder, compile_client, reference};
use proc_macro2::Span;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use syn::visit::Visit;

/// Texts that would be code, HTML, links, headings, tables, quotations and more, if they were Markdown.
fn texts() -> Vec<String> {
    serde_json::from_str(include_str!("../../../../tests/prose/prose.json")).unwrap()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What the reference itself sets in italics.
const OUR_EMPHASIS: [&str; 4] = ["seen in clients", "Page", "Hidden", "Not documented by the vendor"];

/// A copy of `tests/prose` with the prose inserted, and how often it occurs.
fn folder(name: &str, prose: &str) -> (Folder, usize) {
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let to = temporary.join(name);
    let _ = fs::remove_dir_all(&to);
    fs::create_dir_all(to.join("actions")).unwrap();
    let mut places = 0;
    for file in [
        "gateway.yaml",
        "types.yaml",
        "callbacks.yaml",
        "actions/buy.yaml",
        "actions/open_page.yaml",
        "actions/in_app.yaml",
    ] {
        let text = fs::read_to_string(root().join("tests/prose").join(file)).unwrap();
        places += text.matches("\"@PROSE@\"").count();
        // A JSON string is a YAML string.
        fs::write(to.join(file), text.replace("\"@PROSE@\"", &serde_json::to_string(prose).unwrap())).unwrap();
    }
    (Folder::from_name(name, temporary, None).unwrap(), places)
}

/// The documentation of every item.
#[derive(Default)]
struct Docs(Vec<String>);

impl<'ast> Visit<'ast> for Docs {
    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        if let syn::Meta::NameValue(meta) = &attribute.meta
            && meta.path.is_ident("doc")
            && let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &meta.value
        {
            self.0.push(text.value());
        }
    }
}

/// The text that a reader sees. Fails if prose has become anything except text, strong text, code that is not compiled,
/// or an address.
fn read_visible(markdown: &str, is_reference: bool) -> String {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut text = String::new();
    for event in Parser::new_ext(markdown, options) {
        let is_ours = match &event {
            Event::Text(part) | Event::Code(part) => {
                text.push_str(part);
                !part.contains(|character: char| character.is_control() && !"\n\t".contains(character))
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                &**language == "text" || (is_reference && &**language == "json")
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => false,
            Event::Start(Tag::Link { dest_url, .. }) => {
                !dest_url.replace("evil2", "").contains("evil") && !dest_url.contains("@")
            }
            Event::Start(Tag::Emphasis) => is_reference,
            Event::End(TagEnd::Emphasis) => OUR_EMPHASIS.iter().any(|ours| text.ends_with(ours)),
            Event::Start(Tag::Heading { .. }) => true,
            Event::End(TagEnd::Heading(_)) => is_reference || text.ends_with("Errors"),
            Event::Start(
                Tag::Paragraph
                | Tag::Strong
                | Tag::List(_)
                | Tag::Item
                | Tag::Table(_)
                | Tag::TableHead
                | Tag::TableRow
                | Tag::TableCell,
            )
            | Event::End(_)
            | Event::SoftBreak => true,
            _ => false,
        };
        assert!(is_ours, "{event:?} in\n{markdown}");
    }
    text
}

#[test]
fn prose_of_every_place_is_seen_as_text_in_rustdoc() {
    for (index, prose) in texts().iter().enumerate() {
        let (folder, places) = folder(&format!("prose_{index}"), prose);
        let compiled = compile_client(&folder);
        assert!(compiled.report().is_empty(), "{:#?}", compiled.report().messages());
        let code = compiled.into_tokens(Span::call_site()).to_string();
        let mut docs = Docs::default();
        docs.visit_file(&syn::parse_str(&code).unwrap());
        assert!(docs.0.len() > 100, "{}", docs.0.len());
        let texts: String = docs.0.iter().map(|doc| read_visible(doc, false)).collect();
        // Most sentences appear more than once; undocumented points are not in rustdoc.
        for visible in ["<shop>", "id[0]"] {
            let shown = texts.matches(visible).count();
            assert!(shown >= places - 1, "{shown} of {places} {visible} of {prose}");
        }
    }
}

#[test]
fn prose_of_every_place_is_seen_as_text_in_the_reference() {
    for (index, prose) in texts().iter().enumerate() {
        let (folder, places) = folder(&format!("reference_{index}"), prose);
        let markdown = reference::render_markdown(&check_folder(&folder).unwrap());
        let text = read_visible(&markdown, true);
        let headings = markdown.lines().filter(|line| line.starts_with('#')).count();
        let expected = ["Actions", "buy, hold", "in_app", "open_page", "Callbacks", "heard", "Types", "The gateway"]
            .len()
            + ["Colour", "State", "Thing", "Sealed", "ResponseCode"].len();
        assert_eq!(headings, expected, "{markdown}");
        for visible in ["<shop>", "id[0]"] {
            let shown = text.matches(visible).count();
            assert!(shown >= places, "{shown} of {places} {visible} of {prose}");
        }
    }
}
