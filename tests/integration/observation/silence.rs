//! Nothing secret is printed: all that a shop can print of a full run, and all that it and the libraries below it trace and
//! log at the finest level, is searched for every value that must not be seen.

use std::collections::HashSet;
use std::process::Command;

use super::leak::Searched;
use super::shop::{Scope, VALUES, values_file};

/// What the sandbox logs is for developers who look for mistakes.
fn is_by_sandbox(line: &str) -> bool {
    line.contains("ottpay_sandbox")
}

#[test]
fn nothing_that_a_shop_prints_at_the_finest_level_contains_a_secret() {
    let (_folder, file) = values_file();
    let test = format!("{}::shop::everything_is_printed", module_path!().rsplit_once("::").unwrap().0);
    let test = test.split_once("::").unwrap().1;
    let shop = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--include-ignored", "--nocapture"])
        .env(VALUES, &file)
        .output()
        .unwrap();
    let (traced, shown) = (String::from_utf8_lossy(&shop.stdout), String::from_utf8_lossy(&shop.stderr));
    let end = shown.len().saturating_sub(2000);
    assert!(shop.status.success(), "{}", shown.get(end..).unwrap_or_default());

    // What is searched is what was to be searched.
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

    // Every span that began has ended, also those of calls that were dropped.
    for is_attempt in [false, true] {
        let is_of_span = |line: &&str| line.contains("ottpay.call{") && line.contains("ottpay.attempt{") == is_attempt;
        let count = |end: &str| traced.lines().filter(is_of_span).filter(|line| line.contains(end)).count();
        let begun = count(": ottpay: new");
        assert_eq!((begun > 300, begun), (true, count(": ottpay: close")), "attempts: {is_attempt}");
    }

    // Most lines are there many times, but for numbers of no interest.
    let mut seen = HashSet::new();
    let mut unique = |text: &str| -> Vec<String> {
        text.lines().filter(|line| seen.insert((*line).to_owned())).map(str::to_owned).collect()
    };
    let (traced, shown) = (unique(&traced), unique(&shown));
    let by_client: Vec<String> = traced.iter().filter(|line| !is_by_sandbox(line)).cloned().collect();
    let values = std::fs::read_to_string(&file).unwrap();
    let values: Vec<[String; 3]> = values.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
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
        let texts: Vec<&str> = of_scope.iter().map(|[.., value]| value.as_str()).collect();
        leaks.extend(Searched::new(&text.join("\n")).find(&texts).into_iter().map(|(place, notation, around)| {
            let [_, what, value] = of_scope[place];
            format!("{what}: {value:?}, {notation}: {around}")
        }));
    }
    assert!(leaks.is_empty(), "{} leaks\n{}", leaks.len(), leaks.join("\n\n"));
}
