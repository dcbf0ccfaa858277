//! Every target on a stable compiler, for a bounded time: the cases, the seeds as they are, and changes of them by chance. The
//! sequence is the same in every run.

use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use ottpay_fuzz::mutate::Mutator;
use ottpay_fuzz::specification::extension;
use ottpay_fuzz::targets::{ALL, Target};
use ottpay_fuzz::yaml;

const SEED: u64 = 0x6f74_7470_6179;

/// However slow the machine is.
const LONGEST: Duration = Duration::from_secs(20);

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn target(name: &str) -> Target {
    ALL.into_iter().find(|target| target.name == name).unwrap()
}

/// Runs an input; keeps one that fails, so that it can be made a case.
fn check(target: &Target, what: &str, input: &[u8]) -> bool {
    catch_unwind(AssertUnwindSafe(|| (target.run)(input))).unwrap_or_else(|_| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz").join(target.name);
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join(what.replace(' ', "-"));
        fs::write(&file, input).unwrap();
        let text = String::from_utf8_lossy(input);
        panic!(
            "{what} of `{}` fails: move {} to fuzz/cases/{0}/ when it is mended\n{text}",
            target.name,
            file.display()
        );
    })
}

/// Files of cases: what failed once.
fn cases(name: &str) -> Vec<PathBuf> {
    let Ok(folder) = fs::read_dir(root().join("cases").join(name)) else { return Vec::new() };
    let mut files: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn run(name: &str) {
    let (target, start) = (target(name), Instant::now());
    let cases = cases(name);
    for case in &cases {
        check(&target, &format!("case {}", case.file_name().unwrap().display()), &fs::read(case).unwrap());
    }
    let seeds = (target.seeds)();
    let understood = seeds.iter().enumerate().filter(|(at, seed)| check(&target, &format!("seed {at}"), seed)).count();
    assert!(understood * 10 >= seeds.len(), "only {understood} of {} seeds are understood", seeds.len());
    let mut mutator = Mutator::new(&seeds, target.words, SEED);
    let (mut inputs, mut others) = (0, 0);
    while inputs < target.inputs && start.elapsed() < LONGEST {
        let input = mutator.next_input();
        others += u32::from(check(&target, &format!("input {inputs} with seed {SEED:#x}"), &input));
        inputs += 1;
    }
    println!(
        "{name}: {} cases, {} seeds of which {understood} are understood, {inputs} inputs of which {others} are, {:?}",
        cases.len(),
        seeds.len(),
        start.elapsed()
    );
    assert!(others > 0 || inputs < target.inputs, "nothing is understood");
}

macro_rules! bounded {
    ($($name:ident),*) => {$(
        #[test]
        fn $name() {
            run(stringify!($name));
        }
    )*};
}

bounded!(outer, inner, callback, query, fields, yaml, control, ledger);

/// No program and no case is left behind when a target is renamed.
#[test]
fn every_target_has_a_program_and_every_case_a_target() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    for Target { name, .. } in ALL {
        let program = fs::read_to_string(root().join(format!("fuzz_targets/{name}.rs"))).unwrap();
        assert!(program.contains(&format!("ottpay_fuzz::{name}::target(data);")), "{name}");
        assert!(manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")), "{name}");
    }
    for folder in fs::read_dir(root().join("cases")).into_iter().flatten() {
        let name = folder.unwrap().file_name().into_string().unwrap();
        assert!(ALL.iter().any(|target| target.name == name), "cases of `{name}`, which is not a target");
    }
}

/// How many specifications are compiled.
const COMPILED: usize = 16;

/// What the generator finds no fault with is Rust that the compiler takes.
#[test]
fn a_specification_without_problems_compiles() {
    let start = Instant::now();
    let mut chance = fastrand::Rng::with_seed(SEED);
    let (mut good, mut tried) = (BTreeSet::new(), 0);
    while good.len() < COMPILED && start.elapsed() < LONGEST {
        let input = extension(&mut chance);
        tried += 1;
        if yaml::is_good_extension(&input) {
            good.insert(yaml::files_of(&input));
        }
    }
    assert!(!good.is_empty(), "every specification has problems");
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compiled");
    let _ = fs::remove_dir_all(&package);
    let write = |name: &str, text: &[u8]| {
        let path = package.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let library = root().join("..");
    let manifest = format!(
        "[package]\nname = \"compiled\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dependencies]\nottpay = {{ path = {library:?}, default-features = false }}\n"
    );
    write("Cargo.toml", manifest.as_bytes());
    // The same versions as everywhere.
    fs::copy(library.join("Cargo.lock"), package.join("Cargo.lock")).unwrap();
    let mut modules = String::new();
    for (number, files) in good.iter().enumerate() {
        modules += &format!("pub mod s{number} {{\n    ottpay::actions!(\"spec{number}\");\n}}\n");
        for (name, text) in files {
            write(&format!("spec{number}/{name}"), text);
        }
    }
    write("src/lib.rs", modules.as_bytes());
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--offline"]).current_dir(&package);
    // The folder of all packages that tests build, so that what they depend on is compiled once.
    cargo.env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("packages-target"));
    let output = cargo.env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only").output().unwrap();
    println!("{} of {tried} specifications have no problem and are compiled, {:?}", good.len(), start.elapsed());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
