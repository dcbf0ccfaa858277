//! Whether a stream shows colours.

use std::io::IsTerminal;

/// Whether a stream is a terminal with colours, and the user has not turned them off (<https://no-color.org>).
pub(crate) fn shows_colours(stream: &impl IsTerminal) -> bool {
    let is_off = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let is_dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
    stream.is_terminal() && !is_off && !is_dumb
}
