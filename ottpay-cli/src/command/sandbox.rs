//! `ottpay sandbox`: a local gateway, until somebody stops it.

use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::path::PathBuf;

use ottpay::SignKey;
use ottpay_sandbox::{Sandbox, SandboxError};

use crate::failure::Failure;
use crate::{output, signal};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The first line on standard output is the address, as in `listening on http://127.0.0.1:8081`; then come the merchant id
and, if the sandbox made one itself, the sign key.

Examples:
  ottpay sandbox
  ottpay sandbox --db orders.db
  ottpay sandbox --listen 127.0.0.1:0 --merchant ON00004652 --sign-key 6698851A525C9433
  ottpay call status_query --set order_id=T1 --endpoint http://127.0.0.1:8081 --merchant-id SB00000001")]
pub(crate) struct Options {
    /// Address to listen on; port 0 takes a free one. Beyond this machine only the gateway and the buyer's pages are
    /// served, never the developer's pages and the control interface
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8081")]
    listen: SocketAddr,
    /// File for orders, callbacks and messages, made if it is not there; without it they are in memory
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
    /// The only merchant that the gateway knows; SB00000001, or that of the database
    #[arg(long, value_name = "ID")]
    merchant: Option<String>,
    /// The merchant's sign key; by default one that the sandbox makes, prints, and keeps in the database
    #[arg(long, value_name = "KEY", value_parser = |text: &str| SignKey::new(text))]
    sign_key: Option<SignKey>,
    /// Where buyers reach the sandbox, for payment links, as in http://192.168.1.20:8081
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Send callbacks to other machines, too
    #[arg(long)]
    callbacks_anywhere: bool,
}

pub(crate) async fn run(options: Options) -> Result<(), Failure> {
    let Options { listen, db, merchant, sign_key, public_url, callbacks_anywhere } = options;
    // What was wrong with a request goes to standard error as it happens.
    let _ = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none())
        .with_max_level(tracing_subscriber::filter::LevelFilter::INFO)
        .with_target(false)
        .try_init();
    let mut builder = Sandbox::builder().listen(listen).callbacks_anywhere(callbacks_anywhere);
    if let Some(db) = db {
        builder = builder.database(db);
    }
    if let Some(merchant) = merchant {
        builder = builder.merchant_id(merchant);
    }
    if let Some(sign_key) = sign_key {
        builder = builder.sign_key(sign_key);
    }
    if let Some(url) = public_url {
        builder = builder.public_url(url);
    }
    let sandbox = builder.start().await.map_err(|error| match &error {
        SandboxError::Listen { address, source, .. } => Failure::listen(address, source),
        _ => Failure::refused(error),
    })?;
    output::line(format_args!("listening on {}", sandbox.url()))?;
    output::line(format_args!("merchant_id {}", sandbox.merchant_id()))?;
    if let Some(made) = sandbox.made_key() {
        output::line(format_args!("sign_key {made}"))?;
    }
    signal::stop().await;
    Ok(())
}
