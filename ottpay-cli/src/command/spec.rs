//! `ottpay spec`: the generator as a command.

use std::io;
use std::path::{Path, PathBuf};

use ottpay::GATEWAY;
use ottpay_codegen::check::Spec;
use ottpay_codegen::{Folder, Library, MAX_SHOWN, Report, reference, schema};
use ottpay_sandbox::scenario::Scenario;
use proc_macro2::Span;
use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::suggestion::did_you_mean;
use crate::{stderr, stdout, terminal};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ottpay spec check
  ottpay spec check shop.yaml
  ottpay spec doc spec > docs/actions.md
  ottpay spec schema action > docs/schema/action.json
  ottpay spec expand spec | less")]
pub(crate) struct Options {
    #[command(subcommand)]
    step: Step,
}

#[derive(Debug, clap::Subcommand)]
enum Step {
    /// Report every mistake in the files, with its line and what to do; warn of lines wider than 110 columns. A folder
    /// is checked as a specification, a file as a scenario for `ottpay sandbox --scenario`
    Check(Dir),
    /// Print the reference of all actions as Markdown
    Doc(Dir),
    /// Print JSON Schemas for editors: all of them by the kind of file, or one
    Schema {
        /// The kind of file: action, callbacks, gateway, types or scenario; or the folder, whose files all have the
        /// same schemas
        #[arg(value_name = "KIND|DIR")]
        of: Option<String>,
    },
    /// Print the Rust code generated from the files
    Expand(Dir),
}

#[derive(Debug, clap::Args)]
struct Dir {
    /// The folder with gateway.yaml and actions/; for `check` also one with actions of your own, or a file with a
    /// scenario
    #[arg(value_name = "DIR", default_value = "spec")]
    dir: PathBuf,
}

pub(crate) fn run(options: Options) -> Result<(), Failure> {
    if let Step::Check(Dir { dir: file }) = &options.step
        && !file.is_dir()
    {
        return check_scenario(file);
    }
    if let Step::Check(dir) | Step::Doc(dir) | Step::Expand(dir) = &options.step {
        dir.require_folder()?;
    }
    match options.step {
        Step::Check(dir) if dir.is_extension() => {
            let warnings = dir.warn_of_wide_lines();
            let compiled = ottpay_codegen::compile_actions(&dir.folder(), &load_library());
            if !compiled.report().is_empty() {
                return Err(dir.report_mistakes(compiled.report()));
            }
            stderr::print_line(format_args!(
                "{}: no mistakes{warnings}; checked as an extension of ottpay's actions",
                dir.folder().shown
            ));
            Ok(())
        }
        Step::Check(dir) => {
            let warnings = dir.warn_of_wide_lines();
            let spec = dir.load_spec(&dir.folder())?;
            let (shown, count) = (dir.folder().shown, spec.actions().len());
            stderr::print_line(format_args!("{shown}: {count} actions, no mistakes{warnings}"));
            Ok(())
        }
        Step::Doc(dir) => {
            let mut folder = dir.folder();
            let mut spec = dir.load_spec(&folder)?;
            // Links in the reference are relative, and do not work with an absolute path.
            if let Some(name) = dir.dir.file_name().filter(|_| dir.dir.is_absolute()) {
                folder.shown = name.display().to_string();
                spec = dir.load_spec(&folder)?;
            }
            stdout::print(reference::render_markdown(&spec))
        }
        Step::Schema { of } => {
            let schemas = render_schemas();
            if let Some(of) = of {
                if let Some((_, schema)) = schemas.iter().find(|(kind, _)| *kind == of) {
                    return stdout::print(schema);
                }
                let kinds: Vec<&str> = schemas.iter().map(|(kind, _)| *kind).collect();
                Dir { dir: PathBuf::from(&of) }.require_specification(&of, &kinds)?;
            }
            let mut all = Map::new();
            for (kind, schema) in schemas {
                let bug = |error| Failure::refused(format!("the schema is not JSON: {error}"));
                let value: Value = serde_json::from_str(&schema).map_err(bug)?;
                all.insert(kind.to_owned(), value);
            }
            stdout::print_line(format_args!("{:#}", Value::Object(all)))
        }
        Step::Expand(dir) => expand_spec(&dir),
    }
}

/// Checks a scenario against the specification of ottpay.
fn check_scenario(file: &Path) -> Result<(), Failure> {
    // A link that leads nowhere is read, to report why it cannot be.
    if file.symlink_metadata().is_err() {
        return Err(Failure::refused(format!("neither a folder nor a file `{}`", file.display())).help(
            "name a folder with a specification (by default `spec` in the current folder), or a file with a scenario",
        ));
    }
    let checked = Scenario::from_file(file).and_then(|scenario| scenario.check(&GATEWAY).map(|()| scenario));
    let shown = file.display();
    match checked {
        Ok(scenario) => {
            let steps = match scenario.count_steps() {
                1 => "1 step".to_owned(),
                count => format!("{count} steps"),
            };
            stderr::print_line(format_args!("{shown}: scenario with {steps}, no mistakes"));
            Ok(())
        }
        Err(error) => {
            stderr::print_line(&error);
            let mistakes = match error.mistakes().len() {
                1 => "1 mistake".to_owned(),
                count => format!("{count} mistakes"),
            };
            let failure = Failure::refused(format!("{shown}: {mistakes}"));
            Err(failure.help("a file is checked as a scenario; to check a specification, name its folder"))
        }
    }
}

/// The schema of each kind of file, with the kind's name.
fn render_schemas() -> Vec<(&'static str, String)> {
    let specification =
        schema::File::ALL.map(|file| (file.schema_name().trim_end_matches(".json"), schema::render_json(file)));
    specification.into_iter().chain([("scenario", Scenario::json_schema())]).collect()
}

impl Dir {
    fn folder(&self) -> Folder {
        Folder::new(&self.dir)
    }

    /// Rejects a path that is not a folder.
    fn require_folder(&self) -> Result<(), Failure> {
        let shown = self.dir.display();
        let what = match (self.dir.is_dir(), self.dir.exists()) {
            (true, _) => return Ok(()),
            (false, true) => format!("`{shown}` is a file, expected the folder with gateway.yaml and actions/"),
            (false, false) => format!("no folder `{shown}`"),
        };
        Err(Failure::refused(what)
            .help("name the folder with gateway.yaml and actions/; the default is `spec` in the current folder"))
    }

    /// Rejects a folder that is not a specification; `named` may be a misspelt kind of file.
    fn require_specification(&self, named: &str, kinds: &[&str]) -> Result<(), Failure> {
        let meant = did_you_mean(named, kinds.iter().copied());
        let listed = kinds.join(", ");
        if !self.dir.exists() {
            return Err(Failure::refused(format!("`{named}` is neither a kind ({listed}) nor a folder"))
                .help(format!("{meant}A folder has gateway.yaml or actions/")));
        }
        let help = format!("{meant}Kinds are {listed}; a folder has gateway.yaml or actions/");
        self.require_folder().map_err(|failure| failure.help(&help))?;
        match self.dir.join("gateway.yaml").is_file() || self.dir.join("actions").is_dir() {
            true => Ok(()),
            false => Err(Failure::refused(format!("`{}` is not a specification", self.dir.display())).help(help)),
        }
    }

    /// Whether its actions extend those of the library, because it has no `gateway.yaml`.
    fn is_extension(&self) -> bool {
        // A dangling link is reported as such later.
        self.dir.join("actions").is_dir() && self.dir.join("gateway.yaml").symlink_metadata().is_err()
    }

    /// Prints a warning for every line that is too wide, and returns their count for the end of a sentence.
    fn warn_of_wide_lines(&self) -> String {
        let warnings = ottpay_codegen::wide_lines(&self.folder());
        let colours = terminal::shows_colours(&io::stderr());
        for warning in warnings.iter().take(MAX_SHOWN) {
            stderr::print_line(format_args!("{}\n", warning.render(colours)));
        }
        match warnings.len() {
            0 => String::new(),
            1 => ", 1 warning".to_owned(),
            count if count > MAX_SHOWN => format!(", {count} warnings ({MAX_SHOWN} of them shown)"),
            count => format!(", {count} warnings"),
        }
    }

    /// Reads and checks the files; prints every mistake.
    fn load_spec(&self, folder: &Folder) -> Result<Spec, Failure> {
        ottpay_codegen::check_folder(folder).map_err(|report| self.report_mistakes(&report))
    }

    /// Prints the mistakes, and counts them in the failure.
    fn report_mistakes(&self, report: &Report) -> Failure {
        let colours = terminal::shows_colours(&io::stderr());
        for diagnostic in report.diagnostics().iter().take(MAX_SHOWN) {
            stderr::print_line(format_args!("{}\n", diagnostic.render(colours)));
        }
        let shown = self.folder().shown;
        let count = report.diagnostics().len();
        let mistakes = if count == 1 { "1 mistake".to_owned() } else { format!("{count} mistakes") };
        let hidden = if count > MAX_SHOWN { format!(", {MAX_SHOWN} of them shown") } else { String::new() };
        let failure = Failure::refused(format!("{shown}: {mistakes}{hidden}"));
        match self.is_extension() {
            true => failure.help(
                "without gateway.yaml, `check` reads the folder as an extension of ottpay's actions; `doc` and `expand`
accept only complete specifications",
            ),
            false => failure,
        }
    }
}

/// Loads the parts of the library's specification that an extension may use.
fn load_library() -> Library {
    let [gateway, types, callbacks, methods] = ottpay::__LIBRARY.map(str::to_owned);
    let reads = ottpay::__READS.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    Library { gateway, types, callbacks, methods, reads }
}

fn expand_spec(dir: &Dir) -> Result<(), Failure> {
    let compiled = ottpay_codegen::compile_client(&dir.folder());
    if !compiled.report().is_empty() {
        return Err(dir.report_mistakes(compiled.report()));
    }
    let parsed: syn::File = syn::parse2(compiled.into_tokens(Span::call_site())).map_err(|error| {
        Failure::refused(format!("the generated code is not valid Rust, which is a bug in the generator: {error}"))
    })?;
    stdout::print(prettyplease::unparse(&parsed))
}
