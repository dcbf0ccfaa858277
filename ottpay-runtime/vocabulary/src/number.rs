//! Exact numbers: whole ones behind amounts and rates, and decimals. Never a float, never rounded.

/// Whether a string has digits `0` to `9` only, and at least one.
pub fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A whole number that is not negative, in any form of JSON: `100`, `100.00`, `1E2`.
pub fn whole(text: &str) -> Option<u64> {
    let Number { is_negative, digits, scale } = Number::read(text)?;
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        return Some(0);
    }
    // How many zeros follow the significant digits; fewer than none means that a fraction is left.
    let zeros = i64::try_from(digits.len() - significant.len()).ok()?.checked_sub(scale)?;
    let factor = 10_u64.checked_pow(u32::try_from(zeros).ok()?)?;
    let value: u64 = significant.parse().ok()?;
    value.checked_mul(factor).filter(|_| !is_negative)
}

/// The greatest number of digits after the point that a decimal has.
const MAX_SCALE: u32 = 28;

/// A decimal number in any form of JSON, as a whole number and how many of its digits are after the point. It fits in
/// 96 bits and 28 digits after the point, which is what decimal types hold exactly.
pub fn decimal(text: &str) -> Option<(i128, u32)> {
    let Number { is_negative, digits, scale } = Number::read(text)?;
    let (digits, scale) = match u32::try_from(scale) {
        Ok(scale) => (digits, scale),
        // `1E2`: the zeros are written out, as far as a decimal can have digits at all.
        Err(_) => (digits + &"0".repeat(usize::try_from(scale.checked_neg()?).ok().filter(|zeros| *zeros < 30)?), 0),
    };
    let value: i128 = digits.parse().ok()?;
    let fits = value < 1 << 96 && scale <= MAX_SCALE;
    fits.then_some((if is_negative { -value } else { value }, scale))
}

/// A number by JSON's grammar, leading zeros allowed: its digits, and how many of them are after the point.
struct Number {
    is_negative: bool,
    digits: String,
    scale: i64,
}

impl Number {
    fn read(text: &str) -> Option<Self> {
        let (is_negative, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => {
                (mantissa, exponent.strip_prefix('+').unwrap_or(exponent).parse::<i32>().ok()?)
            }
            None => (rest, 0),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (mantissa, ""),
        };
        let digits = format!("{whole}{fraction}");
        if whole.is_empty() || !is_digits(&digits) {
            return None;
        }
        let scale = i64::try_from(fraction.len()).ok()?.checked_sub(exponent.into())?;
        Some(Self { is_negative, digits, scale })
    }
}
