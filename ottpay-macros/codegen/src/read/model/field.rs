//! Fields of requests, replies and callbacks, word for word.

use ottpay_vocabulary::{Charset, ChosenRole, Encoding, Evidence, Fill, WordSet as _};

use crate::read::declaration::map;
use crate::read::located::Located;
use crate::read::value::Flag;

map! {
    /// A field of a request, reply, callback or object. In `types.yaml` an entry with a `type` is a field type: fields of
    /// that type take over its rules and its `doc`.
    pub struct RawField("the field `{name}`", wire) {
        /// Type: `text`, `order_id`, `refund_id`, `checkout_id`, `amount`, `url`, `currency`, `integer`; in requests also
        /// `timestamp`; in replies and callbacks also `datetime`, `rate_e8`, `decimal`, `json`; or a type of `types.yaml`.
        kind (required unless "instead_of"): Option<Located<String>> = "type",
        /// Explanation, for the documentation. It may be left out where a field type of `types.yaml` has one.
        doc: Option<Located<String>>,
        /// `true`: it may be absent.
        optional: Flag,
        /// `true`: it is required, or the client writes it, but the caller may leave it out in so many words:
        /// `without_…()`.
        may_omit: Flag,
        /// The client always writes this value; the caller does not see the field.
        constant: Option<Located<String>> = "const",
        /// The client writes its merchant id, or the address to which the call goes (for `protocol: sdk` only).
        fill [Fill::<()>::WORDS]: Option<Located<String>>,
        /// The client writes the value of the field of this name here as well.
        copy_of: Option<Located<String>>,
        /// `true`: what the client writes is only sent if the caller asks for it: `with_…()`.
        opt_in: Flag,
        /// It is sent in place of the field of this name, never beside it, and only if the caller asks for it. Its type,
        /// rules, constant and `doc` are those of that field, as far as it does not give its own.
        instead_of: Option<Located<String>>,
        /// The words of its enum, or the currencies, that this action takes.
        only: Vec<Located<String>>,
        /// Exact length, in characters.
        len: Option<Located<usize>>,
        /// Shortest length, in characters.
        min_len: Option<Located<usize>>,
        /// Greatest length, in characters.
        max_len: Option<Located<usize>>,
        /// The characters that its text may have: 0 to 9, or letters and digits of ASCII.
        charset [Charset::WORDS]: Option<Located<String>>,
        /// `true`: these limits are not certain (no page states them here, or the vendor's samples break them), so only a
        /// strict client is held to them.
        lenient: Flag,
        /// `true`: its value is never shown by `Debug` or in errors.
        sensitive: Flag,
        /// Further names under which it may come, in what is received.
        aliases: Vec<Located<String>>,
        /// Its name in Rust, where the one that follows from the wire will not do.
        name: Option<Located<String>>,
        /// What it is to the payment, for the sandbox and for errors. By itself an `order_id` is the `order`, a `refund_id`
        /// the `refund`, a `checkout_id` the `checkout_order`, an `amount` the `amount`, and an enum with classes the
        /// `status`.
        role [ChosenRole::WORDS]: Option<Located<String>>,
        /// How its value is written, in links and in what comes back from them.
        encode [Encoding::WORDS]: Option<Located<String>>,
        /// The object of `types.yaml` that the caller encrypts into this text.
        content: Option<Located<String>>,
        /// Evidence that it exists: a page of the vendor, clients in the field, or none. Without it the `evidence` of
        /// the file holds, then that of its type.
        evidence [Evidence::WORDS]: Option<Located<String>>,
        /// The vendor's page, as `host/path` or by its name in `pages`, where it is another than that of the action.
        page: Option<Located<String>>,
    }
}
