//! The nearest name: what a developer meant, and whether a name is a misspelt one.

/// The closest of several names, if one is close. Case and the characters between words do not count.
pub(crate) fn find_nearest<'a>(given: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let given = simplify_name(given);
    let scored = names.into_iter().map(|name| (strsim::damerau_levenshtein(&given, &simplify_name(name)), name));
    let (distance, name) = scored.min_by_key(|(distance, _)| *distance)?;
    (distance <= given.len() / 4).then_some(name)
}

/// Whether a name is probably a misspelling of a known one, or an abbreviation or extension of it.
pub(crate) fn resembles(name: &str, known: &str) -> bool {
    let begins = |long: &str, short: &str| short.len() >= 4 && long.starts_with(short);
    let (name, known) = (simplify_name(name), simplify_name(known));
    let distance = strsim::damerau_levenshtein(&name, &known);
    begins(&name, &known) || begins(&known, &name) || distance <= known.len() / 5
}

/// A name in lower case, without the characters between words.
fn simplify_name(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).take(100).map(|sign| sign.to_ascii_lowercase()).collect()
}
