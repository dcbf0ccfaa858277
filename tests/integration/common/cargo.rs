//! Packages of their own, built as a user builds them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

use serde_json::Value;

pub(crate) use super::nested::{cargo, target};

/// A package in the tests' own folder.
pub(crate) struct Package {
    folder: PathBuf,
}

/// The output of cargo for a build.
pub(crate) struct Built {
    /// Whether nothing at all was compiled.
    pub(crate) is_fresh: bool,
    /// The errors as they are shown, without the last one, which counts them.
    pub(crate) errors: Vec<String>,
    /// The warnings as they are shown.
    pub(crate) warnings: Vec<String>,
    /// The program, if it was built.
    pub(crate) program: Option<PathBuf>,
}

impl Package {
    /// An empty package.
    pub(crate) fn empty(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self { folder }
    }

    /// A package that depends only on `ottpay`, and has its own actions in `spec/`.
    pub(crate) fn with_actions(name: &str, main: &str) -> Self {
        let package = Self::empty(name);
        package.depend(Path::new(env!("CARGO_MANIFEST_DIR")), "");
        package.write("build.rs", "fn main() { println!(\"cargo::rerun-if-changed=spec\"); }\n");
        package.write("src/main.rs", main);
        package
    }

    /// Makes it a package that depends on a library, the project or a copy of it, and on others.
    pub(crate) fn depend(&self, library: &Path, others: &str) {
        let name = self.folder.file_name().unwrap().display();
        self.write(
            "Cargo.toml",
            &format!(
                "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
                 [dependencies]\nottpay = {{ path = {library:?}, default-features = false }}\n{others}"
            ),
        );
        self.lock(library);
    }

    /// Uses the versions of a library's lock file: the same as everywhere, and no network.
    pub(crate) fn lock(&self, library: &Path) {
        fs::copy(library.join("Cargo.lock"), self.folder.join("Cargo.lock")).unwrap();
    }

    pub(crate) fn path(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn cargo(&self, arguments: &[&str]) -> Output {
        cargo(&self.folder, arguments).output().unwrap()
    }

    pub(crate) fn build(&self) -> Built {
        self.built("build", &[])
    }

    /// Builds its only program with further arguments; those after `--` are for the compiler.
    pub(crate) fn build_with(&self, arguments: &[&str]) -> Built {
        self.built("rustc", arguments)
    }

    fn built(&self, command: &str, arguments: &[&str]) -> Built {
        let output = self.cargo(&[&[command, "--quiet", "--message-format=json"], arguments].concat());
        let messages: Vec<Value> =
            String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let of = |reason: &'static str| messages.iter().filter(move |message| message["reason"] == reason);
        let shown = |level: &str| -> Vec<String> {
            let shown = of("compiler-message").map(|message| &message["message"]);
            let shown =
                shown.filter(|message| message["level"] == level && message["spans"] != Value::Array(Vec::new()));
            shown.map(|message| message["rendered"].as_str().unwrap().to_owned()).collect()
        };
        let errors = shown("error");
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() || !errors.is_empty(), "{stderr}");
        let programs = of("compiler-artifact").filter_map(|artifact| artifact["executable"].as_str());
        Built {
            is_fresh: of("compiler-artifact").all(|artifact| artifact["fresh"] == true),
            warnings: shown("warning"),
            errors,
            program: programs.map(PathBuf::from).next_back().filter(|_| output.status.success()),
        }
    }
}

impl Built {
    /// What the program prints.
    pub(crate) fn run(&self) -> String {
        assert!(self.errors.is_empty(), "{}", self.errors.join("\n"));
        let output = Command::new(self.program.as_ref().unwrap()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

/// Builds an example of the project as a reader would, and returns the program.
pub(crate) fn example(name: &str) -> PathBuf {
    // Its dependencies are in the folder of the outer build.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let mut cargo = cargo(Path::new(env!("CARGO_MANIFEST_DIR")), &["build", "--quiet", "--locked", "--example", name]);
    let output = cargo.env("CARGO_TARGET_DIR", target).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    target.join("debug/examples").join(name).with_extension(env::consts::EXE_EXTENSION)
}

/// A copy of the project without some of its files, for tests that bring their own.
pub(crate) fn project_without<'a>(name: &str, files: impl IntoIterator<Item = &'a str>) -> PathBuf {
    let project = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&project);
    copy(Path::new(env!("CARGO_MANIFEST_DIR")), &project);
    for file in files {
        let _ = fs::remove_file(project.join(file));
    }
    project
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (source, name) = entry.map(|entry| (entry.path(), entry.file_name())).unwrap();
        match name.to_str() {
            // A member of the workspace must exist, even if it is not used.
            Some("tests") if source.join("Cargo.toml").exists() => {
                fs::create_dir_all(to.join(&name)).unwrap();
                fs::copy(source.join("Cargo.toml"), to.join(name).join("Cargo.toml")).unwrap();
            }
            // The examples that the manifest names have to be there, too.
            Some("target" | ".git" | "tests") => {}
            _ if source.is_dir() => copy(&source, &to.join(name)),
            _ => _ = fs::copy(&source, to.join(name)).unwrap(),
        }
    }
}
