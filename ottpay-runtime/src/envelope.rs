//! The envelope: how fields are sealed in `data` and `md5`, and how they are opened again.
//!
//! [`seal`] digests the values in the order of their names, derives a key from the digest and the sign key, encrypts
//! the JSON object and encodes it as Base64. [`open`] reverses this, and returns nothing unless decryption *and* digest
//! are valid. The vendor describes it on `docs.ottpay.com`, `payment-api/common-rules` and `payment-api/appendix-a`.

mod alteration;
mod body;
mod cipher;
mod collected;
mod content;
mod digest;
#[cfg(feature = "explain")]
pub mod explain;
mod fields;
mod java;
mod json;
#[cfg(test)]
mod json_agreement;
mod json_error;
#[cfg(test)]
mod members;
mod message;
mod message_error;
mod multipart;
mod open;
mod outer;
#[cfg(test)]
mod random_json;
mod reader;
mod scan;
mod seal;
mod sealed_body;
mod span;
mod surrogate;
mod unescape;
mod value;
mod write;

pub(crate) use alteration::find_alterations;
pub use alteration::{Alteration, FieldForm};
pub use digest::DigestForm;
#[cfg(feature = "explain")]
pub use explain::explain;
pub use fields::Fields;
pub use message::Message;
pub use message_error::MessageError;
pub use open::{OpenError, Reading, open};
pub use ottpay_vocabulary::{Cipher, Framing, Iv};
pub use seal::{Sealed, seal, seal_as, seal_json};
pub(crate) use sealed_body::SealedBody;
pub use value::{Nested, Value};
pub(crate) use write::{measure_object, write_object};
