//! Varies the form of messages without changing their meaning, for example the order of members.

/// Makes the decisions for one message. Equal strings lead to equal decisions.
pub(crate) struct Variation(fastrand::Rng);

impl Variation {
    /// Derives the decisions from these strings.
    pub(crate) fn from_texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        // FNV-1a: the hash of `std` may change with the compiler. 0xff ends each string, because it does not occur in
        // UTF-8.
        let bytes = texts.into_iter().flat_map(|text| text.bytes().chain([0xff]));
        let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Self(fastrand::Rng::with_seed(bytes.fold(0xcbf2_9ce4_8422_2325, mix)))
    }

    /// Decides something that happens in one of this many messages on average.
    pub(crate) fn happens_once_in(&mut self, messages: u32) -> bool {
        self.0.u32(0..messages.max(1)) == 0
    }

    /// Chooses a decimal digit, which is not zero if it is the first of a number.
    pub(crate) fn choose_digit(&mut self, is_leading: bool) -> char {
        self.0.char(if is_leading { '1' } else { '0' }..='9')
    }

    /// Chooses a Latin letter.
    pub(crate) fn choose_letter(&mut self, is_uppercase: bool) -> char {
        if is_uppercase { self.0.uppercase() } else { self.0.lowercase() }
    }

    /// Inserts an item at a random index.
    pub(crate) fn insert<T>(&mut self, list: &mut Vec<T>, item: T) {
        list.insert(self.0.usize(0..=list.len()), item);
    }

    /// Shuffles members so that they are not sorted by name; a single one stays where it is.
    pub(crate) fn shuffle<V>(&mut self, members: &mut [(&str, V)]) {
        self.0.shuffle(members);
        if members.is_sorted_by_key(|(name, _)| *name) && !members.is_empty() {
            members.rotate_left(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_members_or_more_are_never_left_sorted() {
        for id in 0..1000 {
            let mut variation = Variation::from_texts([&*format!("T{id}")]);
            for count in 0..5 {
                let mut members: Vec<_> =
                    ["a", "b", "c", "d", "e"].map(|name| (name, ())).into_iter().take(count).collect();
                variation.shuffle(&mut members);
                assert_eq!(members.is_sorted(), count < 2, "{members:?}");
                members.sort_unstable();
                assert_eq!(members.len(), count);
            }
        }
    }

    #[test]
    fn what_is_inserted_leaves_the_others_in_their_order() {
        let mut places = [0; 4];
        for id in 0..1000 {
            let mut list = vec!['a', 'b', 'c'];
            Variation::from_texts([&*format!("T{id}")]).insert(&mut list, 'x');
            places[list.iter().position(|item| *item == 'x').unwrap()] += 1;
            list.retain(|item| *item != 'x');
            assert_eq!(list, ['a', 'b', 'c']);
        }
        assert!(places.into_iter().all(|count| count > 100), "{places:?}");
    }

    #[test]
    fn the_same_texts_lead_to_the_same_order() {
        let order = |texts: [&str; 2]| {
            let mut members: Vec<_> = ["a", "b", "c", "d", "e", "f"].map(|name| (name, ())).into();
            Variation::from_texts(texts).shuffle(&mut members);
            members.into_iter().map(|(name, ())| name).collect::<String>()
        };
        assert_eq!(order(["active_pay", "T1"]), order(["active_pay", "T1"]));
        let others = ["T2", "T3", "T4", "T5"].map(|id| order(["active_pay", id]));
        assert!(others.iter().any(|other| *other != order(["active_pay", "T1"])));
        assert!(others.iter().any(|other| *other != others[0]));
    }
}
