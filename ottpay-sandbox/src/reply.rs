//! What a reply or callback says of an order: each declared field is filled by the part it plays.

use std::collections::BTreeMap;

use ottpay::envelope::Fields;
use ottpay::info::{ActionInfo, CallbackInfo, EnumInfo, Example, FieldInfo, Kind, Role};
use ottpay::{Amount, Currency, StatusClass, Url, link};
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
    format!("/pay/{}", path_of(&order.id))
}

/// An order id as a part of an address.
pub(crate) fn path_of(id: &str) -> String {
    utf8_percent_encode(id, ESCAPED).to_string()
}

/// Where the buyer's browser goes afterwards, with what it brings back: the order and its amount, and once it is paid the
/// words of the example, for the vendor documents no others.
pub(crate) fn way_back(engine: &Engine, order: &Order) -> Option<Url> {
    let address = Url::plain_http(return_url(order)?).ok()?;
    let info = order.action;
    let example = info.examples.iter().map(|example| example.returned).find(|returned| !returned.is_empty());
    let asked = info.request_field(Role::Amount).map(|field| field.name);
    let value = |field: &'static FieldInfo| match (field.role, field.kind) {
        (Some(role), _) => of_role(engine, order, field, role),
        // One that is not in minor units.
        (None, Kind::Decimal) if asked == Some(field.name) => Some(decimal(order.charged(), order.currency)),
        (None, _) if order.state() == OrderState::Paid => sample(field, example),
        _ => None,
    };
    let fields: Vec<_> = info.returned.iter().filter_map(|field| Some((field.name, value(field)?))).collect();
    link::write(address, info.returned, fields.iter().map(|(name, text)| (*name, text.as_str()))).ok()
}

/// An amount as people write it, without its currency.
pub(crate) fn decimal(amount: Amount, currency: Currency) -> String {
    let text = amount.in_currency(currency).to_string();
    text.trim_end_matches(currency.code()).trim_end().to_owned()
}

fn return_url(order: &Order) -> Option<&str> {
    let field = order.action.request_field(Role::ReturnUrl)?;
    order.request.get(field.name).map(String::as_str)
}

/// What the declared fields say of an order. A field that plays no part repeats the request that made the order, then
/// the one that asks for it, and if it is required, the example.
pub(crate) fn of_order(
    engine: &Engine,
    fields: &'static [FieldInfo],
    order: &Order,
    request: Option<&Fields>,
    example: Option<Sample>,
) -> Answer {
    let asked = request.map(texts);
    let value = |field: &'static FieldInfo| {
        let known = match (field.role, field.kind) {
            (Some(role), _) => of_role(engine, order, field, role),
            (None, Kind::Currency) => Some(order.currency.code().to_owned()),
            // The vendor may not say that it is the order's id, but it is called like it.
            (None, Kind::OrderId) if is_order_of(order.action, field) => Some(order.id.clone()),
            _ => None,
        };
        let repeated = || {
            let said = echo(field, &order.request).or_else(|| echo(field, asked.as_ref()?));
            said.or_else(|| if field.required { sample(field, example) } else { None })
        };
        known.or_else(|| if field.role.is_none() || field.required { repeated() } else { None })
    };
    fields.iter().filter_map(|field| Some((field.name, value(field)?))).collect()
}

/// What a callback says of an order; with the exchange rate, if the vendor's callback has one.
pub(crate) fn of_callback(engine: &Engine, info: &'static CallbackInfo, order: &Order) -> Answer {
    let example = info.examples.first().copied();
    let mut answer = of_order(engine, info.fields, order, None, example);
    // The vendor's sample of a wallet's callback has no status: whoever wants to know must ask.
    let unsaid = |field: &&FieldInfo| !field.required && sample(field, example).is_none();
    for field in info.fields.iter().filter(|field| field.role == Some(Role::Status)).filter(unsaid) {
        answer.remove(field.name);
    }
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
    let said = texts(request);
    let value = |field: &'static FieldInfo| match (field.kind, currency) {
        (Kind::RateE8, Some(currency)) => {
            let unknown = || Refusal::new("PARAM_INVALID", format!("no exchange rate for {currency}"));
            engine.rate(currency).map(|rate| Some(rate.to_string())).ok_or_else(unknown)
        }
        _ => Ok(echo(field, &said).or_else(|| sample(field, example.map(|example| example.reply)))),
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
    let minor = |amount: Amount| amount.minor().to_string();
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
            Kind::Enum(words) if order.kind() == OrderKind::Refund && order.state() == OrderState::Paid => {
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
        Role::Created => Some(clock::wire(order.created)),
        Role::Expires => order.expires.map(clock::wire),
        Role::Lifetime => order.expires.map(|expires| (expires.saturating_sub(order.created) / 1000).to_string()),
        Role::ReturnUrl => return_url(order).map(str::to_owned),
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

/// Whether a field is called like the one that has the order's id in the request of this action.
fn is_order_of(info: &ActionInfo, field: &FieldInfo) -> bool {
    info.request_field(Role::Order).is_some_and(|order| order.name == field.name)
}

/// Every text and number of a request.
fn texts(request: &Fields) -> BTreeMap<String, String> {
    request.iter().filter_map(|(name, value)| Some((name.to_owned(), value.as_text()?.into_owned()))).collect()
}

/// What the request says under the same name, give or take underscores and case.
fn echo(field: &FieldInfo, request: &BTreeMap<String, String>) -> Option<String> {
    let plain = |name: &str| name.replace('_', "").to_ascii_lowercase();
    let (_, text) = request.iter().find(|(name, _)| plain(name) == plain(field.name))?;
    Some(text.clone())
}

/// What the example says.
fn sample(field: &FieldInfo, example: Option<Sample>) -> Option<String> {
    let (_, text) = example?.iter().find(|(name, _)| *name == field.name)?;
    Some((*text).to_owned())
}
