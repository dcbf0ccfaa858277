//! The digest over values, in every form in which the gateway is known to write them.

use std::borrow::Cow;

use md5::{Digest, Md5};
use subtle::{Choice, ConstantTimeEq};

use super::json::Value;

/// How values that are not strings enter the digest. The vendor's samples hold strings only; these are the forms seen
/// in the field. Opening tries all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DigestForm {
    /// Numbers as Java prints a double (`1.0E7`), `null` as the word, lists and objects as Java prints its collections.
    JavaNullWord,
    /// Numbers as written, `null` as nothing, lists and objects as compact JSON.
    TextNullEmpty,
    /// Numbers, lists and objects as Java prints them, `null` as nothing.
    JavaNullEmpty,
    /// Numbers as written, lists and objects as compact JSON, `null` as the word.
    TextNullWord,
}

impl DigestForm {
    /// Every form, in the order in which they are tried.
    pub const ALL: [Self; 4] = [Self::JavaNullWord, Self::TextNullEmpty, Self::JavaNullEmpty, Self::TextNullWord];

    pub(super) fn write<'a>(self, value: &'a Value) -> Cow<'a, str> {
        let java = matches!(self, Self::JavaNullWord | Self::JavaNullEmpty);
        match value {
            Value::Text(text) => Cow::Borrowed(text),
            Value::Number(text) if java => Cow::Owned(java_double(text)),
            Value::Nested(nested) if java => {
                let mut out = String::new();
                nested.write_java(&mut out);
                Cow::Owned(out)
            }
            Value::Null if matches!(self, Self::JavaNullWord | Self::TextNullWord) => Cow::Borrowed("null"),
            other => other.as_text().unwrap_or_default(),
        }
    }

    pub(super) fn digest(self, members: &[(String, Value)]) -> String {
        let mut md5 = Md5::new();
        for (_, value) in members {
            md5.update(self.write(value).as_bytes());
        }
        hex(md5)
    }
}

/// 32 upper-case hex digits.
pub(super) fn hex(md5: Md5) -> String {
    base16ct::upper::encode_string(&md5.finalize())
}

/// Whether `md5` is the digest of `members` (already in digest order) in one of the forms. Every form is computed and
/// compared, whichever fits, and case does not matter.
pub(super) fn matches(members: &[(String, Value)], md5: &str) -> bool {
    let received = md5.to_ascii_uppercase();
    let forms = if members.iter().all(|(_, value)| matches!(value, Value::Text(_))) {
        // Strings look the same in every form.
        &[DigestForm::TextNullEmpty][..]
    } else {
        &DigestForm::ALL
    };
    forms
        .iter()
        .fold(Choice::from(0), |found, form| found | form.digest(members).as_bytes().ct_eq(received.as_bytes()))
        .into()
}

/// A number as Java's `Double.toString` prints it. Used for the digest only, never for money.
pub(super) fn java_double(text: &str) -> String {
    let Ok(number) = text.parse::<f64>() else { return text.to_owned() };
    if number.is_infinite() {
        return if number > 0.0 { "Infinity".to_owned() } else { "-Infinity".to_owned() };
    }
    // The shortest digits that name the double, as `-d.ddde±n`.
    let shortest = format!("{number:e}");
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", mantissa),
    };
    let digits = mantissa.replace('.', "");
    if digits == "0" {
        return format!("{sign}0.0");
    }
    match exponent {
        -3..=-1 => {
            let zeros = "0".repeat(exponent.unsigned_abs() as usize - 1);
            format!("{sign}0.{zeros}{digits}")
        }
        0..=6 => {
            let point = exponent as usize + 1;
            let whole: String = digits.chars().chain(std::iter::repeat('0')).take(point).collect();
            format!("{sign}{whole}.{}", or_zero(&digits.chars().skip(point).collect::<String>()))
        }
        _ => {
            let (first, rest) = digits.split_at_checked(1).unwrap_or((&digits, ""));
            format!("{sign}{first}.{}E{exponent}", or_zero(rest))
        }
    }
}

/// Java always prints at least one digit on each side of the point.
fn or_zero(digits: &str) -> &str {
    if digits.is_empty() { "0" } else { digits }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_print_as_java_prints_them() {
        for (written, printed) in [
            ("1", "1.0"),
            ("0", "0.0"),
            ("-0", "-0.0"),
            ("5.2474", "5.2474"),
            ("5.24740000", "5.2474"),
            ("100.00", "100.0"),
            ("9999999", "9999999.0"),
            ("10000000", "1.0E7"),
            ("650000000", "6.5E8"),
            ("275900", "275900.0"),
            ("0.001", "0.001"),
            ("0.0125", "0.0125"),
            ("0.5", "0.5"),
            ("0.0001", "1.0E-4"),
            ("-12345678.9", "-1.23456789E7"),
            ("1e21", "1.0E21"),
            ("1e999", "Infinity"),
            ("-1e999", "-Infinity"),
            ("1.7976931348623157e308", "1.7976931348623157E308"),
        ] {
            assert_eq!(java_double(written), printed, "{written}");
        }
    }
}
