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
    // Without a stated amount, in another currency, or below the requested amount, there is no surplus: each is a
    // mismatch.
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
    // A payment that was refunded in full is not paid, whatever its status is (docs/safety.md, T3).
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
    // It is not documented whether a total includes the tip, so it is tried without a tip and with each known one. The
    // rest has to be a fee.
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
        // A status of a payment, such as paid, states nothing about a refund.
        _ => statement.into_unclear(said),
    }
}

/// Judges a refund by the state of its payment. The payment's total changes with every refund, so only a total recorded
/// before this refund can distinguish them.
fn judge_by_original(order: &Tracked, asked: &Asked, statement: Statement) -> Confirmed {
    let refunded = statement.add_currency(statement.refunded, asked.currency);
    let with_ours = order.refunded_before.zip(order.amount).and_then(|(before, amount)| before.checked_add(amount));
    match statement.refunded {
        // The total contains only the refunds before this one, or none.
        Some(total) if Some(total) == order.refunded_before || total == Amount::ZERO => Confirmed::Open,
        Some(total) if Some(total) == with_ours => {
            let refunded = statement.add_currency(order.amount, asked.currency);
            Confirmed::GivenBack(GivenBack { paid: None, refunded, evidence: asked.evidence })
        }
        _ => statement.into_unclear(refunded),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stored order with an amount of 500.
    fn order(role: &str, refunded_before: Option<u64>) -> Tracked {
        let before = refunded_before.map_or("null".to_owned(), |minor| minor.to_string());
        let text = format!(
            r#"{{"v":1,"method":"m","merchant":"M","environment":"E","id":"T1","role":"{role}","fields":{{}},"amount":500,
            "at_once":true,"delivered":false,"reserves":false,"since":0,"attempts":[],"refunded_before":{before}}}"#
        );
        Tracked::from_json(&text).unwrap()
    }

    fn statement(class: StatusClass, amount: Option<u64>, refunded: Option<u64>) -> Statement {
        Statement {
            word: "word".to_owned(),
            class,
            amount: amount.map(Amount::from_minor),
            currency: None,
            tip: None,
            refunded: refunded.map(Amount::from_minor),
            names_order: true,
            names_merchant: false,
        }
    }

    fn judge(order: &Tracked, is_of_original: bool, statement: Statement) -> Confirmed {
        let asked = Asked {
            query: "query",
            evidence: Evidence::Clients,
            is_of_original,
            currency: Currency::CAD,
            fee_limit: Amount::ZERO,
        };
        judge_statement(order, &asked, statement)
    }

    fn cad(minor: u64) -> Option<Money> {
        Some(Amount::from_minor(minor).in_currency(Currency::CAD))
    }

    #[test]
    fn a_refund_is_judged_by_its_own_status_and_amount() {
        let refund = order("refund", None);
        let judge = |class, amount| judge(&refund, false, statement(class, amount, None));
        assert_eq!(judge(StatusClass::Pending, None), Confirmed::Open);
        for class in [StatusClass::Closed, StatusClass::Failed] {
            match judge(class, None) {
                Confirmed::Ended(ended) => {
                    assert_eq!((ended.word(), ended.class(), ended.evidence()), ("word", class, Evidence::Clients));
                }
                other => panic!("{other:?}"),
            }
        }
        for amount in [None, Some(500)] {
            match judge(StatusClass::Refunded, amount) {
                Confirmed::GivenBack(given) => {
                    let refunded = amount.and_then(cad);
                    assert_eq!((given.paid(), given.refunded(), given.evidence()), (None, refunded, Evidence::Clients));
                }
                other => panic!("{other:?}"),
            }
        }
        match judge(StatusClass::Refunded, Some(499)) {
            Confirmed::Mismatch(mismatch) => {
                assert_eq!((mismatch.word(), mismatch.requested(), mismatch.reported()), ("word", cad(500), cad(499)));
            }
            other => panic!("{other:?}"),
        }
        match judge(StatusClass::Paid, Some(500)) {
            Confirmed::Unclear(unclear) => assert_eq!((unclear.word(), unclear.refunded()), ("word", cad(500))),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_total_of_the_payment_tells_a_refund_only_by_what_it_was_before() {
        let judge = |before, total| {
            let judged = judge(&order("refund", before), true, statement(StatusClass::Paid, Some(1500), total));
            judged.as_str()
        };
        for (before, total, expected) in [
            (None, Some(0), "open"),
            (None, Some(500), "unclear"),
            (Some(0), Some(0), "open"),
            (Some(200), Some(200), "open"),
            (Some(200), Some(0), "open"),
            (Some(0), Some(500), "given_back"),
            (Some(200), Some(700), "given_back"),
            (Some(200), Some(500), "unclear"),
            (Some(200), None, "unclear"),
        ] {
            assert_eq!(judge(before, total), expected, "{before:?} {total:?}");
        }
    }

    #[test]
    fn money_that_is_reserved_or_given_back_is_stated() {
        let payment = order("order", None);
        match judge(&payment, false, statement(StatusClass::Authorised, Some(500), None)) {
            Confirmed::Reserved(reserved) => {
                let stated = (reserved.id(), Some(reserved.reserved()), reserved.evidence());
                assert_eq!(stated, ("T1", cad(500), Evidence::Clients));
            }
            other => panic!("{other:?}"),
        }
        match judge(&payment, false, statement(StatusClass::Refunded, Some(500), Some(500))) {
            Confirmed::GivenBack(given) => assert_eq!((given.paid(), given.refunded()), (cad(500), cad(500))),
            other => panic!("{other:?}"),
        }
        match judge(&payment, false, statement(StatusClass::Paid, Some(500), Some(100))) {
            Confirmed::Paid(payment) => {
                assert_eq!((payment.evidence(), payment.net()), (Evidence::Clients, cad(400)));
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_state_is_described_in_a_sentence() {
        let payment = order("order", None);
        let judge = |class, amount, refunded| judge(&payment, false, statement(class, amount, refunded)).to_string();
        assert_eq!(judge(StatusClass::Paid, Some(500), None), "paid 5.00 CAD");
        assert_eq!(judge(StatusClass::Paid, Some(500), Some(0)), "paid 5.00 CAD");
        assert_eq!(judge(StatusClass::Paid, Some(500), Some(100)), "paid 5.00 CAD, of which 1.00 CAD was refunded");
        assert_eq!(judge(StatusClass::Pending, None, None), "open");
        assert_eq!(judge(StatusClass::Closed, None, None), "ended: word");
        assert_eq!(judge(StatusClass::Refunded, None, None), "refunded: an unstated amount");
        assert_eq!(judge(StatusClass::Paid, Some(400), None), "requested 5.00 CAD, but the gateway reports 4.00 CAD");
        assert_eq!(judge(StatusClass::Unknown, None, None), "unclear: word");
    }

    #[test]
    fn only_an_amount_that_is_exactly_a_hundred_times_too_large_has_a_scale() {
        let scale = |asked: (u64, &str), said: (u64, &str)| {
            let money = |(minor, code)| Some(Amount::from_minor(minor).in_currency(Currency::new(code).unwrap()));
            Mismatch { word: String::new(), asked: money(asked), said: money(said) }.scale()
        };
        assert_eq!(scale((500, "JPY"), (50_000, "JPY")), Some(100));
        for (asked, said) in [
            ((500, "JPY"), (50_001, "JPY")),
            ((500, "JPY"), (50_000, "CAD")),
            ((500, "CAD"), (50_000, "CAD")),
            ((500, "CAD"), (50_000, "JPY")),
        ] {
            assert_eq!(scale(asked, said), None, "{asked:?} {said:?}");
        }
    }
}
