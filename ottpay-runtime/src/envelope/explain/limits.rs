//! How much is looked at: anyone can send what is explained.

/// The longest body that is explained.
pub(super) const MAX_BODY: usize = 1 << 20;

/// The longest plaintext for which ways to make it wrongly are tried out.
pub(super) const MAX_TRIED: usize = 64 << 10;

/// How many bytes are digested at most to find a cause.
pub(super) const MAX_DIGESTED: usize = 16 << 20;
