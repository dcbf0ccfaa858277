//! Nothing secret is printed: everything that a shop can print in a full run, and everything that it and the libraries
//! below it trace and log at the finest level, is searched for every value that must not appear.

use std::collections::HashSet;
use std::path::Path;
use std::process::Command;

use super::leak::Searched;
use super::ledger::CANARY;
use super::values::{SIGN_KEY, Scope, VALUES, values_file};

/// The sandbox's log is for developers who search for mistakes.
fn is_by_sandbox(line: &str) -> bool {
    line.contains("ottpay_sandbox")
}

/// Runs a test of this folder in a process of its own, which writes the values into this file; returns what it printed.
fn run(test: &str, values: &Path) -> (String, String) {
    let folder = module_path!().rsplit_once("::").unwrap().0;
    let (_, folder) = folder.split_once("::").unwrap();
    let test = format!("{folder}::{test}");
    let shop = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &test, "--include-ignored", "--nocapture"])
        .env(VALUES, values)
        .output()
        .unwrap();
    let [traced, shown] = [shop.stdout, shop.stderr].map(|printed| String::from_utf8_lossy(&printed).into_owned());
    let end = shown.len().saturating_sub(2000);
    assert!(shop.status.success() && traced.contains("1 passed"), "{}", shown.get(end..).unwrap_or_default());
    (traced, shown)
}

/// Where values must not be found, what they are, and the values.
fn read_values(file: &Path) -> Vec<[String; 3]> {
    let values = std::fs::read_to_string(file).unwrap();
    values.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Each value that is in the text, with its surroundings.
fn find_leaks(text: &str, values: &[&[String; 3]]) -> Vec<String> {
    let texts: Vec<&str> = values.iter().map(|[.., value]| value.as_str()).collect();
    let found = Searched::new(text).find(&texts).into_iter().map(|(place, notation, around)| {
        let [_, what, value] = values[place];
        format!("{what}: {value:?}, {notation}: {around}")
    });
    found.collect()
}

/// The lines of a text, each once.
fn lines_once(text: &str) -> String {
    let mut seen = HashSet::new();
    text.lines().filter(|line| seen.insert(*line)).collect::<Vec<_>>().join("\n")
}

#[test]
fn nothing_that_a_ledger_and_the_command_print_store_or_start_contains_a_secret() {
    let (folder, file) = values_file("ledger");
    let (traced, shown) = run("ledger::everything_is_printed_and_stored", &file);
    for expected in ["ottpay.call{", "hyper_util::", "tokio_postgres::", "callback opened", "the handler panics at"] {
        let is_there = traced.contains(expected) || shown.contains(expected);
        assert!(is_there || expected.starts_with("tokio_postgres") && !has_postgres(&folder.0), "{expected}");
    }
    let values = read_values(&file);
    let everywhere: Vec<_> = values.iter().filter(|[scope, ..]| scope == "everywhere").collect();
    assert!(everywhere.len() >= 20, "{}", everywhere.len());
    let mut places = vec![("stdout".to_owned(), lines_once(&traced)), ("stderr".to_owned(), lines_once(&shown))];
    for entry in std::fs::read_dir(&folder.0).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if entry.path() != file {
            places.push((name, String::from_utf8_lossy(&std::fs::read(entry.path()).unwrap()).into_owned()));
        }
    }
    let (mut leaks, canary) = (Vec::new(), ["".to_owned(), "the canary".to_owned(), CANARY.to_owned()]);
    for (name, text) in &places {
        println!("{name}: {} values in {} bytes", everywhere.len(), text.len());
        leaks.extend(find_leaks(text, &everywhere).into_iter().map(|leak| format!("{name}: {leak}")));
        // Values that are there intentionally are found, and so would a secret be. The content of the database is still
        // in its log.
        let is_found = !find_leaks(text, &[&canary]).is_empty();
        let is_exempt = ["server.log", "shop.db", "shop.db-shm"].contains(&name.as_str());
        assert!(is_found || is_exempt, "the canary is not in {name}");
        let planted = format!("{text}\n{SIGN_KEY}");
        assert_eq!(find_leaks(&planted, &everywhere).len(), find_leaks(text, &everywhere).len() + 1, "{name}");
    }
    assert!(leaks.is_empty(), "{} leaks\n{}", leaks.len(), leaks.join("\n\n"));
    let names: Vec<_> = places.iter().map(|(name, _)| name.as_str()).collect();
    for name in ["shop.db", "shop.wal"] {
        assert!(names.contains(&name), "{names:?}");
    }
}

/// Whether there was a server, without which tests are skipped.
fn has_postgres(folder: &Path) -> bool {
    folder.join("rows").exists()
}

#[test]
fn nothing_that_a_shop_prints_at_the_finest_level_contains_a_secret() {
    let (_folder, file) = values_file("silence");
    let (traced, shown) = run("shop::everything_is_printed", &file);

    // The search covered everything that it should cover.
    for expected in [
        "TRACE",
        "ottpay.call{",
        "ottpay.attempt{",
        "http.request.method=\"POST\"",
        "ottpay.outcome=\"unknown\"",
        "hyper_util::",
        "DEBUG reqwest::connect: starting new connection",
        "callback opened",
        "callback rejected",
        "callback possibly altered",
        "former sign key",
        "ObservedCall {",
        "ObservedCallback {",
    ] {
        assert!(traced.contains(expected), "{expected}");
    }
    for expected in
        ["NotAccepted", "HttpStatus", "Lost", "NotSent", "Reply {", "InvalidRequest", "PossiblyAltered", "(hidden)"]
    {
        assert!(shown.contains(expected), "{expected}");
    }

    // Every span that began has ended, including those of calls that were dropped.
    for is_attempt in [false, true] {
        let is_of_span = |line: &&str| line.contains("ottpay.call{") && line.contains("ottpay.attempt{") == is_attempt;
        let count = |end: &str| traced.lines().filter(is_of_span).filter(|line| line.contains(end)).count();
        let begun = count(": ottpay: new");
        assert_eq!((begun > 300, begun), (true, count(": ottpay: close")), "attempts: {is_attempt}");
    }

    // Most lines appear many times, and differ only in numbers of no interest.
    let mut seen = HashSet::new();
    let mut unique = |text: &str| -> Vec<String> {
        text.lines().filter(|line| seen.insert((*line).to_owned())).map(str::to_owned).collect()
    };
    let (traced, shown) = (unique(&traced), unique(&shown));
    let by_client: Vec<String> = traced.iter().filter(|line| !is_by_sandbox(line)).cloned().collect();
    let values = read_values(&file);
    let mut leaks = Vec::new();
    for (scope, name) in Scope::ALL {
        let text = match scope {
            Scope::Everywhere => [&traced[..], &shown[..]].concat(),
            Scope::NotBySandbox => [&by_client[..], &shown[..]].concat(),
            Scope::Traced => by_client.clone(),
        };
        let of_scope: Vec<_> = values.iter().filter(|[scope, ..]| scope == name).collect();
        assert!(of_scope.len() >= 30, "{name}: {}", of_scope.len());
        println!("{name}: {} values in {} different lines", of_scope.len(), text.len());
        leaks.extend(find_leaks(&text.join("\n"), &of_scope));
    }
    assert!(leaks.is_empty(), "{} leaks\n{}", leaks.len(), leaks.join("\n\n"));
}
