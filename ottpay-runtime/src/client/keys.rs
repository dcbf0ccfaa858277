//! The keys with which a client opens messages: its own, and the former one during a key change.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::key::SignKey;
use crate::observation::Report;

/// The keys of a client.
pub(super) struct Keys {
    /// The key that seals requests and opens messages.
    pub(super) sign_key: SignKey,
    /// A key that only opens messages.
    former: Option<SignKey>,
    /// How many messages were opened with the former key.
    uses: AtomicU64,
}

impl Keys {
    pub(super) fn new(sign_key: SignKey, former: Option<SignKey>) -> Self {
        Self { sign_key, former, uses: AtomicU64::new(0) }
    }

    /// Opens a message with the sign key, or with the former one if the sign key does not verify it.
    ///
    /// # Errors
    /// The error of the sign key, unless the former key verifies the message.
    pub(super) fn open<T, E>(
        &self,
        report: &Report,
        open: impl Fn(&SignKey) -> Result<Option<T>, E>,
        is_unverified: fn(&E) -> bool,
    ) -> Result<Option<T>, E> {
        let opened = open(&self.sign_key);
        let (Err(error), Some(former)) = (&opened, &self.former) else { return opened };
        if !is_unverified(error) {
            return opened;
        }
        match open(former) {
            // Neither key verifies the message. The error of the current key is the one to act on.
            Err(error) if is_unverified(&error) => opened,
            // Any other result, even another error, means that the former key verifies it.
            by_former => {
                if matches!(by_former, Ok(Some(_))) {
                    // Nothing else depends on the count, so `Relaxed` is sufficient.
                    report.record_former_key(self.uses.fetch_add(1, Ordering::Relaxed) + 1);
                }
                by_former
            }
        }
    }

    pub(super) fn former_uses(&self) -> u64 {
        self.uses.load(Ordering::Relaxed)
    }
}
