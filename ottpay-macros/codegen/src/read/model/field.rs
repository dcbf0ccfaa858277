//! Raw fields of requests, replies and callbacks.

use ottpay_vocabulary::{Charset, ChosenRole, Encoding, Evidence, Fill, WordSet as _};

use crate::read::declaration::map;
use crate::read::located::Located;
use crate::read::value::Flag;

map! {
    /// A field of a request, reply, callback or object. In `types.yaml` an entry with a `type` is a field type: fields of
    /// that type inherit its rules and its `doc`.
    pub struct RawField("the field `{name}`", wire) {
        /// Type: `text`, `order_id`, `refund_id`, `checkout_id`, `amount`, `url`, `currency`, `integer`; in requests also
        /// `timestamp`; in replies and callbacks also `datetime`, `rate_e8`, `decimal`, `json`; or a type of `types.yaml`.
        kind (required unless "instead_of"): Option<Located<String>> = "type",
        /// Explanation, for the documentation. Optional if the field type of `types.yaml` has one.
        doc: Option<Located<String>>,
        /// `true`: the field may be absent.
        optional: Flag,
        /// `true`: the field is required, or written by the client, but the caller may omit it explicitly: `without_…()`.
        may_omit: Flag,
        /// The client always writes this value; the caller does not see the field.
        constant: Option<Located<String>> = "const",
        /// The client writes its merchant id, or the URL of the call (for `protocol: sdk` only).
        fill [Fill::<()>::WORDS]: Option<Located<String>>,
        /// The client writes the value of the field of this name here, too.
        copy_of: Option<Located<String>>,
        /// `true`: the client writes the field only if the caller enables it: `with_…()`.
        opt_in: Flag,
        /// The field is sent instead of the field of this name, never with it, and only if the caller sets it. It inherits
        /// that field's type, rules, constant and `doc`, unless it has its own.
        instead_of: Option<Located<String>>,
        /// The values of its enum, or the currencies, that this action accepts.
        only: Vec<Located<String>>,
        /// Exact length, in characters.
        len: Option<Located<usize>>,
        /// Minimum length, in characters.
        min_len: Option<Located<usize>>,
        /// Maximum length, in characters.
        max_len: Option<Located<usize>>,
        /// The allowed characters: 0 to 9, or letters and digits of ASCII.
        charset [Charset::WORDS]: Option<Located<String>>,
        /// `true`: these limits are not certain (no page states them here, or the vendor's samples break them), so only a
        /// strict client enforces them.
        lenient: Flag,
        /// `true`: its value is never shown by `Debug` or in errors.
        sensitive: Flag,
        /// Other names of the field in replies and callbacks.
        aliases: Vec<Located<String>>,
        /// Its name in Rust, if the name derived from the wire cannot be used.
        name: Option<Located<String>>,
        /// Its meaning for the payment, for the sandbox and for errors. By default an `order_id` is the `order`, a `refund_id`
        /// the `refund`, a `checkout_id` the `checkout_order`, an `amount` the `amount`, and an enum with classes the
        /// `status`.
        role [ChosenRole::WORDS]: Option<Located<String>>,
        /// How its value is written, in links and in their return parameters.
        encode [Encoding::WORDS]: Option<Located<String>>,
        /// The object of `types.yaml` that the caller encrypts into this string.
        content: Option<Located<String>>,
        /// Evidence that the field exists: a page of the vendor, public clients, or none. The default is the `evidence` of
        /// the file, then that of its type.
        evidence [Evidence::WORDS]: Option<Located<String>>,
        /// The vendor's page, as `host/path` or by its name in `pages`, if it is not the action's.
        page: Option<Located<String>>,
    }
}
