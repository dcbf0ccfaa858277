//! The values that a shop must not print, and the file by which they reach the test that searches for them.

use std::io::Write as _;
use std::sync::{Arc, Mutex};

use crate::common::Folder;

/// The file to which the values that must not be found are written.
pub(super) const VALUES: &str = "OTTPAY_TEST_VALUES";

pub(super) const SIGN_KEY: &str = "Zq7SignKeyOfTheShop";
pub(super) const FORMER_KEY: &str = "Zq7FormerKeyOfTheShop";

/// Where a value must not be found.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// Anywhere: keys and sensitive fields.
    Everywhere,
    /// Anywhere except in the sandbox's log, which is for developers: query strings of URLs.
    NotBySandbox,
    /// In traces and logs, except those of the sandbox: order ids, links, text and bodies.
    Traced,
}

impl Scope {
    pub(super) const ALL: [(Self, &str); 3] =
        [(Self::Everywhere, "everywhere"), (Self::NotBySandbox, "not by the sandbox"), (Self::Traced, "traced")];
}

/// The values that must not be found: where, what it is, and the value.
#[derive(Clone, Default)]
pub(super) struct Values(Arc<Mutex<Vec<(Scope, String, String)>>>);

impl Values {
    pub(super) fn add(&self, scope: Scope, what: &str, value: &str) {
        let entry = (scope, what.to_owned(), value.to_owned());
        let mut values = self.0.lock().unwrap();
        if !values.contains(&entry) {
            values.push(entry);
        }
    }

    pub(super) fn write(&self, file: &str) {
        let mut file = std::fs::File::create(file).unwrap();
        for (scope, what, value) in self.0.lock().unwrap().iter() {
            let (_, scope) = Scope::ALL.iter().find(|(known, _)| known == scope).unwrap();
            writeln!(file, "{}", serde_json::json!([scope, what, value])).unwrap();
        }
    }
}

/// A file for the values, and its folder, which is removed at the end.
pub(super) fn values_file(name: &str) -> (Folder, std::path::PathBuf) {
    let folder = Folder::new(name);
    let file = folder.0.join("values");
    (folder, file)
}
