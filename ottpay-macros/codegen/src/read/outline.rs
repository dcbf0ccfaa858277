//! Finds names in text that is not valid YAML, for example while it is being typed.
//!
//! They are enough to know what the file declares, so that one slip does not cause an error at each use.

/// The largest number of names to find; a specification with more has another problem.
const MAX_NAMES: usize = 1000;

/// Returns the unindented keys, each with the lines below it.
pub(crate) fn entries_at_the_margin(text: &str) -> Vec<(&str, Vec<&str>)> {
    let mut entries: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in text.lines() {
        match parse_key(line) {
            Some(_) if entries.len() == MAX_NAMES => break,
            Some(name) => entries.push((name, Vec::new())),
            None => entries.last_mut().into_iter().for_each(|(_, below)| below.push(line)),
        }
    }
    entries
}

/// Returns the keys one level below an unindented key.
pub(crate) fn names_under<'a>(text: &'a str, owner: &str) -> Vec<&'a str> {
    let entry = entries_at_the_margin(text).into_iter().find(|(name, _)| *name == owner);
    entry.into_iter().flat_map(|(_, lines)| lines).filter_map(|line| parse_key(line.strip_prefix("  ")?)).collect()
}

/// Returns the unquoted string under a key, one level deep.
pub(crate) fn text_in<'a>(lines: &[&'a str], wanted: &str) -> Option<&'a str> {
    lines.iter().find_map(|line| line.strip_prefix("  ")?.strip_prefix(wanted)?.strip_prefix(": ")).map(str::trim)
}

fn parse_key(line: &str) -> Option<&str> {
    let (name, _) = line.split_once(':')?;
    let name = name.trim_matches(['"', '\'']);
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_name.then_some(name)
}
