//! Base64 for the envelope, and for values outside it. Values are written as the vendor documents, and read leniently.

use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine, alphabet};

/// Returns a strict decoder and encoder of the standard alphabet with padding. Uses the machine's vector instructions,
/// if it has any.
// The targets for which `base64` has vector instructions.
#[cfg(any(target_arch = "x86_64", all(target_arch = "aarch64", target_feature = "neon")))]
pub(crate) fn standard_base64() -> &'static impl Engine {
    use base64::engine::Simd;
    // Detects the instructions once.
    static STANDARD: std::sync::LazyLock<Simd> =
        std::sync::LazyLock::new(|| Simd::standard(base64::engine::general_purpose::PAD));
    &*STANDARD
}

/// Returns a strict decoder and encoder of the standard alphabet with padding.
#[cfg(not(any(target_arch = "x86_64", all(target_arch = "aarch64", target_feature = "neon"))))]
pub(crate) fn standard_base64() -> &'static impl Engine {
    &base64::engine::general_purpose::STANDARD
}

/// Base64 with or without padding: an `=` at the end of a URL is easily lost.
pub(crate) const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// How many bytes are encoded at a time; a multiple of three, so that no chunk but the last needs padding.
const CHUNK: usize = 1536;

/// Encodes the bytes after `start` as Base64, in place.
pub(crate) fn encode_in_place(text: &mut Vec<u8>, start: usize) {
    let end = text.len();
    let groups = end.saturating_sub(start).div_ceil(3);
    text.resize(start + groups * 4, 0);
    let mut chunk = [0; CHUNK];
    // Starts at the end, because the output is longer than the input and would overwrite it.
    for from in (start..end).step_by(CHUNK).rev() {
        let length = CHUNK.min(end - from);
        let (Some(chunk), Some(plain)) = (chunk.get_mut(..length), text.get(from..from + length)) else { return };
        chunk.copy_from_slice(plain);
        let Some(encoded) = text.get_mut(start + (from - start) / 3 * 4..) else { return };
        // Cannot fail: the slice has exactly the required length.
        let _ = standard_base64().encode_slice(chunk, encoded);
    }
}

/// Encodes a string as Base64.
pub(crate) fn encode_text(text: &str) -> String {
    standard_base64().encode(text)
}

/// Decodes a string from Base64.
pub(crate) fn decode_text(text: &str) -> Option<String> {
    // A form decoder turns an unescaped `+` into a space, even at an end, so spaces are not trimmed. Some senders use
    // the URL-safe alphabet.
    let standard = text.trim_matches(['\r', '\n', '\t']).replace([' ', '-'], "+").replace('_', "/");
    let bytes = LENIENT.decode(standard).ok()?;
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use base64::prelude::BASE64_STANDARD;

    use super::*;

    #[test]
    fn encoding_in_place_gives_what_encoding_gives() {
        for start in [0, 1, 100] {
            for length in (0..100).chain([CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK - 2, 10_000]) {
                let bytes: Vec<u8> = (0..start + length).map(|at| (at * 7 + at / 251) as u8).collect();
                let mut text = bytes.clone();
                encode_in_place(&mut text, start);
                let expected = [&bytes[..start], BASE64_STANDARD.encode(&bytes[start..]).as_bytes()].concat();
                assert_eq!(text, expected, "{start} {length}");
            }
        }
    }

    /// The two decoders are different code, but must accept the same input.
    #[test]
    fn what_is_accepted_is_what_the_plain_reader_accepts() {
        let random = &mut fastrand::Rng::with_seed(0x2545_f491_4f6c_dd1d);
        let mut accepted = 0;
        for round in 0..60_000 {
            let bytes: Vec<u8> = (0..random.usize(..120)).map(|_| random.u8(..)).collect();
            let mut text = BASE64_STANDARD.encode(&bytes).into_bytes();
            for _ in 0..round % 3 {
                let at = random.usize(..=text.len());
                match random.u8(..4) {
                    0 if at < text.len() => text[at] = b"AZaz09+/=-_ \r\n\t\0\xffB"[random.usize(..18)],
                    1 if at < text.len() => drop(text.remove(at)),
                    2 => text.insert(at, b"A=+ \n"[random.usize(..5)]),
                    _ => text.truncate(at),
                }
            }
            let (ours, plain) = (standard_base64().decode(&text).ok(), BASE64_STANDARD.decode(&text).ok());
            assert_eq!(ours, plain, "{}", String::from_utf8_lossy(&text));
            accepted += usize::from(ours.is_some());
        }
        assert!((20_000..59_000).contains(&accepted), "{accepted}");
    }
}
