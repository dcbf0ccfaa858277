//! Names that a declaration must not have: each is rejected once, where it is written, with a proposal of a name that
//! is free. The names that the generator itself emits are read from the code, so that the lists stay complete.

use std::collections::{BTreeMap, BTreeSet};

use super::{CALLBACKS, GATEWAY, PAY, Spec, TYPES};
use ottpay_codegen::{Folder, Library, Mistake, Report, compile_actions, compile_client};
use proc_macro2::Span;

/// Everything that a specification can declare: calls by each protocol, a callback, an object, a browser return.
const LINK: &str = "action: link\nprotocol: link\neffect: read\nsummary: S\npage: example.com/p\n\
    request:\n  zz: { type: text, doc: D }\nreturned:\n  zz: { type: text, doc: D }\n";
const SDK: &str = "action: sdk\nprotocol: sdk\neffect: read\nsummary: S\npage: example.com/p\n\
    request:\n  zz: { type: text, doc: D }\n";
const SENT: &str = "action: PAY\nversion: \"1.0\"\neffect: write\nsummary: S\npage: example.com/p\ncallback: paid\n\
    query: { none: R }\n\
    request:\n  zz: { type: text, doc: D }\nreply:\n  zz: { type: text, doc: D }\n  it: { type: Thing, doc: D }\n";
const OBJECT: &str = "Thing:\n  doc: D\n  fields:\n    zz: { type: text, doc: D }\n";
const HEARD: &str = "paid:\n  summary: S\n  page: example.com/p\n  fields:\n    zz: { type: text, doc: D }\n";

fn every_kind(name: &str) -> Spec {
    let spec = Spec::good(&format!("taken/{name}"));
    std::fs::remove_file(spec.0.join("actions/other.yaml")).unwrap();
    for (file, text) in [
        ("actions/pay.yaml", SENT),
        ("actions/link.yaml", LINK),
        ("actions/sdk.yaml", SDK),
        ("types.yaml", OBJECT),
        ("callbacks.yaml", HEARD),
    ] {
        spec.write(file, text);
    }
    spec
}

fn emitted(spec: &Spec) -> syn::File {
    assert!(spec.report().is_empty(), "{:?}", spec.report());
    let folder = Folder::from_name("spec", spec.0.parent().unwrap(), None).unwrap().with_serde(true);
    syn::parse2(compile_client(&folder).into_tokens(Span::call_site())).unwrap()
}

/// The same as private actions, which extend a library.
fn private(spec: &Spec) -> ottpay_codegen::Compiled {
    let _ = std::fs::remove_file(spec.0.join("gateway.yaml"));
    let library = Library {
        gateway: GATEWAY.to_owned(),
        types: TYPES.to_owned(),
        callbacks: CALLBACKS.replace("paid", "heard"),
        methods: "refund heard_callback".to_owned(),
        reads: Vec::new(),
    };
    let folder = Folder::from_name("spec", spec.0.parent().unwrap(), None).unwrap().with_serde(true);
    compile_actions(&folder, &library)
}

/// What is emitted at the root or named there, because it is in one of the two modules of types.
fn items_of_the_root(code: &syn::File) -> impl Iterator<Item = &syn::Item> {
    let inside = code.items.iter().filter_map(|item| match item {
        syn::Item::Mod(module) if module.ident == "builders" || module.ident == "replies" => module.content.as_ref(),
        _ => None,
    });
    code.items.iter().chain(inside.flat_map(|(_, items)| items))
}

/// The name that an import brings; a glob brings those of a module that is looked at itself.
fn imported(tree: &syn::UseTree) -> Option<String> {
    match tree {
        syn::UseTree::Path(path) => imported(&path.tree),
        syn::UseTree::Glob(_) => None,
        syn::UseTree::Rename(renamed) => Some(renamed.rename.to_string()),
        _ => panic!("an item whose name this test does not see"),
    }
}

/// Names next to the user's own code after the macro.
fn names_at_the_root(code: &syn::File) -> BTreeSet<String> {
    let name = |item: &syn::Item| match item {
        syn::Item::Enum(item) => Some(item.ident.to_string()),
        syn::Item::Mod(item) => Some(item.ident.to_string()),
        syn::Item::Static(item) => Some(item.ident.to_string()),
        syn::Item::Struct(item) => Some(item.ident.to_string()),
        syn::Item::Trait(item) => Some(item.ident.to_string()),
        syn::Item::Type(item) => Some(item.ident.to_string()),
        syn::Item::Const(item) => Some(item.ident.to_string()).filter(|name| name != "_"),
        syn::Item::Fn(item) => Some(item.sig.ident.to_string()),
        syn::Item::Macro(item) => item.ident.as_ref().map(ToString::to_string),
        syn::Item::Use(item) => imported(&item.tree),
        syn::Item::Impl(_) => None,
        _ => panic!("an item whose name this test does not see"),
    };
    items_of_the_root(code).filter_map(name).collect()
}

/// The rejections, in short.
fn found(report: &Report) -> Vec<String> {
    let short = report.diagnostics().iter().map(|found| {
        let at = &found.place.position;
        format!("{}:{}:{}: {} = {}", at.file, at.line, at.column, found.message, found.help)
    });
    short.collect()
}

#[test]
fn emitted_names_are_refused_as_types_of_the_specification() {
    let ours = names_at_the_root(&emitted(&every_kind("root")));
    let theirs = names_at_the_root(&syn::parse2(private(&every_kind("root")).into_tokens(Span::call_site())).unwrap());
    for name in
        ["Client", "GATEWAY", "Pay", "PayReply", "PaidCallback", "LinkReturn", "Thing", "__spec", "__rt", "__actions"]
    {
        assert!(ours.contains(name), "{name}: {ours:?}");
    }
    assert!(theirs.contains("ClientExt") && !theirs.contains("Client"), "{theirs:?}");
    let declared = |name: &str| format!("{OBJECT}{name}:\n  doc: D\n  values:\n    A: {{ doc: D }}\n");
    for name in ours.iter().filter(|name| *name != "Thing") {
        let spec = every_kind("as_a_type");
        spec.write("types.yaml", declared(name));
        spec.write("actions/sdk.yaml", SDK.replace("type: text", &format!("type: {name}")));
        assert_eq!(found(&spec.report()).len(), 1, "{name}: {:#?}", found(&spec.report()));
    }
    for name in theirs.iter().chain(["Refund", "RefundReply", "RefundBuilder"].map(str::to_owned).iter()) {
        if name == "Thing" {
            continue;
        }
        let spec = every_kind("as_a_private_type");
        spec.write("types.yaml", declared(name));
        spec.write("actions/sdk.yaml", SDK.replace("type: text", &format!("type: {name}")));
        let report = private(&spec).report().clone();
        assert_eq!(found(&report).len(), 1, "{name}: {:#?}", found(&report));
    }
}

/// Types and traits that are in scope in every module, whatever the edition, and `Self`.
const IN_SCOPE: &str = "Option Result Vec Box String Some Ok None Err Clone Copy Debug Default From Into Iterator Drop Fn \
    FnMut FnOnce Send Sync Sized Unpin ToString ToOwned PartialEq PartialOrd Eq Ord Hash AsRef AsMut Extend IntoIterator \
    DoubleEndedIterator ExactSizeIterator TryFrom TryInto FromIterator Future IntoFuture AsyncFn AsyncFnMut AsyncFnOnce";

/// Asserts that the specification has one problem, which begins with this text and proposes another name.
fn assert_refused(spec: &Spec, expected: &str) {
    let found = found(&spec.report());
    assert!(found.len() == 1 && found[0].starts_with(expected), "expected {expected}, found {found:#?}");
    assert!(found[0].contains("for example"), "{found:#?}");
}

#[test]
fn a_name_of_the_prelude_is_refused_once_as_a_declared_type() {
    for name in IN_SCOPE.split_whitespace() {
        for text in [
            format!("{name}:\n  doc: D\n  values:\n    A: {{ doc: D }}\n"),
            format!("{name}:\n  doc: D\n  fields:\n    zz: {{ type: text, doc: D }}\n"),
            format!("{name}: {{ type: text, doc: D }}\n"),
        ] {
            let spec = every_kind("prelude");
            // A field type may not be built on an object, and comes first.
            spec.write("types.yaml", format!("{text}{OBJECT}"));
            spec.write("actions/pay.yaml", format!("{SENT}  of: {{ type: {name}, doc: D }}\n"));
            assert_refused(
                &spec,
                &format!("spec/types.yaml:1:1: the Rust type `{name}` would hide the one in Rust's prelude"),
            );
        }
    }
}

/// The file or the method whose type would have this name.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

#[test]
fn a_name_of_the_prelude_is_refused_once_as_an_action() {
    for name in IN_SCOPE.split_whitespace() {
        let method = snake(name);
        let what = match &*method {
            "box" | "fn" => format!("`{method}` cannot be the name of a method: it is a Rust keyword"),
            "send" | "clone" => {
                format!("`{method}` cannot be the name of a method: every client has a method of that name")
            }
            "from" | "into" | "to_owned" | "as_ref" | "as_mut" | "try_from" | "try_into" => {
                format!("`{method}` cannot be the name of a method: every Rust type has a method of that name")
            }
            _ => format!("the Rust type `{name}` would hide the one in Rust's prelude"),
        };
        let spec = every_kind("prelude_action");
        spec.write(&format!("actions/{method}.yaml"), PAY.replace("PAY", "ASK"));
        assert_refused(&spec, &format!("spec/actions/{method}.yaml:1:1: {what}"));
        let spec = every_kind("prelude_method");
        let listed = format!("methods:\n  {method}: {{ action: ASK, summary: S }}\n");
        spec.write("actions/ask.yaml", PAY.replace("action: PAY\n", &listed).replace("summary: S\npage", "page"));
        assert_refused(&spec, &format!("spec/actions/ask.yaml:2:3: {what}"));
    }
}

#[test]
fn a_refused_name_does_not_get_a_stand_in_that_would_hide_the_same_names() {
    for (file, text) in [
        ("actions/option.yaml", PAY.replace("PAY", "ASK")),
        ("actions/rate.yaml", PAY.replace("PAY", "ASK")),
        ("types.yaml", format!("{OBJECT}Vec:\n  doc: D\n  values:\n    A: {{ doc: D }}\n")),
    ] {
        let spec = every_kind("no_stand_in");
        spec.write(file, text);
        let folder = Folder::from_name("spec", spec.0.parent().unwrap(), None).unwrap();
        let code: syn::File = syn::parse2(compile_client(&folder).into_tokens(Span::call_site())).unwrap();
        for name in ["Option", "Rate", "Vec"] {
            assert!(!names_at_the_root(&code).contains(name), "{file}: {name}");
        }
    }
}

/// The methods that a type has, other than those of its fields, by the type.
fn methods_of_types(code: &syn::File) -> BTreeMap<String, BTreeSet<String>> {
    let mut methods: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for item in items_of_the_root(code) {
        let syn::Item::Impl(block) = item else { continue };
        let syn::Type::Path(of) = &*block.self_ty else { continue };
        let name = of.path.segments.last().unwrap().ident.to_string();
        let is_clone = block.trait_.as_ref().is_some_and(|(path, _)| path.segments.last().unwrap().ident == "Clone");
        let functions = block.items.iter().filter_map(|item| match item {
            syn::ImplItem::Fn(function) if block.trait_.is_none() || is_clone => Some(function.sig.ident.to_string()),
            _ => None,
        });
        methods.entry(name).or_default().extend(functions.filter(|name| name != "zz" && name != "it"));
    }
    methods
}

#[test]
fn existing_methods_of_a_type_are_refused_as_field_names() {
    let methods = methods_of_types(&emitted(&every_kind("methods")));
    let mut tried = 0;
    for (of, file, text, at) in [
        ("PayBuilder", "actions/pay.yaml", SENT, "  zz: { type: text, doc: D }\nreply"),
        ("PayReply", "actions/pay.yaml", SENT, "  zz: { type: text, doc: D }\n  it"),
        ("LinkBuilder", "actions/link.yaml", LINK, "  zz: { type: text, doc: D }\nreturned"),
        ("LinkReturn", "actions/link.yaml", LINK, "  zz: { type: text, doc: D }\n\0"),
        ("SdkBuilder", "actions/sdk.yaml", SDK, "  zz: { type: text, doc: D }\n\0"),
        ("PaidCallback", "callbacks.yaml", HEARD, "    zz: { type: text, doc: D }\n\0"),
        ("Thing", "types.yaml", OBJECT, "    zz: { type: text, doc: D }\n\0"),
    ] {
        let taken = &methods[of];
        assert!(taken.contains("clone"), "{of}: {taken:?}");
        for name in taken {
            let spec = every_kind("field");
            let text = format!("{text}\0");
            assert!(text.contains(at), "{of}");
            let indented = at.replacen("zz:", &format!("{name}:"), 1);
            spec.write(file, text.replacen(at, &indented, 1).replace('\0', ""));
            let found = spec.report();
            let found: Vec<_> =
                found.diagnostics().iter().map(|found| (found.mistake, found.message.clone())).collect();
            let message = format!("the field `{name}` would give a method `{name}`, which has another meaning");
            assert_eq!(found, [(Mistake::TakenName, message)], "{of}");
            tried += 1;
        }
    }
    assert!(tried > 15, "{tried}");
}

#[test]
fn existing_methods_of_the_client_are_refused_as_names() {
    let spec = every_kind("of_the_client");
    let methods = methods_of_types(&emitted(&spec)).remove("Client").unwrap();
    for name in ["builder", "send", "merchant_id", "clone", "pay", "paid_callback"] {
        assert!(methods.contains(name), "{name}: {methods:?}");
    }
    for name in methods.iter().filter(|name| !["pay", "link", "sdk"].contains(&name.as_str())) {
        let spec = every_kind("method");
        spec.write(&format!("actions/{name}.yaml"), PAY.replace("PAY", "ASK"));
        let found = found(&spec.report());
        assert!(found.len() == 1 && found[0].contains(&format!("`{name}`")), "{name}: {found:#?}");
    }
}

/// Every keyword, and a few names that are not keywords but no names of methods either.
#[test]
fn a_keyword_as_a_file_is_called_a_keyword_and_another_name_is_proposed() {
    for word in
        "as async await break const continue crate dyn else enum extern false fn for gen if impl in let loop match \
                 mod move mut pub ref return self Self static struct super trait true try type unsafe use where while \
                 abstract become box do final macro override priv typeof unsized virtual yield"
            .split_whitespace()
    {
        let spec = every_kind("keyword");
        spec.write(&format!("actions/{word}.yaml"), PAY.replace("PAY", "ASK"));
        let expected = format!("`{word}` cannot be the name of a method: it is a Rust keyword");
        assert_refused(&spec, &format!("spec/actions/{word}.yaml:1:1: {expected}"));
        let proposed = format!("{}_call", word.to_lowercase());
        assert!(found(&spec.report())[0].contains(&format!("for example to `{proposed}.yaml`")), "{word}");
        std::fs::rename(spec.0.join(format!("actions/{word}.yaml")), spec.0.join(format!("actions/{proposed}.yaml")))
            .unwrap();
        assert!(spec.report().is_empty(), "{word}");
        // A field may have such a name, in its escaped form; names that cannot be escaped are rejected.
        let spec = every_kind("keyword_field");
        spec.write("actions/sdk.yaml", SDK.replace("zz:", &format!("{word}:")));
        match word {
            "self" | "Self" | "super" | "crate" => assert_refused(
                &spec,
                &format!(
                    "spec/actions/sdk.yaml:7:3: the field `{word}` would give a method `{}`, which is a Rust keyword that \
                     cannot be escaped",
                    word.to_lowercase()
                ),
            ),
            _ => _ = emitted(&spec),
        }
    }
    for (word, fault, proposed) in [
        ("Refund", "it is not in snake_case", "refund"),
        ("shop-query", "it is not in snake_case", "shop_query"),
        ("2fast", "it is not in snake_case", "fast"),
        ("self_", "its type would be `Self`, a Rust keyword", "self_call"),
        ("Option", "it is not in snake_case", "option_call"),
    ] {
        let spec = every_kind("no_name");
        spec.write(&format!("actions/{word}.yaml"), PAY.replace("PAY", "ASK"));
        let expected = format!("spec/actions/{word}.yaml:1:1: `{word}` cannot be the name of a method: {fault}");
        assert_refused(&spec, &format!("{expected} = rename the file, for example to `{proposed}.yaml`"));
    }
}

/// Variants are always written with their type, and most sets of words have one that means nothing.
#[test]
fn variants_may_be_called_as_those_of_the_prelude() {
    let spec = every_kind("variants");
    let words = ["NONE", "SOME", "OK", "ERR"].map(|word| format!("    {word}: {{ doc: D }}\n")).concat();
    spec.write("types.yaml", format!("{OBJECT}Word2:\n  doc: D\n  values:\n{words}"));
    spec.write("actions/sdk.yaml", SDK.replace("type: text", "type: Word2"));
    emitted(&spec);
}

#[test]
fn two_files_with_one_method_give_one_error_that_names_it() {
    let listed = |name: &str, action: &str| {
        let methods = format!("methods:\n  {name}: {{ action: {action}, summary: S }}\n");
        PAY.replace("action: PAY\n", &methods).replace("summary: S\npage", "page")
    };
    // With the same constant it is also the same action; with a reply of its own, more types have equal names.
    for action in ["ASK", "PAY"] {
        let spec = every_kind("two_files");
        spec.write("actions/pay.yaml", PAY);
        spec.write("callbacks.yaml", HEARD.replace("  summary", "  standalone: true\n  summary"));
        spec.write("types.yaml", TYPES);
        spec.write("actions/link.yaml", LINK.replace("type: text", "type: Wallet"));
        spec.write("actions/more.yaml", listed("pay", action));
        let found = found(&spec.report());
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(found[0].contains("two declarations would give the method `pay`"), "{found:#?}");
    }
    let spec = every_kind("action_and_callback");
    spec.write("actions/paid_callback.yaml", PAY.replace("PAY", "ASK"));
    let found = found(&spec.report());
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].contains("two declarations would give the method `paid_callback`"), "{found:#?}");
}
