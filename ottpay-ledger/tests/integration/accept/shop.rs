//! A shop with a ledger, and what is in its tables.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use ottpay::{Amount, Client, ClientBuilder, Currency, SignKey};
use ottpay_ledger::store::{Dialect, Row, Store, Value};
use ottpay_ledger::testing::Callback;
use ottpay_ledger::{Answer, Ledger, Sqlite};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

pub(super) const MERCHANT: &str = "ON00004652";
pub(super) const KEY: &str = "A8B5FE540E38A5A9";
pub(super) const OTHER_MERCHANT: &str = "ON00000097";
pub(super) const OTHER_KEY: &str = "6698851A525C9433";

pub(super) fn key(text: &str) -> SignKey {
    SignKey::new(text).unwrap()
}

pub(super) fn client_of(merchant: &str, sign_key: &str) -> ClientBuilder<Client> {
    let builder = Client::builder().endpoint("http://127.0.0.1:9").currency(Currency::CAD);
    builder.merchant_id(merchant).sign_key(key(sign_key))
}

/// A callback of 19.99.
pub(super) fn paid(id: &str) -> Callback {
    Callback::new(id, Amount::from_minor(1999))
}

/// Its body.
pub(super) fn body(callback: &Callback) -> Vec<u8> {
    callback.seal(&key(KEY), MERCHANT)
}

/// A folder that is removed with the test.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new() -> Self {
        static FOLDERS: AtomicU32 = AtomicU32::new(0);
        let name = format!("ottpay-accept-{}-{}", std::process::id(), FOLDERS.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    pub(super) fn file(&self) -> PathBuf {
        self.0.join("shop.db")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A ledger of one merchant, and its database.
pub(super) struct Shop<S> {
    pub(super) store: S,
    pub(super) ledger: Ledger,
}

pub(super) async fn shop_in_memory() -> Shop<Sqlite> {
    shop_in(Sqlite::memory()).await
}

pub(super) async fn shop_in<S: Store + Clone>(store: S) -> Shop<S> {
    shop_of(store, [client_of(MERCHANT, KEY).build().unwrap()]).await
}

pub(super) async fn shop_of<S: Store + Clone>(store: S, clients: impl IntoIterator<Item = Client>) -> Shop<S> {
    let ledger = Ledger::open(store.clone(), clients).await.unwrap();
    Shop { store, ledger }
}

impl<S: Store> Shop<S> {
    /// The rows that a statement returns; its table names are in braces.
    pub(super) async fn query(&self, template: &str, values: &[Value]) -> Vec<Row> {
        let prefix = if self.store.dialect() == Dialect::Postgres { "ottpay." } else { "ottpay_" };
        let sql = template.replace('{', prefix).replace('}', "");
        let mut tx = self.store.begin(Duration::from_secs(5)).await.unwrap();
        let rows = tx.query(&sql, values).await.unwrap();
        tx.commit().await.unwrap();
        rows
    }

    /// Notes an order of 19.99, without sending anything.
    pub(super) async fn note(&self, merchant: &str, id: &str, state: &str) {
        let sql = "INSERT INTO {orders} (merchant, id, role, action, reference, amount, tracked, noted_at, state, \
                   alive_at) VALUES ($1, $2, 'order', 'active_pay', 'tea', 1999, 'none', 0, $3, 0) RETURNING id";
        assert_eq!(self.query(sql, &[merchant.into(), id.into(), state.into()]).await.len(), 1);
    }

    /// Merchant, id, and how often a callback arrived.
    pub(super) async fn hints(&self) -> Vec<(String, String, i64)> {
        let rows =
            self.query("SELECT merchant, id, seen FROM {hints} WHERE taken = 0 ORDER BY merchant, id", &[]).await;
        rows.iter().map(|row| (row.get(0).unwrap(), row.get(1).unwrap(), row.get(2).unwrap())).collect()
    }

    /// The number of callbacks for orders that were never noted.
    pub(super) async fn count_strays(&self) -> i64 {
        self.query("SELECT COUNT(*) FROM {strays}", &[]).await[0].get(0).unwrap()
    }

    pub(super) async fn accept(&self, callback: &Callback) -> Answer {
        self.ledger.accept(&body(callback)).await
    }
}

pub(super) fn hint(merchant: &str, id: &str, seen: i64) -> (String, String, i64) {
    (merchant.to_owned(), id.to_owned(), seen)
}

/// Serves these routes and returns the address.
pub(super) async fn serve(routes: axum::Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    address
}

/// An HTTP exchange without any library: status, head in lower case, and body.
pub(super) async fn exchange(address: &str, method: &str, body: &[u8]) -> (u16, String, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    send(&mut stream, method, body, true).await;
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await.unwrap();
    let (head, body) = reply.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), head.to_lowercase(), body.to_owned())
}

pub(super) async fn send(stream: &mut TcpStream, method: &str, body: &[u8], is_last: bool) {
    let connection = if is_last { "connection: close\r\n" } else { "" };
    let head = format!(
        "{method} /ottpay HTTP/1.1\r\nhost: shop.example\r\n{connection}content-type: application/json\r\n\
         content-length: {}\r\n\r\n",
        body.len()
    );
    // A server that rejects the body may close the connection before the whole body has arrived.
    let _ = stream.write_all(&[head.as_bytes(), body].concat()).await;
}
