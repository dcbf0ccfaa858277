//! Typed client for OTT Pay's Payment Web API (WeChat Pay, Alipay, UnionPay, cards), generated at compile time from YAML.
//!
//! [`Client`] has a method for each action. A builder takes the fields, sending it gives a reply whose digest has been
//! verified, and an [`Error`] says what is known of the money. [`Client::confirm`], [`Client::resolve`] and
//! [`Client::wait`] follow a payment to its end: only they say that it is paid.
//!
//! ```no_run
//! use ottpay::payment::Confirmed;
//! use ottpay::{Amount, BizType, Client, Currency, OrderId, SignKey};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::builder()
//!     .merchant_id("ON00004652")
//!     .sign_key(SignKey::from_env("OTTPAY_SIGN_KEY")?)
//!     .currency(Currency::CAD)
//!     .build()?;
//!
//! let request = client
//!     .active_pay()
//!     .order_id(OrderId::random())
//!     .amount(Amount::from_minor(1999))
//!     .biz_type(BizType::WechatPay)
//!     .operator_id("0000020156")
//!     .call_back_url("https://shop.example/ottpay")
//!     .build()?;
//! let mut order = request.tracked(); // store it before the request is sent
//! let created = client.send(&request).await;
//! order.record(&created); // store it again before the buyer sees the code
//! println!("draw this as a QR code: {}", created?.code_url());
//!
//! if let Confirmed::Paid(payment) = client.wait(&order).await? {
//!     println!("ship, once: {}", payment.paid());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Where to look next: the methods of [`Client`] are the actions, and types such as [`ActivePay`], [`StatusQuery`] or
//! [`UnionPayPurchase`] have their fields. Their builders are in [`builders`], what is answered in [`replies`].
//! [`payment`] is how a payment is followed to its end, [`PaymentCallback`] is what the gateway reports,
//! [`WapPayLinkBuilder`] makes a link, [`Outcome`] is what an error means for the money, [`transport`] is how tests bring
//! their own HTTP, and [`GATEWAY`] is the whole specification as data, from which [`request::AnyRequest`] makes requests at
//! run time.

// Generated code names everything from the crate's root, wherever it stands.
extern crate self as ottpay;

#[doc(inline)]
pub use ottpay_runtime::{
    Acknowledgement, AcknowledgementError, AlteredCallback, Amount, AmountError, AskError, Asking, CallbackError,
    CheckoutId, Cipher, ClientBuilder, ConfigError, Currency, CurrencyError, DateTime, Decimal, Error, Framing,
    FromField, IdError, IntoField, Iv, Money, MoneyError, OrderId, Outcome, OutcomeError, Problem, QueryError, Rate,
    RateError, RefundId, Retry, Sending, SignKey, SignKeyError, StatusClass, Timestamp, TimestampError, Url, UrlError,
    ValueError, Word, envelope, error, incoming, link, observation, payment, reply, request, spec, transport,
};

#[cfg(feature = "serde")]
#[doc(inline)]
pub use ottpay_runtime::stored;

// What is emitted has the traits of serde exactly if the library has them, in the crates of private actions as well. A
// feature of the macros would not do: cargo may build them with the features of another crate.
#[cfg(not(feature = "serde"))]
ottpay_macros::client!("spec");
#[cfg(feature = "serde")]
ottpay_macros::client!("spec", serde);
#[cfg(not(feature = "serde"))]
ottpay_macros::library!("spec");
#[cfg(feature = "serde")]
ottpay_macros::library!("spec", serde);

/// Emits actions of your own, which OTT Pay's documentation or this crate does not have, from YAML files in a folder of
/// your package.
///
/// ```ignore
/// // Reads spec/actions/*.yaml, and spec/types.yaml and spec/callbacks.yaml if they are there.
/// ottpay::actions!("spec");
/// ```
///
/// It belongs in a module, not inside a function. `"spec"` is relative to the package, `"./spec"` to the file in which it
/// is written; absolute paths are rejected, unless they are made by `concat!` and `env!`, as
/// `concat!(env!("OUT_DIR"), "/spec")` is. The dependency may have another name, as in `pay::actions!("spec")`, and a crate
/// that has `pub use ottpay;` hands it on: `facade::ottpay::actions!("spec")`.
///
/// Request and reply types appear where the macro is called, and so does the trait `ClientExt`, which gives the methods to
/// [`Client`]. The files may use the types, field types and callbacks of this crate's own specification. `GATEWAY` is that
/// specification with your actions, for the sandbox:
/// `Sandbox::builder().gateway(&GATEWAY)`.
///
/// A build script of one line makes cargo see files that are added: `fn main() {
/// println!("cargo::rerun-if-changed=spec"); }`. Without it the compiler warns.
///
/// `docs/spec-language.md` of the repository explains the files from the beginning.
#[macro_export]
macro_rules! actions {
    ($($folder:tt)*) => {
        // A path to an item of the surrounding module, which is not found from inside a function, and is there twice if the
        // macro is called twice. The name is in the error, and says what to do.
        #[doc(hidden)]
        #[allow(unused_imports)]
        use $crate::__library as call_each_actions_macro_in_a_module_of_its_own;
        self::call_each_actions_macro_in_a_module_of_its_own! { $($folder)* }
    };
}

/// The door through which generated code reaches the runtime. Not part of the interface.
#[doc(hidden)]
pub mod __private {
    pub use ottpay_macros::actions;
    pub use ottpay_runtime::payment::{Confirmed, Following, Resolved, Trackable, Tracked, Wait};
    pub use ottpay_runtime::private::{
        Arrived, Contents, Declared, Draft, Nobody, Option, Parameters, PhantomData, ProvesPayment, String, Typed,
        nested, returned, way,
    };
    #[cfg(feature = "serde")]
    pub use ottpay_runtime::private::{
        Deserialize, Deserializer, Restore, Restored, Serialize, Serializer, WithSensitive, deserialize_word,
        request_with_sensitive, serialize_received, serialize_request, serialize_word, with_sensitive,
    };
    pub use ottpay_runtime::reply::{FieldError, Outer, Received};
    pub use ottpay_runtime::request::{
        FieldText, InvalidRequest, NotWaived, OwnId, Request, Set, Unset, Values, Waived,
    };
    pub use ottpay_runtime::spec::{
        Acknowledgement, ActionInfo, CallbackInfo, Charset, CodeClass, CodeInfo, Compare, Effect, Encoding, EnumInfo,
        Evidence, Example, FieldInfo, Fill, Gateway, Kind, Limits, ObjectInfo, Protocol, QueryField, QueryInfo,
        QueryValue, Role, joined,
    };
    pub use ottpay_runtime::{
        Amount, AskError, Asking, CallbackError, CheckoutId, Cipher, Client, ClientBuilder, Currency, DateTime,
        Decimal, Error, Framing, FromField, IntoField, Iv, OrderId, Problem, QueryError, Rate, RefundId, Sending,
        StatusClass, Timestamp, Url, Word, callback,
    };
}

/// The code of the README and of the guides compiles and, where it can, runs. The pages with Rust code are listed here, which
/// the test `pages` checks.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../README.md")]
    struct Readme;
    #[doc = include_str!("../docs/callbacks.md")]
    struct Callbacks;
    #[doc = include_str!("../docs/ledger.md")]
    struct Ledger;
    #[doc = include_str!("../docs/observation.md")]
    struct Observation;
    #[doc = include_str!("../docs/options.md")]
    struct Options;
    #[doc = include_str!("../docs/payments.md")]
    struct Payments;
    #[doc = include_str!("../docs/private-actions.md")]
    struct PrivateActions;
    #[doc = include_str!("../docs/quick-start-card-page.md")]
    struct CardPage;
    #[doc = include_str!("../docs/quick-start-in-store.md")]
    struct InStore;
    #[doc = include_str!("../docs/quick-start-mini-program.md")]
    struct MiniProgram;
    #[doc = include_str!("../docs/quick-start-web.md")]
    struct Web;
}
