//! The search for the data of a digest, within a limited cost.

use md5::{Digest, Md5};

use super::work::Work;

/// The cost of a value in addition to its bytes.
const COST_OF_VALUE: usize = 16;

/// The digest that is sought, and the cost that is left.
pub(super) struct Search<'a> {
    sought: [u8; 16],
    work: &'a mut Work,
}

impl<'a> Search<'a> {
    /// `None` if `md5` is not a digest.
    pub(super) fn new(md5: &str, work: &'a mut Work) -> Option<Self> {
        let sought = base16ct::mixed::decode_vec(md5).ok()?.try_into().ok()?;
        Some(Self { sought, work })
    }

    /// Whether these parts together match the digest.
    pub(super) fn is_digest_of(&mut self, parts: &[&[u8]]) -> bool {
        self.work.spend_on_way(parts.iter().map(|part| part.len()).sum())
            && self.is_sought(parts.iter().fold(Md5::new(), |md5, part| md5.chain_update(part)))
    }

    /// Whether it is the digest of previously digested data followed by these parts.
    pub(super) fn is_digest_after(&mut self, begun: &Md5, parts: &[&[u8]]) -> bool {
        self.work.spend_on_way(parts.iter().map(|part| part.len()).sum())
            && self.is_sought(parts.iter().fold(begun.clone(), |md5, part| md5.chain_update(part)))
    }

    /// Spends the cost of writing or digesting values; returns false if it is too high.
    #[must_use]
    pub(super) fn spend_on_values(&mut self, count: usize, bytes: usize) -> bool {
        self.work.spend(bytes + count * COST_OF_VALUE)
    }

    /// Whether the cost that is left is zero.
    pub(super) fn is_over(&self) -> bool {
        self.work.is_over()
    }

    fn is_sought(&self, md5: Md5) -> bool {
        *md5.finalize() == self.sought
    }
}

/// Concatenated values, digested up to each of them, so that a change to one costs only the values after it.
pub(super) struct Digested {
    all: Vec<u8>,
    /// Where each value begins, and where the last one ends.
    starts: Vec<usize>,
    begun: Vec<Md5>,
}

impl Digested {
    pub(super) fn new<T: AsRef<[u8]>>(texts: &[T]) -> Self {
        let (mut all, mut starts, mut begun) = (Vec::new(), vec![0], vec![Md5::new()]);
        let mut md5 = Md5::new();
        for text in texts {
            all.extend_from_slice(text.as_ref());
            md5.update(text.as_ref());
            starts.push(all.len());
            begun.push(md5.clone());
        }
        Self { all, starts, begun }
    }

    /// Returns all the values.
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.all
    }

    /// Whether the digest is of the values with these replacements, in ascending order, each for a number of values.
    pub(super) fn has_digest_with(&self, changes: &[(usize, usize, &[u8])], search: &mut Search<'_>) -> bool {
        let start = |index: usize| self.starts.get(index).copied().unwrap_or(self.all.len());
        let Some(begun) = changes.first().and_then(|(index, ..)| self.begun.get(*index)) else { return false };
        let mut parts: Vec<&[u8]> = Vec::with_capacity(changes.len() * 2);
        for (place, (index, count, with)) in changes.iter().enumerate() {
            let next = changes.get(place + 1).map_or(self.all.len(), |(next, ..)| start(*next));
            parts.push(with);
            parts.push(self.all.get(start(index + count)..next).unwrap_or_default());
        }
        search.is_digest_after(begun, &parts)
    }
}
