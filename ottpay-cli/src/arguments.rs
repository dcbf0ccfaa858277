//! The command line.

use std::fmt::Write as _;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::command::{actions, call, completions, explain, ledger, listen, man, open, sandbox, seal, spec, trigger};

/// OTT Pay on the command line.
#[derive(Debug, Parser)]
#[command(
    name = "ottpay",
    version,
    about = "OTT Pay on the command line: a local gateway, calls, envelopes, callbacks and the specification",
    after_help = "\
Settings come from flags, then from the environment, then from a TOML file: --config FILE, else ottpay.toml in the
current folder, else $XDG_CONFIG_HOME/ottpay/config.toml (~/.config without that variable). Its keys are endpoint,
merchant_id, sign_key, operator_id, ca_file, currency, acknowledgement and acknowledgement_type, and for ledgers
ledger and webhook_secret. The variable of a setting is its key in capitals after OTTPAY_, such as OTTPAY_SIGN_KEY;
an empty one counts as not set. `sandbox` does not use these settings: see its own help.

Standard output contains only data. Everything else goes to standard error.

Exit codes:
  0  done
  1  refused or unverifiable, or nothing was sent; with `call --wait`, the order ended without a payment
  2  usage: a flag, an action, a field or a setting
  3  the outcome is unknown, or the gateway has seen the order id before: money may have moved, so query the order and
     do not send it again

Examples:
  ottpay explain --example
  ottpay sandbox
  ottpay call active_pay --yes --qr --wait --json order.json
  ottpay call status_query --set order_id=T1
  ottpay actions active_pay
  ottpay trigger wallet --set order_id=T1 --to localhost:3000/ottpay
  ottpay listen --ledger shop.db --forward-to localhost:3000/ottpay
  ottpay ledger list --ledger shop.db --open
  echo '{\"order_id\":\"T1\"}' | ottpay seal STATUS_QUERY | ottpay open"
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a local gateway: no account, network or money needed
    Sandbox(sandbox::Options),
    /// Send one request and print its verified reply as JSON
    Call(call::Options),
    /// Seal a JSON object of strings from standard input in an envelope
    Seal(seal::Options),
    /// Verify an envelope from standard input and print its fields as JSON
    Open(open::Options),
    /// Open an envelope step by step; if it fails, show where and the likely cause
    Explain(explain::Options),
    /// Post a callback with fields of your choice to the shop, sealed as the gateway seals it
    Trigger(trigger::Options),
    /// Receive and verify callbacks: print them, or store them and post confirmed events to the shop
    Listen(listen::Options),
    /// Inspect a ledger, note orders, replay events, settle what only a person can decide
    Ledger(ledger::Options),
    /// List the actions, or the fields of one
    Actions(actions::Options),
    /// Check, document or expand a specification
    Spec(spec::Options),
    /// Print a shell completion script
    Completions(completions::Options),
    /// Print the manual page of a command
    Man(man::Options),
}

/// The commands, grouped by purpose as the help lists them.
const GROUPS: [(&str, &[&str]); 5] = [
    ("Try it", &["sandbox", "call", "trigger", "listen"]),
    ("Look inside a message", &["explain", "open", "seal"]),
    ("Track payments", &["ledger"]),
    ("Look up actions, describe your own", &["actions", "spec"]),
    ("Set up your shell", &["completions", "man", "help"]),
];

impl Arguments {
    /// Parses the command line. Exits the process on a usage error and after help.
    pub(crate) fn parse_command_line() -> Self {
        Self::from_arg_matches(&build_command().get_matches()).unwrap_or_else(|error| error.exit())
    }
}

/// The whole command line, with a help that groups the commands by [`GROUPS`].
pub(crate) fn build_command() -> clap::Command {
    let command = Arguments::command();
    let (usage, options, after) = ("{usage-heading} {usage}", "{options}", "{after-help}");
    let heading = command.get_styles().get_header();
    let template = format!(
        "{{about-with-newline}}\n{usage}\n\n{}{heading}Options:{heading:#}\n{options}{after}",
        list_commands(&command)
    );
    command.help_template(template)
}

/// Lists the commands of every group with their descriptions.
fn list_commands(command: &clap::Command) -> String {
    let mut command = command.clone();
    // Adds `help`.
    command.build();
    let (heading, name_style) = (command.get_styles().get_header(), command.get_styles().get_literal());
    let mut text = String::new();
    for (group, names) in GROUPS {
        // Writing to a string is infallible.
        let _ = writeln!(text, "{heading}{group}:{heading:#}");
        for found in names.iter().filter_map(|name| command.find_subcommand(name)) {
            let about = found.get_about().map(ToString::to_string).unwrap_or_default();
            let _ = writeln!(text, "  {name_style}{:<13}{name_style:#}{about}", found.get_name());
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_in_one_group() {
        let mut command = build_command();
        command.build();
        let mut commands: Vec<_> = command.get_subcommands().map(clap::Command::get_name).collect();
        let mut grouped: Vec<_> = GROUPS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        commands.sort_unstable();
        grouped.sort_unstable();
        assert_eq!(grouped, commands);
    }

    #[test]
    fn the_help_lists_each_command_below_its_group() {
        let help = build_command().render_help().to_string();
        let mut rest = help.as_str();
        for (group, names) in GROUPS {
            rest = rest.split_once(&format!("\n{group}:\n")).unwrap_or_else(|| panic!("{group}: {help}")).1;
            for name in names {
                let lines = rest.split("\n\n").next().unwrap();
                let line = lines.lines().find(|line| line.starts_with(&format!("  {name} ")));
                assert!(line.is_some_and(|line| line.len() > 16), "{name}: {help}");
            }
        }
        assert!(rest.contains("\nOptions:\n") && rest.contains("\nExit codes:\n"), "{help}");
        assert!(!help.contains('{') || help.contains("{\"order_id\""), "a part of the template is left: {help}");
    }
}
