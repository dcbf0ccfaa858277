//! `ottpay sandbox`: a local gateway, until somebody stops it.

use std::net::{Ipv4Addr, SocketAddr};

use ottpay::SignKey;
use ottpay_sandbox::Sandbox;

use crate::failure::Failure;
use crate::{output, signal};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The first line on standard output is the address, as in `listening on http://127.0.0.1:8081`; then come the merchant id
and, if the sandbox made one itself, the sign key.

Examples:
  ottpay sandbox
  ottpay sandbox --listen 127.0.0.1:0 --merchant ON00004652 --sign-key 6698851A525C9433
  ottpay call status_query --set order_id=T1 --endpoint http://127.0.0.1:8081 --merchant-id SB00000001")]
pub(crate) struct Options {
    /// Address on this machine; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8081")]
    listen: SocketAddr,
    /// The only merchant that the gateway knows
    #[arg(long, value_name = "ID", default_value = "SB00000001")]
    merchant: String,
    /// The merchant's sign key; by default a new one, which is printed
    #[arg(long, value_name = "KEY", value_parser = |text: &str| SignKey::new(text))]
    sign_key: Option<SignKey>,
}

pub(crate) async fn run(options: Options) -> Result<(), Failure> {
    let Options { listen, merchant, sign_key } = options;
    if listen.ip() != Ipv4Addr::LOCALHOST {
        return Err(Failure::usage(format!("the sandbox does not listen on {}", listen.ip()))
            .help(format!("it stays on this machine: --listen 127.0.0.1:{}", listen.port())));
    }
    let (sign_key, made) = match sign_key {
        Some(key) => (key, None),
        None => {
            let made = new_key()?;
            (SignKey::new(made.as_str()).map_err(Failure::refused)?, Some(made))
        }
    };
    // The sandbox tells why it cannot listen in words only.
    drop(std::net::TcpListener::bind(listen).map_err(|error| Failure::listen(listen, &error))?);
    let builder = Sandbox::builder().port(listen.port()).merchant_id(merchant).sign_key(sign_key);
    let sandbox = builder.start().await.map_err(Failure::refused)?;
    output::line(format_args!("listening on {}", sandbox.url()))?;
    output::line(format_args!("merchant_id {}", sandbox.merchant_id()))?;
    if let Some(made) = made {
        output::line(format_args!("sign_key {made}"))?;
    }
    signal::stop().await;
    Ok(())
}

/// 16 upper-case hex digits, the shape of the vendor's samples.
fn new_key() -> Result<String, Failure> {
    let mut bytes = [0_u8; 8];
    getrandom::fill(&mut bytes)
        .map_err(|error| Failure::refused(format!("the system gives no random key: {error}")))?;
    Ok(format!("{:016X}", u64::from_be_bytes(bytes)))
}
