//! AES-128 in the mode of the gateway, and the key of each message.

#[cfg(feature = "explain")]
use aes::cipher::block_padding::NoPadding;
use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyInit, KeyIvInit};
use aes::{Aes128Dec, Aes128Enc};
use md5::{Digest, Md5};
use zeroize::Zeroizing;

use ottpay_vocabulary::{Cipher, Iv};

use crate::SignKey;

/// The block size of AES in bytes.
pub(super) const BLOCK: usize = 16;

/// The AES key of one message; wiped when dropped.
pub(super) struct MessageKey(Zeroizing<[u8; 16]>);

impl MessageKey {
    /// Derives the key: the 16 characters in the middle of the upper-case hex MD5 of `md5` and sign key, as bytes
    /// ("16-bit MD5" in the vendor's documentation).
    pub(super) fn derive(md5: &str, sign_key: &SignKey) -> Self {
        let digest = key_digest(md5, sign_key);
        let mut key = Zeroizing::new([0; 16]);
        // Hex characters 8 to 23 are bytes 4 to 11. The buffer has the exact length, so this cannot fail.
        if let Some(middle) = digest.get(4..12) {
            let _ = base16ct::upper::encode(middle, &mut *key);
        }
        Self(key)
    }

    /// Creates any other key, for tests of messages with a wrong one.
    #[cfg(all(test, feature = "explain"))]
    pub(super) fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    #[cfg(feature = "explain")]
    pub(super) fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// Returns the MD5 of `md5` and sign key, which contains the key and is as secret.
pub(super) fn key_digest(md5: &str, sign_key: &SignKey) -> Zeroizing<[u8; 16]> {
    let mut digest = Md5::new();
    digest.update(md5.as_bytes());
    digest.update(sign_key.as_bytes());
    Zeroizing::new(digest.finalize().into())
}

impl MessageKey {
    /// Encrypts and pads the bytes after `start`, in place.
    pub(super) fn encrypt_in_place(&self, cipher: Cipher, text: &mut Vec<u8>, start: usize) {
        let key = &*self.0;
        let length = text.len().saturating_sub(start);
        // PKCS#7 adds at least one byte, so text that fills its last block gets another block.
        text.resize(start + (length / BLOCK + 1) * BLOCK, 0);
        let Some(text) = text.get_mut(start..) else { return };
        // The buffer includes the padding, so this cannot fail.
        let _ = match cipher {
            Cipher::Aes128Ecb => ecb::Encryptor::<Aes128Enc>::new(key.into()).encrypt_padded::<Pkcs7>(text, length),
            Cipher::Aes128Cbc { iv } => cbc::Encryptor::<Aes128Enc>::new(key.into(), (&*iv_bytes(iv, key)).into())
                .encrypt_padded::<Pkcs7>(text, length),
        };
    }

    /// Decrypts in place; `None` if length or padding is wrong.
    pub(super) fn decrypt_in_place(&self, cipher: Cipher, mut text: Vec<u8>) -> Option<Vec<u8>> {
        let key = &*self.0;
        let plaintext = match cipher {
            Cipher::Aes128Ecb => ecb::Decryptor::<Aes128Dec>::new(key.into()).decrypt_padded::<Pkcs7>(&mut text),
            Cipher::Aes128Cbc { iv } => cbc::Decryptor::<Aes128Dec>::new(key.into(), (&*iv_bytes(iv, key)).into())
                .decrypt_padded::<Pkcs7>(&mut text),
        };
        let length = plaintext.ok()?.len();
        text.truncate(length);
        Some(text)
    }

    #[cfg(all(test, feature = "explain"))]
    pub(super) fn encrypt(&self, cipher: Cipher, plaintext: &[u8]) -> Vec<u8> {
        let mut text = plaintext.to_vec();
        self.encrypt_in_place(cipher, &mut text, 0);
        text
    }

    /// Decrypts blocks with any padding, or `None` if the length is wrong.
    #[cfg(feature = "explain")]
    pub(super) fn decrypt_blocks(&self, cipher: Cipher, ciphertext: &[u8]) -> Option<Vec<u8>> {
        let key = &*self.0;
        match cipher {
            Cipher::Aes128Ecb => {
                ecb::Decryptor::<Aes128Dec>::new(key.into()).decrypt_padded_vec::<NoPadding>(ciphertext)
            }
            Cipher::Aes128Cbc { iv } => cbc::Decryptor::<Aes128Dec>::new(key.into(), (&*iv_bytes(iv, key)).into())
                .decrypt_padded_vec::<NoPadding>(ciphertext),
        }
        .ok()
    }
}

fn iv_bytes(iv: Iv, key: &[u8; 16]) -> Zeroizing<[u8; 16]> {
    // It may be the key, so it is wiped like the key.
    Zeroizing::new(match iv {
        Iv::Zero => [0; 16],
        Iv::Key => *key,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_the_middle_of_the_digest() {
        // Appendix A: key digest 60063EF1EF1712FC070C2C210330BB00.
        let key = SignKey::new("6698851A525C9433").unwrap();
        let key = MessageKey::derive("C12F9560769C2CB55E6954935B325916", &key);
        assert_eq!(&*key.0, b"EF1712FC070C2C21");
    }

    #[test]
    fn every_mode_decrypts_its_own_ciphertext() {
        let key = MessageKey::derive("", &SignKey::new("k").unwrap());
        for cipher in [Cipher::Aes128Ecb, Cipher::Aes128Cbc { iv: Iv::Zero }, Cipher::Aes128Cbc { iv: Iv::Key }] {
            for length in [0, 1, 15, 16, 17, 48] {
                let text = vec![b'x'; length];
                let mut sealed = [b"before", &*text].concat();
                key.encrypt_in_place(cipher, &mut sealed, 6);
                let (before, sealed) = sealed.split_at(6);
                assert_eq!((before, sealed.len()), (&b"before"[..], (length / 16 + 1) * 16));
                assert_eq!(key.decrypt_in_place(cipher, sealed.to_vec()), Some(text));
            }
            assert_eq!(key.decrypt_in_place(cipher, vec![0; 15]), None);
            assert_eq!(key.decrypt_in_place(cipher, Vec::new()), None);
        }
    }
}
