//! How much is looked at: anyone can send what is explained.

/// The longest body that is explained.
pub(super) const MAX_BODY: usize = 1 << 20;

/// How many bytes are digested, decrypted and written at most to find a cause.
pub(super) const MAX_WORK: usize = 16 << 20;
