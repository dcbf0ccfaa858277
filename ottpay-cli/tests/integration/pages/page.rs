//! A page of Markdown, taken apart by a parser.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use crate::common::root;

/// A fenced or indented code block.
pub(super) struct Block {
    pub(super) label: String,
    pub(super) text: String,
    pub(super) line: usize,
}

/// A link or picture that leads into the repository.
pub(super) struct Link {
    /// The target as it is written.
    pub(super) target: String,
    /// The file, without `..`; `None` for an anchor of the same page.
    pub(super) file: Option<PathBuf>,
    pub(super) anchor: Option<String>,
    pub(super) line: usize,
}

pub(super) struct Page {
    /// Its path in the repository.
    pub(super) name: String,
    pub(super) path: PathBuf,
    pub(super) blocks: Vec<Block>,
    pub(super) anchors: BTreeSet<String>,
    pub(super) links: Vec<Link>,
}

/// Every page of the repository.
pub(super) fn pages() -> Vec<Page> {
    let mut files = Vec::new();
    collect(&root(), &mut files);
    files.sort();
    assert!(files.len() > 20, "{files:?}");
    files.iter().map(|file| Page::read(file)).collect()
}

/// Collects the Markdown files of a folder, without build output and version control.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy();
        if path.is_dir() {
            let is_ours = !name.starts_with('.') && name != "target" && name != "node_modules";
            if is_ours {
                collect(&path, files);
            }
        } else if name.ends_with(".md") {
            files.push(path);
        }
    }
}

impl Page {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let name = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
        let mut page =
            Self { name, path: path.to_owned(), blocks: Vec::new(), anchors: BTreeSet::new(), links: Vec::new() };
        page.parse(&text);
        page
    }

    fn parse(&mut self, text: &str) {
        let line_of = |offset: usize| text[..offset].matches('\n').count() + 1;
        let mut slugs = BTreeMap::<String, usize>::new();
        let (mut heading, mut block) = (None::<String>, None::<Block>);
        let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES;
        for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
            let line = line_of(range.start);
            match event {
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => {
                    let slug = slug(&heading.take().unwrap());
                    let count = slugs.entry(slug.clone()).or_default();
                    self.anchors.insert(if *count == 0 { slug } else { format!("{slug}-{count}") });
                    *count += 1;
                }
                Event::Start(Tag::CodeBlock(kind)) => {
                    let label = match kind {
                        CodeBlockKind::Fenced(label) => label.to_string(),
                        CodeBlockKind::Indented => "text".to_owned(),
                    };
                    block = Some(Block { label, text: String::new(), line });
                }
                Event::End(TagEnd::CodeBlock) => self.blocks.extend(block.take()),
                Event::Text(text) | Event::Code(text) => {
                    if let Some(block) = &mut block {
                        block.text.push_str(&text);
                    } else if let Some(heading) = &mut heading {
                        heading.push_str(&text);
                    }
                }
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    self.add_link(&dest_url, line)
                }
                Event::Html(html) | Event::InlineHtml(html) => {
                    self.anchors.extend(attributes(&html, "id").map(str::to_owned));
                    for target in attributes(&html, "src").chain(attributes(&html, "href")) {
                        self.add_link(target, line);
                    }
                }
                _ => {}
            }
        }
    }

    fn add_link(&mut self, target: &str, line: usize) {
        // Rust paths are rustdoc links, which rustdoc checks.
        if target.contains("://") || target.contains("::") || target.starts_with("mailto:") {
            return;
        }
        let (file, anchor) = target.split_once('#').map_or((target, None), |(file, anchor)| (file, Some(anchor)));
        let file = (!file.is_empty()).then(|| resolve(&self.path.parent().unwrap().join(file)));
        self.links.push(Link { target: target.to_owned(), file, anchor: anchor.map(str::to_owned), line });
    }
}

/// A path without `..`.
fn resolve(path: &Path) -> PathBuf {
    let mut resolved = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => _ = resolved.pop(),
            Component::CurDir => {}
            part => resolved.push(part),
        }
    }
    resolved
}

/// The anchor that GitHub generates for a heading.
fn slug(heading: &str) -> String {
    let kept = heading.to_lowercase();
    let kept = kept.trim().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// The values of an attribute in HTML with double quotes.
fn attributes<'a>(html: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    html.split(&format!(" {name}=\"")).skip(1).filter_map(|rest| rest.split('"').next()).collect::<Vec<_>>().into_iter()
}
