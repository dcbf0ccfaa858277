//! Fields of a request on the command line.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ottpay::Problem;
use ottpay::request::InvalidRequest;
use ottpay::spec::{ActionInfo, FieldInfo};

use crate::failure::Failure;
use crate::suggestion::did_you_mean;
use crate::{action, input, stderr, wording};

/// Field names and values.
pub(crate) type Fields = BTreeMap<String, String>;

/// The flags for fields.
#[derive(Debug, clap::Args)]
pub(crate) struct FieldFlags {
    /// A field; can be repeated, and overrides --json
    #[arg(long, value_name = "FIELD=VALUE")]
    set: Vec<String>,
    /// JSON object of strings with fields; `-` is standard input
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

impl FieldFlags {
    /// Reads the fields of `--json` and `--set`.
    pub(crate) fn read(&self) -> Result<Fields, Failure> {
        let mut given = match self.json.as_deref() {
            Some(path) if path == Path::new("-") => input::read_stdin()?.parse_strings()?,
            Some(path) => {
                let help = "--json expects a file with a JSON object of strings, or `-` for standard input";
                input::read_file(path).map_err(|failure| failure.help(help))?.parse_strings()?
            }
            None => BTreeMap::new(),
        };
        let mut set = BTreeMap::new();
        for pair in &self.set {
            // The argument is not shown: it may be a misplaced secret.
            let (name, value) = pair.split_once('=').ok_or_else(|| {
                Failure::usage("a --set without `=`").help("write --set FIELD=VALUE, as in --set order_id=T1")
            })?;
            if name.is_empty() {
                return Err(Failure::usage("--set needs a name before `=`").help("write it as in --set order_id=T1"));
            }
            if set.insert(name.to_owned(), value.to_owned()).is_some() {
                return Err(Failure::usage(format!("the field `{name}` is set twice")).help("remove one of them"));
            }
        }
        given.extend(set);
        Ok(given)
    }
}

/// In the form for requests.
pub(crate) fn as_pairs(given: &Fields) -> impl Iterator<Item = (&str, &str)> {
    given.iter().map(|(name, value)| (name.as_str(), value.as_str()))
}

/// Warns of values that exceed a limit that is not certain. They are sent anyway.
pub(crate) fn warn_of_uncertain_limits(info: &ActionInfo, given: &Fields) {
    for field in info.request {
        let problem = given.get(&*field.label()).and_then(|text| field.find_uncertain_problem(text));
        if let Some(problem) = problem {
            stderr::print_line(action::describe_uncertain_problem(info, field, &problem));
        }
    }
}

/// Rejects a name that the action does not have.
pub(crate) fn reject_unknown_fields(info: &ActionInfo, given: &Fields) -> Result<(), Failure> {
    let Some(unknown) = given.keys().find(|name| !action::has_field(info, name)) else { return Ok(()) };
    let known: Vec<_> = info.request.iter().map(FieldInfo::label).collect();
    let meant = did_you_mean(unknown, known.iter().map(AsRef::as_ref));
    Err(Failure::usage(format!("{} has no field `{unknown}`", info.name))
        .help(format!("{meant}Its fields are {}", known.join(", "))))
}

/// Describes every invalid field. A request reports only the first, so each invalid value is replaced by the one of the
/// specification's example until `retry` finds nothing invalid, or the example does not help.
pub(crate) fn describe_invalid_fields(
    info: &'static ActionInfo,
    given: &Fields,
    first: InvalidRequest,
    retry: impl Fn(&Fields) -> Option<InvalidRequest>,
) -> Failure {
    let sample = info.examples.first().map_or(&[][..], |example| example.request);
    let (mut corrected, mut wrong) = (given.clone(), BTreeMap::new());
    let mut next = Some(first);
    // The loop ends at a field that has been replaced before, because the example cannot correct it.
    while let Some(error) = next.take().filter(|error| !wrong.contains_key(error.field())) {
        let name = error.field().to_owned();
        match sample.iter().find(|(field, _)| *field == name) {
            Some((_, right)) => _ = corrected.insert(name.clone(), (*right).to_owned()),
            None => _ = corrected.remove(&name),
        }
        wrong.insert(name, describe_problem(given, &error));
        next = retry(&corrected);
    }
    let said: Vec<_> = wrong.iter().map(|(field, problem)| format!("{field}: {problem}")).collect();
    let said = match said.as_slice() {
        [only] => format!("{}: {only}", info.action),
        all => format!("{}: {} fields are invalid\n  {}", info.action, all.len(), all.join("\n  ")),
    };
    Failure::usage(said).help(format!("`ottpay actions {}` describes each field", info.name))
}

/// Describes a problem in terms of what the user typed.
fn describe_problem(given: &Fields, error: &InvalidRequest) -> String {
    match error.problem() {
        Problem::Missing if given.contains_key(error.field()) => "required, but empty".to_owned(),
        problem => wording::describe_problem(problem),
    }
}
