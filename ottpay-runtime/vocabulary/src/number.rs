//! Exact numbers: the integers in amounts and rates, and decimals. Never a float, never rounded.

/// Whether a string consists of digits `0` to `9`, and is not empty.
pub fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Parses a non-negative integer in any notation of JSON: `100`, `100.00`, `1E2`.
pub fn parse_integer(text: &str) -> Option<u64> {
    if is_digits(text) {
        return text.parse().ok();
    }
    let Number { is_negative, whole, fraction, scale } = Number::read(text)?;
    let digits = format!("{whole}{fraction}");
    // Zeros at the end are only counted, because the exponent may remove them again, and all of them together may not
    // fit in an integer.
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        return Some(0);
    }
    // The number of zeros after the significant digits. If it is negative, the number has a fraction.
    let zeros = i64::try_from(digits.len() - significant.len()).ok()?.checked_sub(scale)?;
    let factor = 10_u64.checked_pow(u32::try_from(zeros).ok()?)?;
    let value: u64 = significant.parse().ok()?;
    value.checked_mul(factor).filter(|_| !is_negative)
}

/// The largest number of digits after the point of a decimal.
const MAX_SCALE: u32 = 28;

/// Parses a decimal number in any notation of JSON into an integer and the number of its digits after the point. It is
/// limited to 96 bits and 28 digits after the point, which decimal types represent exactly.
pub fn parse_decimal(text: &str) -> Option<(i128, u32)> {
    let Number { is_negative, whole, fraction, scale } = Number::read(text)?;
    let (zeros, scale) = match u32::try_from(scale) {
        Ok(scale) => (0, scale),
        // For example `1E2`: the zeros are added, up to the number of digits that a decimal can have.
        Err(_) => (usize::try_from(scale.checked_neg()?).ok().filter(|zeros| *zeros < 30)?, 0),
    };
    let digits = whole.bytes().chain(fraction.bytes()).chain(std::iter::repeat_n(b'0', zeros));
    let value = digits
        .map(|digit| i128::from(digit - b'0'))
        .try_fold(0_i128, |value, digit| value.checked_mul(10)?.checked_add(digit))?;
    let fits = value < 1 << 96 && scale <= MAX_SCALE;
    fits.then_some((if is_negative { -value } else { value }, scale))
}

/// A number by JSON's grammar, except that leading zeros are allowed.
struct Number<'a> {
    is_negative: bool,
    /// The digits before the point.
    whole: &'a str,
    /// The digits after the point.
    fraction: &'a str,
    /// The number of digits after the point, once the exponent has moved it.
    scale: i64,
}

impl<'a> Number<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let (is_negative, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            // `parse` accepts one sign, as JSON does.
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (rest, 0),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (mantissa, ""),
        };
        if !is_digits(whole) || !(fraction.is_empty() || is_digits(fraction)) {
            return None;
        }
        let scale = i64::try_from(fraction.len()).ok()?.checked_sub(exponent.into())?;
        Some(Self { is_negative, whole, fraction, scale })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_number_is_the_same_in_every_form() {
        for digits in
            ["0", "7", "100", "007", "1999", "18446744073709551615", "18446744073709551616", "99999999999999999999"]
        {
            let value = digits.parse().ok();
            for text in [digits.to_owned(), format!("0{digits}"), format!("{digits}.0"), format!("{digits}00E-2")] {
                assert_eq!(parse_integer(&text), value, "{text}");
            }
        }
        for text in ["", "-1", "+1", "1.5", "1 ", "٣", "1E400", "0x1", "1e++5", "1e+-0", "1e", "1e+"] {
            assert_eq!(parse_integer(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_decimal_keeps_its_digits() {
        for (text, value) in [
            ("5.24740000", Some((524_740_000, 8))),
            ("-1.5e2", Some((-150, 0))),
            ("1E28", Some((10_i128.pow(28), 0))),
            ("0.0000000000000000000000000000000001e10", Some((1, 24))),
            ("79228162514264337593543950335", Some(((1 << 96) - 1, 0))),
            ("79228162514264337593543950336", None),
            ("999999999999999999999999999999999999999999", None),
            ("0.99999999999999999999999999999", None),
            ("1E30", None),
            ("1.", None),
            (".5", None),
            ("1.5.5", None),
        ] {
            assert_eq!(parse_decimal(text), value, "{text}");
        }
    }
}
