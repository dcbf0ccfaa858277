//! Mistakes in specification files and the generator's reports: every problem of every file in one run, each at its own
//! line and column, with what to do about it.
//!
//! A file in `tests/diagnostics/cases/` describes a kind of problem: what is spoiled in a good specification, and the
//! complete message. In `cases/together/`, several problems occur together.
//! `UPDATE=1 cargo test -p ottpay-codegen --test integration diagnostics` updates the messages; read them before you
//! commit them.

mod files;
mod followers;
mod fuzz;
mod indentation;
mod links;
mod private;
mod signs;
mod slips;
mod taken;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ottpay_codegen::{Diagnostics, Folder, MAX_SHOWN, Mistake, Report, catch_panics, compile_client};
use proc_macro2::Span;

const GATEWAY: &str = "base_url: https://gateway.example\npath: /v1\nframing: json\ncipher: aes-128-ecb\n\
    acknowledgement: { status: 200, content_type: text/plain, body: OK }\ncodes:\n  SUCCESS: { class: accepted, doc: D }\npage: example.com/p\n";
const TYPES: &str = "Wallet:\n  doc: D\n  values:\n    RED: { doc: D }\n    BLUE: { doc: D }\n";
const CALLBACKS: &str =
    "paid:\n  summary: S\n  page: example.com/p\n  fields:\n    order_id: { type: order_id, doc: D }\n";
const PAY: &str = "action: PAY\nversion: \"1.0\"\neffect: write\nsummary: S\npage: example.com/p\n\
    query: { none: R }\n";
/// Uses what the other files declare.
const OTHER: &str = "action: OTHER\nversion: \"1.0\"\neffect: read\nsummary: S\npage: example.com/p\n\
    reply:\n  wallet: { type: Wallet, doc: D }\ncallback: paid\n";

/// A folder with a good specification, in which a test spoils something.
struct Spec(PathBuf);

impl Spec {
    fn good(name: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("diagnostics").join(name).join("spec");
        let _ = fs::remove_dir_all(folder.parent().unwrap());
        fs::create_dir_all(folder.join("actions")).unwrap();
        let spec = Self(folder);
        for (name, text) in [("gateway.yaml", GATEWAY), ("types.yaml", TYPES), ("callbacks.yaml", CALLBACKS)] {
            spec.write(name, text);
        }
        spec.write("actions/pay.yaml", PAY);
        spec.write("actions/other.yaml", OTHER);
        spec
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.0.join(name), text).unwrap();
    }

    fn report(&self) -> Report {
        let folder = Folder::from_name("spec", self.0.parent().unwrap(), None).unwrap();
        compile_client(&folder).report().clone()
    }
}

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics/cases")
}

fn names(folder: &Path) -> BTreeSet<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter_map(|name| name.strip_suffix(".txt").map(ToOwned::to_owned)).collect()
}

/// Spoils the specification as a case describes; changes that text cannot describe are made here.
fn spoil(test: &str, name: &str, input: &str) -> Report {
    let spec = Spec::good(&format!("{test}/{name}"));
    for part in input.split("=== ").skip(1) {
        let (file, text) = part.split_once('\n').unwrap();
        match file.strip_suffix(" (absent)") {
            Some(file) => fs::remove_file(spec.0.join(file)).unwrap(),
            None => spec.write(file, text),
        }
    }
    match name {
        "no_folder" => fs::rename(&spec.0, spec.0.with_file_name("spce")).unwrap(),
        "folder_path" => return Folder::from_name("/etc/spec", Path::new("/package"), None).unwrap_err(),
        "not_utf8" => spec.write("actions/pay.yaml", b"action: PAY\nsummary: Z\xfcrich\n"),
        "too_large" => spec.write("actions/pay.yaml", vec![b'#'; 1024 * 1024 + 1]),
        "unreadable" => std::os::unix::fs::symlink("nowhere.yaml", spec.0.join("actions/refund.yaml")).unwrap(),
        "generator_bug" => {
            let mut diagnostics = Diagnostics::default();
            let panicked =
                catch_panics("spec/actions/pay.yaml", &mut diagnostics, |_| -> () { panic!("as if by a defect") });
            assert!(panicked.is_none());
            return diagnostics.into_report();
        }
        _ => {}
    }
    spec.report()
}

/// Runs a case, and compares what is shown.
fn check_shown(folder: &Path, name: &str) -> Report {
    let path = folder.join(format!("{name}.txt"));
    let case = fs::read_to_string(&path).unwrap();
    let (input, expected) = case.split_once("=== report\n").unwrap_or((&case, ""));
    let report = spoil("shown", name, input);
    let text: String = report.diagnostics().iter().map(|found| format!("{}\n\n", found.render(false))).collect();
    let text = if text.is_empty() { "nothing\n".to_owned() } else { text };
    if std::env::var_os("UPDATE").is_some_and(|update| update == "1") {
        fs::write(&path, format!("{input}=== report\n{}\n", text.trim_end())).unwrap();
    } else {
        assert_eq!(text.trim_end(), expected.trim_end(), "{name}");
    }
    report
}

#[test]
fn every_kind_of_problem_has_a_case_with_its_whole_text() {
    let kinds: BTreeSet<String> = Mistake::ALL.iter().map(|mistake| mistake.name()).collect();
    assert_eq!(names(&cases()), kinds, "each kind has a case with its name, and each case a kind");
    for mistake in Mistake::ALL {
        let report = check_shown(&cases(), &mistake.name());
        let all: Vec<_> = report.diagnostics().iter().map(|found| found.mistake).collect();
        assert!(!all.is_empty() && all.iter().all(|found| found == mistake), "{mistake:?}: {all:?}");
    }
}

#[test]
fn several_problems_in_one_specification_are_each_reported_once() {
    let folder = cases().join("together");
    for name in names(&folder) {
        check_shown(&folder, &name);
    }
}

#[test]
fn every_message_states_what_to_do() {
    let folder = cases().join("together");
    let together = names(&folder).into_iter().map(|name| (folder.clone(), name));
    for (folder, name) in names(&cases()).into_iter().map(|name| (cases(), name)).chain(together) {
        let case = fs::read_to_string(folder.join(format!("{name}.txt"))).unwrap();
        let input = case.split("=== report").next().unwrap();
        for found in spoil("help", &name, input).diagnostics() {
            assert!(!found.help.is_empty() && !found.help.ends_with('.'), "{found:?}");
            // Only an action's constant may begin with a capital letter.
            let first = found.message.split_once([':', ' ']).unwrap().0;
            assert!(!found.message.starts_with(char::is_uppercase) || first == first.to_uppercase(), "{found:?}");
            assert!(!found.message.ends_with('.'), "{found:?}");
            assert!(!found.to_string().contains(env!("CARGO_TARGET_TMPDIR")), "{found:?}");
        }
    }
}

#[test]
fn a_good_specification_has_no_problems() {
    assert!(Spec::good("good").report().is_empty());
}

#[test]
fn keywords_are_escaped_and_not_refused() {
    let spec = Spec::good("keywords");
    spec.write(
        "actions/pay.yaml",
        format!("{PAY}request:\n  type: {{ type: text, doc: D }}\n  match: {{ type: text, doc: D }}\n"),
    );
    spec.write("actions/loop_.yaml", PAY.replace("PAY", "LOOP"));
    assert!(spec.report().is_empty());
}

#[test]
fn twenty_problems_are_shown_and_the_rest_is_counted() {
    let spec = Spec::good("many");
    let fields: String = (0..50).map(|index| format!("  a{index}: {{ type: txt, doc: D }}\n")).collect();
    spec.write("actions/pay.yaml", format!("{PAY}request:\n{fields}"));
    let report = spec.report();
    assert_eq!(report.diagnostics().len(), 50);
    let texts = report.messages();
    assert_eq!(texts.len(), MAX_SHOWN + 1);
    assert_eq!(texts.last().unwrap(), "30 more problems are not shown; fix these first");
    let folder = Folder::from_name("spec", spec.0.parent().unwrap(), None).unwrap();
    let code = compile_client(&folder).into_tokens(Span::call_site()).to_string();
    assert_eq!(code.matches("compile_error").count(), MAX_SHOWN + 1);
}

#[test]
fn valid_items_are_emitted_in_full_and_invalid_items_as_stand_ins() {
    let spec = Spec::good("stand_ins");
    spec.write("actions/pay.yaml", format!("{PAY}request:\n  a: {{ type: txt, doc: D }}\n"));
    let folder = Folder::from_name("spec", spec.0.parent().unwrap(), None).unwrap();
    let code = compile_client(&folder).into_tokens(Span::call_site());
    syn::parse2::<syn::File>(code.clone()).unwrap();
    let code = code.to_string();
    for present in ["fn other (& self) -> self :: OtherBuilder", "pub struct OtherReply", "pub enum Wallet"] {
        assert!(code.contains(present), "{present}");
    }
    for present in ["fn pay (& self) -> self :: __Unusable", "pub type PayReply = self :: __StandIn"] {
        assert!(code.contains(present), "{present}");
    }
    assert!(!code.contains("struct Pay"));
}

#[test]
fn a_write_with_an_invalid_query_becomes_a_stand_in_without_a_second_error() {
    let spec = Spec::good("stand_in_of_a_query");
    let query = "query:\n  - { action: ask, set: { id: id }, evidence: vendor }\n";
    let request = "request:\n  id: { type: order_id, doc: D }\n";
    spec.write("actions/pay.yaml", format!("{}{request}", PAY.replace("query: { none: R }\n", query)));
    let ask = PAY.replace("PAY", "ASK").replace("write", "read").replace("query: { none: R }\n", "");
    spec.write("actions/ask.yaml", format!("{ask}{request}reply:\n  state: {{ type: Stat, doc: D }}\n"));
    assert_eq!(spec.report().diagnostics().len(), 1, "{:?}", spec.report());
    let folder = Folder::from_name("spec", spec.0.parent().unwrap(), None).unwrap();
    let code = compile_client(&folder).into_tokens(Span::call_site()).to_string();
    for present in ["fn pay (& self) -> self :: __Unusable", "fn ask (& self) -> self :: __Unusable"] {
        assert!(code.contains(present), "{present}");
    }
    assert!(!code.contains("ask :: INFO"));
}

#[test]
#[should_panic(expected = "dropped unread")]
fn problems_cannot_be_dropped_unread() {
    drop(Diagnostics::default());
}

#[test]
fn deep_nesting_and_wide_files_end_in_time() {
    let repeated = |count: usize, entry: fn(usize) -> String| (0..count).map(entry).collect::<String>();
    let fields = repeated(20_000, |index| format!("  a{index}: {{ type: txt, doc: D }}\n"));
    let examples = repeated(5_000, |index| format!("  e{index}: {{}}\n"));
    for (file, text, least) in [
        ("actions/pay.yaml", format!("{PAY}request: {}{}\n", "[".repeat(100_000), "]".repeat(100_000)), 1),
        ("actions/pay.yaml", format!("{PAY}request:\n{fields}"), 102),
        // Slips are looked for in lines that people can read.
        ("actions/pay.yaml", format!("{PAY}request: {}\n", "]".repeat(60_000)), 1),
        ("actions/pay.yaml", format!("{PAY}request: {}\n", "{ a: ".repeat(90)), 1),
        ("actions/pay.yaml", format!("{PAY}doc: \"{}\n", "a, b: ".repeat(10_000)), 1),
        ("actions/pay.yaml", format!("{PAY}{}doc: a: b\n", " ".repeat(60_000)), 1),
        ("actions/pay.yaml", format!("{PAY}{}}}\n", repeated(1_500, |index| format!("{:1$}a:\n", "", index % 16))), 1),
        ("types.yaml", format!("{}}}\n", repeated(2_000, |index| format!("T{index}: {{ doc: \"'[ }}\n"))), 1),
        ("types.yaml", repeated(20_000, |index| format!("T{index}: {{ type: Nothing{index}, doc: D }}\n")), 1_000),
        ("actions/pay.yaml", format!("{PAY}request:\n  a: {{ type: text, doc: D }}\nexamples:\n{examples}"), 1_000),
        ("callbacks.yaml", repeated(60_000, |index| format!("cb{index}:\n")) + "{", 1),
        ("actions/pay.yaml", "methods:\n".to_owned() + &repeated(30_000, |index| format!("  m{index}:\n")) + "{", 1),
        ("actions/pay.yaml", format!("{PAY}{}", repeated(60_000, |index| format!("key{index}: value\n"))), 900),
    ] {
        let spec = Spec::good("wide");
        spec.write(file, text);
        let start = Instant::now();
        assert!(spec.report().diagnostics().len() >= least);
        // Seconds, even on a busy machine; without a bound it takes minutes.
        assert!(start.elapsed() < Duration::from_secs(60), "{file}: {:?}", start.elapsed());
    }
}
