//! Did you mean …

/// The closest of some names, if one is close.
pub(crate) fn nearest<'a>(given: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Nobody means a name by a text of that size.
    if given.len() > 100 {
        return None;
    }
    let folded = given.to_lowercase().replace('-', "_");
    let distance = |a: &str, b: &str| strsim::damerau_levenshtein(a, b);
    // Of equally close names, that in the same letters.
    let scored = names.into_iter().map(|name| (distance(&folded, &name.to_lowercase()), distance(given, name), name));
    let (distance, _, name) = scored.min_by_key(|(folded, as_given, _)| (*folded, *as_given))?;
    (distance <= 1 + folded.chars().count() / 4).then_some(name)
}

/// `did you mean NAME? `, or nothing.
pub(crate) fn did_you_mean<'a>(given: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    nearest(given, names).map_or_else(String::new, |name| format!("did you mean `{name}`? "))
}
