//! Finds out what happened to `data` from its decrypted blocks: a change in transit damages the block that contains it;
//! a wrong key damages all blocks.

use md5::{Digest, Md5};

use super::charsets;
use super::written::write_forms;
use crate::envelope::digest::encode_hex;
use crate::envelope::fields::Fields;

/// The block size of AES in bytes.
const BLOCK: usize = 16;

/// The largest number of blocks that one change damages: a character of Base64 may belong to the end of one block and
/// the beginning of the next, and with CBC it also affects the block after that.
const MAX_SPOILT: usize = 3;

pub(super) const CHARACTER_SET: &str =
    "the decrypted object is in another character set, such as Latin-1 or GBK; write the JSON text in UTF-8";

const CUT: &str =
    "the sign key is right and every block is text, but the end is missing: `data` is truncated after a block";

/// Explains why the right key gives no JSON text in UTF-8; `None` if it is not the right key.
pub(super) fn explain_blocks(blocks: &[u8], md5: &str) -> Option<String> {
    let padding = measure_padding(blocks);
    let text = blocks.get(..blocks.len() - padding).unwrap_or_default();
    let object = read_latin1(text).filter(|_| padding > 0);
    if object.as_ref().is_some_and(|fields| is_digest(fields, md5)) {
        return Some(CHARACTER_SET.to_owned());
    }
    let spoilt = find_spoilt_blocks(text);
    if let Some(spoilt) = describe_few_blocks(&spoilt, blocks.len() / BLOCK) {
        // Text in another character set that also has a wrong digest looks the same.
        let or = object.map_or("", |_| ", or the text there is in a character set other than UTF-8");
        return Some(format!(
            "{spoilt}, but the rest is text: the sign key is right, and `data` was altered there{or}"
        ));
    }
    let is_control = |byte: &u8| byte.is_ascii_control() && !byte.is_ascii_whitespace();
    let trimmed = text.trim_ascii();
    let looks_like_object = trimmed.starts_with(b"{") && trimmed.ends_with(b"}") && !text.iter().any(is_control);
    if padding > 0 && looks_like_object && !spoilt.is_empty() {
        return Some(CHARACTER_SET.to_owned());
    }
    (spoilt.is_empty() && padding == 0 && trimmed.starts_with(b"{")).then(|| CUT.to_owned())
}

/// Returns the length of the padding by PKCS#7; 0 if it is wrong.
fn measure_padding(blocks: &[u8]) -> usize {
    let length = usize::from(blocks.last().copied().unwrap_or_default());
    let start = blocks.len().checked_sub(length).filter(|_| (1..=BLOCK).contains(&length));
    let tail = start.and_then(|start| blocks.get(start..)).unwrap_or_default();
    if tail.iter().all(|byte| usize::from(*byte) == length) { tail.len() } else { 0 }
}

/// Finds the blocks, counted from 0, with bytes that JSON text cannot contain.
fn find_spoilt_blocks(text: &[u8]) -> Vec<usize> {
    let mut spoilt = Vec::new();
    let mut halves = Vec::new();
    let mut at = 0;
    for chunk in text.utf8_chunks() {
        let controls = chunk.valid().char_indices().filter(|(_, character)| {
            // JSON text contains these only as escapes.
            character.is_control() && !character.is_ascii_whitespace()
        });
        spoilt.extend(controls.map(|(place, _)| (at + place) / BLOCK));
        at += chunk.valid().len();
        let (block, next) = (at / BLOCK, at + chunk.invalid().len());
        // A character at the end of a block may continue in the next one, with up to three bytes. If one of the blocks
        // is damaged, the other has an incomplete character although nothing happened to it.
        match chunk.invalid() {
            [] => {}
            [0xc2..=0xf4, ..] if next / BLOCK > block => halves.push((block, Some(block + 1))),
            [0x80..=0xbf] if at % BLOCK < 3 => halves.push((block, block.checked_sub(1))),
            _ => spoilt.push(block),
        }
        at = next;
    }
    // If half of a letter is in a damaged block, its other half does not count as damage.
    let more: Vec<usize> = halves
        .into_iter()
        .filter(|(_, other)| other.is_none_or(|other| spoilt.binary_search(&other).is_err()))
        .map(|(block, _)| block)
        .collect();
    spoilt.extend(more);
    spoilt.sort_unstable();
    spoilt.dedup();
    spoilt
}

/// Describes the blocks that one change has damaged; `None` if there are too many or none.
fn describe_few_blocks(spoilt: &[usize], count: usize) -> Option<String> {
    let (first, last) = (spoilt.first()?, spoilt.last()?);
    (last - first < MAX_SPOILT && spoilt.len() < count).then(|| match last - first {
        0 => format!("block {} of {count} is unreadable", first + 1),
        1 => format!("blocks {} and {} of {count} are unreadable", first + 1, last + 1),
        _ => format!("blocks {} to {} of {count} are unreadable", first + 1, last + 1),
    })
}

/// Whether the bytes are an object in a character set that is compatible with ASCII.
pub(super) fn is_object_of_bytes(text: &[u8]) -> bool {
    read_latin1(text).is_some()
}

/// Reads the fields of the object, with one character for each byte.
fn read_latin1(text: &[u8]) -> Option<Fields> {
    let text: String = text.iter().copied().map(char::from).collect();
    Fields::parse_object(&text).ok()
}

/// Whether the values match the digest, either as the received bytes or as UTF-8 after reading them as Latin-1.
fn is_digest(fields: &Fields, md5: &str) -> bool {
    write_forms(&fields.iter().collect::<Vec<_>>()).into_iter().any(|written| {
        let bytes = encode_hex(&Md5::digest(charsets::encode_latin1(&written.texts.concat())));
        [bytes, written.digest].iter().any(|digest| digest.eq_ignore_ascii_case(md5))
    })
}
