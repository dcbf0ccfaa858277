//! `ottpay completions`.

use crate::failure::Failure;
use crate::stdout;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ottpay completions bash > ~/.local/share/bash-completion/completions/ottpay
  ottpay completions fish > ~/.config/fish/completions/ottpay.fish")]
pub(crate) struct Options {
    /// The shell
    shell: clap_complete::Shell,
}

/// `ottpay` is the whole command line.
pub(crate) fn run(options: &Options, mut ottpay: clap::Command) -> Result<(), Failure> {
    let mut text = Vec::new();
    clap_complete::generate(options.shell, &mut ottpay, "ottpay", &mut text);
    stdout::print(String::from_utf8_lossy(&text))
}
