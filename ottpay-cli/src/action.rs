//! An action by its method or by its constant on the wire.

use ottpay::GATEWAY;
use ottpay::info::{ActionInfo, FieldInfo};

use crate::failure::Failure;
use crate::suggestion::did_you_mean;

/// Every action that a name means: the method of that name, or else all with that constant.
pub(crate) fn named(name: &str) -> Vec<&'static ActionInfo> {
    match GATEWAY.method(name) {
        Some(info) => vec![info],
        None => GATEWAY.actions(name).collect(),
    }
}

/// The only action that a name means.
pub(crate) fn one(name: &str) -> Result<&'static ActionInfo, Failure> {
    match named(name).as_slice() {
        [] => Err(none(name)),
        [info] => Ok(info),
        several => {
            let methods: Vec<_> = several.iter().map(|info| format!("`{}`", info.name)).collect();
            Err(Failure::usage(format!("the constant `{name}` belongs to several actions"))
                .help(format!("name one of them by its method: {}", methods.join(", "))))
        }
    }
}

/// That there is no such action.
pub(crate) fn none(name: &str) -> Failure {
    let names = GATEWAY.actions.iter().flat_map(|info| [info.name, info.action]);
    let meant = did_you_mean(name, names);
    Failure::usage(format!("there is no action `{name}`")).help(format!("{meant}`ottpay actions` lists all of them"))
}

/// How a field is called on the command line.
pub(crate) fn label(field: &FieldInfo) -> String {
    if field.outer { format!("outer {}", field.name) } else { field.name.to_owned() }
}
