//! The raw `gateway.yaml`.

use ottpay_vocabulary::{CipherMode, CodeClass, Framing, Iv, WordSet as _};

use crate::read::declaration::map;
use crate::read::located::Located;

map! {
    /// `gateway.yaml`: where requests are sent, in which envelope, and what the gateway's codes mean.
    pub struct RawGateway("the gateway") {
        /// The vendor's page on the envelope, as `host/path` or by its name in `pages`.
        page (required): Option<Located<String>>,
        /// Base URL: `https://HOST`.
        base_url (required): Option<Located<String>>,
        /// Default path of actions: `/PATH`.
        path (required): Option<Located<String>>,
        /// Other paths of the gateway.
        other_paths: Vec<Located<String>>,
        /// Framing of requests: `json` is the outer message as JSON, `base64` all of it in Base64. Both are always accepted.
        framing (required) [Framing::WORDS]: Option<Located<String>>,
        /// Encryption of `data`. CBC needs an `iv`.
        cipher (required) [CipherMode::WORDS]: Option<Located<String>>,
        /// Initialization vector, for `aes-128-cbc` only: zeros, or the key.
        iv [Iv::WORDS]: Option<Located<String>>,
        /// The answer to a callback.
        acknowledgement: Option<RawAcknowledgement>,
        /// Response codes, in upper case.
        codes: Vec<RawCode>,
        /// Points that the vendor does not document.
        unknown: Vec<Located<String>>,
    }
}

map! {
    /// The answer to a callback.
    pub struct RawAcknowledgement("`acknowledgement`") {
        /// HTTP status; the default is 200.
        status: Option<Located<usize>>,
        /// Content type.
        content_type (required): Option<Located<String>>,
        /// Body.
        body (required): Option<Located<String>>,
    }
}

map! {
    /// A response code of the gateway, in upper case.
    pub struct RawCode("the code `{name}`", code) {
        /// Explanation, for the documentation.
        doc (required): Option<Located<String>>,
        /// Name of its variant of `ResponseCode`, if it cannot be derived from the code.
        name: Option<Located<String>>,
        /// Its meaning for the call: `accepted`, which does not mean paid; `refused`, with a reason; `unexplained`, without
        /// a reason; `duplicate`, if the gateway has seen the request's own id; `already_paid`, if the order is paid;
        /// `open`, if the gateway itself does not know. Without it, the outcome is unknown.
        class [CodeClass::WORDS]: Option<Located<String>>,
    }
}
