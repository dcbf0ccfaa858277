//! `ottpay completions` and `ottpay man`.

use clap::CommandFactory;

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::output;
use crate::suggestion::did_you_mean;

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

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ottpay man | man -l -
  ottpay man call > ~/.local/share/man/man1/ottpay-call.1
  ottpay man spec check | man -l -")]
pub(crate) struct ManOptions {
    /// A command of ottpay, as in `man spec check`; without it the page of ottpay itself
    command: Vec<String>,
}

pub(crate) fn man(options: &ManOptions) -> Result<(), Failure> {
    let mut all = Arguments::command();
    // Gives each command its whole name, as in `ottpay call`.
    all.build();
    let mut page = &all;
    // Pages name each other with dashes, as `ottpay-spec-check`; no command has one in its name.
    for name in options.command.iter().flat_map(|words| words.split('-')) {
        page = page.find_subcommand(name).ok_or_else(|| {
            let names = page.get_subcommands().map(clap::Command::get_name);
            let own = page.get_bin_name().unwrap_or("ottpay");
            Failure::usage(format!("{own} has no command `{name}`"))
                .help(format!("{}`{own} --help` lists them", did_you_mean(name, names)))
        })?;
    }
    let mut text = Vec::new();
    let rendered =
        clap_mangen::Man::new(page.clone()).source(concat!("ottpay ", env!("CARGO_PKG_VERSION"))).render(&mut text);
    rendered.map_err(|error| Failure::refused(format!("the manual page cannot be made: {error}")))?;
    output::text_as_it_is(String::from_utf8_lossy(&text))
}
