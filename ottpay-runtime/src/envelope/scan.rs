//! Where the plain part of a JSON string ends.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Where the first quotation mark, backslash or control character is; the length if there is none.
pub(super) fn find_stop(bytes: &[u8]) -> usize {
    let mut at = 0;
    // Eight bytes at a time, because most of a message is plain text.
    while let Some(word) = word_at(bytes, at) {
        let stops = mark_stops(word);
        if stops != 0 {
            return at + stops.trailing_zeros() as usize / 8;
        }
        at += 8;
        // What is plain so far is long.
        if at == 16 {
            at += skip_plain_chunks(bytes.get(at..).unwrap_or_default());
        }
    }
    // The last word once more, as far as it is new: what came before it is plain.
    match bytes.len().checked_sub(8).and_then(|last| Some((last, word_at(bytes, last)?))) {
        Some((last, word)) => last + mark_stops(word).trailing_zeros() as usize / 8,
        None => bytes.iter().position(|byte| is_stop(*byte)).unwrap_or(bytes.len()),
    }
}

fn word_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().copied().map(u64::from_le_bytes)
}

/// The length of the chunks without a stop that come first. The compiler makes vector instructions of it.
fn skip_plain_chunks(bytes: &[u8]) -> usize {
    let (chunks, _) = bytes.as_chunks::<32>();
    let is_plain = |chunk: &&[u8; 32]| !chunk.iter().fold(false, |found, byte| found | is_stop(*byte));
    chunks.iter().take_while(is_plain).count() * 32
}

fn is_stop(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// The high bit of each byte that is a stop. Those above the first may be wrong, because subtraction borrows from them.
fn mark_stops(word: u64) -> u64 {
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word;
    let controls = word.wrapping_sub(ONES * 0x20) & !word;
    (controls | zeros(word ^ (ONES * u64::from(b'"'))) | zeros(word ^ (ONES * u64::from(b'\\')))) & HIGHS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_stop_is_found_wherever_it_is() {
        for length in (0..40).chain([63, 64, 65, 100]) {
            for fill in [b' ', b'!', b'#', b'[', b']', 0x80, 0xa2, 0xdc, 0xff] {
                let plain = vec![fill; length];
                assert_eq!(find_stop(&plain), length, "{fill}");
                for at in 0..length {
                    for stop in [0, b'\n', 0x1f, b'"', b'\\'] {
                        let mut bytes = plain.clone();
                        bytes[at] = stop;
                        bytes[length - 1] = if at == length - 1 { stop } else { b'"' };
                        assert_eq!(find_stop(&bytes), at, "{fill} {stop}");
                    }
                }
            }
        }
    }
}
