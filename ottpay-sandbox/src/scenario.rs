//! Scenarios: YAML files with steps that a sandbox plays.
//!
//! Steps act on the sandbox and check its state, so that a test does not need code for that.
//!
//! ```
//! use ottpay_sandbox::Sandbox;
//! use ottpay_sandbox::scenario::Scenario;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let scenario = Scenario::from_yaml(
//!     "
//! scenario: An order is paid and partly refunded
//! steps:
//!   - create: T1
//!     action: active_pay
//!     fields: { amount: 1999 }
//!   - pay: T1
//!   - create: R1
//!     action: refund
//!     fields: { ori_order_id: T1, refund_amt: 500 }
//!   - expect: T1
//!     state: paid
//!     refunded: 500
//!   - received: REFUND
//!     count: 1
//! ",
//! )?;
//! let sandbox = Sandbox::start().await?;
//! sandbox.play(&scenario).await?;
//! # Ok(())
//! # }
//! ```
//!
//! `docs/sandbox.md` in the repository lists all steps.

mod check;
mod error;
mod parse;
mod play;
mod read;
mod request;
mod schema;
mod step;

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

pub use error::{Mistake, ScenarioError};
use error::{Mistakes, Place};
pub use play::PlayedStep;
pub(crate) use play::Player;
use step::{Located, Step};

/// The maximum size of a file, in bytes.
const MAX_FILE: u64 = 256 * 1024;

/// A parsed scenario. [`Scenario::check`] checks its actions and fields against a specification.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The file name in messages.
    file: String,
    title: String,
    /// The callback URL of orders that a step creates.
    callbacks: Option<Located<String>>,
    steps: Vec<Step>,
}

impl Scenario {
    /// Parses a scenario from YAML. Messages use `scenario` as its file name.
    ///
    /// # Errors
    /// [`ScenarioError`] lists the mistakes with their lines and columns, and what to write instead.
    pub fn from_yaml(text: &str) -> Result<Self, ScenarioError> {
        Self::parse("scenario", text)
    }

    /// Reads a scenario from a file of at most 256 KiB.
    ///
    /// # Errors
    /// [`ScenarioError`] if the file cannot be read, and the errors of [`from_yaml`](Self::from_yaml).
    pub fn from_file(file: impl AsRef<Path>) -> Result<Self, ScenarioError> {
        let name = file.as_ref().display().to_string();
        let unreadable = |reason: String| ScenarioError::of_file(&name, reason);
        let opened = File::open(&file).map_err(|error| unreadable(format!("cannot be read: {error}")))?;
        let mut bytes = Vec::new();
        // One byte more than the limit, so that a larger file is noticed.
        let read = opened.take(MAX_FILE + 1).read_to_end(&mut bytes);
        read.map_err(|error| unreadable(format!("cannot be read: {error}")))?;
        // Before decoding, because the last character may be truncated.
        check_size(&name, bytes.len())?;
        let text = String::from_utf8(bytes).map_err(|_| unreadable("not UTF-8; save it as UTF-8".to_owned()))?;
        Self::parse(&name, &text)
    }

    fn parse(file: &str, text: &str) -> Result<Self, ScenarioError> {
        check_size(file, text.len())?;
        let mut mistakes = Mistakes::default();
        let parsed = read::read(text, &mut mistakes).and_then(|document| parse::parse(document, &mut mistakes));
        match parsed {
            Some((title, callbacks, steps)) if mistakes.is_empty() => {
                Ok(Self { file: file.to_owned(), title, callbacks, steps })
            }
            _ => Err(mistakes.into_error(file)),
        }
    }

    /// Returns the JSON Schema of scenarios, for editors: `docs/schema/scenario.json`.
    pub fn json_schema() -> String {
        schema::write_schema()
    }

    /// Returns the title.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Returns the number of steps.
    pub fn count_steps(&self) -> usize {
        self.steps.len()
    }

    /// Formats a place: `shop.yaml:4:5`.
    fn format_place(&self, Place { line, column }: Place) -> String {
        format!("{}:{line}:{column}", self.file)
    }
}

fn check_size(file: &str, length: usize) -> Result<(), ScenarioError> {
    match u64::try_from(length).is_ok_and(|length| length <= MAX_FILE) {
        true => Ok(()),
        false => Err(ScenarioError::of_file(file, "larger than 256 KiB; split it into several files".to_owned())),
    }
}
