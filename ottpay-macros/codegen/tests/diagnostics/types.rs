//! Types that several actions share.

use super::{Folder, GATEWAY, HEAD, TYPES};

#[test]
fn words_of_an_enum_are_checked() {
    let folder = Folder::new("words");
    folder.write(
        "types.yaml",
        "Wallet:\n  doc: D\n  loose: true\n  values:\n    RED: { aliases: [red], doc: D }\n    Blue: { name: other, doc: D }\n    green: { class: payed, doc: D }\nAmount:\n  doc: D\n  values: {}\nSelf:\n  doc: D\n  values: { A: { doc: D } }\n",
    );
    assert_eq!(
        folder.problems(),
        [
            "spec/types.yaml:5:22: `red` already stands for `RED`\nhelp: remove one of the two",
            "spec/types.yaml:6:19: `other` cannot be the name of a variant of `Wallet`\nhelp: give it a `name:` in CamelCase, not `Other`",
            "spec/types.yaml:7:21: unknown class `payed`\nhelp: did you mean `paid`?",
            "spec/types.yaml:8:1: the type `Amount` has no words\nhelp: add `values:` with at least one word",
            "spec/types.yaml:8:1: the Rust type `Amount` would hide the one of the library\nhelp: give it another name",
            "spec/types.yaml:11:1: the type `Self` needs a name in CamelCase\nhelp: give it another name",
        ]
    );
}

#[test]
fn types_that_fields_share_are_checked_where_they_stand() {
    let folder = Folder::new("shared");
    let types = "{TYPES}Short: { type: text, max_len: 2, doc: D }\nBad: { type: amount, charset: digits, doc: D }\nfixed: { type: text, const: X, optional: true, doc: D }\n\
        Thing:\n  doc: D\n  fields:\n    a: { type: txt, doc: D }\n    b: { type: Short, const: x }\nEmpty: { type: text }\n";
    folder.write("types.yaml", types.replace("{TYPES}", TYPES));
    let body = "request:\n  a: { type: Short }\n  b: { type: Thing, doc: D }\n  c: { type: timestamp, doc: D }\n  d: { type: text }\n\
        reply:\n  e: { type: timestamp, doc: D }\n  f: { type: Thing, doc: D }\nexamples:\n  - request: { a: abc, c: now, d: x }\n";
    folder.write("actions/pay.yaml", format!("{HEAD}{body}"));
    assert_eq!(
        folder.problems(),
        [
            "spec/actions/pay.yaml:8:14: the type `Thing` of the field `b` is for replies and callbacks only\nhelp: use `text` or the like",
            "spec/actions/pay.yaml:10:6: the field `d` has no `doc`\nhelp: add `doc: …`",
            "spec/actions/pay.yaml:12:14: the type `timestamp` of the field `e` is for requests only\nhelp: use `datetime`",
            "spec/actions/pay.yaml:15:5: the example's request lacks the required field `b`\nhelp: add it, or make the field `optional: true`",
            "spec/actions/pay.yaml:15:5: the example's reply lacks the required field `e`\nhelp: add it, or make the field `optional: true`",
            "spec/actions/pay.yaml:15:5: the example's reply lacks the required field `f`\nhelp: add it, or make the field `optional: true`",
            "spec/actions/pay.yaml:15:19: `a` of the example has 3 characters, which its limits do not allow",
            "spec/actions/pay.yaml:15:27: `c` of the example must be a time of 14 digits, yyyyMMddHHmmss",
            "spec/types.yaml:7:31: the type of the field `Bad` takes no limits on its text\nhelp: limits belong to text, order_id and url",
            "spec/types.yaml:8:1: the type `fixed` needs a name in CamelCase\nhelp: write `Fixed`",
            "spec/types.yaml:8:1: `const` of the field `fixed` belongs to the field, not to a type that fields share\nhelp: remove it",
            "spec/types.yaml:8:1: `optional` of the field `fixed` belongs to the field, not to a type that fields share\nhelp: remove it",
            "spec/types.yaml:8:1: `optional` of the field `fixed` contradicts `const`: the client always writes it\nhelp: remove it",
            "spec/types.yaml:12:16: unknown type `txt`\nhelp: did you mean `text`? Other types are declared in types.yaml",
            "spec/types.yaml:13:5: `const` of the field `b` has no meaning in what is received\nhelp: remove it",
            "spec/types.yaml:14:8: the field `Empty` has no `doc`\nhelp: add `doc: …`",
        ]
    );
}

#[test]
fn a_type_is_used_below_its_declaration_only() {
    let folder = Folder::new("order_of_types");
    let types = "Shared: { type: Outer, doc: D }\nOuter:\n  doc: D\n  fields:\n    a: { type: Inner, doc: D }\n\
        Inner:\n  doc: D\n  fields:\n    b: { type: text, doc: D }\nResponseCode: { type: text, name: x, doc: D }\n";
    folder.write("types.yaml", format!("{TYPES}{types}"));
    let help = "a shared type is built on a built-in type or an enum, and an object has shared types and objects that stand above it";
    assert_eq!(
        folder.problems(),
        [
            format!("spec/types.yaml:6:17: the type `Outer` cannot be used here\nhelp: {help}"),
            format!("spec/types.yaml:10:16: the type `Inner` cannot be used here\nhelp: {help}"),
            "spec/types.yaml:15:1: the type `ResponseCode` is there already\nhelp: give it another name".to_owned(),
            "spec/types.yaml:15:1: `name` of the field `ResponseCode` belongs to the field, not to a type that fields share\nhelp: remove it".to_owned(),
        ]
    );
}

#[test]
fn response_codes_become_variants_and_are_checked_like_words() {
    let folder = Folder::new("codes");
    let codes = "codes:\n  \"0000\": { doc: D }\n  OTHER: { doc: D }\n  SELF: { doc: D }\n  A_B: { doc: D }\n  A__B: { doc: D }\n  \
        \"05\": { name: Five, class: refusd, doc: D }\n";
    folder.write("gateway.yaml", GATEWAY.replace("codes:\n", codes));
    let help = "help: give it a `name:` in CamelCase, not `Other`";
    assert_eq!(
        folder.problems(),
        [
            format!("spec/gateway.yaml:7:3: `0000` cannot be the name of a variant of `ResponseCode`\n{help}"),
            format!("spec/gateway.yaml:8:3: `Other` cannot be the name of a variant of `ResponseCode`\n{help}"),
            format!("spec/gateway.yaml:9:3: `Self` cannot be the name of a variant of `ResponseCode`\n{help}"),
            "spec/gateway.yaml:11:3: `A__B` and `A_B` both give the variant `ResponseCode::AB`\nhelp: give one of them another `name:`".to_owned(),
            "spec/gateway.yaml:12:30: unknown class of a response code `refusd`\nhelp: did you mean `refused`?".to_owned(),
        ]
    );
}
