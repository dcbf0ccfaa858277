//! The JSON form of an event, for shops written in any language.

use ottpay::spec::{Evidence, WordSet as _};
use serde_json::{Value, json};

use super::end::{Ended, Reversed, Unconfirmed, Unresolved};
use super::kind::Kind;
use super::refund::{RefundFailed, Refunded};

/// Returns the member `data` of the event. Money is `{"amount":1999,"currency":"CAD"}` in minor units, times are
/// milliseconds since 1970, and unknown values are `null`.
pub(super) fn build_data(kind: &Kind) -> Value {
    // The names of members are promised to shops in other languages, so they stay when methods in Rust are renamed.
    match kind {
        Kind::Paid(payment) | Kind::PaidAgain(payment) | Kind::Restored(payment) => json!(payment),
        Kind::Reserved(reservation) => json!({
            "id": reservation.id(),
            "reserved": reservation.reserved(),
            "evidence": evidence_word(reservation.evidence()),
        }),
        Kind::Refunded(refunded) => refunded_data(refunded),
        Kind::RefundFailed(failed) => failed_data(failed),
        Kind::GivenBack(given) => json!({
            "paid": given.paid(),
            "refunded": given.refunded(),
            "evidence": evidence_word(given.evidence()),
        }),
        Kind::Reversed(reversed) => reversed_data(reversed),
        Kind::Ended(ended) => ended_data(ended),
        Kind::Mismatch(mismatch) => json!({
            "word": mismatch.word(),
            "asked": mismatch.requested(),
            "said": mismatch.reported(),
            "less": mismatch.is_less(),
            "scale": mismatch.scale(),
        }),
        Kind::Unconfirmed(Unconfirmed { requested, since }) => json!({ "asked": requested, "since": since }),
        Kind::Unresolved(Unresolved { requested, why, text, since }) => {
            json!({ "asked": requested, "why": why.as_str(), "text": text, "since": since })
        }
        Kind::Conflict => json!({}),
    }
}

fn evidence_word(evidence: Evidence) -> &'static str {
    evidence.word().unwrap_or_default()
}

fn refunded_data(refunded: &Refunded) -> Value {
    let Refunded { refund, amount, total, evidence } = refunded;
    json!({ "refund": refund, "amount": amount, "total": total, "evidence": evidence.map(evidence_word) })
}

fn failed_data(failed: &RefundFailed) -> Value {
    let RefundFailed { amount, reason, code, text } = failed;
    json!({ "amount": amount, "reason": reason.as_str(), "code": code, "text": text })
}

fn reversed_data(reversed: &Reversed) -> Value {
    let Reversed { number, paid, reason, word } = reversed;
    json!({ "number": number, "paid": paid, "reason": reason.as_str(), "word": word })
}

fn ended_data(ended: &Ended) -> Value {
    let Ended { reason, code, text } = ended;
    json!({ "reason": reason.as_str(), "code": code, "text": text })
}
