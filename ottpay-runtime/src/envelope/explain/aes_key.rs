//! AES with keys of any length, and in any of the modes that senders use by mistake.

use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockModeDecrypt, KeyInit};
use aes::{Aes128, Aes192, Aes256};
use ottpay_vocabulary::{Cipher, Iv};
use zeroize::Zeroizing;

use super::wording::name_cipher;

pub(super) const BLOCK: usize = 16;

/// A key of 16, 24 or 32 bytes.
pub(super) struct AesKey(Zeroizing<Vec<u8>>);

/// How blocks are chained.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Known(Cipher),
    /// CBC, and the IV precedes the ciphertext.
    IvInFront,
    /// CBC with an unknown IV: the first block cannot be read.
    UnknownIv,
}

impl Mode {
    /// Returns every mode, the right one first.
    pub(super) fn all_from(right: Cipher) -> impl Iterator<Item = Self> {
        let known = [Cipher::Aes128Ecb, Cipher::Aes128Cbc { iv: Iv::Zero }, Cipher::Aes128Cbc { iv: Iv::Key }];
        let others = known.into_iter().filter(move |&other| other != right);
        std::iter::once(right).chain(others).map(Self::Known).chain([Self::IvInFront, Self::UnknownIv])
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Known(cipher) => name_cipher(cipher),
            Self::IvInFront => "AES-CBC with the IV before the ciphertext",
            Self::UnknownIv => "AES-CBC with another IV",
        }
    }
}

impl AesKey {
    /// Makes a key of 24 or 32 bytes as they are. Otherwise cuts it, or extends it with zeros, to 16 bytes.
    pub(super) fn new(bytes: &[u8]) -> Self {
        Self::with_length(bytes, if matches!(bytes.len(), 24 | 32) { bytes.len() } else { BLOCK })
    }

    /// Makes a key of this length: longer ones are truncated, shorter ones extended with zeros.
    pub(super) fn with_length(bytes: &[u8], length: usize) -> Self {
        let mut key = Zeroizing::new(bytes.to_vec());
        key.resize(length, 0);
        Self(key)
    }

    /// Decrypts each block separately; `None` if the blocks are not complete.
    fn decrypt_each(&self, ciphertext: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let key = self.0.as_slice();
        if let Ok(key) = <&[u8; 16]>::try_from(key) {
            ecb::Decryptor::<Aes128>::new(key.into()).decrypt_padded_vec::<NoPadding>(ciphertext).ok()
        } else if let Ok(key) = <&[u8; 24]>::try_from(key) {
            ecb::Decryptor::<Aes192>::new(key.into()).decrypt_padded_vec::<NoPadding>(ciphertext).ok()
        } else {
            let key = <&[u8; 32]>::try_from(key).ok()?;
            ecb::Decryptor::<Aes256>::new(key.into()).decrypt_padded_vec::<NoPadding>(ciphertext).ok()
        }
        .map(Zeroizing::new)
    }

    /// Returns the decrypted blocks with any padding, without a first block that cannot be read.
    pub(super) fn decrypt(&self, mode: Mode, ciphertext: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let first: [u8; BLOCK] = match mode {
            Mode::Known(Cipher::Aes128Ecb) => return self.decrypt_each(ciphertext),
            Mode::Known(Cipher::Aes128Cbc { iv: Iv::Zero }) => [0; BLOCK],
            Mode::Known(Cipher::Aes128Cbc { iv: Iv::Key }) => *self.0.first_chunk()?,
            // The first block is the IV, or it cannot be read. In both cases it only serves to decrypt the second.
            Mode::IvInFront | Mode::UnknownIv => *ciphertext.first_chunk()?,
        };
        // It may be the key.
        let first = Zeroizing::new(first);
        let skipped = if matches!(mode, Mode::IvInFront | Mode::UnknownIv) { BLOCK } else { 0 };
        let blocks = ciphertext.get(skipped..).filter(|blocks| !blocks.is_empty())?;
        let mut text = self.decrypt_each(blocks)?;
        let chained = first.iter().chain(blocks);
        text.iter_mut().zip(chained).for_each(|(byte, before)| *byte ^= before);
        Some(text)
    }

    /// Decrypts the first two blocks, to examine them in every mode.
    pub(super) fn probe<'a>(&'a self, ciphertext: &'a [u8]) -> Option<Probe<'a>> {
        let ciphertext = ciphertext.get(..2 * BLOCK).or_else(|| ciphertext.get(..BLOCK))?;
        Some(Probe { key: self, ciphertext, decrypted: self.decrypt_each(ciphertext)? })
    }
}

/// The first two blocks of a ciphertext, decrypted with a key. They are shared by all modes, because preparing a key
/// costs more than decrypting a block.
pub(super) struct Probe<'a> {
    key: &'a AesKey,
    ciphertext: &'a [u8],
    decrypted: Zeroizing<Vec<u8>>,
}

impl Probe<'_> {
    /// Returns the first block that can be read in this mode.
    pub(super) fn read_first(&self, mode: Mode) -> Option<[u8; BLOCK]> {
        let first = || self.decrypted.first_chunk::<BLOCK>().copied();
        let (mut block, before) = match mode {
            Mode::Known(Cipher::Aes128Ecb | Cipher::Aes128Cbc { iv: Iv::Zero }) => return first(),
            Mode::Known(Cipher::Aes128Cbc { iv: Iv::Key }) => (first()?, self.key.0.as_slice()),
            Mode::IvInFront | Mode::UnknownIv => {
                (self.decrypted.get(BLOCK..)?.first_chunk::<BLOCK>().copied()?, self.ciphertext)
            }
        };
        block.iter_mut().zip(before).for_each(|(byte, before)| *byte ^= before);
        Some(block)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SignKey;
    use crate::envelope::cipher::MessageKey;

    #[test]
    fn every_mode_decrypts_what_the_envelope_encrypts() {
        let right = MessageKey::derive("", &SignKey::new("k").unwrap());
        let key = AesKey::new(right.as_bytes());
        let text = [b'x'; 40];
        for mode in Mode::all_from(Cipher::Aes128Ecb) {
            let Mode::Known(cipher) = mode else { continue };
            let sealed = right.encrypt(cipher, &text);
            assert_eq!(&key.decrypt(mode, &sealed).unwrap()[..40], text);
            assert_eq!(key.probe(&sealed).unwrap().read_first(mode).unwrap(), text[..16]);
            assert!(key.decrypt(mode, &sealed[1..]).is_none() && key.probe(&sealed[..15]).is_none());
        }
        let sealed = right.encrypt(Cipher::Aes128Cbc { iv: Iv::Zero }, &text);
        let in_front = [&[0; 16][..], &sealed].concat();
        assert_eq!(&key.decrypt(Mode::IvInFront, &in_front).unwrap()[..40], text);
        assert_eq!(key.probe(&in_front).unwrap().read_first(Mode::IvInFront).unwrap(), text[..16]);
        assert!(key.probe(&in_front[..16]).unwrap().read_first(Mode::IvInFront).is_none());
        assert_eq!(&key.decrypt(Mode::UnknownIv, &sealed).unwrap()[..24], &text[16..]);
        assert!(key.decrypt(Mode::IvInFront, &sealed[..16]).is_none());
    }
}
