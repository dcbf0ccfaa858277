//! Compares the statement of a query with the request.

use super::confirmed::{Confirmed, CurrencyBasis, Echo, Ended, GivenBack, Mismatch, Payment, Reservation, Unclear};
use super::statement::Statement;
use super::tracked::Tracked;
use crate::field::{Amount, Currency, Money, StatusClass};
use crate::spec::{Evidence, Role};

/// The circumstances of one query.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    /// The method of the query.
    pub(super) query: &'static str,
    /// How it is known that the query supports the action.
    pub(super) evidence: Evidence,
    /// Whether the query is about the payment that a refund refunds, not about the refund.
    pub(super) is_of_original: bool,
    /// The currency of the requested amount.
    pub(super) currency: Currency,
    /// The highest fee that is accepted without an announcement.
    pub(super) fee_limit: Amount,
}

/// Determines what the statement means for the order.
pub(super) fn judge_statement(order: &Tracked, asked: &Asked, statement: Statement) -> Confirmed {
    match (order.own_role, asked.is_of_original) {
        (_, true) => judge_by_original(order, asked, statement),
        (Role::Refund, false) => judge_refund(order, asked, statement),
        _ => judge_payment(order, asked, statement),
    }
}

impl Statement {
    /// Adds the stated currency to an amount, or else the expected one.
    fn add_currency(&self, amount: Option<Amount>, expected: Currency) -> Option<Money> {
        amount.map(|amount| amount.in_currency(self.currency.unwrap_or(expected)))
    }

    fn into_unclear(self, refunded: Option<Money>) -> Confirmed {
        Confirmed::Unclear(Unclear { word: self.word, refunded })
    }
}

fn judge_payment(order: &Tracked, asked: &Asked, statement: Statement) -> Confirmed {
    let refunded = statement.add_currency(statement.refunded, asked.currency);
    let paid = statement.add_currency(statement.amount, asked.currency);
    let evidence = asked.evidence;
    match statement.class {
        StatusClass::Pending => Confirmed::Open,
        StatusClass::Closed | StatusClass::Failed => {
            Confirmed::Ended(Ended { word: statement.word, class: statement.class, evidence })
        }
        StatusClass::Refunded => Confirmed::GivenBack(GivenBack { paid, refunded, evidence }),
        // It is not documented whether a pre-authorisation with the status paid has been captured.
        StatusClass::Paid | StatusClass::PartiallyRefunded if order.reserves => statement.into_unclear(refunded),
        StatusClass::Paid | StatusClass::PartiallyRefunded | StatusClass::Authorised => {
            compare_amounts(order, asked, statement, paid, refunded)
        }
        // A word without a class, or with a class that this version does not know.
        _ => statement.into_unclear(refunded),
    }
}

/// Compares the amount that is paid or reserved with the requested one.
fn compare_amounts(
    order: &Tracked,
    asked: &Asked,
    statement: Statement,
    said: Option<Money>,
    refunded: Option<Money>,
) -> Confirmed {
    let expected = order.amount.map(|amount| amount.in_currency(asked.currency));
    let surplus = match (expected, said) {
        (Some(expected), Some(said)) => said.checked_sub(expected).ok().and_then(|surplus| {
            explain(surplus.amount(), order, &statement, asked.fee_limit).map(|parts| (expected, said, parts))
        }),
        _ => None,
    };
    let Some((expected, paid, (fee, tip))) = surplus else {
        return Confirmed::Mismatch(Mismatch { word: statement.word, asked: expected, said });
    };
    let (id, evidence) = (order.id.clone(), asked.evidence);
    if statement.class == StatusClass::Authorised {
        return Confirmed::Reserved(Reservation { id, reserved: paid, evidence });
    }
    if refunded.is_some_and(|refunded| refunded >= paid) {
        return Confirmed::GivenBack(GivenBack { paid: Some(paid), refunded, evidence });
    }
    let echo = |is_named| if is_named { Echo::Echoed } else { Echo::Unstated };
    Confirmed::Paid(Payment {
        id,
        asked: expected,
        paid,
        fee,
        tip,
        refunded,
        order: echo(statement.names_order),
        merchant: echo(statement.names_merchant),
        currency: if statement.currency.is_some() { CurrencyBasis::Stated } else { CurrencyBasis::Assumed },
        query: asked.query,
        evidence,
    })
}

/// Splits the surplus over the requested amount into fee and tip; `None` if these do not explain it.
fn explain(surplus: Amount, order: &Tracked, statement: &Statement, fee_limit: Amount) -> Option<(Amount, Amount)> {
    let tips = [Some(Amount::ZERO), order.tip, statement.tip].into_iter().flatten();
    let is_fee = |fee: Amount| fee == Amount::ZERO || Some(fee) == order.announced_fee || fee <= fee_limit;
    tips.filter_map(|tip| Some((surplus.checked_sub(tip)?, tip))).find(|(fee, _)| is_fee(*fee))
}

/// Judges the answer of a query for the refund's own id.
fn judge_refund(order: &Tracked, asked: &Asked, statement: Statement) -> Confirmed {
    let said = statement.add_currency(statement.amount.or(statement.refunded), asked.currency);
    let expected = order.amount.map(|amount| amount.in_currency(asked.currency));
    match statement.class {
        StatusClass::Pending => Confirmed::Open,
        StatusClass::Closed | StatusClass::Failed => {
            Confirmed::Ended(Ended { word: statement.word, class: statement.class, evidence: asked.evidence })
        }
        StatusClass::Refunded if said.is_none() || said == expected => {
            Confirmed::GivenBack(GivenBack { paid: None, refunded: said, evidence: asked.evidence })
        }
        StatusClass::Refunded => Confirmed::Mismatch(Mismatch { word: statement.word, asked: expected, said }),
        _ => statement.into_unclear(said),
    }
}

/// Judges a refund by the state of its payment. The payment's total changes with every refund, so only a total recorded
/// before this refund can distinguish them.
fn judge_by_original(order: &Tracked, asked: &Asked, statement: Statement) -> Confirmed {
    let refunded = statement.add_currency(statement.refunded, asked.currency);
    let with_ours = order.refunded_before.zip(order.amount).and_then(|(before, amount)| before.checked_add(amount));
    match statement.refunded {
        Some(total) if Some(total) == order.refunded_before || total == Amount::ZERO => Confirmed::Open,
        Some(total) if Some(total) == with_ours => {
            let refunded = statement.add_currency(order.amount, asked.currency);
            Confirmed::GivenBack(GivenBack { paid: None, refunded, evidence: asked.evidence })
        }
        _ => statement.into_unclear(refunded),
    }
}
