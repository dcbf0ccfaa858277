//! Every target on a stable compiler, for a bounded time: the cases, the seeds as they are, and random changes of them.
//! The sequence is the same in every run.

use std::collections::BTreeSet;
use std::fs;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use ottpay_fuzz::mutate::Mutator;
use ottpay_fuzz::specification::extension;
use ottpay_fuzz::targets::{ALL, Target};
use ottpay_fuzz::yaml;

#[path = "../../tests/integration/common/nested.rs"]
mod nested;

const SEED: u64 = 0x6f74_7470_6179;

/// After this time, a target runs only the inputs that it has to run.
const LONGEST: Duration = Duration::from_secs(5);

/// One in this many inputs of a target is run in any case.
const LEAST: u32 = 10;

/// No input takes this long, on any machine.
const HANGS: Duration = Duration::from_secs(120);

/// What a target runs next: what it is, and the input.
type Input = (String, Vec<u8>);

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn target(name: &str) -> Target {
    ALL.into_iter().find(|target| target.name == name).unwrap()
}

/// Keeps an input that fails, so that it can be made a case. Returns what to do with it.
fn keep(target: &str, (what, input): &Input) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz").join(target);
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join(what.replace(' ', "-"));
    fs::write(&file, input).unwrap();
    let text = String::from_utf8_lossy(input);
    format!("{what} of `{target}`: move {} to fuzz/cases/{target}/ when it is mended\n{text}", file.display())
}

/// The files of cases: inputs that once failed.
fn cases(name: &str) -> Vec<PathBuf> {
    let Ok(folder) = fs::read_dir(root().join("cases").join(name)) else { return Vec::new() };
    let mut files: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Runs the cases, the seeds and further inputs; each is named before it is run.
fn run_inputs(target: &Target, begun: &Sender<Input>) {
    let start = Instant::now();
    let check = |what: String, input: &[u8]| {
        begun.send((what, input.to_vec())).unwrap();
        (target.run)(input)
    };
    let cases = cases(target.name);
    for case in &cases {
        check(format!("case {}", case.file_name().unwrap().display()), &fs::read(case).unwrap());
    }
    let seeds = (target.seeds)();
    let understood = seeds.iter().enumerate().filter(|(at, seed)| check(format!("seed {at}"), seed)).count();
    let mut mutator = Mutator::new(&seeds, target.words, SEED);
    let (mut inputs, mut others) = (0, 0);
    while inputs < target.inputs && (inputs < target.inputs / LEAST || start.elapsed() < LONGEST) {
        let input = mutator.next_input();
        others += u32::from(check(format!("input {inputs} with seed {SEED:#x}"), &input));
        inputs += 1;
    }
    println!(
        "{}: {} cases, {} seeds of which {understood} are understood, {inputs} inputs of which {others} are, {:?}",
        target.name,
        cases.len(),
        seeds.len(),
        start.elapsed()
    );
    assert!(understood * 100 >= seeds.len() * target.understood, "only {understood} of {} seeds", seeds.len());
    assert!(others > 0, "no other input is understood");
}

/// Watches the inputs of a target: one that does not end is an error, too.
fn run(name: &str) {
    watch(target(name), HANGS);
}

fn watch(target: Target, hangs: Duration) {
    let (begun, inputs) = mpsc::channel();
    let name = target.name;
    let running = thread::spawn(move || run_inputs(&target, &begun));
    let mut latest = None;
    loop {
        match inputs.recv_timeout(hangs) {
            Ok(input) => latest = Some(input),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => match &latest {
                Some(input) => panic!("it does not end: {}", keep(name, input)),
                None => panic!("the seeds of `{name}` do not come to an end"),
            },
        }
    }
    if let (Err(panic), Some(input)) = (running.join(), latest) {
        eprintln!("{}", keep(name, &input));
        resume_unwind(panic);
    }
}

#[test]
#[should_panic(expected = "it does not end: seed 0 of `hanging`")]
fn an_input_that_does_not_end_is_reported() {
    let hang = |_: &[u8]| -> bool {
        loop {
            thread::park();
        }
    };
    let seeds = || vec![b"seed".to_vec()];
    watch(
        Target { name: "hanging", run: hang, seeds, words: &[], understood: 0, inputs: 1 },
        Duration::from_millis(500),
    );
}

macro_rules! bounded {
    ($($name:ident),*) => {$(
        #[test]
        fn $name() {
            run(stringify!($name));
        }
    )*};
}

bounded!(outer, inner, explanation, callback, query, fields, yaml, control, ledger, scenario);

/// No program or case is left over when a target is renamed.
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

/// The time limit for this, with the library and all its dependencies.
const BUILT_WITHIN: Duration = Duration::from_secs(900);

/// If the generator finds no mistake, the compiler accepts the generated Rust.
#[test]
fn a_specification_without_problems_compiles() {
    let start = Instant::now();
    let mut chance = fastrand::Rng::with_seed(SEED);
    let (mut good, mut tried) = (BTreeSet::new(), 0);
    // Most are good, so that this ends after a few more.
    while good.len() < COMPILED && tried < 10 * COMPILED {
        let input = extension(&mut chance);
        tried += 1;
        if yaml::is_good_extension(&input) {
            good.insert(yaml::files_of(&input));
        }
    }
    assert_eq!(good.len(), COMPILED, "of {tried} specifications, so few have no problem");
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
    let mut cargo = nested::cargo(&package, &["build", "--quiet"]);
    let errors = package.join("errors");
    cargo.stdin(Stdio::null());
    let mut build = cargo.stderr(fs::File::create(&errors).unwrap()).spawn().unwrap();
    let status = loop {
        if let Some(status) = build.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > BUILT_WITHIN {
            build.kill().unwrap();
            panic!("{} does not compile within {BUILT_WITHIN:?}", package.display());
        }
        thread::sleep(Duration::from_millis(50));
    };
    println!("{} of {tried} specifications have no problem and are compiled, {:?}", good.len(), start.elapsed());
    assert!(status.success(), "{}", fs::read_to_string(&errors).unwrap());
}
