//! What the drawing includes and what it does not, shown on small trees.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::drawing::Drawing;

/// Draws a crate with these files, the first of which is its root.
fn draw(files: &[(&str, &str)]) -> Drawing {
    let disk: BTreeMap<PathBuf, &str> = files.iter().map(|(path, text)| (PathBuf::from(path), *text)).collect();
    let read = |path: &Path| disk.get(path).map(|text| (*text).to_owned());
    Drawing::of_crate(Path::new(files[0].0), &read)
}

/// Every arrow, as `a.rs -> b.rs: X, y`.
fn arrows(files: &[(&str, &str)]) -> Vec<String> {
    let drawing = draw(files);
    assert_eq!(drawing.problems, [""; 0]);
    let mut arrows = Vec::new();
    for (from, all) in &drawing.arrows {
        for (to, names) in all {
            let names: Vec<_> = names.iter().map(String::as_str).collect();
            arrows.push(format!("{} -> {}: {}", from.display(), to.display(), names.join(", ")));
        }
    }
    arrows
}

/// Every circle, as its message shows it.
fn circles(files: &[(&str, &str)]) -> Vec<String> {
    let drawing = draw(files);
    assert_eq!(drawing.problems, [""; 0]);
    drawing.circles().iter().map(ToString::to_string).collect()
}

#[test]
fn two_files_that_import_each_other_are_a_circle() {
    let files = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "use crate::b::{X, y}; pub(crate) struct Z;"),
        ("b.rs", "use crate::a::Z; pub(crate) struct X; pub(crate) fn y() {}"),
    ];
    assert_eq!(circles(&files), ["a.rs -> b.rs (names: X, y) -> a.rs (names: Z)"]);
}

#[test]
fn a_circle_of_three_files_shows_its_way() {
    let files = [
        ("lib.rs", "mod a; mod b; mod c;"),
        ("a.rs", "use crate::b::B; pub(crate) struct A;"),
        ("b.rs", "pub(crate) struct B; fn make() { crate::c::make() }"),
        ("c.rs", "pub(crate) fn make() {} fn take(_: super::a::A) {}"),
    ];
    assert_eq!(circles(&files), ["a.rs -> b.rs (names: B) -> c.rs (names: make) -> a.rs (names: A)"]);
}

#[test]
fn of_a_larger_circle_the_shortest_way_and_every_arrow_are_shown() {
    let files = [
        ("lib.rs", "mod a; mod b; mod c;"),
        ("a.rs", "use crate::b::B; pub(crate) struct A;"),
        ("b.rs", "use crate::{a::A, c::C}; pub(crate) struct B;"),
        ("c.rs", "use crate::a::A; pub(crate) struct C;"),
    ];
    assert_eq!(
        circles(&files),
        ["a.rs -> b.rs (names: B) -> a.rs (names: A)
    3 files are in this circle:
    a.rs -> b.rs (names: B)
    b.rs -> a.rs (names: A)
    b.rs -> c.rs (names: C)
    c.rs -> a.rs (names: A)"]
    );
}

#[test]
fn circles_that_share_no_file_are_counted_apart() {
    let files = [
        ("lib.rs", "mod a; mod b; mod c; mod d;"),
        ("a.rs", "use crate::b::B; pub(crate) struct A;"),
        ("b.rs", "use crate::a::A; use crate::c::C; pub(crate) struct B;"),
        ("c.rs", "use crate::d::D; pub(crate) struct C;"),
        ("d.rs", "use crate::c::C; pub(crate) struct D;"),
    ];
    assert_eq!(circles(&files).len(), 2);
}

#[test]
fn a_circle_through_a_reexport_is_found() {
    let files = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "mod inner; pub(crate) use inner::Thing as Renamed;"),
        ("a/inner.rs", "use crate::b::B; pub(crate) struct Thing;"),
        ("b.rs", "use crate::a::Renamed; pub(crate) struct B;"),
    ];
    assert_eq!(circles(&files), ["a/inner.rs -> b.rs (names: B) -> a/inner.rs (names: Thing)"]);
}

#[test]
fn a_parent_and_its_child_are_a_circle_when_each_names_what_the_other_defines() {
    let files = [
        ("lib.rs", "mod parent;"),
        ("parent.rs", "mod child; pub(crate) struct Shared; pub(crate) fn run() { child::run() }"),
        ("parent/child.rs", "use super::Shared; pub(super) fn run() {}"),
    ];
    assert_eq!(circles(&files), ["parent/child.rs -> parent.rs (names: Shared) -> parent/child.rs (names: run)"]);
    let files = [
        ("lib.rs", "mod parent;"),
        ("parent.rs", "mod child; pub(crate) use child::Part; pub(crate) struct Whole(Part);"),
        ("parent/child.rs", "pub(crate) struct Part; impl From<super::Whole> for Part {}"),
    ];
    assert_eq!(circles(&files), ["parent/child.rs -> parent.rs (names: Whole) -> parent/child.rs (names: Part)"]);
}

#[test]
fn a_root_and_its_modules_are_a_circle_in_the_same_way() {
    let files = [
        ("main.rs", "mod a; fn main() { a::run() } fn runtime() {}"),
        ("a.rs", "pub(crate) fn run() { crate::runtime() }"),
    ];
    assert_eq!(circles(&files), ["a.rs -> main.rs (names: runtime) -> a.rs (names: run)"]);
}

#[test]
fn a_parent_that_only_declares_and_reexports_imports_nothing() {
    let files = [
        ("lib.rs", "pub mod parent; pub use parent::{One, Two};"),
        ("parent.rs", "mod one; mod two; pub use one::One; pub use two::*; pub(crate) use self::one::go;"),
        ("parent/one.rs", "use super::Two; pub struct One; pub(crate) fn go() {}"),
        ("parent/two.rs", "pub struct Two;"),
    ];
    assert_eq!(arrows(&files), ["parent/one.rs -> parent/two.rs: Two"]);
}

#[test]
fn a_reexport_of_something_that_is_not_a_child_is_an_import() {
    let files = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "pub(crate) use crate::b::B; pub(crate) struct A;"),
        ("b.rs", "use crate::a::A; pub(crate) struct B;"),
    ];
    assert_eq!(circles(&files), ["a.rs -> b.rs (names: B) -> a.rs (names: A)"]);
}

#[test]
fn a_variable_is_not_the_reexport_of_the_same_name() {
    let files = [
        ("lib.rs", "mod parent;"),
        (
            "parent.rs",
            "mod child; pub(crate) use child::{open, T};
            pub(crate) fn one(open: u8) -> u8 { open }
            pub(crate) fn two() -> u8 { let open = 1; open + [2].iter().map(|open| *open).sum::<u8>() }
            pub(crate) fn three(x: Option<u8>) -> u8 { match x { Some(open) => open, None => 0 } }
            pub(crate) fn four(x: Option<u8>) -> u8 { if let Some(open) = x { open } else { 0 } }
            pub(crate) fn five<T>(x: T) -> T { for open in 0..3 { drop(format!(\"{}\", open)); } x.open }
            pub(crate) fn six() { fn open() {} open() }
            pub(crate) mod seven {}",
        ),
        ("parent/child.rs", "pub(crate) fn open() { super::two(); } pub(crate) struct T;"),
    ];
    assert_eq!(arrows(&files), ["parent/child.rs -> parent.rs: two"]);
    let before_it_is_bound = [
        ("lib.rs", "mod parent;"),
        ("parent.rs", "mod child; pub(crate) use child::open; fn one() { let open = open(); }"),
        ("parent/child.rs", "pub(crate) fn open() {}"),
    ];
    assert_eq!(arrows(&before_it_is_bound), ["parent.rs -> parent/child.rs: open"]);
}

#[test]
fn code_for_tests_is_ignored() {
    let files = [
        ("lib.rs", "mod a; mod b; #[cfg(test)] mod tests;"),
        (
            "a.rs",
            "pub(crate) struct A;
            #[cfg(test)] use crate::b::B;
            #[cfg(all(test, unix))] fn one() { crate::b::b() }
            #[cfg(not(not(test)))] fn two() { crate::b::b() }
            #[test] fn three() { crate::b::b() }
            impl A { #[cfg(test)] fn four() { crate::b::b() } }
            #[cfg(test)] mod tests { use super::*; use crate::b::B; }",
        ),
        ("b.rs", "use crate::a::A; pub(crate) struct B; pub(crate) fn b() {}"),
        ("tests.rs", "mod more; use crate::{a::A, b::B};"),
        ("tests/more.rs", "use crate::a::A;"),
    ];
    assert_eq!(arrows(&files), ["b.rs -> a.rs: A"]);
    let drawing = draw(&files);
    assert_eq!((drawing.files.len(), drawing.test_files.len()), (3, 2));
}

#[test]
fn code_that_is_in_some_builds_only_counts() {
    let files = [
        ("lib.rs", "mod a; mod b; #[cfg(feature = \"schema\")] mod c;"),
        ("a.rs", "#[cfg(any(test, feature = \"schema\"))] use crate::b::B; #[cfg(not(test))] use crate::b::b;"),
        ("b.rs", "pub(crate) struct B; pub(crate) fn b() {}"),
        ("c.rs", "use crate::b::B;"),
    ];
    assert_eq!(arrows(&files), ["a.rs -> b.rs: B, b", "c.rs -> b.rs: B"]);
}

#[test]
fn names_are_followed_through_every_kind_of_import() {
    let b = ("b.rs", "pub(crate) struct B; pub(crate) enum E { One } pub(crate) fn f() {} pub(crate) const C: u8 = 1;");
    for (import, code, names) in [
        ("use crate::b::B as Other;", "", "B"),
        ("use crate::{b::{self, E}};", "fn g() { b::f() }", "E, f"),
        ("use super::b;", "type T = b::B;", "B"),
        ("use crate::b::*;", "fn g() { f() } fn h(_: [B; C as usize]) {}", "B, C, f"),
        ("use crate::b::E::*;", "fn g() -> bool { matches!(1, One) }", "E"),
        ("use crate::b::E::One as First;", "", "E"),
        ("use crate::b as other;", "fn g() { other::f() }", "f"),
        ("use crate as root;", "fn g() { root::b::f() }", "f"),
        ("use crate::b::B as _;", "", "B"),
        ("", "impl From<crate::b::B> for () {}", "B"),
        ("", "fn g(x: Vec<Option<super::b::B>>) {}", "B"),
        ("", "fn g() { let _ = || async { crate::b::f() }; }", "f"),
        ("", "fn g() { use crate::b::f as go; go() }", "f"),
        ("", "fn g() { use crate::b as inner; inner::f() }", "f"),
        ("", "fn g() { println!(\"{}\", crate::b::C) }", "C"),
        ("", "fn g() { select! { x = crate::b::f() => {}, () = stop => {} } }", "f"),
        ("", "#[arg(value_parser = crate::b::f)] struct S;", "f"),
        ("", "fn g(x: u8) { match x { crate::b::C => {} _ => {} } }", "C"),
        ("", "fn g() { <crate::b::B as Default>::default(); }", "B"),
        ("", "macro_rules! m { () => { $crate::b::f() } }", "f"),
        ("", "mod inner { mod deeper { fn g() { super::super::super::b::f() } } }", "f"),
        ("", "fn g() { crate::b::E::One; }", "E"),
    ] {
        let a = format!("{import} {code}");
        let files = [("lib.rs", "mod a; mod b;"), ("a.rs", &a), b];
        assert_eq!(arrows(&files), [format!("a.rs -> b.rs: {names}")], "{a}");
    }
}

#[test]
fn a_file_that_uses_nothing_of_another_is_not_an_arrow() {
    for a in [
        "use crate::b;",
        "use crate::b::*;",
        "use std::fmt; use ::b::X; use b::Y; fn f() { ::b::f() }",
        "pub(in crate::b) struct S;",
        "fn g() { quote!(crate::b::f()); quote::quote! { #x crate::b::f() } }",
        "fn g() { select! { x = quote!(crate::b::f()) => {} } }",
        "fn g(x: u8) { x.f(); <u8>::f() } fn f() {}",
        "//! See [`crate::b::f`].\n/// See [`crate::b::f`].\nfn g() { \"crate::b::f\"; }",
        "fn f() {} fn g() { self::f(); f(); format!(\"{}\", f()); }",
        "struct B; mod inner { use super::B; fn g(_: B) {} }",
    ] {
        let files = [("lib.rs", "mod a; mod b;"), ("a.rs", a), ("b.rs", "pub(crate) struct B; pub(crate) fn f() {}")];
        assert_eq!(arrows(&files), [""; 0], "{a}");
    }
}

#[test]
fn modules_are_found_where_the_compiler_finds_them() {
    let files = [
        ("src/lib.rs", "mod a; #[path = \"elsewhere/b.rs\"] mod b; mod inline { mod c; pub(crate) mod d; } mod r#fn;"),
        ("src/a/mod.rs", "mod e; use crate::b::B;"),
        ("src/a/e.rs", "use crate::inline::d::D;"),
        ("src/elsewhere/b.rs", "mod f; pub(crate) struct B; use f::F;"),
        ("src/elsewhere/f.rs", "pub(crate) struct F;"),
        ("src/inline/c.rs", "use super::d::D;"),
        ("src/inline/d.rs", "pub(crate) struct D;"),
        ("src/fn.rs", "use crate::a;"),
    ];
    assert_eq!(
        arrows(&files),
        [
            "src/a/e.rs -> src/inline/d.rs: D",
            "src/a/mod.rs -> src/elsewhere/b.rs: B",
            "src/elsewhere/b.rs -> src/elsewhere/f.rs: F",
            "src/inline/c.rs -> src/inline/d.rs: D",
        ]
    );
}

#[test]
fn macros_lead_to_the_file_that_defines_them() {
    let files = [
        ("lib.rs", "extern crate self as own; #[macro_use] mod a; mod b; mod c; mod d;"),
        ("a.rs", "macro_rules! plain { () => {} } pub(crate) use plain as named;"),
        ("b.rs", "plain!(); use crate::a::named; #[macro_export] macro_rules! exported { () => {} }"),
        ("c.rs", "crate::exported! {} own::exported!();"),
        ("d.rs", "fn f() { plain!(); vec![1]; } use own::b::X;"),
    ];
    assert_eq!(
        arrows(&files),
        [
            "b.rs -> a.rs: plain",
            "c.rs -> b.rs: exported",
            // `X` may come from the macro that `b` calls.
            "d.rs -> a.rs: plain",
            "d.rs -> b.rs: X",
        ]
    );
}

#[test]
fn an_incomplete_drawing_reports_it() {
    for (a, problem) in [
        ("use crate::b::Missing;", "a.rs: `crate::b::Missing` leads to nothing that is known"),
        ("fn f() { super::b::missing() }", "a.rs: `super::b::missing` leads to nothing that is known"),
        ("mod absent;", "a.rs: no file for `mod absent;`"),
        ("fn f() { mod inner {} }", "a.rs: `mod inner` in a function is not read"),
        ("fn f() { use crate::b::*; }", "a.rs: `use …::*` in a function is not read"),
        ("fn f( {", "a.rs: cannot parse"),
    ] {
        let drawing = draw(&[("lib.rs", "mod a; mod b;"), ("a.rs", a), ("b.rs", "")]);
        assert!(drawing.problems.len() == 1 && drawing.problems[0].starts_with(problem), "{:?}", drawing.problems);
    }
}
