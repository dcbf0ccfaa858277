//! The body of a message with sealed fields, written in one pass into one buffer.

use base64::Engine as _;
use ottpay_vocabulary::{Cipher, Framing};

use super::seal::{append_sealed, measure_base64};
use super::write::{measure_object, write_member};
use crate::SignKey;
use crate::encoding::standard_base64;

/// The parts of a body. The fields must be in the order of the digest.
pub(crate) struct SealedBody<B, F, A> {
    /// The members before `data`, at least one.
    pub(crate) before: B,
    /// The content of `data`.
    pub(crate) fields: F,
    /// The members after `md5`.
    pub(crate) after: A,
    /// The length of the fields and the members after `md5` together as a JSON object, if nothing needs an escape.
    pub(crate) json_len: usize,
}

impl<'a, B, F, A> SealedBody<B, F, A>
where
    B: Iterator<Item = (&'a str, &'a str)> + Clone,
    F: Iterator<Item = (&'a str, &'a str)>,
    A: Iterator<Item = (&'a str, &'a str)>,
{
    /// Writes the body.
    pub(crate) fn write(self, key: &SignKey, cipher: Cipher, framing: Framing) -> Vec<u8> {
        let Self { before, fields, after, json_len } = self;
        // `,"data":"` and `","md5":"` with its 32 digits, and a quotation mark.
        let sealed = measure_base64(json_len) + 50;
        let outer = measure_object(before.clone().map(|(name, text)| (name.len(), text.len())));
        let mut out = String::with_capacity(sealed + outer);
        for (name, text) in before {
            write_member(name, text, out.is_empty(), &mut out);
        }
        out.push_str(",\"data\":\"");
        let digest = append_sealed(fields, key, cipher, &mut out);
        out.push('"');
        write_member("md5", digest.as_str(), false, &mut out);
        for (name, text) in after {
            write_member(name, text, false, &mut out);
        }
        out.push('}');
        match framing {
            Framing::Json => out.into_bytes(),
            Framing::Base64 => standard_base64().encode(out).into_bytes(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::envelope::{Message, seal};

    #[test]
    fn a_body_equals_its_members_written_one_by_one() {
        let key = SignKey::new("6698851A525C9433").unwrap();
        let long = "two lunches \u{1f371} ".repeat(500);
        for fields in [&[][..], &[("a", "1")], &[("a", "\"\n"), ("order_id", "T1")], &[("remark", &long)]] {
            for framing in [Framing::Json, Framing::Base64] {
                let before = [("action", "X"), ("merchant_id", "\u{1}\"")];
                let after = [("operator_id", "\\"), ("terminal_no", "2")];
                let sealed = seal(&fields.iter().copied().collect::<BTreeMap<_, _>>(), &key, Cipher::Aes128Ecb);
                let both = [("data", &*sealed.data), ("md5", &*sealed.md5)];
                let expected = Message::new(before.into_iter().chain(both).chain(after)).to_body(framing);
                let body = SealedBody {
                    before: before.into_iter(),
                    fields: fields.iter().copied(),
                    after: after.into_iter(),
                    json_len: 0,
                };
                assert_eq!(body.write(&key, Cipher::Aes128Ecb, framing), expected);
            }
        }
    }
}
