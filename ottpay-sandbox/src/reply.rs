//! What a reply or callback says of an order: each declared field is filled by the part it plays.

use std::borrow::Cow;
use std::collections::BTreeMap;

use ottpay::StatusClass;
use ottpay::envelope::Fields;
use ottpay::info::{EnumInfo, Example, FieldInfo, Kind, Role};

use crate::answer::Engine;
use crate::orders::{Order, OrderKind, OrderState};

/// Field values of a reply, by wire name.
pub(crate) type Answer = BTreeMap<&'static str, String>;

/// Field values of an example.
pub(crate) type Sample = &'static [(&'static str, &'static str)];

/// Scheme of the payment links of this gateway; nothing answers there, the buyer is `Sandbox::pay`.
const LINK: &str = "ottpay-sandbox://pay/";

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
        let known = field.role.and_then(|role| of_role(engine, order, field, role));
        let repeated = || echo(field, request).or_else(|| if field.required { sample(field, example) } else { None });
        known.or_else(|| if field.role.is_none() || field.required { repeated() } else { None })
    };
    fields.iter().filter_map(|field| Some((field.name, value(field)?))).collect()
}

/// The sample reply of an action that is about no order; what the request says wins over the sample.
pub(crate) fn of_example(fields: &'static [FieldInfo], request: &Fields, examples: &'static [Example]) -> Answer {
    let same =
        |example: &&Example| example.request.iter().all(|(name, text)| request.text(name).as_deref() == Some(*text));
    let example = examples.iter().find(same).or_else(|| examples.first());
    let value = |field| echo(field, Some(request)).or_else(|| sample(field, example.map(|example| example.reply)));
    fields.iter().filter_map(|field| Some((field.name, value(field)?))).collect()
}

fn of_role(engine: &Engine, order: &Order, field: &FieldInfo, role: Role) -> Option<String> {
    let minor = |amount: ottpay::Amount| amount.minor().to_string();
    match role {
        // The gateway's own order comes about when the buyer has used a way to pay.
        Role::Order if order.checkout_id.is_some() && !field.required && order.state() == OrderState::Created => None,
        Role::Order => Some(order.id.clone()),
        Role::CheckoutOrder => order.checkout_id.clone(),
        Role::ProviderOrder => Some(order.provider_id.clone()),
        Role::Amount => Some(minor(order.amount)),
        Role::Tip => order.tip.map(minor),
        Role::Refunded => Some(minor(order.refunded)),
        Role::PaymentLink => Some(format!("{LINK}{}", order.id)),
        Role::Status => match field.kind {
            // Some enums say of a refund that the money has been given back, others use the words of payments.
            Kind::Enum(words) if order.kind() == OrderKind::Refund => {
                word(words, StatusClass::Paid).or_else(|| word(words, StatusClass::Refunded)).map(str::to_owned)
            }
            Kind::Enum(words) => word(words, order.class()).map(str::to_owned),
            _ => None,
        },
        Role::Time => order.finish_time.clone(),
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
    words.is_some_and(|words| word(words, StatusClass::Paid).is_none() && word(words, StatusClass::Refunded).is_some())
}

/// The first word of the enum that says this of the money.
fn word(words: &EnumInfo, class: StatusClass) -> Option<&'static str> {
    words.words.iter().find(|(_, known)| *known == class).map(|(word, _)| *word)
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
