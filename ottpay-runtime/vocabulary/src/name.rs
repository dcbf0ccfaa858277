//! Finds similar names: "did you mean …?".

use std::cmp::Reverse;

/// Longer names are not compared, because the time grows with the product of both lengths.
const MAX_COMPARED: usize = 40;

/// The largest number of known names that a name is compared with.
const MAX_CANDIDATES: usize = 200;

/// Finds the known name that a misspelled one probably means, if one is close. Case and separators are ignored.
pub fn find_nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let letters = comparable_letters(name)?;
    // Names with very different lengths cannot be close.
    let is_near = |candidate: &&str| candidate.len().abs_diff(name.len()) <= 3 + candidate.len() / 3;
    let close = known.into_iter().take(MAX_CANDIDATES).filter(is_near).filter_map(|candidate| {
        let other = comparable_letters(candidate)?;
        let most = 1 + other.len() / 4;
        let slips = distance_of(&letters, &other);
        // A name of one letter is close to every other one.
        (slips <= most && slips < letters.len().max(other.len())).then_some((slips, candidate))
    });
    // Among equally close names, the one that shares most of the spelling.
    close
        .min_by_key(|(slips, candidate)| (*slips, Reverse(count_shared(name, candidate)), *candidate))
        .map(|(_, name)| name)
}

/// Whether a name is probably a misspelling, abbreviation or extension of a known one. Stricter than [`find_nearest`]: it is
/// for names that must not be shown.
pub fn resembles(name: &str, known: &str) -> bool {
    let [name, known] = [name, known].map(|name| letters(name).take(MAX_COMPARED).collect::<Vec<_>>());
    let begins = |long: &[char], short: &[char]| short.len() >= 4 && long.starts_with(short);
    begins(&name, &known) || begins(&known, &name) || distance_of(&name, &known) <= known.len() / 5
}

/// Returns the letters of a name that is short enough to be compared.
fn comparable_letters(name: &str) -> Option<Vec<char>> {
    (name.len() <= MAX_COMPARED).then(|| letters(name).collect())
}

/// Returns the letters of a name in lower case, without separators.
fn letters(name: &str) -> impl Iterator<Item = char> {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}

/// Counts the characters that two names share at their beginnings and ends.
fn count_shared(one: &str, other: &str) -> usize {
    let same = |(a, b): &(char, char)| a == b;
    one.chars().zip(other.chars()).take_while(same).count()
        + one.chars().rev().zip(other.chars().rev()).take_while(same).count()
}

/// Computes the optimal string alignment distance: the number of mistakes (an extra, a missing, a different, or two
/// swapped characters) between two names.
fn distance_of(one: &[char], other: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            // Not the maximum itself, because one is added to it.
            let at = |row: &[usize], index: usize| row.get(index).copied().unwrap_or(usize::MAX - 1);
            let mut least = (at(&row, j) + usize::from(a != b)).min(at(&row, j + 1) + 1).min(at(&next, j) + 1);
            let swapped = i > 0 && j > 0 && one.get(i - 1) == Some(b) && other.get(j - 1) == Some(a);
            if swapped {
                least = least.min(at(&before, j - 1) + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_counted() {
        for (one, other, slips) in [
            ("", "", 0),
            ("abc", "", 3),
            ("", "abc", 3),
            ("kitten", "sitting", 3),
            ("ab", "ba", 1),
            ("amuont", "amount", 1),
            ("orderId", "order_id", 0),
            ("ca", "abc", 3),
        ] {
            assert_eq!(
                distance_of(&comparable_letters(one).unwrap(), &comparable_letters(other).unwrap()),
                slips,
                "{one} {other}"
            );
        }
    }

    #[test]
    fn the_nearest_name_is_close_or_none() {
        assert_eq!(find_nearest("opional", ["type", "optional"]), Some("optional"));
        assert_eq!(find_nearest("ACTIVE_PAY", ["ACTIVEPAY", "PASSIVEPAY"]), Some("ACTIVEPAY"));
        assert_eq!(find_nearest("status_qery", ["status_query", "STATUS_QUERY"]), Some("status_query"));
        assert_eq!(find_nearest("a", ["b", "c"]), None);
        assert_eq!(find_nearest("amount", ["order_id"]), None);
        assert_eq!(find_nearest("", ["x"]), None);
        assert_eq!(find_nearest(&"x".repeat(1000), ["x"]), None);
    }

    #[test]
    fn a_name_that_resembles_a_secret_is_found() {
        for name in ["cc_number", "CC_NUMBER", "ccNumber", "cc_num", "cc_numbre", "cc_number_of_the_buyer"] {
            assert!(resembles(name, "cc_number"), "{name}");
        }
        for name in ["amount", "number", "cc", ""] {
            assert!(!resembles(name, "cc_number"), "{name}");
        }
    }
}
