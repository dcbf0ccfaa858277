//! Text and names for people.

use ottpay_vocabulary::{Cipher, Iv};

/// Escapes characters that would move a cursor or start a new line.
pub(super) fn escape_controls(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character.is_control() {
            true => out.extend(character.escape_default()),
            false => out.push(character),
        }
    }
    out
}

/// Describes a cipher.
pub(super) fn name_cipher(cipher: Cipher) -> &'static str {
    match cipher {
        Cipher::Aes128Ecb => "AES-128-ECB",
        Cipher::Aes128Cbc { iv: Iv::Zero } => "AES-128-CBC with an IV of zeros",
        Cipher::Aes128Cbc { iv: Iv::Key } => "AES-128-CBC with the key as IV",
    }
}
