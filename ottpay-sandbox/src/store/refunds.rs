//! Stores refunds, and deducts them from their payments.

use ottpay::Amount;
use ottpay::spec::Gateway;
use rusqlite::{Connection, params};

use super::database::Store;
use super::events::add_event;
use super::latest::{Latest, read_latest};
use super::orders::{AddError, add_order, find_order, read_order, sum_refunds, to_integer};
use super::savepoint::Savepoint;
use crate::assume::{Assumptions, RefundIds, RefundLimit, RefundParts, RefundsCount};
use crate::order::{Order, OrderKind, OrderState};

/// The maximum number of refunds in the list of an order, which has the latest ones.
const MAX_REFUNDS: u32 = 1000;

/// Why a refund is refused.
#[derive(Debug)]
pub(crate) enum RefundError {
    NoSuchOrder,
    NotPaid,
    TooMuch,
    /// The payment has been refunded already, and the sandbox assumes that only one refund is possible.
    Again,
    /// The amount is less than the payment, and the sandbox assumes that partial refunds are impossible.
    Part,
    Add(AddError),
}

impl From<rusqlite::Error> for RefundError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Add(AddError::Sqlite(error))
    }
}

impl Store {
    /// Returns the latest refunds of a payment.
    pub(crate) fn refunds(&self, gateway: &Gateway, id: &str) -> rusqlite::Result<Latest<Order>> {
        read_latest(&self.lock(), "orders", "original", id, MAX_REFUNDS, |row| read_order(row, gateway))
    }

    /// Adds a refund and deducts it from the payment, or does neither.
    pub(crate) fn refund(
        &self,
        gateway: &Gateway,
        original: &str,
        refund: &mut Order,
        assumed: Assumptions,
    ) -> Result<(), RefundError> {
        let connection = self.lock();
        let change = Savepoint::begin(&connection)?;
        let payment = find_order(&change, gateway, original)?.ok_or(RefundError::NoSuchOrder)?;
        if payment.kind != OrderKind::Payment {
            return Err(RefundError::NoSuchOrder);
        }
        if payment.state != OrderState::Paid {
            return Err(RefundError::NotPaid);
        }
        // Refunds in progress count too, so that several at once cannot exceed the limit.
        let accepted = sum_refunds(&change, &payment.id, "state <> ''")?;
        let limit = find_refund_limit(&payment, assumed.refund_limit);
        let total = accepted.checked_add(refund.amount).filter(|total| *total <= limit);
        match assumed.refund_parts {
            RefundParts::One | RefundParts::Whole if accepted != Amount::ZERO => return Err(RefundError::Again),
            RefundParts::Whole if refund.amount < limit => return Err(RefundError::Part),
            RefundParts::Many | RefundParts::One | RefundParts::Whole => {}
        }
        let total = total.ok_or(RefundError::TooMuch)?;
        if assumed.refund_ids == RefundIds::Reusable {
            rename_repeated(&change, refund)?;
        }
        refund.original = Some(payment.id.clone());
        refund.currency = payment.currency;
        add_order(&change, refund, &format!("refund of {} accepted", payment.id)).map_err(RefundError::Add)?;
        if refund.state != OrderState::Paid && assumed.refunds_count == RefundsCount::Settled {
            let what = format!("refund {} accepted", refund.id);
            add_event(&change, &payment.id, refund.created, &what)?;
        } else {
            let update = "UPDATE orders SET refunded = ?2 WHERE id = ?1";
            change.prepare_cached(update)?.execute(params![payment.id, to_integer(total)])?;
            let what = format!("{} given back by refund {}", refund.amount.in_currency(refund.currency), refund.id);
            add_event(&change, &payment.id, refund.created, &what)?;
        }
        Ok(change.release()?)
    }
}

/// Returns how much of a payment can be refunded.
fn find_refund_limit(payment: &Order, limit: RefundLimit) -> Amount {
    let charged = payment.charged();
    match limit {
        RefundLimit::Fee => charged,
        RefundLimit::Bare => payment.amount,
        RefundLimit::FeeAndTip => payment.tip.and_then(|tip| charged.checked_add(tip)).unwrap_or(charged),
    }
}

/// Assigns a unique id to a refund whose id the merchant has used for an earlier refund.
fn rename_repeated(connection: &Connection, refund: &mut Order) -> rusqlite::Result<()> {
    let sql = "SELECT count(*) FROM orders WHERE kind = ?2 AND (id = ?1 OR repeats = ?1)";
    let kind = refund.kind.name();
    let earlier: i64 = connection.prepare_cached(sql)?.query_row([&*refund.id, kind], |row| row.get(0))?;
    if earlier > 0 {
        let own = format!("{}~{}", refund.id, earlier + 1);
        refund.repeats = Some(std::mem::replace(&mut refund.id, own));
    }
    Ok(())
}
