//! Finds the end of the plain part of a JSON string.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Returns the position of the first quotation mark, backslash or control character, or the length if there is none.
pub(super) fn find_stop(bytes: &[u8]) -> usize {
    // Eight bytes at a time, because most of a message is plain text.
    for (index, word) in bytes.as_chunks().0.iter().enumerate() {
        if let Some(stop) = find_in_word(*word) {
            return index * 8 + stop;
        }
        // The plain part is long, so larger steps are worthwhile.
        if index == 3 {
            return find_in_long(bytes, (index + 1) * 8);
        }
    }
    find_at_end(bytes)
}

/// Like [`find_stop`], for a text whose first bytes are plain.
fn find_in_long(bytes: &[u8], plain: usize) -> usize {
    let plain = plain + skip_plain_chunks(bytes.get(plain..).unwrap_or_default());
    let words = bytes.get(plain..).unwrap_or_default().as_chunks().0;
    let stop = words.iter().enumerate().find_map(|(index, word)| Some(plain + index * 8 + find_in_word(*word)?));
    stop.unwrap_or_else(|| find_at_end(bytes))
}

/// Like [`find_stop`], for a text with a stop only in the remainder after whole words.
fn find_at_end(bytes: &[u8]) -> usize {
    // Reads the last word again, including bytes that are known to be plain.
    match bytes.last_chunk() {
        Some(word) => find_in_word(*word).map_or(bytes.len(), |stop| bytes.len() - 8 + stop),
        None => bytes.iter().position(|byte| is_stop(*byte)).unwrap_or(bytes.len()),
    }
}

/// Returns the length of the leading chunks without a stop. The compiler vectorizes this.
fn skip_plain_chunks(bytes: &[u8]) -> usize {
    let (chunks, _) = bytes.as_chunks::<64>();
    let is_plain = |chunk: &&[u8; 64]| !chunk.iter().fold(false, |found, byte| found | is_stop(*byte));
    chunks.iter().take_while(is_plain).count() * 64
}

/// With this bit flipped, the quotation mark follows directly after the control characters, and no plain byte moves
/// there.
const QUOTE_BIT: u8 = 2;

/// A byte below this, with that bit flipped, is a control character or a quotation mark.
const PLAIN: u8 = 0x21;

fn is_stop(byte: u8) -> bool {
    (byte ^ QUOTE_BIT < PLAIN) | (byte == b'\\')
}

/// Returns the position of the first stop in a word.
fn find_in_word(word: [u8; 8]) -> Option<usize> {
    let word = u64::from_le_bytes(word);
    let all = |byte: u8| ONES * u64::from(byte);
    let quotes = (word ^ all(QUOTE_BIT)).wrapping_sub(all(PLAIN));
    let backslashes = (word ^ all(b'\\')).wrapping_sub(ONES);
    // The high bit of each byte that is a stop. Bits above the first may be wrong, because subtraction borrows.
    let stops = (quotes | backslashes) & !word & HIGHS;
    (stops != 0).then(|| stops.trailing_zeros() as usize / 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_stop_is_found_wherever_it_is() {
        for length in (0..40).chain([63, 64, 65, 95, 96, 97, 100, 160, 170]) {
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
