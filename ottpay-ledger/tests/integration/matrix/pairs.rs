//! All pairs: a small set of rows in which each value of each factor meets each value of every other factor.

use std::collections::BTreeSet;

/// A value of a factor, both by their numbers.
type Chosen = (usize, usize);

/// Rows with one value for each factor, so that each possible pair of values is in one of them. `can_be` decides
/// whether the values chosen so far are possible together, and `is_wanted` whether the pairs of two factors are wanted.
pub(crate) fn all_pairs(
    sizes: &[usize],
    is_wanted: impl Fn(usize, usize) -> bool,
    can_be: impl Fn(&[Option<usize>]) -> bool,
) -> Vec<Vec<usize>> {
    let mut missing = BTreeSet::new();
    for (a, &size_a) in sizes.iter().enumerate() {
        for (b, &size_b) in sizes.iter().enumerate().skip(a + 1).filter(|(b, _)| is_wanted(a, *b)) {
            missing.extend((0..size_a).flat_map(|of_a| (0..size_b).map(move |of_b| ((a, of_a), (b, of_b)))));
        }
    }
    let mut rows = Vec::new();
    while let Some(&(first, second)) = missing.first() {
        match build_row(sizes, &missing, [first, second], &can_be) {
            Some(row) => {
                missing.retain(|((a, of_a), (b, of_b))| row[*a] != *of_a || row[*b] != *of_b);
                rows.push(row);
            }
            // They exclude each other.
            None => _ = missing.remove(&(first, second)),
        }
    }
    rows
}

/// A row with these two values. Each further factor gets the value that is in the most missing pairs.
fn build_row(
    sizes: &[usize],
    missing: &BTreeSet<(Chosen, Chosen)>,
    given: [Chosen; 2],
    can_be: &impl Fn(&[Option<usize>]) -> bool,
) -> Option<Vec<usize>> {
    let mut row = vec![None; sizes.len()];
    for (factor, value) in given {
        row[factor] = Some(value);
    }
    complete(sizes, missing, row, can_be)
}

fn complete(
    sizes: &[usize],
    missing: &BTreeSet<(Chosen, Chosen)>,
    mut row: Vec<Option<usize>>,
    can_be: &impl Fn(&[Option<usize>]) -> bool,
) -> Option<Vec<usize>> {
    if !can_be(&row) {
        return None;
    }
    let Some(factor) = row.iter().position(Option::is_none) else { return row.into_iter().collect() };
    let found = |value: usize| {
        let pair = |(other, chosen): (usize, &Option<usize>)| {
            let other = (other, (*chosen)?);
            let own = (factor, value);
            missing.contains(&if own < other { (own, other) } else { (other, own) }).then_some(())
        };
        row.iter().enumerate().filter_map(pair).count()
    };
    let mut values: Vec<usize> = (0..sizes[factor]).collect();
    // Among equally good values a different one is chosen each time, so that no value is in all rows.
    let turn = (missing.len() / (factor + 1) + factor) % sizes[factor];
    values.rotate_left(turn);
    values.sort_by_key(|value| std::cmp::Reverse(found(*value)));
    values.into_iter().find_map(|value| {
        row[factor] = Some(value);
        complete(sizes, missing, row.clone(), can_be)
    })
}

#[test]
fn each_pair_that_can_be_is_in_a_row_and_no_other_is() {
    let sizes = [7, 3, 4, 5, 2, 2];
    // Value 6 of the first factor is only possible with value 0 of the second.
    let can_be = |row: &[Option<usize>]| row[0] != Some(6) || row[1].is_none_or(|second| second == 0);
    let rows = all_pairs(&sizes, |_, _| true, can_be);
    let mut missing = 0;
    for (a, b) in (0..6).flat_map(|a| (a + 1..6).map(move |b| (a, b))) {
        for (of_a, of_b) in (0..sizes[a]).flat_map(|of_a| (0..sizes[b]).map(move |of_b| (of_a, of_b))) {
            missing += u32::from(!rows.iter().any(|row| row[a] == of_a && row[b] == of_b));
        }
    }
    assert_eq!(missing, 2);
    assert!(rows.iter().all(|row| row[0] != 6 || row[1] == 0));
    // 7 · 5 pairs of the two largest factors need as many rows; a greedy choice needs a few more.
    assert!((35..50).contains(&rows.len()), "{}", rows.len());
    let only_of_last = all_pairs(&sizes, |_, b| b == 5, |_| true);
    assert!((14..20).contains(&only_of_last.len()), "{}", only_of_last.len());
}
