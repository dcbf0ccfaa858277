//! `ottpay man`.

use crate::failure::Failure;
use crate::stdout;
use crate::suggestion::did_you_mean;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ottpay man | man -l -
  ottpay man call > ~/.local/share/man/man1/ottpay-call.1
  ottpay man spec check | man -l -")]
pub(crate) struct Options {
    /// A command of ottpay, as in `man spec check`; without it the page of ottpay itself
    command: Vec<String>,
}

/// `ottpay` is the whole command line.
pub(crate) fn run(options: &Options, mut ottpay: clap::Command) -> Result<(), Failure> {
    // Gives each command its whole name, as in `ottpay call`.
    ottpay.build();
    let mut page = &ottpay;
    // Pages refer to each other with dashes, as in `ottpay-spec-check`; no command has a dash in its name.
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
    rendered.map_err(|error| Failure::refused(format!("cannot create the manual page: {error}")))?;
    stdout::print(String::from_utf8_lossy(&text))
}
