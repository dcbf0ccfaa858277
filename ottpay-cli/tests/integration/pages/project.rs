//! The packages of the project, and the command lines of cargo that name them.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

use crate::common::root;

pub(super) struct Package {
    name: String,
    features: BTreeSet<String>,
    /// The kind and the name of each target, such as an example.
    targets: BTreeSet<(String, String)>,
}

impl Package {
    pub(super) fn require_feature(&self, feature: &str) -> Result<(), String> {
        match self.features.contains(feature) {
            true => Ok(()),
            false => Err(format!("the package `{}` has no feature `{feature}`", self.name)),
        }
    }
}

/// The packages of the workspace by their names.
pub(super) fn packages() -> BTreeMap<String, Package> {
    packages_of("Cargo.toml")
}

fn packages_of(manifest: &str) -> BTreeMap<String, Package> {
    let mut command = Command::new(env!("CARGO"));
    let command =
        command.args(["metadata", "--locked", "--no-deps", "--format-version=1", "--manifest-path", manifest]);
    let command = command.current_dir(root());
    let metadata: Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let package = |package: &Value| {
        let features = package["features"].as_object().unwrap().keys().cloned().collect();
        let targets = package["targets"].as_array().unwrap();
        let targets = targets.iter().map(|target| (text(&target["kind"][0]), text(&target["name"]))).collect();
        Package { name: text(&package["name"]), features, targets }
    };
    let packages = metadata["packages"].as_array().unwrap().iter().map(package);
    packages.map(|package| (package.name.clone(), package)).collect()
}

/// Checks that what a command line of cargo, or with a script of the project, names exists. Others are not checked.
pub(super) fn check_command(command: &[String], packages: &BTreeMap<String, Package>) -> Result<(), String> {
    let is_variable = |word: &&String| word.contains('=');
    let command = &command[command.iter().take_while(is_variable).count()..];
    match command.split_first() {
        Some((program, arguments)) if program == "cargo" => check_cargo(arguments, packages),
        Some((script, _)) if script.starts_with(".ci/") && !root().join(script).is_file() => {
            Err(format!("there is no script `{script}`"))
        }
        _ => Ok(()),
    }
}

/// Checks the packages, targets and features that a command line of cargo names.
fn check_cargo(arguments: &[String], packages: &BTreeMap<String, Package>) -> Result<(), String> {
    let own = arguments.split(|argument| argument == "--").next().unwrap_or_default();
    // Others, such as `install`, are about packages outside the project, or have flags of their own.
    if own.first().is_none_or(|name| !["bench", "build", "check", "doc", "run", "test"].contains(&&**name)) {
        return Ok(());
    }
    let value_of = |flags: [&str; 2]| own.windows(2).find(|pair| flags.contains(&&*pair[0])).map(|pair| &*pair[1]);
    let elsewhere = value_of(["--manifest-path", ""]).map(packages_of);
    let packages = elsewhere.as_ref().unwrap_or(packages);
    let find = |name: &str| packages.get(name).ok_or_else(|| format!("there is no package `{name}`"));
    let named = value_of(["-p", "--package"]).map(find).transpose()?;
    for kind in ["example", "bench", "test"] {
        let Some(wanted) = value_of([&format!("--{kind}"), ""]) else { continue };
        let target = (kind.to_owned(), wanted.to_owned());
        let among = |package: &Package| package.targets.contains(&target);
        if !named.map_or_else(|| packages.values().any(among), among) {
            return Err(format!("there is no {kind} `{wanted}`"));
        }
    }
    for feature in value_of(["-F", "--features"]).into_iter().flat_map(|features| features.split(',')) {
        match (feature.split_once('/'), named) {
            (Some((package, feature)), _) => find(package)?.require_feature(feature)?,
            (None, Some(package)) => package.require_feature(feature)?,
            (None, None) => find("ottpay")?.require_feature(feature)?,
        }
    }
    Ok(())
}
