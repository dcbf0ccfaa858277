//! The fixed sets of words of the language, each word with its meaning.

use crate::check::model::{Cipher, CodeClass, Evidence, Framing, Kind, Protocol};

/// What sending an action may do: whether it may move money.
pub(crate) const EFFECTS: [(&str, bool); 2] = [("write", true), ("read", false)];

/// How actions travel.
pub(crate) const PROTOCOLS: [(&str, Protocol); 4] =
    [("envelope", Protocol::Envelope), ("json", Protocol::Json), ("link", Protocol::Link), ("sdk", Protocol::Sdk)];

/// What the client writes by itself, with the type that it needs.
pub(crate) const FILLS: [(&str, (Kind, &str)); 2] =
    [("merchant_id", (Kind::Text, "text")), ("endpoint", (Kind::Url, "url"))];

/// Signs that a text is made of: variants of the runtime's `Charset`.
pub(crate) const CHARSETS: [(&str, &str); 2] = [("digits", "Digits"), ("alphanumeric", "Alphanumeric")];

/// How the value of a link is encoded.
pub(crate) const ENCODINGS: [(&str, bool); 1] = [("base64", true)];

/// The evidence for a field; without the key it is a page of the vendor.
pub(crate) const EVIDENCE: [(&str, Evidence); 2] = [("clients", Evidence::Clients), ("assumed", Evidence::Assumed)];

/// Parts that a field can play: variants of the runtime's `Role`.
pub(crate) const ROLES: [(&str, Option<&str>); 19] = [
    ("order", Some("Order")),
    ("original_order", Some("OriginalOrder")),
    ("checkout_order", Some("CheckoutOrder")),
    ("provider_order", Some("ProviderOrder")),
    ("amount", Some("Amount")),
    ("tip", Some("Tip")),
    ("fee", Some("Fee")),
    ("refunded", Some("Refunded")),
    ("credential", Some("Credential")),
    ("callback_url", Some("CallbackUrl")),
    ("payment_link", Some("PaymentLink")),
    ("return_url", Some("ReturnUrl")),
    ("status", Some("Status")),
    ("time", Some("Time")),
    ("created", Some("Created")),
    ("expires", Some("Expires")),
    ("lifetime", Some("Lifetime")),
    ("merchant", Some("Merchant")),
    ("none", None),
];

/// What a status word means for the money: variants of the runtime's `StatusClass`.
pub(crate) const STATUS_CLASSES: [(&str, &str); 7] = [
    ("paid", "Paid"),
    ("authorised", "Authorised"),
    ("pending", "Pending"),
    ("closed", "Closed"),
    ("failed", "Failed"),
    ("refunded", "Refunded"),
    ("partially_refunded", "PartiallyRefunded"),
];

/// What a response code means for the call.
pub(crate) const CODE_CLASSES: [(&str, CodeClass); 3] =
    [("accepted", CodeClass::Accepted), ("refused", CodeClass::Refused), ("open", CodeClass::Open)];

/// How requests are framed.
pub(crate) const FRAMINGS: [(&str, Framing); 2] = [("json", Framing::Json), ("base64", Framing::Base64)];

/// How `data` is encrypted: whether it needs an initialisation vector.
pub(crate) const CIPHERS: [(&str, bool); 2] = [("aes-128-ecb", false), ("aes-128-cbc", true)];

/// Initialisation vectors of CBC.
pub(crate) const IVS: [(&str, Cipher); 2] = [("zero", Cipher::CbcZero), ("key", Cipher::CbcKey)];
