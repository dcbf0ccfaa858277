//! Names in a text that is no YAML yet, as it is while somebody types: enough to know what the file is about, so that one
//! slip is not followed by an error at each use.

/// Keys that stand at the margin.
pub(crate) fn names_at_the_margin(text: &str) -> Vec<&str> {
    text.lines().filter_map(key).collect()
}

/// Keys that stand two blanks deep below a key at the margin.
pub(crate) fn names_under<'a>(text: &'a str, owner: &str) -> Vec<&'a str> {
    let lines = text.lines().skip_while(|line| key(line) != Some(owner)).skip(1);
    let lines = lines.take_while(|line| key(line).is_none());
    lines.filter_map(|line| key(line.strip_prefix("  ")?)).collect()
}

/// The plain text under a key, two blanks deep below a key at the margin.
pub(crate) fn text_under<'a>(text: &'a str, owner: &str, wanted: &str) -> Option<&'a str> {
    let lines = text.lines().skip_while(|line| key(line) != Some(owner)).skip(1);
    let mut lines = lines.take_while(|line| key(line).is_none());
    lines.find_map(|line| line.strip_prefix("  ")?.strip_prefix(wanted)?.strip_prefix(": ")).map(str::trim)
}

fn key(line: &str) -> Option<&str> {
    let (name, _) = line.split_once(':')?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_name.then_some(name)
}
