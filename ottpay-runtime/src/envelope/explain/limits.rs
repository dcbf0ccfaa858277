//! Limits on the search, because anyone can send the message that is explained.

/// The longest body that is explained.
pub(super) const MAX_BODY: usize = 1 << 20;

/// The largest number of bytes that are digested, decrypted and written to find a cause.
pub(super) const MAX_WORK: usize = 16 << 20;
