//! How Java prints values. Gateways and clients written in Java digest them in this form.

use std::fmt::Write as _;

use super::unescape::{Token, Tokens, unescape};
use super::value::Value;

/// Writes a number as `Double.toString` prints it, and lists and objects as collections print themselves: `[a, b]`,
/// `{k=v, k2=v2}`.
pub(super) fn write_value(value: Value<'_>, out: &mut String) {
    match value {
        Value::Number(text) => write_double(text, out),
        Value::Nested(nested) => write_nested(nested.as_json(), out),
        Value::Null => out.push_str("null"),
        other => out.push_str(other.as_text().unwrap_or_default()),
    }
}

fn write_nested(json: &str, out: &mut String) {
    for (token, kind) in Tokens::new(json) {
        match (kind, token) {
            // A compact text contains only complete pairs of surrogates.
            (Token::Text, text) => _ = unescape(text, None, out),
            (Token::Other, ",") => out.push_str(", "),
            (Token::Other, ":") => out.push('='),
            // A bracket, `true`, `false` or `null` is not a number, and is written unchanged.
            (Token::Other, other) => write_double(other, out),
        }
    }
}

/// Formats a number as Java's `Double.toString` prints it. Used only for the digest, never for money.
#[cfg(any(feature = "explain", test))]
pub(super) fn format_double(text: &str) -> String {
    let mut out = String::new();
    write_double(text, &mut out);
    out
}

fn write_double(text: &str, out: &mut String) {
    // Most numbers are short integers, and there may be many. Up to seven digits, Java writes no exponent.
    let is_short_and_whole =
        matches!(text.as_bytes(), [b'1'..=b'9', rest @ ..] if rest.len() < 7 && rest.iter().all(u8::is_ascii_digit));
    if is_short_and_whole || text == "0" {
        out.push_str(text);
        return out.push_str(".0");
    }
    // Writing to a string cannot fail.
    let _ = write_other_double(text, out);
}

fn write_other_double(text: &str, out: &mut String) -> std::fmt::Result {
    let Ok(number) = text.parse::<f64>() else { return out.write_str(text) };
    if number.is_infinite() {
        return out.write_str(if number.is_sign_positive() { "Infinity" } else { "-Infinity" });
    }
    // The shortest digits that identify the double, as `-d.ddde±n`.
    let shortest = format!("{number:e}");
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", mantissa),
    };
    let digits = mantissa.replace('.', "");
    if digits == "0" {
        return write!(out, "{sign}0.0");
    }
    // Java writes an exponent below 0.001 and from 10,000,000 on.
    match exponent {
        -3..=-1 => {
            let zeros = "0".repeat(exponent.unsigned_abs() as usize - 1);
            write!(out, "{sign}0.{zeros}{digits}")
        }
        0..=6 => {
            let point = exponent as usize + 1;
            let whole: String = digits.chars().chain(std::iter::repeat('0')).take(point).collect();
            write!(out, "{sign}{whole}.{}", or_zero(&digits.chars().skip(point).collect::<String>()))
        }
        _ => {
            let (first, rest) = digits.split_at_checked(1).unwrap_or((&digits, ""));
            write!(out, "{sign}{first}.{}E{exponent}", or_zero(rest))
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
    use crate::envelope::fields::Fields;

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
            assert_eq!(format_double(written), printed, "{written}");
        }
    }

    #[test]
    fn lists_and_objects_print_as_java_prints_its_collections() {
        let json = r#"{"a":[1,"x",null,true,[]],"b":{"k":2.50,"l":{"m":"n"}},"c":["\"\n",{"d e":[]}]}"#;
        let fields = Fields::parse_object(json).unwrap();
        let printed: Vec<String> = fields
            .iter()
            .map(|(_, value)| {
                let mut out = String::new();
                write_value(value, &mut out);
                out
            })
            .collect();
        assert_eq!(printed, ["[1.0, x, null, true, []]", "{k=2.5, l={m=n}}", "[\"\n, {d e=[]}]"]);
    }
}
