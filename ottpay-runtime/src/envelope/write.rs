//! Writes JSON: strings with the necessary escapes, and objects of strings.

use super::scan::find_stop;

/// Appends `text` as a JSON string.
pub(super) fn write_string(text: &str, out: &mut String) {
    out.push('"');
    write_inner(text, out);
    out.push('"');
}

/// Appends the text between the quotation marks.
fn write_inner(text: &str, out: &mut String) {
    // Nearly all strings need no escape.
    match find_stop(text.as_bytes()) == text.len() {
        true => out.push_str(text),
        false => write_with_escapes(text, out),
    }
}

fn write_with_escapes(text: &str, out: &mut String) {
    let mut rest = text;
    loop {
        let stop = find_stop(rest.as_bytes());
        let Some(byte) = rest.as_bytes().get(stop) else { break };
        out.push_str(rest.get(..stop).unwrap_or_default());
        write_escape(*byte, out);
        rest = rest.get(stop + 1..).unwrap_or_default();
    }
    out.push_str(rest);
}

/// Appends the shortest escape, as JSON libraries do.
fn write_escape(byte: u8, out: &mut String) {
    let letter = match byte {
        b'"' | b'\\' => char::from(byte),
        0x08 => 'b',
        0x0c => 'f',
        b'\n' => 'n',
        b'\r' => 'r',
        b'\t' => 't',
        _ => {
            // The remaining characters are below 0x20, so the first three digits are `000` or `001`.
            let digit = char::from_digit(u32::from(byte & 0xf), 16).unwrap_or('0');
            out.push_str(if byte < 0x10 { "\\u000" } else { "\\u001" });
            return out.push(digit);
        }
    };
    out.push('\\');
    out.push(letter);
}

/// Appends a member of an object of strings; `is_first` marks the one after the brace.
pub(super) fn write_member(name: &str, text: &str, is_first: bool, out: &mut String) {
    out.push_str(if is_first { "{\"" } else { ",\"" });
    write_inner(name, out);
    out.push_str("\":\"");
    write_inner(text, out);
    out.push('"');
}

/// Formats a JSON object of strings, with the members in this order.
pub(crate) fn write_object<'a>(texts: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut out = String::new();
    for (name, text) in texts {
        write_member(name, text, out.is_empty(), &mut out);
    }
    if out.is_empty() {
        out.push('{');
    }
    out.push('}');
    out
}

/// Returns the length of an object of strings that need no escapes, from the lengths of each member's name and text.
pub(crate) fn measure_object(members: impl Iterator<Item = (usize, usize)>) -> usize {
    // Four quotation marks, a colon, and a comma or a brace.
    members.map(|(name, text)| name + text + 6).sum::<usize>() + 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        let mut out = String::new();
        write_string(text, &mut out);
        out
    }

    #[test]
    fn strings_are_written_as_serde_json_writes_them() {
        let all: String = (0..0x100).filter_map(char::from_u32).collect();
        let texts = ["", "a", "\"", "\\\\", "two\nlines", "caf\u{e9} \u{1f375}", "\u{7f}\u{2028}\0", &all];
        for text in texts.into_iter().chain((0..=all.len()).filter_map(|end| all.get(..end))) {
            assert_eq!(written(text), serde_json::to_string(text).unwrap(), "{text:?}");
        }
    }

    #[test]
    fn the_measured_size_is_the_written_size() {
        for members in [&[][..], &[("a", "")], &[("a", "b"), ("order_id", "T1")]] {
            let measured = measure_object(members.iter().map(|(name, text)| (name.len(), text.len())));
            assert!(write_object(members.iter().copied()).len() <= measured && measured <= write_object([]).len() + 32);
        }
    }
}
