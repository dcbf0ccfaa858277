//! Composes the fields of replies and callbacks from the roles of the declared fields and the best matching example.

use std::collections::BTreeMap;

use ottpay::Amount;
use ottpay::envelope::Fields;
use ottpay::spec::{ActionInfo, CallbackInfo, FieldInfo, Kind, Role};

use super::issue::{issue_like, issue_members};
use super::refusal::Refusal;
use super::request::Request;
use super::samples::Samples;
use super::state::Engine;
use super::status_word::StatusWords;
use crate::address::payment_path;
use crate::assume::{CallbackStatus, Echoes, MinorUnits, Totals};
use crate::clock::format_time_like;
use crate::order::{Order, OrderState};

/// Values of a reply or callback, by wire name.
pub(super) type Answer = BTreeMap<&'static str, String>;

/// The data from which a message about an order is composed.
struct Source<'a> {
    order: &'a Order,
    samples: &'a Samples,
    /// The values of the request for a reply; empty for a callback.
    requested: &'a BTreeMap<String, String>,
}

impl Engine {
    /// Composes the reply about an order.
    pub(super) fn compose_reply(&self, request: Request<'_>, order: &Order) -> Answer {
        let requested = &collect_texts(request.fields);
        let samples = &Samples::of_reply(request.info, requested, Some(order));
        self.compose_order(request.info.reply, &Source { order, samples, requested })
    }

    /// Composes the callback of an order.
    pub(super) fn compose_callback(&self, info: &'static CallbackInfo, order: &Order) -> Answer {
        let samples = &Samples::of_callback(info, order);
        let mut answer = self.compose_order(info.fields, &Source { order, samples, requested: &BTreeMap::new() });
        // The vendor's sample of a wallet's callback does not contain a status, so a merchant has to query it.
        let is_undocumented = |field: &&FieldInfo| !field.required && samples.find(field).is_none();
        if self.assumptions().callback_status == CallbackStatus::Documented {
            for field in info.fields.iter().filter(|field| field.role == Some(Role::Status)).filter(is_undocumented) {
                answer.remove(field.name);
            }
        }
        answer
    }

    /// Composes the reply to a query about an unknown order as if it were not paid yet.
    pub(super) fn compose_pending(&self, request: Request<'_>) -> Answer {
        let requested = collect_texts(request.fields);
        let samples = Samples::of_reply(request.info, &requested, None);
        let value = |field: &'static FieldInfo| match (field.role, field.kind) {
            (Some(Role::Status), Kind::Enum(info)) => {
                StatusWords::new(info, field, &samples).find_pending().map(str::to_owned)
            }
            (Some(Role::Merchant), _) => Some(self.settings.merchant_id.clone()),
            _ => {
                let sample = || samples.find(field).filter(|_| field.required).map(str::to_owned);
                find_echo(field, &requested).or_else(sample)
            }
        };
        request.info.reply.iter().filter_map(|field| Some((field.name, value(field)?))).collect()
    }

    /// Composes the reply of an action without an order from its example. Values of the request override those of the
    /// example, and an exchange rate is that of the requested currency.
    pub(super) fn compose_example(&self, request: Request<'_>) -> Result<Answer, Refusal> {
        let Request { info, fields } = request;
        let currency = request.read_currency();
        let requested = collect_texts(fields);
        let samples = Samples::of_reply(info, &requested, None);
        let value = |field: &'static FieldInfo| match (field.kind, currency) {
            (Kind::RateE8, Some(currency)) => {
                let unknown = || Refusal::invalid(format!("no exchange rate for {currency}"));
                self.rates.find(currency).map(|rate| Some(rate.to_string())).ok_or_else(unknown)
            }
            _ => Ok(find_echo(field, &requested).or_else(|| samples.find(field).map(str::to_owned))),
        };
        let mut answer = Answer::new();
        for field in info.reply {
            if let Some(text) = value(field)? {
                answer.insert(field.name, text);
            }
        }
        Ok(answer)
    }

    /// Composes the declared fields for an order, each under every name that the example uses for it.
    fn compose_order(&self, fields: &'static [FieldInfo], source: &Source<'_>) -> Answer {
        let mut answer = Answer::new();
        for field in fields {
            if let Some(text) = self.find_value(field, source) {
                answer.extend(source.samples.list_aliases(field).map(|alias| (alias, text.clone())));
                answer.insert(field.name, text);
            }
        }
        answer
    }

    /// Finds the value of a field for an order: by its role, or else in the request that created the order, the current
    /// request, or the example.
    fn find_value(&self, field: &'static FieldInfo, source: &Source<'_>) -> Option<String> {
        let Source { order, samples, requested } = *source;
        let sample = samples.find(field);
        // The vendor may not document that the field is the order's id, but the field has the same name.
        let is_own_id = field.kind.is_id() && is_named_like_own_id(order.action, field);
        let echo = || find_echo(field, &order.request).or_else(|| find_echo(field, requested));
        let repeats = || match field.role {
            Some(role) => role.is_own_id() || matches!(role, Role::Merchant | Role::Remark),
            None => is_own_id || matches!(field.kind, Kind::Currency) || echo().is_some(),
        };
        if self.assumptions().echoes == Echoes::Off && !field.required && repeats() {
            return None;
        }
        let known = match (field.role, field.kind) {
            (Some(role), _) => self.fill_role(order, field, role, samples),
            (None, Kind::Currency) => Some(order.currency.code().to_owned()),
            (None, _) if is_own_id => Some(order.reported_id().to_owned()),
            (None, _) => echo(),
        };
        let required = || if field.required { echo() } else { None };
        // An optional field with another role is absent if the order does not have a value for it, even if the example
        // shows one.
        let may_be_sample = field.required || matches!(field.role, None | Some(Role::Remark));
        let of_sample = |sample: &str| match field.kind {
            Kind::Object(info) => issue_members(sample, info, &order.id),
            _ => sample.to_owned(),
        };
        known.or_else(required).or_else(|| sample.filter(|_| may_be_sample).map(of_sample))
    }

    /// Finds the value of a field for an order by the field's role.
    pub(super) fn fill_role(&self, order: &Order, field: &FieldInfo, role: Role, samples: &Samples) -> Option<String> {
        let assumed = self.assumptions();
        let minor = |amount: Amount| format_minor(order, amount, assumed.minor_units);
        let time = |millis: i64| format_time_like(millis, samples.find_any(field));
        let is_shown = samples.find(field).is_some();
        // A missing amount is zero if the example has the field, and absent otherwise.
        let or_zero = |amount: Option<Amount>| amount.or(Some(Amount::ZERO).filter(|_| is_shown)).map(minor);
        let is_unpaid_page = order.checkout_id.is_some() && order.state() == OrderState::Created;
        match role {
            // The gateway creates its own order of a Checkout page when the buyer has chosen a payment method.
            Role::Order if is_unpaid_page && !field.required => None,
            Role::Order | Role::Refund => Some(order.reported_id().to_owned()),
            Role::CheckoutOrder => order.checkout_id.clone(),
            Role::ProviderOrder => Some(order.provider_id.clone()),
            Role::Issued => samples.find_any(field).map(|sample| issue_like(sample, &order.id, field.name)),
            Role::Amount if assumed.totals == Totals::Absent && !field.required => None,
            Role::Amount => Some(minor(add_up(order, assumed.totals))),
            Role::Tip => or_zero(order.tip),
            Role::Fee => or_zero(order.fee),
            Role::Refunded => {
                or_zero(Some(order.refunded).filter(|refunded| *refunded != Amount::ZERO || field.required))
            }
            Role::PaymentLink => Some(self.payment_link(order)),
            Role::Status => match field.kind {
                Kind::Enum(info) => {
                    StatusWords::new(info, field, samples).find(order, assumed.after_refund).map(str::to_owned)
                }
                _ => None,
            },
            Role::Time => {
                let created = Some(order.created).filter(|_| samples.shows_unpaid(field));
                order.finished.or(created).map(time)
            }
            Role::Created => Some(time(order.created)),
            Role::Expires => order.expires.map(time),
            Role::Lifetime => order.expires.map(|expires| (expires.saturating_sub(order.created) / 1000).to_string()),
            Role::ReturnUrl => find_return_url(order).map(str::to_owned),
            Role::Merchant => Some(self.settings.merchant_id.clone()),
            Role::ExchangeRate => samples.find(field).and_then(|sample| self.format_rate_like(order, sample)),
            Role::Remark => find_requested(order, role).map(str::to_owned),
            _ => None,
        }
    }

    /// Formats the exchange rate of the order's currency, with as many decimals as the example.
    fn format_rate_like(&self, order: &Order, sample: &str) -> Option<String> {
        let rate = self.rates.find(order.currency)?;
        let text = format!("{}.{:08}", rate / 100_000_000, rate % 100_000_000);
        let decimals = sample.split_once('.').map_or(0, |(_, decimals)| decimals.len().min(8));
        text.get(..text.len() - (8 - decimals)).map(|text| text.trim_end_matches('.').to_owned())
    }

    /// Returns the URL at which the buyer pays an order.
    pub(crate) fn payment_link(&self, order: &Order) -> String {
        format!("{}{}", self.settings.public_url, payment_path(&order.id))
    }
}

/// Adds up a total of the order.
fn add_up(order: &Order, totals: Totals) -> Amount {
    let add_tip = |amount: Amount| order.tip.and_then(|tip| amount.checked_add(tip)).unwrap_or(amount);
    match totals {
        Totals::Fee | Totals::Absent => order.charged(),
        Totals::Bare => order.amount,
        Totals::Tip => add_tip(order.amount),
        Totals::FeeAndTip => add_tip(order.charged()),
    }
}

/// Formats an amount for a message. If the number of decimals of the currency is not known, the amount keeps the unit
/// of the request.
fn format_minor(order: &Order, amount: Amount, units: MinorUnits) -> String {
    let hundredths = || amount.minor().checked_mul(100).filter(|_| order.currency.decimals() == Some(0));
    match units {
        MinorUnits::AsAsked => amount.minor(),
        MinorUnits::Times100 => hundredths().unwrap_or(amount.minor()),
    }
    .to_string()
}

/// Returns the URL to which the request asks the buyer's browser to return.
pub(super) fn find_return_url(order: &Order) -> Option<&str> {
    find_requested(order, Role::ReturnUrl)
}

/// Finds the field with this role in the request that created an order.
fn find_requested(order: &Order, role: Role) -> Option<&str> {
    let field = order.action.request_field(role)?;
    order.request.get(field.name).map(String::as_str)
}

/// Returns whether a field has the same name as the field with the order's or refund's id in the request of this
/// action.
fn is_named_like_own_id(info: &ActionInfo, field: &FieldInfo) -> bool {
    let own = [Role::Order, Role::Refund].into_iter().find_map(|role| info.request_field(role));
    own.is_some_and(|own| own.name == field.name)
}

/// Collects all strings and numbers of a request, by wire name.
fn collect_texts(fields: &Fields) -> BTreeMap<String, String> {
    fields.iter().filter_map(|(name, value)| Some((name.to_owned(), value.as_text()?.to_owned()))).collect()
}

/// Finds the request's field with the same name, ignoring underscores and case.
fn find_echo(field: &FieldInfo, request: &BTreeMap<String, String>) -> Option<String> {
    // The vendor spells some names in several ways, such as `order_id` and `orderId` (docs/vendor-differences.md).
    let (_, text) = request.iter().find(|(name, _)| simplify(name).eq(simplify(field.name)))?;
    Some(text.clone())
}

/// Simplifies a name to lower case without underscores.
fn simplify(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().filter(|byte| *byte != b'_').map(|byte| byte.to_ascii_lowercase())
}
