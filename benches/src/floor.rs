//! The floors: the cryptography of an envelope in C, without JSON, and MD5 alone.

use md5::{Digest as _, Md5};
use openssl::base64::encode_block;
use openssl::cipher::Cipher;
use openssl::cipher_ctx::CipherCtx;
use openssl::error::ErrorStack;
use openssl::md::Md;
use openssl::md_ctx::MdCtx;
use openssl::{hash, symm};

/// What enters the digest of the key: the digest of the values in 32 hex digits, and a sign key of 16 characters.
const KEYED: &[u8; 48] = b"C12F9560769C2CB55E6954935B325916A8B5FE540E38A5A9";

/// The cryptography of an envelope, done with OpenSSL: both digests, AES-128 in ECB mode, and Base64, each with one
/// call. OpenSSL spends half of the time finding its algorithms.
pub(crate) fn in_c(values: &[u8], json: &[u8]) -> Result<String, ErrorStack> {
    let md5 = hash::MessageDigest::md5();
    let (_of_values, key) = (hash::hash(md5, values)?, hash::hash(md5, KEYED)?);
    Ok(encode_block(&symm::encrypt(symm::Cipher::aes_128_ecb(), &key, None, json)?))
}

/// The same with algorithms and contexts that are created once.
pub(crate) struct Prepared {
    md5: Md,
    digest: MdCtx,
    aes: Cipher,
    cipher: CipherCtx,
}

impl Prepared {
    pub(crate) fn new() -> Result<Self, ErrorStack> {
        Ok(Self {
            md5: Md::fetch(None, "MD5", None)?,
            digest: MdCtx::new()?,
            aes: Cipher::fetch(None, "AES-128-ECB", None)?,
            cipher: CipherCtx::new()?,
        })
    }

    pub(crate) fn seal(&mut self, values: &[u8], json: &[u8]) -> Result<String, ErrorStack> {
        let (_of_values, key) = (self.digest(values)?, self.digest(KEYED)?);
        self.cipher.encrypt_init(Some(&self.aes), Some(&key), None)?;
        let mut data = Vec::with_capacity(json.len() + 32);
        self.cipher.cipher_update_vec(json, &mut data)?;
        self.cipher.cipher_final_vec(&mut data)?;
        Ok(encode_block(&data))
    }

    fn digest(&mut self, text: &[u8]) -> Result<[u8; 16], ErrorStack> {
        let mut digest = [0; 16];
        self.digest.digest_init(&self.md5)?;
        self.digest.digest_update(text)?;
        self.digest.digest_final(&mut digest)?;
        Ok(digest)
    }
}

/// Both digests of an envelope.
pub(crate) fn two_digests(values: &[u8]) -> [[u8; 16]; 2] {
    [digest(values), digest(KEYED)]
}

/// MD5 alone.
pub(crate) fn digest(values: &[u8]) -> [u8; 16] {
    Md5::digest(values).into()
}
