//! Why a shop cannot know about money that has moved, by fault and by the gateway's assumed behaviour.

use ottpay::Currency;
use ottpay::spec::{Evidence, QueryInfo, QueryValue, Role};
use ottpay_ledger::State;
use ottpay_sandbox::assume::{Callbacks, Echoes, MinorUnits, Queries, Totals};

use super::case::Case;
use super::fault::{Fault, OnWire};
use super::operation::Operation;

/// The only reason if the gateway answers as it does by default.
pub(crate) const UNREADABLE: &str = "a query states an amount that cannot be read, so a person must decide \
                                     immediately";

const NO_QUERY: &str = "no query knows the order";
const NO_QUERY_OF_A_LOST_LINK: &str =
    "no query knows the order, and the buyer pays with a link that was never given out";
const NO_CALLBACK: &str = "no query knows the order, and no callback came";
const UNNAMED_PAGE: &str = "no query knows the page, and the callback does not name it";
const ONLY_A_CALLBACK: &str = "no query knows the order, and a callback is not believed without one";
const HUNDREDTHS: &str = "an amount without decimals is reported as hundredths";
const NO_TOTAL: &str = "no total is reported";
const UNANNOUNCED_FEE: &str = "the total contains a fee that was not announced";

/// Every reason, in alphabetical order.
pub(crate) const ALL: [&str; 9] = [
    UNREADABLE,
    HUNDREDTHS,
    NO_QUERY,
    ONLY_A_CALLBACK,
    NO_CALLBACK,
    NO_QUERY_OF_A_LOST_LINK,
    UNNAMED_PAGE,
    NO_TOTAL,
    UNANNOUNCED_FEE,
];

/// Why a shop without a ledger does not know about the money. `first` is the outcome of its request, and `last` what
/// `resolve` reported in the end.
pub(crate) fn for_client(case: &Case, currency: Currency, first: &str, last: &str) -> Option<&'static str> {
    let has_query = has_query(case, case.operation);
    match last {
        "pending" | "still_unknown" if !has_query => Some(NO_QUERY),
        "unpayable" if !has_query && first == "unknown" => Some(NO_QUERY_OF_A_LOST_LINK),
        "mismatch" if has_query => of_amount(case, currency),
        _ => None,
    }
}

/// Why a shop with a ledger, in which the order is in this state, does not know about the money.
pub(crate) fn for_ledger(
    case: &Case,
    operation: Operation,
    currency: Currency,
    has_taken_callback: bool,
    state: Option<State>,
) -> Option<&'static str> {
    let has_query = has_query(case, operation);
    let is_unreadable = case.fault == Fault::OnWire(OnWire::UnreadableMoney) && case.operation == Operation::Query;
    match state? {
        State::Unresolved if is_unreadable => Some(UNREADABLE),
        State::Mismatch if has_query => of_amount(case, currency),
        State::Unconfirmed if !has_query && has_taken_callback => Some(ONLY_A_CALLBACK),
        State::Unresolved | State::Lapsed if !has_query => match () {
            () if case.assumes(Callbacks::Never) || !has_taken_callback => Some(NO_CALLBACK),
            () if operation == Operation::Checkout && case.assumes(Echoes::Off) => Some(UNNAMED_PAGE),
            () => of_amount(case, currency),
        },
        _ => None,
    }
}

/// Whether a query reports what happened to the operation.
fn has_query(case: &Case, operation: Operation) -> bool {
    let asked_about = if operation == Operation::Query { Operation::Code } else { operation };
    let is_certain = |query: &QueryInfo| query.evidence != Evidence::Assumed && !is_about_payment(query);
    match () {
        () if case.assumes(Queries::None) => false,
        () if case.assumes(Queries::Certain) => asked_about.info().queries.iter().any(is_certain),
        () => true,
    }
}

/// Whether it queries the payment of a refund, which does not show what happened to this refund.
fn is_about_payment(query: &QueryInfo) -> bool {
    let original = Operation::Refund.info().request_field(Role::OriginalOrder).map(|field| field.name);
    query.set.iter().any(|set| matches!(set.value, QueryValue::Field(name) if Some(name) == original))
}

/// Why a different amount is reported than was requested.
fn of_amount(case: &Case, currency: Currency) -> Option<&'static str> {
    match () {
        () if case.assumes(Totals::Absent) => Some(NO_TOTAL),
        () if case.assumes(MinorUnits::Times100) && currency == Currency::JPY => Some(HUNDREDTHS),
        () if case.has_extras && !case.assumes(Totals::Bare) && !case.assumes(Totals::Tip) => Some(UNANNOUNCED_FEE),
        () => None,
    }
}
