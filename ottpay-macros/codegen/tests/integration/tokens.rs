//! How much is emitted. The compiler's work grows with the tokens, so they have a budget; `benches/compile` measures
//! what they cost. If a change needs more tokens, raise the budget and state why in the commit.

use std::fs;
use std::path::{Path, PathBuf};

use ottpay_codegen::{Folder, check, check_folder, compile_client};
use proc_macro2::{Span, TokenStream, TokenTree};

/// Tokens for each field of the project's own specification: everything that is emitted, divided by the number of
/// fields.
const OF_A_FIELD: usize = 372;

/// Tokens for each action of `benches/compile/order.yaml`, which has 12 + 12 fields.
const OF_AN_ORDER: usize = 6_750;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every token, and two for the delimiters of each group.
fn count(tokens: TokenStream) -> usize {
    let count = |token| if let TokenTree::Group(group) = token { 2 + count(group.stream()) } else { 1 };
    tokens.into_iter().map(count).sum()
}

fn count_emitted(folder: &Folder) -> usize {
    let compiled = compile_client(folder);
    assert!(compiled.report().is_empty(), "{:?}", compiled.report());
    count(compiled.into_tokens(Span::call_site()))
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, to) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        if path.is_dir() { copy(&path, &to) } else { _ = fs::copy(&path, &to).unwrap() }
    }
}

/// The project's own specification with this many copies of the benchmark's order.
fn with_orders(count: usize) -> Folder {
    let package = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("tokens-{count}"));
    _ = fs::remove_dir_all(&package);
    copy(&root().join("spec"), &package.join("spec"));
    let read = |name: &str| fs::read_to_string(root().join("benches/compile").join(name)).unwrap();
    let types = package.join("spec/types.yaml");
    fs::write(&types, format!("{}\n{}", fs::read_to_string(&types).unwrap(), read("types.yaml"))).unwrap();
    let order = read("order.yaml");
    for number in 0..count {
        let name = package.join(format!("spec/actions/order_{number:04}.yaml"));
        fs::write(name, order.replace("0000", &format!("{number:04}"))).unwrap();
    }
    Folder::from_name("spec", &package, None).unwrap()
}

#[test]
fn a_field_of_the_specification_is_emitted_in_few_tokens() {
    let folder = Folder::from_name("spec", &root(), None).unwrap();
    let spec = check_folder(&folder).unwrap();
    let of_action = |action: &check::Action| action.request.len() + action.reply.len() + action.returned.len();
    let fields: usize = spec.actions().iter().map(of_action).sum();
    let tokens = count_emitted(&folder);
    let of_a_field = tokens / fields;
    println!("{tokens} tokens, {fields} fields: {of_a_field} a field");
    assert!(of_a_field <= OF_A_FIELD, "{of_a_field} tokens a field, expected at most {OF_A_FIELD}");
    assert!(of_a_field > OF_A_FIELD * 9 / 10, "{of_a_field} tokens a field: lower the budget of {OF_A_FIELD}");
}

#[test]
fn an_action_of_the_benchmark_is_emitted_in_few_tokens_and_the_next_in_as_many() {
    let [first, second, third, eleventh] = [1, 2, 3, 11].map(|count| count_emitted(&with_orders(count)));
    let order = second - first;
    println!("{order} tokens an order, {} a field", order / 24);
    assert!(order <= OF_AN_ORDER, "{order} tokens an order, expected at most {OF_AN_ORDER}");
    assert!(order > OF_AN_ORDER * 9 / 10, "{order} tokens an order: lower the budget of {OF_AN_ORDER}");
    assert_eq!(third - second, order);
    assert_eq!(eleventh - first, order * 10);
}
