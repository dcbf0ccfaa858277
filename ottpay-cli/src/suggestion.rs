//! Did you mean …

/// The closest of some names, if one is close.
pub(crate) fn nearest<'a>(given: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Nobody means a name by a text of that size.
    if given.len() > 100 {
        return None;
    }
    let folded = given.to_lowercase().replace('-', "_");
    let scored = names.into_iter().map(|name| (strsim::damerau_levenshtein(&folded, &name.to_lowercase()), name));
    let (distance, name) = scored.min_by_key(|(distance, _)| *distance)?;
    (distance <= 1 + folded.chars().count() / 4).then_some(name)
}

/// `did you mean NAME? `, or nothing.
pub(crate) fn did_you_mean<'a>(given: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    nearest(given, names).map_or_else(String::new, |name| format!("did you mean `{name}`? "))
}
