//! What a reply or callback says of an order: each declared field is filled by the part it plays.

use std::borrow::Cow;
use std::collections::BTreeMap;

use ottpay::StatusClass;
use ottpay::envelope::Fields;
use ottpay::info::{ActionInfo, CallbackInfo, EnumInfo, Example, FieldInfo, Kind, Role};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::clock;
use crate::engine::{Engine, Refusal, currency};
use crate::order::{Order, OrderKind, OrderState};

/// Field values of a reply, by wire name.
pub(crate) type Answer = BTreeMap<&'static str, String>;

/// Field values of an example.
pub(crate) type Sample = &'static [(&'static str, &'static str)];

/// What an order id keeps in an address: what RFC 3986 lets stand.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Where the buyer pays an order.
pub(crate) fn payment_link(engine: &Engine, order: &Order) -> String {
    format!("{}{}", engine.settings.public_url, pay_path(order))
}

/// The same, below the sandbox's own address.
pub(crate) fn pay_path(order: &Order) -> String {
    format!("/pay/{}", utf8_percent_encode(&order.id, ESCAPED))
}

/// What the declared fields say of an order. A field that plays no part repeats the request, or if it is required, the
/// example.
pub(crate) fn of_order(
    engine: &Engine,
    fields: &'static [FieldInfo],
    order: &Order,
    request: Option<&Fields>,
    example: Option<Sample>,
) -> Answer {
    let value = |field: &'static FieldInfo| {
        let known = match (field.role, field.kind) {
            (Some(role), _) => of_role(engine, order, field, role),
            (None, Kind::Currency) => Some(order.currency.code().to_owned()),
            _ => None,
        };
        let repeated = || echo(field, request).or_else(|| if field.required { sample(field, example) } else { None });
        known.or_else(|| if field.role.is_none() || field.required { repeated() } else { None })
    };
    fields.iter().filter_map(|field| Some((field.name, value(field)?))).collect()
}

/// What a callback says of an order; with the exchange rate, if the vendor's callback has one.
pub(crate) fn of_callback(engine: &Engine, info: &'static CallbackInfo, order: &Order) -> Answer {
    let mut answer = of_order(engine, info.fields, order, None, info.examples.first().copied());
    let rate = info.fields.iter().find(|field| matches!(field.kind, Kind::Decimal));
    if let Some((field, rate)) = rate.zip(engine.rate(order.currency)) {
        answer.insert(field.name, format!("{}.{:08}", rate / 100_000_000, rate % 100_000_000));
    }
    answer
}

/// The sample reply of an action that is about no order; what the request says wins over the sample. An exchange rate
/// is that of the currency that was asked for.
pub(crate) fn of_example(engine: &Engine, info: &'static ActionInfo, request: &Fields) -> Result<Answer, Refusal> {
    let same =
        |example: &&Example| example.request.iter().all(|(name, text)| request.text(name).as_deref() == Some(*text));
    let example = info.examples.iter().find(same).or_else(|| info.examples.first());
    let currency = currency(info, request);
    let value = |field: &'static FieldInfo| match (field.kind, currency) {
        (Kind::RateE8, Some(currency)) => {
            let unknown = || Refusal::new("PARAM_INVALID", format!("no exchange rate for {currency}"));
            engine.rate(currency).map(|rate| Some(rate.to_string())).ok_or_else(unknown)
        }
        _ => Ok(echo(field, Some(request)).or_else(|| sample(field, example.map(|example| example.reply)))),
    };
    let mut answer = Answer::new();
    for field in info.reply {
        if let Some(text) = value(field)? {
            answer.insert(field.name, text);
        }
    }
    Ok(answer)
}

fn of_role(engine: &Engine, order: &Order, field: &FieldInfo, role: Role) -> Option<String> {
    let minor = |amount: ottpay::Amount| amount.minor().to_string();
    match role {
        // The gateway's own order comes about when the buyer has used a way to pay.
        Role::Order if order.checkout_id.is_some() && !field.required && order.state() == OrderState::Created => None,
        Role::Order => Some(order.id.clone()),
        Role::CheckoutOrder => order.checkout_id.clone(),
        Role::ProviderOrder => Some(order.provider_id.clone()),
        Role::Amount => Some(minor(order.charged())),
        Role::Tip => order.tip.map(minor),
        Role::Fee => order.fee.map(minor),
        Role::Refunded => Some(minor(order.refunded)),
        Role::PaymentLink => Some(payment_link(engine, order)),
        Role::Status => match field.kind {
            // Some enums say of a refund that the money has been given back, others use the words of payments.
            Kind::Enum(words) if order.kind() == OrderKind::Refund => {
                word(words, StatusClass::Paid, "").or_else(|| word(words, StatusClass::Refunded, "")).map(str::to_owned)
            }
            Kind::Enum(words) => {
                // Of several words of a class, for example `orderclosed` and `cancelled`, the one that says what happened.
                let hint = match order.state() {
                    OrderState::Cancelled => "cancelled",
                    OrderState::Processing => "process",
                    _ => "",
                };
                word(words, order.class(), hint).map(str::to_owned)
            }
            _ => None,
        },
        Role::Time => order.finished.map(clock::wire),
        Role::Merchant => Some(engine.merchant_id.clone()),
        _ => None,
    }
}

/// Whether the reply's words for a state know a refund that went through, and no payment that did.
pub(crate) fn is_of_refunds(fields: &[FieldInfo]) -> bool {
    let words = fields.iter().find_map(|field| match (field.role, field.kind) {
        (Some(Role::Status), Kind::Enum(words)) => Some(words),
        _ => None,
    });
    let has = |words, class| word(words, class, "").is_some();
    words.is_some_and(|words| !has(words, StatusClass::Paid) && has(words, StatusClass::Refunded))
}

/// The first word of the enum that says this of the money, one that begins with the hint before others.
fn word(words: &EnumInfo, class: StatusClass, hint: &str) -> Option<&'static str> {
    let fitting = || words.words.iter().filter(|(_, known)| *known == class).map(|(word, _)| *word);
    fitting().find(|word| word.to_ascii_lowercase().starts_with(hint)).or_else(|| fitting().next())
}

/// What the request says under the same name, give or take underscores and case.
fn echo(field: &FieldInfo, request: Option<&Fields>) -> Option<String> {
    let plain = |name: &str| name.replace('_', "").to_ascii_lowercase();
    let (_, value) = request?.iter().find(|(name, _)| plain(name) == plain(field.name))?;
    value.as_text().map(Cow::into_owned)
}

/// What the example says.
fn sample(field: &FieldInfo, example: Option<Sample>) -> Option<String> {
    let (_, text) = example?.iter().find(|(name, _)| *name == field.name)?;
    Some((*text).to_owned())
}
