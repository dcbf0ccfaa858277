//! Finds the single document of a file, ignoring the empty ones that markers before and after it create.

use std::borrow::Cow;

/// Disables markers that begin or end empty documents. The rest of the text keeps its line numbers.
pub(super) fn without_empty_documents(text: &str) -> Cow<'_, str> {
    let text = without_empty_end(text);
    let mut markers = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if is_marker(line.trim_start_matches('\u{feff}')) {
            markers.push(offset + line.len() - line.trim_start_matches('\u{feff}').len());
        } else if !says_nothing(line) {
            break;
        }
        offset += line.len();
    }
    // The last marker begins the actual document.
    markers.pop();
    if markers.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut text = text.to_owned();
    for marker in markers {
        // A comment of the same length, so that all positions stay the same.
        text.replace_range(marker..marker + 3, "#--");
    }
    Cow::Owned(text)
}

/// Returns the text before a marker that nothing follows.
fn without_empty_end(text: &str) -> &str {
    let (mut offset, mut end) = (text.len(), text.len());
    for line in text.split_inclusive('\n').rev() {
        offset -= line.len();
        if is_marker(line) {
            end = offset;
        } else if !says_nothing(line) {
            break;
        }
    }
    text.get(..end).unwrap_or(text)
}

/// Whether the line begins or ends a document. At the start of a line, these characters have no other meaning in YAML.
fn is_marker(line: &str) -> bool {
    let rest = line.strip_prefix("---").or_else(|| line.strip_prefix("..."));
    rest.is_some_and(|rest| rest.trim().is_empty() || (rest.starts_with([' ', '\t']) && rest.trim().starts_with('#')))
}

/// Whether the line is empty or a comment.
fn says_nothing(line: &str) -> bool {
    let line = line.trim_start_matches('\u{feff}').trim();
    line.is_empty() || line.starts_with('#')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_around_nothing_are_left_out() {
        for (text, left) in [
            ("a: 1\n---\n", "a: 1\n"),
            ("a: 1\n---", "a: 1\n"),
            ("a: 1\r\n---\r\n", "a: 1\r\n"),
            ("a: 1\n...\n", "a: 1\n"),
            ("a: 1\n--- # the end\n\n# vim: set ft=yaml:\n", "a: 1\n"),
            ("a: 1\n...\n---\n...\n", "a: 1\n"),
            ("---\na: 1\n---  \n", "---\na: 1\n"),
            ("---\n# nothing\n---\na: 1\n", "#--\n# nothing\n---\na: 1\n"),
            ("\u{feff}---\n---\na: 1\n", "\u{feff}#--\n---\na: 1\n"),
            ("a: |\n  text\n  # of the text\n---\n", "a: |\n  text\n  # of the text\n"),
        ] {
            assert_eq!(without_empty_documents(text), left, "{text:?}");
        }
    }

    #[test]
    fn everything_else_is_left_alone() {
        for text in [
            "",
            "a: 1\n",
            "---\na: 1\n",
            "# a\n---\na: 1\n",
            "%YAML 1.2\n---\na: 1\n",
            "a: 1\n---\nb: 2\n",
            "a: 1\n---\nb: 2\n# c\n",
            "a: 1\n--- null\n",
            "a: 1\n---b\n",
            "a: |\n  ---\n",
            "a: 1\n# c\n",
        ] {
            assert_eq!(without_empty_documents(text), text, "{text:?}");
        }
    }
}
