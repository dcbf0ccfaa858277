//! Blocks of JSON, TOML, YAML and shell commands.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::page::{Block, Page, pages};
use super::project;
use crate::common::{folder, ottpay, root, run};

/// Applies a check to every block with this label, and reports what it finds with file and line.
fn check(label: &str, check: impl Fn(&Page, &Block) -> Result<(), String>) {
    let all = pages();
    let blocks = all.iter().flat_map(|page| page.blocks.iter().map(move |block| (page, block)));
    let blocks: Vec<_> = blocks.filter(|(_, block)| block.label == label).collect();
    assert!(!blocks.is_empty(), "no page has a block of `{label}`");
    let wrong = blocks.into_iter().filter_map(|(page, block)| {
        let error = check(page, block).err()?;
        Some(format!("{}:{}: {error}", page.name, block.line))
    });
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_block_of_json_parses() {
    check("json", |_, block| {
        serde_json::from_str::<serde_json::Value>(&block.text).map(drop).map_err(|error| error.to_string())
    });
}

#[test]
fn every_block_of_toml_parses_and_has_existing_features_of_our_packages() {
    let packages = project::packages();
    check("toml", |_, block| {
        let table = toml::from_str::<toml::Table>(&block.text).map_err(|error| error.to_string())?;
        let sections = ["dependencies", "dev-dependencies"].map(|section| table.get(section));
        for (name, dependency) in sections.into_iter().flatten().filter_map(toml::Value::as_table).flatten() {
            let Some(package) = packages.get(name) else {
                match name.starts_with("ottpay") {
                    true => return Err(format!("there is no package `{name}`")),
                    false => continue,
                }
            };
            let features = dependency.get("features").and_then(toml::Value::as_array);
            for feature in features.into_iter().flatten().filter_map(toml::Value::as_str) {
                package.require_feature(feature)?;
            }
        }
        Ok(())
    });
}

#[test]
fn every_block_of_yaml_parses_and_specifications_and_scenarios_have_no_mistakes() {
    check("yaml", |page, block| {
        serde_saphyr::from_str::<serde_json::Value>(&block.text).map_err(|error| error.to_string())?;
        if let Some(file) = action(page, block) {
            return report(&specification(file, &block.text), 0).map(drop);
        }
        if block.text.starts_with("scenario:") {
            let file = folder().join("scenario.yaml");
            fs::write(&file, &block.text).unwrap();
            return report(&file, 0).map(drop);
        }
        Ok(())
    });
}

#[test]
fn every_wrong_specification_is_reported_as_shown() {
    check("yaml wrong", |page, block| {
        let Some(file) = action(page, block) else { return Ok(()) };
        let found = report(&specification(file, &block.text), 1)?;
        let next = page.blocks.iter().find(|next| next.line > block.line).ok_or("the report does not follow")?;
        let missing = next.text.lines().find(|line| !found.contains(line.trim()));
        missing.map_or(Ok(()), |line| Err(format!("`{line}` is not in the report:\n{found}")))
    });
}

/// The action file that a block represents, by its first line. Those of the guide of the language build on each other,
/// and are checked by the tests of the generator.
fn action<'a>(page: &Page, block: &'a Block) -> Option<&'a str> {
    let first = block.text.lines().next()?;
    first.strip_prefix("# spec/").filter(|file| file.starts_with("actions/") && page.name != "docs/spec-language.md")
}

/// The project's specification with one more file.
fn specification(file: &str, text: &str) -> PathBuf {
    let spec = folder().join("spec");
    copy(&root().join("spec"), &spec);
    fs::write(spec.join(file), text).unwrap();
    spec
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name())).unwrap();
        if path.is_dir() { copy(&path, &to.join(name)) } else { _ = fs::copy(&path, to.join(name)).unwrap() }
    }
}

/// What `ottpay spec check` reports of a path in a temporary folder, if it ends with this code.
fn report(path: &Path, code: i32) -> Result<String, String> {
    let mut command = ottpay(&["spec", "check", path.file_name().unwrap().to_str().unwrap()]);
    command.current_dir(path.parent().unwrap());
    let done = run(command, "");
    if done.code == code { Ok(done.err) } else { Err(format!("exit code {}: {}", done.code, done.err)) }
}

#[test]
#[cfg(unix)]
fn every_block_of_commands_is_valid_shell() {
    check("sh", |_, block| {
        let mut shell = Command::new("sh");
        let shell = shell.arg("-n").stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut shell = shell.spawn().unwrap();
        shell.stdin.take().unwrap().write_all(block.text.as_bytes()).unwrap();
        let output = shell.wait_with_output().unwrap();
        if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
    });
}

#[test]
fn every_command_line_of_ottpay_is_accepted() {
    check("sh", |_, block| {
        for line in block.text.replace("\\\n", " ").lines() {
            for command in commands(line) {
                // With `--help` the command line is parsed, and nothing is carried out.
                let arguments: Vec<&str> = command.iter().map(String::as_str).chain(["--help"]).collect();
                let done = run(ottpay(&arguments), "");
                if done.code != 0 {
                    return Err(format!("{line}\n{}", done.err));
                }
            }
        }
        Ok(())
    });
}

#[test]
fn every_command_line_of_cargo_and_each_script_names_what_exists() {
    let packages = project::packages();
    check("sh", |_, block| {
        for line in block.text.replace("\\\n", " ").lines() {
            for command in pipeline(line) {
                project::check_command(&command, &packages).map_err(|error| format!("{line}\n{error}"))?;
            }
        }
        Ok(())
    });
}

/// The arguments of each `ottpay` in a line of shell.
fn commands(line: &str) -> Vec<Vec<String>> {
    let ours = pipeline(line).into_iter().filter(|command| command.first().is_some_and(|name| name == "ottpay"));
    let before_redirection = |word: &&String| !word.starts_with(['<', '>']) && !word.starts_with("2>") && *word != "&";
    ours.map(|command| command[1..].iter().take_while(before_redirection).cloned().collect()).collect()
}

/// The words of each command in a line of shell.
fn pipeline(line: &str) -> Vec<Vec<String>> {
    let words = shlex::Shlex::new(line).collect::<Vec<_>>();
    words.split(|word| matches!(&**word, "|" | "&&" | ";")).map(<[String]>::to_vec).collect()
}
