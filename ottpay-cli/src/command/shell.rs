//! `ottpay completions` and `ottpay man`.

use clap::CommandFactory;

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::output;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ottpay completions bash > ~/.local/share/bash-completion/completions/ottpay
  ottpay completions fish > ~/.config/fish/completions/ottpay.fish")]
pub(crate) struct Options {
    /// The shell
    shell: clap_complete::Shell,
}

pub(crate) fn completions(options: &Options) -> Result<(), Failure> {
    let mut text = Vec::new();
    clap_complete::generate(options.shell, &mut Arguments::command(), "ottpay", &mut text);
    output::text_as_it_is(String::from_utf8_lossy(&text))
}

pub(crate) fn man() -> Result<(), Failure> {
    let mut text = Vec::new();
    let page = clap_mangen::Man::new(Arguments::command());
    page.render(&mut text).map_err(|error| Failure::refused(format!("the manual page cannot be made: {error}")))?;
    output::text_as_it_is(String::from_utf8_lossy(&text))
}
