//! Sample messages as JSON.

use super::markdown::code_list;
use crate::check::{Action, Callback, Fill};
use crate::prose::code;

pub(super) fn action_examples(action: &Action, out: &mut String) {
    for example in &action.examples {
        let title = format_title(&example.name);
        let added = match list_added_fields(action) {
            added if added.is_empty() => String::new(),
            added => format!("; the client adds {}", code_list(&added)),
        };
        write_block(&format!("{title}, request{added}:"), &example.request, out);
        // There is nothing to show of an undocumented reply.
        if !action.reply.is_empty() {
            write_block(&format!("{title}, reply:"), &example.reply, out);
        }
        if !example.returned.is_empty() {
            write_block(&format!("{title}, returned with the browser:"), &example.returned, out);
        }
    }
}

pub(super) fn callback_examples(callback: &Callback, out: &mut String) {
    for (name, example) in &callback.examples {
        write_block(&format!("{}:", format_title(name)), example, out);
    }
}

/// Lists the fields that examples omit because their values depend on the client.
fn list_added_fields(action: &Action) -> Vec<&str> {
    let inner = action.request.iter().filter(|field| !field.is_outer());
    let by_client = inner.filter(|field| matches!(field.fill, Some(Fill::MerchantId | Fill::Endpoint)));
    by_client.map(|field| field.wire.as_str()).collect()
}

fn format_title(name: &str) -> String {
    format!("Example {}", code(name))
}

fn write_block(title: &str, values: &[(String, String)], out: &mut String) {
    let members: Vec<_> =
        values.iter().map(|(name, text)| format!("  {}: {}", json_string(name), json_string(text))).collect();
    let object = match members.is_empty() {
        true => "{}".to_owned(),
        false => format!("{{\n{}\n}}", members.join(",\n")),
    };
    out.push_str(&format!("{title}\n\n```json\n{object}\n```\n\n"));
}

fn json_string(text: &str) -> String {
    let mut out = String::from('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if u32::from(control) < 0x20 => out.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_as_json_has_it() {
        assert_eq!(json_string("a\"b\\c\n\u{1}可"), r#""a\"b\\c\n\u0001可""#);
    }

    #[test]
    fn a_message_without_fields_is_an_empty_object() {
        let mut out = String::new();
        write_block("Example:", &[], &mut out);
        assert_eq!(out, "Example:\n\n```json\n{}\n```\n\n");
    }
}
