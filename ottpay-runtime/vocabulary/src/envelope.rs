//! How messages are framed and encrypted.

use crate::word_set::words;

words! {
    /// How the outer message is encoded. When reading, both forms are accepted, whatever is configured for sending.
    #[derive(Default)]
    pub enum Framing {
        /// Plain JSON, as every client in production sends and receives it.
        #[default]
        Json = "json",
        /// The whole JSON text encoded as Base64, as the vendor's "Common rules" page describes it.
        Base64 = "base64",
    }
}

/// How `data` is encrypted. Padding is PKCS#7 in every mode.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Cipher {
    /// AES-128-ECB, as the vendor's Appendix A and its samples show.
    #[default]
    Aes128Ecb,
    /// AES-128-CBC. None of the vendor's samples uses it; available for gateways that are configured this way.
    Aes128Cbc {
        /// The initialisation vector.
        iv: Iv,
    },
}

words! {
    /// The names of a [`Cipher`] without its initialisation vector, which has a key of its own.
    pub enum CipherMode {
        /// [`Cipher::Aes128Ecb`].
        Ecb = "aes-128-ecb",
        /// [`Cipher::Aes128Cbc`].
        Cbc = "aes-128-cbc",
    }
}

words! {
    /// The initialisation vector of [`Cipher::Aes128Cbc`].
    pub enum Iv {
        /// Sixteen zero bytes.
        Zero = "zero",
        /// The same sixteen bytes as the key.
        Key = "key",
    }
}
