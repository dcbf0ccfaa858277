//! How the text in decrypted blocks was padded.

use super::aes_key::BLOCK;

/// A text and its padding; `None` for PKCS#7.
pub(super) struct Unpadded<'a> {
    pub(super) text: &'a [u8],
    pub(super) fault: Option<&'static str>,
}

/// Returns the plaintexts that the blocks may contain, the likeliest first.
pub(super) fn remove_padding(blocks: &[u8]) -> Vec<Unpadded<'_>> {
    let mut texts = Vec::new();
    let last = blocks.last().copied().unwrap_or_default();
    let counted = usize::from(last);
    if let Some((text, filling)) = blocks.len().checked_sub(counted).and_then(|end| blocks.split_at_checked(end))
        && (1..=2 * BLOCK).contains(&counted)
        && filling.iter().all(|byte| *byte == last)
    {
        let fault = (counted > BLOCK).then_some(
            "the text was padded to blocks of 32 bytes, which is visible only at some lengths; pad it to blocks of 16",
        );
        texts.push(Unpadded { text, fault });
    }
    // The text is an object, so what follows its last brace is padding.
    let end = blocks.iter().rposition(|&byte| byte == b'}').map_or(0, |end| end + 1);
    if let Some((text, filling)) = blocks.split_at_checked(end)
        && let Some(fault) = name_filling(filling)
    {
        texts.push(Unpadded { text, fault: Some(fault) });
    }
    // Zeros may also follow a text that is not an object, such as concatenated values.
    let zeros = blocks.iter().rev().take_while(|byte| **byte == 0).count();
    if let Some(text) = blocks.get(..blocks.len() - zeros)
        && (1..2 * BLOCK).contains(&zeros)
    {
        texts.push(Unpadded { text, fault: Some(ZEROS) });
    }
    texts
}

const ZEROS: &str = "the text was padded with zeros; use PKCS#7 padding (PKCS5)";

/// Explains the bytes between the end of an object and the end of the blocks.
fn name_filling(filling: &[u8]) -> Option<&'static str> {
    let Some((last, before)) = filling.split_last() else {
        return Some(
            "the text fills whole blocks and has no padding; in this case PKCS#7 (PKCS5) appends a block of 16 bytes",
        );
    };
    // Any other sixteen bytes may just as well be a block that was altered.
    let is_counted = usize::from(*last) == filling.len() && filling.len() < BLOCK;
    Some(match filling {
        _ if filling.len() > 2 * BLOCK => return None,
        _ if filling.iter().all(|byte| *byte == 0) => ZEROS,
        _ if filling.iter().all(|byte| *byte == b' ') => "the text was padded with spaces; use PKCS#7 padding (PKCS5)",
        [0x80, zeros @ ..] if zeros.iter().all(|byte| *byte == 0) => {
            "the text has ISO 7816-4 padding; use PKCS#7 padding (PKCS5)"
        }
        _ if is_counted && before.iter().all(|byte| *byte == 0) => {
            "the text has ANSI X9.23 padding; use PKCS#7 padding (PKCS5)"
        }
        _ if is_counted => "the text has ISO 10126 padding; use PKCS#7 padding (PKCS5)",
        _ if filling.iter().all(|byte| byte == last) => "the padding of the text is not PKCS#7 (PKCS5)",
        _ => return None,
    })
}
