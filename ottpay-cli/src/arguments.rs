//! The command line.

use clap::{Parser, Subcommand};

use crate::command::{actions, call, completions, explain, ledger, listen, man, open, sandbox, seal, spec};

/// OTT Pay on the command line.
#[derive(Debug, Parser)]
#[command(
    name = "ottpay",
    version,
    about = "OTT Pay on the command line: a local gateway, calls, envelopes, callbacks and the specification",
    after_help = "\
Settings are taken from flags, then from the environment (OTTPAY_ENDPOINT, OTTPAY_MERCHANT_ID, OTTPAY_SIGN_KEY,
OTTPAY_OPERATOR_ID), then from a TOML file: --config FILE, else ottpay.toml in the working folder, else
$XDG_CONFIG_HOME/ottpay/config.toml (~/.config without that variable), with the keys endpoint, merchant_id, sign_key and
operator_id. Those of ledgers are currency, ledger and webhook_secret, or the variables OTTPAY_CURRENCY, OTTPAY_LEDGER and
OTTPAY_WEBHOOK_SECRET. An empty variable is as good as none. `sandbox` takes none of them: see its own help.

Standard output is data only, everything else goes to standard error.

Exit codes:
  0  done
  1  refused or unverifiable, or nothing was sent
  2  usage: a flag, an action, a field or a setting
  3  the outcome is unknown, or the gateway has seen the order id before: money may have moved, so query the order and
     do not send it again

Examples:
  ottpay sandbox
  ottpay call status_query --set order_id=T1
  ottpay actions active_pay
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
    /// Run a local gateway: no account, no network, no money
    Sandbox(sandbox::Options),
    /// Carry out one action and print the verified reply as JSON
    Call(call::Options),
    /// Seal a JSON object of strings from standard input in an envelope
    Seal(seal::Options),
    /// Verify an envelope from standard input and print its fields as JSON
    Open(open::Options),
    /// Show step by step how an envelope opens, or where it does not and the likely cause
    Explain(explain::Options),
    /// Receive callbacks over HTTP and verify them: print each, or store it and post what the gateway confirms to the shop
    Listen(listen::Options),
    /// Look into a ledger, note orders, replay events, settle what only a person can
    Ledger(ledger::Options),
    /// List the actions, or the fields of one
    Actions(actions::Options),
    /// Check, document or expand a folder with a specification
    Spec(spec::Options),
    /// Print completions for a shell
    Completions(completions::Options),
    /// Print the manual page of a command
    Man(man::Options),
}
