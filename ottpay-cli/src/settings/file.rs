//! Settings from a TOML file.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};

use super::setting::Setting;
use crate::failure::Failure;
use crate::input;
use crate::stderr;
use crate::suggestion::did_you_mean;

/// The keys of the file.
const KEYS: [&str; 10] = [
    "endpoint",
    "merchant_id",
    "sign_key",
    "operator_id",
    "ca_file",
    "currency",
    "ledger",
    "webhook_secret",
    "acknowledgement",
    "acknowledgement_type",
];

/// The keys whose values are secret.
const SECRETS: [&str; 2] = ["sign_key", "webhook_secret"];

const HELP: &str = "a settings file is TOML with lines such as merchant_id = \"…\"";

/// The settings of a file.
#[derive(Default)]
pub(super) struct SettingsFile {
    /// The path, for messages.
    path: String,
    values: BTreeMap<String, String>,
}

impl SettingsFile {
    pub(super) fn take_setting(&mut self, key: &str) -> Option<Setting<String>> {
        let value = self.values.remove(key)?;
        Some(Setting { value, source: format!("`{key}` in {}", self.path) })
    }
}

/// Finds the default file, which is read without `--config`.
pub(super) fn find_default() -> Option<PathBuf> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = || set("HOME").map(|home| home.join(".config"));
    let user = set("XDG_CONFIG_HOME").or_else(home).map(|folder| folder.join("ottpay/config.toml"));
    [Some(PathBuf::from("ottpay.toml")), user].into_iter().flatten().find(|path| path.is_file())
}

pub(super) fn read_settings(path: &Path) -> Result<SettingsFile, Failure> {
    let input = input::read_file(path).map_err(|failure| failure.help(HELP))?;
    let shown = input.from;
    let body =
        String::from_utf8(input.body).map_err(|_| Failure::usage(format!("{shown} is not UTF-8 text")).help(HELP))?;
    let table = body.parse::<toml::Table>().map_err(|error| describe_syntax_error(&shown, &body, &error))?;
    let mut values = BTreeMap::new();
    for (key, value) in table {
        match value {
            toml::Value::Table(_) => {
                return Err(Failure::usage(format!("{shown}: unknown table `{key}`"))
                    .help("write the settings at the top of the file, outside any [table]"));
            }
            _ if !KEYS.contains(&key.as_str()) => {
                let meant = did_you_mean(&key, KEYS);
                return Err(Failure::usage(format!("{shown}: unknown setting `{key}`"))
                    .help(format!("{meant}The settings are {}", KEYS.join(", "))));
            }
            toml::Value::String(text) => _ = values.insert(key, text),
            // The value is not shown: it may be a secret.
            _ => {
                return Err(Failure::usage(format!("{shown}: the value of `{key}` is not a string"))
                    .help(format!("quote it: {key} = \"…\"")));
            }
        }
    }
    if let Some(secret) = SECRETS.into_iter().find(|name| values.contains_key(*name)) {
        warn_if_others_can_read(path, &shown, secret);
    }
    Ok(SettingsFile { path: shown, values })
}

/// Warns of a file with secrets that other users of the machine can read.
#[cfg(unix)]
fn warn_if_others_can_read(path: &Path, shown: &str, secret: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    // Other users cannot read the content of a pipe, such as that of a secret store.
    let Ok(found) = std::fs::metadata(path) else { return };
    let mode = found.permissions().mode() & 0o777;
    if found.is_file() && mode & 0o077 != 0 {
        let secret = secret.replace('_', " ");
        stderr::print_line(format_args!(
            "warning: {shown} contains the {secret}, and its mode {mode:04o} gives other users of this machine access to \
             it; run `chmod 600` on it"
        ));
    }
}

#[cfg(not(unix))]
fn warn_if_others_can_read(_: &Path, _: &str, _: &str) {}

/// Describes a parse error without the parser's message or the line, which may contain a secret.
fn describe_syntax_error(shown: &str, body: &str, error: &toml::de::Error) -> Failure {
    let span = error.span().unwrap_or_default();
    let line = body.get(..span.start).unwrap_or_default().matches('\n').count() + 1;
    let named = body.get(span).map(|key| key.trim_matches(['"', '\'']));
    match named.filter(|key| error.message().contains("duplicate key") && KEYS.contains(key)) {
        Some(key) => Failure::usage(format!("{shown}:{line}: `{key}` appears twice")).help("remove one of them"),
        None => {
            Failure::usage(format!("{shown}:{line}: invalid TOML")).help("a setting is written as merchant_id = \"…\"")
        }
    }
}
