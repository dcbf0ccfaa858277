//! Numbers and money of a field, compared with those of another library.

use ottpay::{Amount, Currency, Decimal, FromField, Money, Rate};

use crate::written::{assert_comes_back, assert_displayed, assert_stored};

/// The number in a text, according to another library, if that is exact.
fn exact(text: &str) -> Option<Decimal> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let is_json = serde_json::from_str::<&serde_json::value::RawValue>(text).is_ok_and(|value| value.get() == text);
    let is_number = is_json && text.bytes().all(|byte| byte.is_ascii_digit() || b"-+.eE".contains(&byte));
    if digits > 20 || !is_number {
        return None;
    }
    if text.contains(['e', 'E']) { Decimal::from_scientific(text).ok() } else { Decimal::from_str_exact(text).ok() }
}

pub(crate) fn assert_numbers(text: &str) {
    let amount = Amount::from_field(text);
    let whole = u64::from_field(text);
    let rate = Rate::from_field(text);
    assert_eq!(amount.as_ref().map(|amount| amount.minor()).ok(), whole.as_ref().ok().copied());
    assert_eq!(rate.as_ref().map(|rate| rate.e8()).ok(), whole.as_ref().ok().copied());
    let decimal = Decimal::from_field(text);
    if let Some(exact) = exact(text) {
        assert_eq!(decimal, Ok(exact), "{text}");
        let is_whole = exact.fract().is_zero() && !exact.is_sign_negative() || exact.is_zero();
        let expected = is_whole.then(|| u64::try_from(exact.normalize().mantissa()).ok()).flatten();
        assert_eq!(whole.as_ref().ok().copied(), expected, "{text}");
    }
    if let Ok(amount) = amount {
        assert_comes_back(&amount);
        assert_eq!(
            i64::try_from(amount).ok().map(Amount::try_from),
            i64::try_from(amount.minor()).ok().map(|_| Ok(amount))
        );
    }
    if let Ok(rate) = rate {
        assert_displayed(&rate);
        assert_stored(&rate);
        assert_eq!(Rate::try_from(Decimal::from(rate)), Ok(rate));
    }
    if let Ok(decimal) = decimal {
        assert_eq!(Decimal::from_field(&decimal.to_string()), Ok(decimal));
    }
}

pub(crate) fn assert_money(choice: u8, text: &str) {
    let currencies = ["CAD", "JPY", "KWD", "XYZ", "CLF"].map(|code| Currency::new(code).expect("a code"));
    let currency = currencies[usize::from(choice) % currencies.len()];
    if let Ok(amount) = Amount::parse(text, currency) {
        let money = amount.in_currency(currency);
        assert_displayed(&money);
        assert_stored(&money);
        // The same by another library: no cent is lost.
        let scaled = Decimal::from_str_exact(text)
            .ok()
            .and_then(|exact| exact.checked_mul(Decimal::from(10_u64.pow(u32::from(currency.decimals()?)))));
        if let Some(scaled) = scaled.filter(|_| text.len() < 20) {
            assert_eq!(Decimal::from(amount.minor()), scaled, "{text}");
        }
        let other = Amount::from_minor(u64::from(choice) + 1);
        if let Some(sum) = amount.checked_add(other) {
            assert_eq!((sum.checked_sub(other), sum > amount), (Some(amount), true));
        }
    }
    if let Ok(money) = text.parse::<Money>() {
        assert_displayed(&money);
        assert_stored(&money);
    }
    if let Ok(currency) = Currency::from_field(text) {
        assert_comes_back(&currency);
        assert_displayed(&currency);
        assert_eq!(currency.code(), text.trim().to_uppercase());
    }
}
