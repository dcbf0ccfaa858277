//! Settings from environment variables.

use std::env;

use super::setting::Setting;
use crate::failure::Failure;

/// Reads a variable; an empty variable counts as unset.
pub(crate) fn read_variable(name: &str) -> Result<Option<Setting<String>>, Failure> {
    let source = format!("the variable {name}");
    match env::var(name) {
        Ok(value) if !value.trim().is_empty() => Ok(Some(Setting { value, source })),
        Ok(_) | Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => {
            Err(Failure::usage(format!("{source} is not UTF-8 text")).help("correct it or unset it"))
        }
    }
}
