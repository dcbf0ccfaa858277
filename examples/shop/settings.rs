//! The settings, from environment variables.
//!
//! | variable | meaning | without it |
//! |---|---|---|
//! | `OTTPAY_ENDPOINT`, `OTTPAY_MERCHANT_ID`, `OTTPAY_SIGN_KEY` | a gateway: all three | a sandbox on this machine |
//! | `SHOP_DB` | a file of SQLite, or `postgres://…` | a file in the temporary folder, new each time |
//! | `SHOP_ADDR` | the address on which the shop listens | a free port on this machine |
//! | `SHOP_URL` | the URL at which the gateway reaches it | the address on which it listens |
//! | `SHOP_POLL_MS` | for tests: how often silent orders are queried | the ledger's schedule |

use std::env::{VarError, var};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ottpay::{Client, Currency, SignKey};
use ottpay_ledger::{LedgerBuilder, Schedule};
use ottpay_sandbox::Sandbox;

use crate::failed::Failed;

pub struct Settings {
    pub client: Client,
    pub sandbox: Option<Sandbox>,
    pub database: Database,
    pub address: SocketAddr,
    pub url: Option<String>,
    poll: Option<Duration>,
}

#[derive(Clone)]
pub enum Database {
    Sqlite(PathBuf),
    Postgres(String),
}

const GATEWAY: [&str; 3] = ["OTTPAY_ENDPOINT", "OTTPAY_MERCHANT_ID", "OTTPAY_SIGN_KEY"];

impl Settings {
    pub async fn read() -> Result<Self, Failed> {
        let database = find("SHOP_DB")?;
        let (client, sandbox) = match GATEWAY.map(|name| std::env::var_os(name).is_some()) {
            [true, true, true] => (client(&var(GATEWAY[0])?, &var(GATEWAY[1])?, SignKey::from_env(GATEWAY[2])?)?, None),
            [false, false, false] => {
                let sandbox = sandbox(database.is_some()).await?;
                (client(sandbox.url(), sandbox.merchant_id(), sandbox.sign_key())?, Some(sandbox))
            }
            _ => return Err(format!("for another gateway, set all of {}", GATEWAY.join(", ")).into()),
        };
        let database = match database {
            Some(url) if url.starts_with("postgres") => Database::Postgres(url),
            Some(file) => Database::Sqlite(file.into()),
            None => Database::Sqlite(std::env::temp_dir().join(format!("ottpay-shop-{}.db", std::process::id()))),
        };
        let address = find("SHOP_ADDR")?.unwrap_or("127.0.0.1:0".to_owned()).parse()?;
        let poll = find("SHOP_POLL_MS")?.map(|poll| poll.parse().map(Duration::from_millis)).transpose()?;
        Ok(Self { client, sandbox, database, address, url: find("SHOP_URL")?, poll })
    }

    /// For tests, so that they need not wait.
    pub fn hurry(&self, ledger: LedgerBuilder) -> LedgerBuilder {
        match self.poll {
            Some(poll) => ledger.schedule(Schedule::every(poll)).queries_per_second(1000),
            None => ledger,
        }
    }
}

fn client(endpoint: &str, merchant_id: &str, sign_key: SignKey) -> Result<Client, Failed> {
    let client = Client::builder().endpoint(endpoint).merchant_id(merchant_id).sign_key(sign_key);
    Ok(client.currency(Currency::CAD).timeout(Duration::from_secs(10)).build()?)
}

/// A ledger belongs to one gateway. So a shop that keeps its orders needs a sandbox that keeps them, too, at a fixed
/// port.
async fn sandbox(keeps: bool) -> Result<Sandbox, Failed> {
    let sandbox = match keeps {
        true => Sandbox::builder().port(48_230).database(std::env::temp_dir().join("ottpay-shop-gateway.db")),
        false => Sandbox::builder(),
    };
    Ok(sandbox.start().await?)
}

fn find(name: &str) -> Result<Option<String>, Failed> {
    match var(name) {
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        Err(error) => Err(format!("{name}: {error}").into()),
    }
}
