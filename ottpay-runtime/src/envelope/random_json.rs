//! JSON by chance, for the tests of the readers. The sequence is fixed by the seed, so that a failure can be repeated.

use fastrand::Rng;

pub(super) fn one_of<'a>(random: &mut Rng, all: &[&'a str]) -> &'a str {
    random.choice(all.iter().copied()).unwrap()
}

pub(super) fn white_space(random: &mut Rng) -> &'static str {
    one_of(random, &["", "", "", "", " ", "\n", "\r\n\t "])
}

fn string(random: &mut Rng) -> String {
    const PIECES: [&str; 24] = [
        "a",
        "data",
        "order_id",
        "plain text of some length",
        "\\n",
        "\\\"",
        "\\\\",
        "\\/",
        "\\b",
        "\\u0041",
        "\\u001f",
        "\\ud83c\\udf1f",
        "\\u00e9",
        "你",
        "é",
        "😀",
        "\u{7f}",
        ",",
        ":",
        "{",
        "}",
        "[",
        "]",
        " ",
    ];
    let pieces: String = (0..random.usize(..6)).map(|_| one_of(random, &PIECES)).collect();
    format!("\"{pieces}\"")
}

fn value(random: &mut Rng, depth: usize) -> String {
    match random.u8(..if depth == 0 { 3 } else { 5 }) {
        0 => string(random),
        1 => one_of(random, &["0", "-0", "1.50", "1E+7", "-12.5e-3", "12345678901234567890"]).to_owned(),
        2 => one_of(random, &["true", "false", "null"]).to_owned(),
        3 => {
            let items: Vec<_> = (0..random.usize(..3)).map(|_| value(random, depth - 1)).collect();
            format!("[{}{}]", white_space(random), items.join(one_of(random, &[",", " , "])))
        }
        _ => object(random, depth - 1),
    }
}

/// Returns an object whose values are nested at most this deep.
pub(super) fn object(random: &mut Rng, depth: usize) -> String {
    let member = |random: &mut Rng| {
        let (name, value) = (string(random), value(random, depth));
        [white_space(random), &name, white_space(random), ":", white_space(random), &value, white_space(random)]
            .concat()
    };
    let members: Vec<_> = (0..random.usize(..4)).map(|_| member(random)).collect();
    format!("{{{}}}", members.join(","))
}
