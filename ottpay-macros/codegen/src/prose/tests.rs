//! Tests that prose has the intended meaning for rustdoc.

use proptest::prelude::*;
use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::{code, in_cell, line, paragraphs};

/// The extensions of Markdown that rustdoc enables.
fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_SMART_PUNCTUATION
}

/// Returns the visible text. Fails on anything except paragraphs, lists, strong text, code that is not compiled, and
/// addresses.
fn read_visible(markdown: &str, options: Options) -> Result<String, String> {
    let mut text = String::new();
    for event in Parser::new_ext(markdown, options) {
        match &event {
            Event::Text(part) | Event::Code(part) => text.push_str(part),
            Event::Start(Tag::Paragraph | Tag::List(_) | Tag::Item | Tag::Strong) => {}
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) if &**language == "text" => {}
            Event::Start(Tag::Link { link_type: LinkType::Autolink, dest_url, .. }) if dest_url.starts_with("http") => {
            }
            Event::End(TagEnd::Paragraph | TagEnd::List(_) | TagEnd::Item) => text.push('\n'),
            Event::End(TagEnd::Strong | TagEnd::CodeBlock | TagEnd::Link) => {}
            other => return Err(format!("{other:?} in\n{markdown}")),
        }
    }
    Ok(text)
}

/// Returns the cells of a row of a table.
fn cells(cell: &str) -> Vec<String> {
    let table = format!("| a | b |\n|---|---|\n| {cell} | {cell} |\n");
    let (mut cells, mut in_body) = (Vec::new(), false);
    for event in Parser::new_ext(&table, options() - Options::ENABLE_SMART_PUNCTUATION) {
        match event {
            Event::End(TagEnd::TableHead) => in_body = true,
            Event::Start(Tag::TableCell) if in_body => cells.push(String::new()),
            Event::Text(part) | Event::Code(part) if in_body => cells.last_mut().unwrap().push_str(&part),
            Event::Html(html) | Event::InlineHtml(html) => panic!("{html} in {table}"),
            _ => {}
        }
    }
    cells
}

#[test]
fn prose_is_plain_text_with_code_and_strong_text() {
    for (prose, markdown) in [
        ("Amount in **dollars**, `1.00`.", "Amount in **dollars**, `1.00`."),
        ("`prepay_id=…`, order_id and a_", "`prepay_id=…`, order_id and a\\_"),
        ("id[0], [x], [a](b), [x]: y", "id\\[0\\], \\[x\\], \\[a\\](b), \\[x\\]: y"),
        ("<shop> & <b>Co</b> &lt; a < b", "\\<shop> & \\<b>Co\\</b> \\&lt; a < b"),
        ("# Heading", "\\# Heading"),
        ("> quoted", "\\> quoted"),
        ("2019. A year", "2019\\. A year"),
        ("a * b _c_ ~d~ *e* $f$ | g \\h", "a \\* b \\_c\\_ \\~d\\~ \\*e\\* \\$f\\$ &#124; g \\\\h"),
        ("See https://docs.ottpay.com/a_b.", "See <https://docs.ottpay.com/a_b>."),
        ("(<https://a.example/x(1)>)", "(<https://a.example/x(1)>)"),
        ("odd ` and ``` marks", "odd \\` and \\`\\`\\` marks"),
        ("code ``a ` b``", "code `` a ` b ``"),
        ("--flag ... `--flag`", "\\--flag \\... `--flag`"),
        ("a\u{0}b\u{202e}c\u{7}", "aU+0000bU+202EcU+0007"),
        ("Title\n=====", "Title ====="),
        ("---", "\\-\\--"),
        ("//! a */ {{b}} #[c] [^1]", "//! a \\*/ {{b}} #\\[c\\] \\[^1\\]"),
        ("** a** b**c** **", "\\*\\* a\\*\\* b\\*\\*c\\*\\* \\*\\*"),
    ] {
        assert_eq!(paragraphs(prose), markdown);
        assert_eq!(line(prose), markdown);
    }
}

#[test]
fn paragraphs_lists_and_code_are_kept_and_no_code_is_compiled() {
    for (prose, markdown) in [
        ("One\ntwo.\n\n\nThree.", "One two.\n\nThree."),
        ("```\n{\"a\": 1}\n```", "```text\n{\"a\": 1}\n```"),
        ("A:\n```rust,should_panic\nlet a;\n```\nB.", "A:\n\n```text\nlet a;\n```\n\nB."),
        ("~~~ {.rust}\n  a\n~~~~\nB.", "```text\n  a\n```\n\nB."),
        ("````\n```\na\n```\n````", "````text\n```\na\n```\n````"),
        ("``` a b\nc", "```text\na b\nc\n```"),
        ("````\n```\na", "````text\n```\na\n````"),
        ("A:\n\n    {\n      \"a\": 1\n    }\n\nB.", "A:\n\n```text\n{\n  \"a\": 1\n}\n```\n\nB."),
        ("A:\n\n\tlet a;\n\n\tlet b;\n", "A:\n\n```text\nlet a;\n\nlet b;\n```"),
        ("    first\nB.", "```text\nfirst\n```\n\nB."),
        ("A\n    goes on.", "A goes on."),
        ("- a\n  goes on\n- b\n\n      code\n\n  text", "- a goes on\n- b\n\n```text\ncode\n```\n\ntext"),
        ("1. a\n\n   text\n\n       code\n2. b", "1. a\n\ntext\n\n```text\ncode\n```\n\n2. b"),
        ("- a\n  - b\n    - c\n* d", "- a\n- b\n- c\n\n* d"),
        ("- ```json\n  {}\n  ```\n- b", "```text\n{}\n```\n\n- b"),
        ("Since\n2019. Then:\n1. a\n2) b", "Since 2019. Then:\n\n1. a\n\n2) b"),
        ("> ```\n> let a;\n> ```", "\\> `> let a; >`"),
        ("- # a\n- [ ] b\n- - c", "- \\# a\n- \\[ \\] b\n- \\- c"),
        ("| a | b |\n|---|---|", "&#124; a &#124; b &#124; &#124;\\-\\--&#124;\\-\\--&#124;"),
    ] {
        assert_eq!(paragraphs(prose), markdown, "{prose}");
    }
    assert_eq!(line("A:\n\n    {\n      \"a\": 1\n    }\n\n- b\n- c"), "A: `{   \"a\": 1 }` \\- b \\- c");
}

#[test]
fn a_backtick_does_not_end_code() {
    assert_eq!(code("a`b"), "`` a`b ``");
    assert_eq!(code("``"), "``` `` ```");
    assert_eq!(code("a"), "`a`");
    assert_eq!(code(" a "), "`  a  `");
    assert_eq!(code("a\nb\u{1b}"), "`a bU+001B`");
    assert_eq!(code(""), "");
}

/// Generates strings from pieces with and without a meaning in Markdown, in rustdoc, in Rust or on a terminal.
fn pieces() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "a",
        "word",
        "order_id",
        " ",
        " ",
        "\n",
        "\n",
        "\n\n",
        "    ",
        "\t",
        "  ",
        "`",
        "``",
        "```\n",
        "```",
        "````\n",
        "~~~\n",
        "~~~",
        "rust",
        "json",
        "- ",
        "* ",
        "+ ",
        "1. ",
        "10) ",
        "# ",
        "> ",
        "<shop>",
        "<b>",
        "</b>",
        "<!--",
        "-->",
        "<?",
        "<![CDATA[",
        "<a href='x'>",
        "[",
        "]",
        "[a](b)",
        "[a][b]",
        "[x]: y",
        "![i](u)",
        "[^1]",
        "[^1]: n",
        "[ ] ",
        "(",
        ")",
        "*",
        "**",
        "***",
        "_",
        "__",
        "~",
        "~~",
        "|",
        "\\",
        "\\|",
        "|---|",
        "---",
        "===",
        "&amp;",
        "&",
        "#",
        "{",
        "}",
        "{{",
        "\"",
        "'",
        "!",
        "$",
        "$$",
        ":",
        "//!",
        "*/",
        "https://a.example/b_c",
        "http://",
        "<https://a.example>",
        "www.a.example",
        "a@b.example",
        "<a@b.example>",
        "--",
        "...",
        ".",
        "\u{0}",
        "\u{1b}[31m",
        "\u{202e}",
        "\u{a0}",
        "\u{3000}",
        "é",
        "文",
        "\r",
        "\u{b}",
        "fn main() { panic!() }",
        "use x;",
        "Self::new",
        "crate::X",
        "@b",
    ];
    proptest::collection::vec(proptest::sample::select(PIECES), 0..24).prop_map(|pieces| pieces.concat())
}

/// Returns the characters of prose that must be visible: all except whitespace and possible markers.
fn essence(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace() && !"`*~-+.)<>0123456789".contains(*character)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_prose_becomes_code_html_or_a_link(prose in pieces()) {
        for markdown in [paragraphs(&prose), line(&prose), code(&prose)] {
            read_visible(&markdown, options()).map_err(TestCaseError::fail)?;
        }
        // After a value of an enum, and before another sentence.
        let around = format!("`W`: {}\n\n{}\n\nOn the wire: `w`.", line(&prose), paragraphs(&prose));
        let text = read_visible(&around, options()).map_err(TestCaseError::fail)?;
        prop_assert!(text.ends_with("On the wire: w.\n"), "{around}");
    }

    #[test]
    fn all_prose_is_seen(prose in pieces()) {
        // The language of a fence is not shown.
        let is_language = |mark: char| {
            let fence = String::from_iter([mark; 3]);
            let fences = prose.split(&*fence).skip(1);
            fences.map(|rest| rest.trim_start_matches(mark)).any(|rest| !rest.is_empty() && !rest.starts_with('\n'))
        };
        prop_assume!(!is_language('`') && !is_language('~'));
        let options = options() - Options::ENABLE_SMART_PUNCTUATION;
        let expected = essence(&super::visible::escape_invisible(&prose));
        let text = read_visible(&paragraphs(&prose), options).map_err(TestCaseError::fail)?;
        prop_assert_eq!(essence(&text), &*expected, "{}", paragraphs(&prose));
        let text = read_visible(&line(&prose), options).map_err(TestCaseError::fail)?;
        prop_assert_eq!(essence(&text), &*expected, "{}", line(&prose));
        let cell = in_cell(&line(&prose));
        let cells = cells(&cell);
        prop_assert_eq!(cells.len(), 2, "{}", cell);
        for text in cells {
            prop_assert_eq!(essence(&text), &*expected, "{}", cell);
        }
    }
}
