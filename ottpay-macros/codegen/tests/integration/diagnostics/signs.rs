//! One sign of YAML too many or too few: the message is at its line, and states what to write.

use super::{PAY, Spec};
use ottpay_codegen::{Diagnostics, read};

/// What follows the head of the action, which has five lines; what is reported: the line, and a part of the message and of
/// the help.
const SLIPS: &[(&str, u32, &str, &str)] = &[
    // Colons.
    ("doc:One\n", 6, "no space after the colon of `doc`", "write `doc: One`"),
    ("doc One\n", 6, "no colon after `doc`", "write `doc: One`"),
    ("request\n  a: { type: text, doc: D }\n", 6, "no colon after `request`", "write `request:`"),
    ("request:\n  a\n    type: text\n    doc: D\n", 7, "no colon after `a`", "write `a:`"),
    ("request:\n  a:\n    type:text\n    doc: D\n", 8, "no space after the colon of `type`", "write `type: text`"),
    ("request:\n  a:\n    type text\n    doc: D\n", 8, "no colon after `type`", "write `type: text`"),
    ("request:\n  a:\n    type = text\n    doc: D\n", 8, "no colon after `type`", "write `type: text`"),
    ("request:\n  a:\n    type\u{ff1a} text\n    doc: D\n", 8, "full-width", "write `type: text`"),
    ("request:\n  a:\n    type: text\n    doc\u{ff1a}D\n", 9, "full-width", "write `doc: D`"),
    ("request:\n  a:\n    type: text\n    doc D\n", 9, "no colon after `doc`", "write `doc: D`"),
    ("request:\n  a { type: text, doc: D }\n", 7, "no colon after `a`", "write `a: { type: text, doc: D }`"),
    (
        "request:\n  a:{ type: text, doc: D }\n",
        7,
        "no space after the colon of `a`",
        "write `a: { type: text, doc: D }`",
    ),
    // Text that needs quotes.
    ("doc: Note: one\n", 6, "a string with `: ` needs quotes", "write `\"Note: one\"`"),
    ("request:\n  a: { type: text, doc: Say: what }\n", 7, "a string with `: ` needs quotes", "write `\"Say: what\"`"),
    (
        "request:\n  a:\n    type: text\n    doc: Say: what\n",
        9,
        "a string with `: ` needs quotes",
        "write `\"Say: what\"`",
    ),
    ("doc: Note: one\n  and another line\n", 6, "needs quotes, or a block", "write `doc: >-`"),
    ("unknown:\n  - what: this\n", 7, "must be a string, found a map", "write a string"),
    ("doc: @home\n", 6, "a string that begins with `@` needs quotes", "write `\"@home\"`"),
    ("doc: `raw`\n", 6, "a string that begins with a backtick needs quotes", "write `\"`raw`\"`"),
    ("doc: %d of them\n", 6, "a string that begins with `%` needs quotes", "write `\"%d of them\"`"),
    ("doc: *all* of it\n", 6, "a string that begins with `*` needs quotes", "write `\"*all* of it\"`"),
    ("doc: &so\n", 6, "a string that begins with `&` needs quotes", "write `\"&so\"`"),
    ("doc: &so on\n", 6, "a string that begins with `&` needs quotes", "write `\"&so on\"`"),
    ("doc: !important\n", 6, "a string that begins with `!` needs quotes", "write `\"!important\"`"),
    ("doc: | one\n", 6, "a string that begins with `|` needs quotes", "write `\"| one\"`"),
    ("doc: > one\n", 6, "a string that begins with `>` needs quotes", "write `\"> one\"`"),
    ("doc: ] one\n", 6, "a string that begins with `]` needs quotes", "write `\"] one\"`"),
    ("doc: } one\n", 6, "a string that begins with `}` needs quotes", "write `\"} one\"`"),
    ("doc: , one\n", 6, "a string that begins with `,` needs quotes", "write `\", one\"`"),
    ("doc: - one\n", 6, "a string that begins with `-` needs quotes", "write `\"- one\"`"),
    ("doc: {shop} of it\n", 6, "a string that begins with `{` needs quotes", "write `\"{shop} of it\"`"),
    ("doc: [a] or b\n", 6, "a string that begins with `[` needs quotes", "write `\"[a] or b\"`"),
    (
        "request:\n  a: { type: text, doc: @home }\n",
        7,
        "a string that begins with `@` needs quotes",
        "write `\"@home\"`",
    ),
    ("request:\n  a: { type: text, doc: See {b} }\n", 7, "needs quotes", "write `\"See {b}\"`"),
    ("request:\n  a: { type: text, doc: One, two }\n", 7, "has no key `two`", "a string with a comma needs quotes"),
    ("unknown: [whether: it is]\n", 6, "must be a string, found a map", "write a string"),
    ("unknown:\n  - *one\n", 7, "a string that begins with `*` needs quotes", "write `\"*one\"`"),
    // Quotes.
    ("doc: \"One\n", 6, "the quotation mark `\"` is not closed", "write `\"One\"`"),
    ("doc: \"One\nunknown:\n  - \"two\"\n", 6, "the quotation mark `\"` is not closed", "write `\"One\"`"),
    ("doc: 'One\n", 6, "the quotation mark `'` is not closed", "write `\"One\"`"),
    ("request:\n  a: { type: text, doc: \"D }\n", 7, "the quotation mark `\"` is not closed", "write `\"D\"`"),
    ("doc: 'it's one'\n", 6, "a quotation mark `'` inside a string in `'`", "write `\"it's one\"`"),
    ("doc: \"say \"one\" now\"\n", 6, "a quotation mark `\"` inside a string in `\"`", "write `'say \"one\" now'`"),
    ("doc: \"One\" of them\n", 6, "continues after the closing one", "write `'\"One\" of them'`"),
    // Brackets.
    ("request:\n  a: { type: text, doc: D\n", 7, "the bracket `{` is not closed", "write `}` at the end"),
    (
        "request:\n  a: { type: text, doc: D\n  b: { type: text, doc: D }\n",
        7,
        "`{` is not closed",
        "write `}` at the end",
    ),
    ("unknown: [one, two\n", 6, "the bracket `[` is not closed", "write `]` at the end"),
    ("request:\n  a: { type: text, aliases: [b, doc: D }\n", 7, "`[` is not closed", "write `]`"),
    ("request:\n  a: { type: text, doc: D ]\n", 7, "the bracket `{` is closed by `]`", "write `}` instead"),
    ("request:\n  a: { type: text, doc: D }}\n", 7, "the bracket `}` has no opening bracket", "remove it"),
    // Lists.
    ("unknown:\n  - one\n  two\n  - three\n", 8, "no dash before an entry", "write `- ` before it"),
    ("unknown:\n  - one\n  -two\n  - three\n", 8, "no space after the dash", "write `- two`"),
    ("unknown:\n  one\n  - two\n", 7, "must be a list", "begins with `- `"),
    ("doc: !so on\n", 6, "a string that begins with `!` needs quotes", "write `\"!so on\"`"),
];

#[test]
fn a_sign_too_many_or_too_few_is_named_at_its_line() {
    let mut wrong = Vec::new();
    for (text, line, message, help) in SLIPS {
        let spec = Spec::good("signs");
        let head = PAY.replace("query: { none: R }\n", "");
        spec.write("actions/pay.yaml", format!("{head}{text}"));
        let mut diagnostics = Diagnostics::default();
        let _ = read::read_folder(&spec.0, "spec", false, &mut diagnostics);
        let report = diagnostics.into_report();
        let is_right = report.diagnostics().first().is_some_and(|found| {
            found.place.position.line == *line && found.message.contains(message) && found.help.contains(help)
        });
        if !is_right || report.diagnostics().len() != 1 {
            let shown: String = report.diagnostics().iter().map(|found| found.render(false) + "\n").collect();
            wrong.push(format!("{text}expected {line}: {message} = {help}\n{shown}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), SLIPS.len(), wrong.join("\n"));
}
