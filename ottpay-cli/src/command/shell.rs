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
  ottpay man call > ~/.local/share/man/man1/ottpay-call.1")]
pub(crate) struct ManOptions {
    /// A command of ottpay; without it the page of ottpay itself
    command: Option<String>,
}

pub(crate) fn man(options: &ManOptions) -> Result<(), Failure> {
    let mut all = Arguments::command();
    // Gives each command its whole name, as in `ottpay call`.
    all.build();
    let page = match &options.command {
        None => all,
        Some(name) => match all.find_subcommand(name) {
            Some(found) => found.clone(),
            None => {
                let names = all.get_subcommands().map(clap::Command::get_name);
                let failure = Failure::usage(format!("there is no command `{name}`"));
                return Err(failure.help(format!("{}`ottpay --help` lists them", did_you_mean(name, names))));
            }
        },
    };
    let mut text = Vec::new();
    let rendered = clap_mangen::Man::new(page).source(concat!("ottpay ", env!("CARGO_PKG_VERSION"))).render(&mut text);
    rendered.map_err(|error| Failure::refused(format!("the manual page cannot be made: {error}")))?;
    output::text_as_it_is(String::from_utf8_lossy(&text))
}
