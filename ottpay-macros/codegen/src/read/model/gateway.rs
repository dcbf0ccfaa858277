//! `gateway.yaml`, word for word.

use ottpay_vocabulary::{CipherMode, CodeClass, Framing, Iv, WordSet as _};

use crate::read::declaration::map;
use crate::read::located::Located;

map! {
    /// `gateway.yaml`: where requests go, the envelope they travel in, and what the gateway's codes mean.
    pub struct RawGateway("the gateway") {
        /// The vendor's page on the envelope, as `host/path` or by its name in `pages`.
        page (required): Option<Located<String>>,
        /// Base address: `https://HOST`.
        base_url (required): Option<Located<String>>,
        /// Path of the actions that name none: `/PATH`.
        path (required): Option<Located<String>>,
        /// Further paths at which the gateway takes actions.
        other_paths: Vec<Located<String>>,
        /// How requests are framed: `json` is the outer message as it is, `base64` the whole of it in Base64. Both are
        /// always read.
        framing (required) [Framing::WORDS]: Option<Located<String>>,
        /// How `data` is encrypted. CBC needs an `iv`.
        cipher (required) [CipherMode::WORDS]: Option<Located<String>>,
        /// Initialisation vector, for `aes-128-cbc` only: zeros, or the key.
        iv [Iv::WORDS]: Option<Located<String>>,
        /// The answer to a callback.
        acknowledgement: Option<RawAcknowledgement>,
        /// Response codes, in upper case.
        codes: Vec<RawCode>,
        /// What the vendor does not document.
        unknown: Vec<Located<String>>,
    }
}

map! {
    /// What to answer to a callback.
    pub struct RawAcknowledgement("`acknowledgement`") {
        /// HTTP status; 200 if it is absent.
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
        /// Name of its variant of `ResponseCode`, where it does not follow from the code.
        name: Option<Located<String>>,
        /// What it means for the call: `accepted`, which is not the same as paid; `refused`, if it says why;
        /// `unexplained`, if it does not; `duplicate`, if the gateway has seen the request's own id; `already_paid`, if
        /// the order is paid; `open`, if the gateway itself does not know. Without it the outcome is unknown.
        class [CodeClass::WORDS]: Option<Located<String>>,
    }
}
