//! The shop's own table, and its reactions to events of a payment.
//!
//! A shop has its own access to its database. Here it is the ledger's, because that runs on SQLite and on PostgreSQL.

use std::sync::Arc;
use std::time::Duration;

use ottpay::{Amount, Client, OrderId, RefundId};
use ottpay_ledger::store::{Row, Store, Value};
use ottpay_ledger::{Event, Fail, Kind, Reference, Tx};

use crate::failed::Failed;

/// Reacts to an event of a payment: once, in the transaction in which the ledger marks the event as done.
pub async fn record(client: Client, event: Event, mut tx: Tx) -> Result<Tx, Fail> {
    let reference = &event.reference;
    let (shipped, remark) = match &event.kind {
        Kind::Paid(payment) => (1, format!("paid {}", payment.paid())),
        Kind::PaidAgain(payment) => {
            // The buyer has paid twice, so the second payment is refunded. The refund is sent after the commit.
            let amount = payment.net().unwrap_or(payment.paid()).amount();
            let refund = client.refund().order_id(RefundId::random()).ori_order_id(OrderId::new(&event.order_id)?);
            tx.send_later(&refund.refund_amt(amount).build()?, reference).await?;
            (0, "paid twice: one payment is refunded".to_owned())
        }
        Kind::Refunded(refunded) => (0, format!("refunded: {}", refunded.total())),
        other => (0, other.as_str().replace('_', " ")),
    };
    // Added and not set, so that a payment that was handled twice would show.
    let sql = "UPDATE orders SET shipped = shipped + $2, remark = $3 WHERE reference = $1";
    match tx.execute(sql, &[reference.into(), shipped.into(), remark.into()]).await? {
        1 => Ok(tx),
        _ => Err(Fail::permanent("the shop does not have an order with this reference")),
    }
}

/// The table.
#[derive(Clone)]
pub struct Orders(Arc<dyn Store>);

/// An order of the shop.
pub struct Order {
    pub reference: String,
    pub price: Amount,
    /// How often the tea was handed to the parcel service: 0 or 1, whatever happens.
    pub shipped: i64,
    pub remark: String,
}

const LIMIT: Duration = Duration::from_secs(5);

const COLUMNS: &str = "SELECT reference, price, shipped, remark FROM orders";

impl Orders {
    pub async fn open(store: impl Store) -> Result<Self, Failed> {
        let orders = Self(Arc::new(store));
        let sql = "CREATE TABLE IF NOT EXISTS orders (reference TEXT PRIMARY KEY, price BIGINT NOT NULL,
                   shipped BIGINT NOT NULL DEFAULT 0, remark TEXT NOT NULL DEFAULT '')";
        orders.execute(sql, &[]).await?;
        Ok(orders)
    }

    pub async fn add(&self, reference: &Reference, price: Amount) -> Result<(), Failed> {
        let sql = "INSERT INTO orders (reference, price) VALUES ($1, $2)";
        self.execute(sql, &[reference.into(), price.try_into()?]).await
    }

    pub async fn find(&self, reference: &Reference) -> Result<Order, Failed> {
        let sql = format!("{COLUMNS} WHERE reference = $1");
        let rows = self.query(&sql, &[reference.into()]).await?;
        rows.first().map(read).ok_or(Failed::NotFound)?
    }

    /// The orders that are on their way to the buyer.
    pub async fn shipped(&self) -> Result<Vec<Order>, Failed> {
        let sql = format!("{COLUMNS} WHERE shipped > 0 ORDER BY reference LIMIT 100");
        self.query(&sql, &[]).await?.iter().map(read).collect()
    }

    async fn execute(&self, sql: &str, values: &[Value]) -> Result<(), Failed> {
        let mut transaction = self.0.begin(LIMIT).await?;
        transaction.execute(sql, values).await?;
        Ok(transaction.commit().await?)
    }

    async fn query(&self, sql: &str, values: &[Value]) -> Result<Vec<Row>, Failed> {
        Ok(self.0.begin(LIMIT).await?.query(sql, values).await?)
    }
}

fn read(row: &Row) -> Result<Order, Failed> {
    Ok(Order { reference: row.get(0)?, price: row.get(1)?, shipped: row.get(2)?, remark: row.get(3)? })
}
