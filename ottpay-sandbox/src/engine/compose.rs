//! Composes the fields of replies and callbacks: each declared field is filled according to its role.

use std::collections::BTreeMap;

use ottpay::Amount;
use ottpay::envelope::Fields;
use ottpay::spec::{ActionInfo, CallbackInfo, Example, FieldInfo, Kind, Role};

use super::refusal::Refusal;
use super::request::Request;
use super::state::Engine;
use super::status_word::{find_pending_word, find_status_word};
use crate::address::payment_path;
use crate::assume::{CallbackStatus, Echoes, MinorUnits, Totals};
use crate::clock::format_wire_time;
use crate::order::{Order, OrderState};

/// Field values of a reply or callback, by wire name.
pub(super) type Answer = BTreeMap<&'static str, String>;

/// Field values of an example.
type Sample = &'static [(&'static str, &'static str)];

impl Engine {
    /// The reply about an order.
    pub(super) fn compose_reply(&self, request: Request<'_>, order: &Order) -> Answer {
        let example = request.info.examples.first().map(|example| example.reply);
        self.compose_order(request.info.reply, order, Some(request.fields), example)
    }

    /// The callback of an order; with the exchange rate, if the vendor's callback has one.
    pub(super) fn compose_callback(&self, info: &'static CallbackInfo, order: &Order) -> Answer {
        let example = info.examples.first().copied();
        let mut answer = self.compose_order(info.fields, order, None, example);
        // The vendor's sample of a wallet's callback has no status, so a merchant has to query it.
        let is_undocumented = |field: &&FieldInfo| !field.required && find_sample(field, example).is_none();
        if self.assumed().callback_status == CallbackStatus::Documented {
            for field in info.fields.iter().filter(|field| field.role == Some(Role::Status)).filter(is_undocumented) {
                answer.remove(field.name);
            }
        }
        let rate = info.fields.iter().find(|field| matches!(field.kind, Kind::Decimal));
        if let Some((field, rate)) = rate.zip(self.rates.find(order.currency)) {
            answer.insert(field.name, format!("{}.{:08}", rate / 100_000_000, rate % 100_000_000));
        }
        answer
    }

    /// The reply to a query about an unknown order as if it were not paid yet.
    pub(super) fn compose_pending(&self, request: Request<'_>) -> Answer {
        let requested = collect_texts(request.fields);
        let example = request.info.examples.first().map(|example| example.reply);
        let value = |field: &'static FieldInfo| match (field.role, field.kind) {
            (Some(Role::Status), Kind::Enum(words)) => find_pending_word(words).map(str::to_owned),
            (Some(Role::Merchant), _) => Some(self.settings.merchant_id.clone()),
            _ => find_echo(field, &requested).or_else(|| find_sample(field, example).filter(|_| field.required)),
        };
        request.info.reply.iter().filter_map(|field| Some((field.name, value(field)?))).collect()
    }

    /// The example's reply of an action that is not about an order. A value of the request overrides that of the
    /// example, and an exchange rate is that of the requested currency.
    pub(super) fn compose_example(&self, request: Request<'_>) -> Result<Answer, Refusal> {
        let Request { info, fields } = request;
        let is_same = |example: &&Example| example.request.iter().all(|(name, text)| fields.text(name) == Some(*text));
        let example = info.examples.iter().find(is_same).or_else(|| info.examples.first());
        let currency = request.read_currency();
        let requested = collect_texts(fields);
        let value = |field: &'static FieldInfo| match (field.kind, currency) {
            (Kind::RateE8, Some(currency)) => {
                let unknown = || Refusal::invalid(format!("no exchange rate for {currency}"));
                self.rates.find(currency).map(|rate| Some(rate.to_string())).ok_or_else(unknown)
            }
            _ => {
                let sample = || find_sample(field, example.map(|example| example.reply));
                Ok(find_echo(field, &requested).or_else(sample))
            }
        };
        let mut answer = Answer::new();
        for field in info.reply {
            if let Some(text) = value(field)? {
                answer.insert(field.name, text);
            }
        }
        Ok(answer)
    }

    /// The values of the declared fields for an order. A field without a role repeats the request that created the
    /// order, then the current request, and if it is required, the example.
    fn compose_order(
        &self,
        fields: &'static [FieldInfo],
        order: &Order,
        request: Option<&Fields>,
        example: Option<Sample>,
    ) -> Answer {
        let requested = request.map(collect_texts);
        let repeats_nothing = self.assumed().echoes == Echoes::Off;
        let value = |field: &'static FieldInfo| {
            if repeats_nothing && is_optional_echo(field) {
                return None;
            }
            let known = match (field.role, field.kind) {
                (Some(role), _) => self.fill_role(order, field, role),
                (None, Kind::Currency) => Some(order.currency.code().to_owned()),
                // The vendor may not document that it is the order's id, but it has the same name.
                (None, kind) if kind.is_id() && is_named_like_own_id(order.action, field) => {
                    Some(order.reported_id().to_owned())
                }
                _ => None,
            };
            let repeated = || {
                let echo = find_echo(field, &order.request).or_else(|| find_echo(field, requested.as_ref()?));
                echo.or_else(|| if field.required { find_sample(field, example) } else { None })
            };
            known.or_else(|| if field.role.is_none() || field.required { repeated() } else { None })
        };
        fields.iter().filter_map(|field| Some((field.name, value(field)?))).collect()
    }

    /// The value of a field for an order, by the role of the field.
    pub(super) fn fill_role(&self, order: &Order, field: &FieldInfo, role: Role) -> Option<String> {
        let assumed = self.assumed();
        let minor = |amount: Amount| format_minor(order, amount, assumed.minor_units);
        let is_unpaid_page = order.checkout_id.is_some() && order.state() == OrderState::Created;
        match role {
            // The gateway's own order of a Checkout page is created when the buyer has chosen a way to pay.
            Role::Order if is_unpaid_page && !field.required => None,
            Role::Order | Role::Refund => Some(order.reported_id().to_owned()),
            Role::CheckoutOrder => order.checkout_id.clone(),
            Role::ProviderOrder => Some(order.provider_id.clone()),
            Role::Amount if assumed.totals == Totals::Absent && !field.required => None,
            Role::Amount => Some(minor(add_up(order, assumed.totals))),
            Role::Tip => order.tip.map(minor),
            Role::Fee => order.fee.map(minor),
            Role::Refunded => Some(minor(order.refunded)),
            Role::PaymentLink => Some(self.payment_link(order)),
            Role::Status => match field.kind {
                Kind::Enum(words) => find_status_word(words, order, assumed.after_refund).map(str::to_owned),
                _ => None,
            },
            Role::Time => order.finished.map(format_wire_time),
            Role::Created => Some(format_wire_time(order.created)),
            Role::Expires => order.expires.map(format_wire_time),
            Role::Lifetime => order.expires.map(|expires| (expires.saturating_sub(order.created) / 1000).to_string()),
            Role::ReturnUrl => find_return_url(order).map(str::to_owned),
            Role::Merchant => Some(self.settings.merchant_id.clone()),
            _ => None,
        }
    }

    /// Where the buyer pays an order.
    pub(crate) fn payment_link(&self, order: &Order) -> String {
        format!("{}{}", self.settings.public_url, payment_path(&order.id))
    }
}

/// What a total of the order includes.
fn add_up(order: &Order, totals: Totals) -> Amount {
    let add_tip = |amount: Amount| order.tip.and_then(|tip| amount.checked_add(tip)).unwrap_or(amount);
    match totals {
        Totals::Fee | Totals::Absent => order.charged(),
        Totals::Bare => order.amount,
        Totals::Tip => add_tip(order.amount),
        Totals::FeeAndTip => add_tip(order.charged()),
    }
}

/// An amount as it is reported. If the digits of the currency are unknown, in the unit in which it was asked for.
fn format_minor(order: &Order, amount: Amount, units: MinorUnits) -> String {
    let hundredths = || amount.minor().checked_mul(100).filter(|_| order.currency.decimals() == Some(0));
    match units {
        MinorUnits::AsAsked => amount.minor(),
        MinorUnits::Times100 => hundredths().unwrap_or(amount.minor()),
    }
    .to_string()
}

/// Whether the field is optional, and repeats what the merchant knows: a field without a role repeats the request.
fn is_optional_echo(field: &FieldInfo) -> bool {
    let is_known = field.is_own_id() || matches!(field.role, None | Some(Role::Merchant));
    !field.required && is_known
}

/// Where the request wants the buyer to return to.
pub(super) fn find_return_url(order: &Order) -> Option<&str> {
    let field = order.action.request_field(Role::ReturnUrl)?;
    order.request.get(field.name).map(String::as_str)
}

/// Whether a field has the name of the one with the id of the order or refund in the request of this action.
fn is_named_like_own_id(info: &ActionInfo, field: &FieldInfo) -> bool {
    let own = [Role::Order, Role::Refund].into_iter().find_map(|role| info.request_field(role));
    own.is_some_and(|own| own.name == field.name)
}

/// Every string and number of a request, by wire name.
fn collect_texts(fields: &Fields) -> BTreeMap<String, String> {
    fields.iter().filter_map(|(name, value)| Some((name.to_owned(), value.as_text()?.to_owned()))).collect()
}

/// The value of the request's field with the same name, regardless of underscores and case.
fn find_echo(field: &FieldInfo, request: &BTreeMap<String, String>) -> Option<String> {
    let (_, text) = request.iter().find(|(name, _)| simplify(name).eq(simplify(field.name)))?;
    Some(text.clone())
}

/// A name without underscores, in lower case.
fn simplify(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().filter(|byte| *byte != b'_').map(|byte| byte.to_ascii_lowercase())
}

/// The value of the field in an example.
pub(super) fn find_sample(field: &FieldInfo, example: Option<Sample>) -> Option<String> {
    let (_, text) = example?.iter().find(|(name, _)| *name == field.name)?;
    Some((*text).to_owned())
}
