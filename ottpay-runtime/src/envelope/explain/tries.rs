//! Every reading of `data` and `md5` that opening tries, with its results.

use crate::SignKey;
use crate::envelope::cipher::MessageKey;
use crate::envelope::open::{OpenError, attempts};

/// One reading of `data` and `md5`.
pub(super) struct Try {
    /// Whether spaces in `data` are read as `+`, which a form decoder replaced.
    pub(super) is_blank_plus: bool,
    /// `md5` as it enters the key.
    pub(super) md5: String,
    /// `data`, decoded.
    pub(super) bytes: Result<Vec<u8>, OpenError>,
    /// The key derived from `md5`.
    pub(super) key: MessageKey,
}

/// Returns all of them, in the order in which they are tried.
pub(super) fn list_tries(data: &str, md5: &str, key: &SignKey) -> Vec<Try> {
    attempts(data, md5)
        .map(|attempt| Try {
            is_blank_plus: attempt.is_blank_plus,
            bytes: attempt.decode(),
            key: attempt.derive_key(key),
            md5: attempt.md5.into_owned(),
        })
        .collect()
}
