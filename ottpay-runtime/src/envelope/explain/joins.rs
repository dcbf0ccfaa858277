//! Orders in which senders concatenate values, and separators and text that they add by mistake.

use md5::{Digest, Md5};
use zeroize::Zeroizing;

use super::search::Search;
use super::written::Member;

/// How names and values are joined: the separator after a name if there are names, the separator between members, and
/// the mistake.
struct Join {
    name_end: Option<&'static str>,
    between: &'static str,
    fault: Option<&'static str>,
}

const fn named(name_end: &'static str, between: &'static str, fault: &'static str) -> Join {
    Join { name_end: Some(name_end), between, fault: Some(fault) }
}

const fn unnamed(between: &'static str, fault: &'static str) -> Join {
    Join { name_end: None, between, fault: Some(fault) }
}

const JOINS: [Join; 18] = [
    Join { name_end: None, between: "", fault: None },
    named("=", "&", "the names were digested too, as `name=value` joined by `&`; digest only the values"),
    named("=", "", "the names were digested too, as `name=value` without a separator; digest only the values"),
    named("", "", "the names were digested too, before their values; digest only the values"),
    named(":", ",", "the names were digested too, as `name:value` joined by commas; digest only the values"),
    named("=", ",", "the names were digested too, as `name=value` joined by commas; digest only the values"),
    named("=", ", ", "the names were digested too, as `name=value` joined by commas; digest only the values"),
    named("=", "|", "the names were digested too, as `name=value` joined by `|`; digest only the values"),
    named("=", ";", "the names were digested too, as `name=value` joined by semicolons; digest only the values"),
    named("=", "\n", "the names were digested too, as `name=value` in lines; digest only the values"),
    unnamed(",", "the values are joined by commas; join them without a separator"),
    unnamed(", ", "the values are joined by commas and spaces; join them without a separator"),
    unnamed("&", "the values are joined by `&`; join them without a separator"),
    unnamed("|", "the values are joined by `|`; join them without a separator"),
    unnamed(" ", "the values are joined by spaces; join them without a separator"),
    unnamed(";", "the values are joined by semicolons; join them without a separator"),
    unnamed("\n", "the values are joined by line breaks; join them without a separator"),
    unnamed("\r\n", "the values are joined by line breaks; join them without a separator"),
];

/// Bytes that senders put before everything by mistake.
const BEFORE: [(&[u8], &str); 3] = [
    (b"\xef\xbb\xbf", "a byte order mark was digested before the values; digest only the values"),
    (b"\xff\xfe", "a byte order mark was digested before the values; digest only the values"),
    (b"\xfe\xff", "a byte order mark was digested before the values; digest only the values"),
];

/// Bytes that senders put after everything by mistake.
const AFTER: [(&[u8], &str); 6] = [
    (b"\n", "a line end (LF) was digested after the values, such as `echo` appends; digest only the values"),
    (b"\r\n", "a line end (CR LF) was digested after the values; digest only the values"),
    (b"\r", "a carriage return was digested after the values; digest only the values"),
    (b" ", "a space was digested after the values; digest only the values"),
    (b"\0", "a zero byte was digested after the values; digest only the values"),
    (b"\n\n", "line ends were digested after the values; digest only the values"),
];

const KEY_AFTER: &str = "the sign key was digested after the values; use it only in the key";
const KEY_BEFORE: &str = "the sign key was digested before the values; use it only in the key";
const KEY_APPENDED: &str = "`&key=` and the sign key were appended; use the sign key only in the key";
const KEY_JOINED: &str = "the sign key was appended with the separator; use it only in the key";
const KEY_AROUND: &str = "the sign key was digested before and after the values; use it only in the key";
const KEY_AND_LINE: &str = "the sign key and a line end were digested after the values; use the sign key only in the \
                            key";

/// The mistake in an order, and the positions of the sorted values in it.
pub(super) struct Order {
    fault: Option<&'static str>,
    places: Vec<usize>,
}

/// Returns the values in each distinct order, the right one first.
pub(super) fn list_orders(members: &[Member<'_>], received: &[String]) -> Vec<Order> {
    let name = |place: &usize| members.get(*place).map_or("", |(name, _)| *name);
    let sorted = || -> Vec<usize> { (0..members.len()).collect() };
    let sorted_by = |key: &dyn Fn(&usize) -> String| {
        let mut places = sorted();
        places.sort_by_cached_key(key);
        places
    };
    let as_received = || {
        let mut by_name: Vec<(usize, &String)> = received.iter().enumerate().collect();
        by_name.sort_by_key(|(_, name)| *name);
        let mut places = sorted();
        places.sort_by_cached_key(|place| {
            let found = by_name.binary_search_by(|(_, received)| received.as_str().cmp(name(place)));
            found.ok().and_then(|found| by_name.get(found)).map(|(written, _)| *written)
        });
        places
    };
    let value =
        |place: &usize| members.get(*place).and_then(|(_, value)| value.as_text()).unwrap_or_default().to_owned();
    let all = [
        (None, sorted()),
        (Some("the values were digested in the order of the members; sort them by name"), as_received()),
        (
            Some("the names were sorted by code point; sort them by UTF-16 code unit"),
            sorted_by(&|place| name(place).to_owned()),
        ),
        (
            Some("the names were sorted case-insensitively; sort them by code unit, upper case before lower case"),
            sorted_by(&|place| name(place).to_lowercase()),
        ),
        (
            Some("the names were sorted by the rules of a language, ignoring `_`; sort them by code unit"),
            sorted_by(&|place| name(place).to_lowercase().replace(['_', '-'], "")),
        ),
        (
            Some("the names were sorted case-insensitively; sort them by code unit, upper case before lower case"),
            sorted_by(&|place| name(place).to_uppercase()),
        ),
        (
            Some("the names were sorted in descending order; sort them in ascending order"),
            (0..members.len()).rev().collect(),
        ),
        (Some("the values were sorted by value; sort them by name"), sorted_by(&value)),
        (
            Some("the names were sorted by their length; sort them by code unit"),
            // With leading zeros, lengths sort as numbers although they are text.
            sorted_by(&|place| format!("{:09}{}", name(place).len(), name(place))),
        ),
        (
            Some("the values were digested in the reverse order of the members; sort them by name"),
            as_received().into_iter().rev().collect(),
        ),
    ];
    let mut orders: Vec<Order> = Vec::new();
    for (fault, places) in all {
        if orders.iter().all(|known| known.places != places) {
            orders.push(Order { fault, places });
        }
    }
    orders
}

/// The values, and the mistakes that have already been assumed.
pub(super) struct Values<'a, T> {
    pub(super) members: &'a [Member<'a>],
    pub(super) texts: &'a [T],
    pub(super) fault: Option<&'static str>,
}

/// Tries each order, with every addition between, before or after the values.
pub(super) fn find_join<T: AsRef<[u8]>>(
    values: &Values<'_, T>,
    orders: &[Order],
    key: &[u8],
    search: &mut Search<'_>,
) -> Option<String> {
    for order in orders {
        for join in &JOINS {
            let found = |extra: Option<&str>| {
                let faults = [order.fault, join.fault, values.fault, extra];
                let faults: Vec<_> = faults.into_iter().flatten().collect();
                (!faults.is_empty()).then(|| faults.join("; and "))
            };
            let digested = values.digest(order, join, Md5::new(), search)?;
            if search.is_digest_after(&digested, &[])
                && let Some(cause) = found(None)
            {
                return Some(cause);
            }
            let before = values.digest(order, join, Md5::new_with_prefix(key), search)?;
            let joined = Zeroizing::new([join.between.as_bytes(), key].concat());
            let keyed: [(&Md5, &[&[u8]], &str); 6] = [
                (&digested, &[key], KEY_AFTER),
                (&before, &[], KEY_BEFORE),
                (&digested, &[b"&key=", key], KEY_APPENDED),
                (&digested, &[&joined], KEY_JOINED),
                (&before, &[key], KEY_AROUND),
                (&digested, &[key, b"\n"], KEY_AND_LINE),
            ];
            let after = AFTER.iter().map(|(after, fault)| (&digested, std::slice::from_ref(after), *fault));
            for (digested, parts, fault) in keyed.into_iter().chain(after) {
                if search.is_digest_after(digested, parts) {
                    return found(Some(fault));
                }
            }
            // Bytes at the beginning change the whole digest, so the values are digested again for each.
            for (before, fault) in BEFORE {
                let digested = values.digest(order, join, Md5::new_with_prefix(before), search)?;
                if search.is_digest_after(&digested, &[]) {
                    return found(Some(fault));
                }
            }
        }
    }
    None
}

/// Tries each order with every separator, but nothing before or after the values.
pub(super) fn find_plain_join<T: AsRef<[u8]>>(
    values: &Values<'_, T>,
    orders: &[Order],
    search: &mut Search<'_>,
) -> Option<String> {
    for order in orders {
        for join in &JOINS {
            let digested = values.digest(order, join, Md5::new(), search)?;
            if search.is_digest_after(&digested, &[]) {
                let faults: Vec<_> = [order.fault, join.fault, values.fault].into_iter().flatten().collect();
                return Some(faults.join("; and "));
            }
        }
    }
    None
}

/// Tries the values as they are, with every addition before or after them except a key.
pub(super) fn find_surrounded<T: AsRef<[u8]>>(values: &Values<'_, T>, search: &mut Search<'_>) -> Option<String> {
    let parts: Vec<&[u8]> = values.texts.iter().map(AsRef::as_ref).collect();
    let all = parts.concat();
    let around = std::iter::once((&b""[..], &b""[..], None))
        .chain(AFTER.map(|(after, fault)| (&b""[..], after, Some(fault))))
        .chain(BEFORE.map(|(before, fault)| (before, &b""[..], Some(fault))));
    for (before, after, extra) in around {
        if search.is_digest_of(&[before, &all, after]) {
            let faults: Vec<_> = [values.fault, extra].into_iter().flatten().collect();
            return (!faults.is_empty()).then(|| faults.join("; and "));
        }
    }
    None
}

impl<T: AsRef<[u8]>> Values<'_, T> {
    /// Continues a digest with the values in this order; `None` if that would cost too much.
    fn digest(&self, order: &Order, join: &Join, mut md5: Md5, search: &mut Search<'_>) -> Option<Md5> {
        let mut bytes = 0;
        for ((name, _), text) in self.members.iter().zip(self.texts) {
            bytes += join.name_end.map_or(0, |end| name.len() + end.len()) + text.as_ref().len() + join.between.len();
        }
        if !search.spend_on_values(self.members.len(), bytes) {
            return None;
        }
        for (index, place) in order.places.iter().enumerate() {
            if index > 0 {
                md5.update(join.between);
            }
            let (Some((name, _)), Some(text)) = (self.members.get(*place), self.texts.get(*place)) else { continue };
            if let Some(end) = join.name_end {
                md5.update(name);
                md5.update(end);
            }
            md5.update(text.as_ref());
        }
        Some(md5)
    }
}
