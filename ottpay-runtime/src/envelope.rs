//! The envelope: how fields become `data` and `md5`, and how they come back out.
//!
//! [`seal`] digests the values in the order of their names, derives a key from the digest and the sign key, encrypts
//! the JSON object and Base64-encodes it. [`open`] goes the other way and hands out nothing unless decryption *and*
//! digest hold. The vendor describes it on `docs.ottpay.com`, `payment-api/common-rules` and
//! `payment-api/appendix-a`.

mod alteration;
mod cipher;
mod digest;
#[cfg(feature = "explain")]
pub mod explain;
mod fields;
mod java;
mod json;
mod message;
mod multipart;
mod open;
mod outer;
mod seal;
mod surrogate;

pub(crate) use alteration::find_alterations;
pub use alteration::{Alteration, FieldForm};
pub use digest::DigestForm;
#[cfg(feature = "explain")]
pub use explain::explain;
pub use fields::Fields;
pub use json::Value;
pub(crate) use json::write_object;
pub use message::{Message, MessageError};
pub use open::{OpenError, open};
pub use ottpay_vocabulary::{Cipher, Framing, Iv};
pub(crate) use seal::Sealer;
pub use seal::{Sealed, seal, seal_as, seal_json};
