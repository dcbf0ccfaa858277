//! Where the plain part of a JSON string ends.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Where the first quotation mark, backslash or control character is; the length if there is none.
pub(super) fn find_stop(bytes: &[u8]) -> usize {
    // Eight bytes at a time, because most of a message is plain text.
    for (index, word) in bytes.as_chunks().0.iter().enumerate() {
        if let Some(stop) = find_in_word(*word) {
            return index * 8 + stop;
        }
        // What is plain so far is long.
        if index == 3 {
            return find_in_long(bytes, (index + 1) * 8);
        }
    }
    find_at_end(bytes)
}

/// The same of a text whose first bytes are plain.
fn find_in_long(bytes: &[u8], plain: usize) -> usize {
    let plain = plain + skip_plain_chunks(bytes.get(plain..).unwrap_or_default());
    let words = bytes.get(plain..).unwrap_or_default().as_chunks().0;
    let stop = words.iter().enumerate().find_map(|(index, word)| Some(plain + index * 8 + find_in_word(*word)?));
    stop.unwrap_or_else(|| find_at_end(bytes))
}

/// The same of a text with a stop only in what is left after whole words.
fn find_at_end(bytes: &[u8]) -> usize {
    // The last word once more, as far as it is new: what came before it is plain.
    match bytes.last_chunk() {
        Some(word) => find_in_word(*word).map_or(bytes.len(), |stop| bytes.len() - 8 + stop),
        None => bytes.iter().position(|byte| is_stop(*byte)).unwrap_or(bytes.len()),
    }
}

/// The length of the chunks without a stop that come first. The compiler makes vector instructions of it.
fn skip_plain_chunks(bytes: &[u8]) -> usize {
    let (chunks, _) = bytes.as_chunks::<64>();
    let is_plain = |chunk: &&[u8; 64]| !chunk.iter().fold(false, |found, byte| found | is_stop(*byte));
    chunks.iter().take_while(is_plain).count() * 64
}

/// The quotation mark with this bit changed comes right after the control characters, and no plain byte gets there.
const QUOTE_BIT: u8 = 2;

/// What is less than this with that bit changed is a control character or a quotation mark.
const PLAIN: u8 = 0x21;

fn is_stop(byte: u8) -> bool {
    (byte ^ QUOTE_BIT < PLAIN) | (byte == b'\\')
}

/// Where the first stop of a word is.
fn find_in_word(word: [u8; 8]) -> Option<usize> {
    let word = u64::from_le_bytes(word);
    let all = |byte: u8| ONES * u64::from(byte);
    let quotes = (word ^ all(QUOTE_BIT)).wrapping_sub(all(PLAIN));
    let backslashes = (word ^ all(b'\\')).wrapping_sub(ONES);
    // The high bit of each byte that is a stop. Those above the first may be wrong, because subtraction borrows from them.
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
