//! A typed client for OTT Pay's Payment Web API (WeChat Pay, Alipay, UnionPay, cards), generated from YAML.
//!
//! [`Client`] has a method for each action of the API. A request that lacks a required field does not compile, and a
//! reply has been decrypted and verified before you see it. An [`Error`] states what is known about the money, and only
//! a query confirms that an order is paid.
//!
//! - [Take a payment](#take-a-payment)
//! - [Receive callbacks](#receive-callbacks)
//! - [Errors and restarts](#errors-and-restarts)
//! - [Tests](#tests)
//! - [Private actions](#private-actions)
//! - [Where to find things](#where-to-find-things)
//! - [Features](#features)
//!
//! # Take a payment
//!
//! Build the request, store it, send it, and query until the payment has ended:
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
//!     .amount(Amount::parse("19.99", Currency::CAD)?)
//!     .biz_type(BizType::WechatPay)
//!     .operator_id("0000020156")
//!     .call_back_url("https://shop.example/ottpay")
//!     .build()?;
//! let mut order = request.tracked(); // store it before you send the request
//! let created = client.send(&request).await; // posted once, never repeated
//! order.record(&created); // store it again before the buyer sees the code
//! println!("draw this as a QR code: {}", created?.code_url());
//!
//! match client.wait(&order).await? {
//!     Confirmed::Paid(payment) => println!("ship, once: {}", payment.paid()),
//!     other => println!("not paid: {other}"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Receive callbacks
//!
//! The gateway posts to `call_back_url` when a payment has gone through. [`Client::callback`] decrypts and verifies the
//! body. A callback is a reason to query the order, and not a proof that it is paid:
//!
//! ```
//! use ottpay::Client;
//!
//! /// Returns the status and body of the answer. `store` stores that the order has to be
//! /// queried, and returns whether it succeeded.
//! fn receive(
//!     client: &Client,
//!     body: &[u8],
//!     store: impl FnOnce(&str) -> bool,
//! ) -> (u16, String) {
//!     let stored = match client.callback(body) {
//!         Ok(callback) => store(callback.order_id().as_str()),
//!         Err(error) => match error.order_id() {
//!             // Verified, but possibly altered or not fully readable.
//!             Some(order_id) => store(order_id),
//!             // Not from the gateway, or not for this merchant.
//!             None => return (400, String::new()),
//!         },
//!     };
//!     let answer = client.acknowledgement();
//!     if stored { (answer.status(), answer.body().to_owned()) } else { (500, String::new()) }
//! }
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use ottpay::{Amount, BizType, OrderId};
//! # let sandbox = ottpay_sandbox::Sandbox::start().await?;
//! # let client = Client::builder().endpoint(sandbox.url()).merchant_id(sandbox.merchant_id());
//! # let client = client.sign_key(sandbox.sign_key()).build()?;
//! # let (sender, mut stored) = tokio::sync::mpsc::unbounded_channel();
//! # let handler = {
//! #     let client = client.clone();
//! #     move |body: axum::body::Bytes| async move {
//! #         let (status, body) = receive(&client, &body, |order_id| sender.send(order_id.to_owned()).is_ok());
//! #         (axum::http::StatusCode::from_u16(status).unwrap(), body)
//! #     }
//! # };
//! # let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! # let url = format!("http://{}/ottpay", listener.local_addr()?);
//! # let routes = axum::Router::new().route("/ottpay", axum::routing::post(handler));
//! # tokio::spawn(async move { axum::serve(listener, routes).await });
//! # let order = OrderId::random();
//! # let request = client.active_pay().order_id(&order).amount(Amount::from_minor(1999)).biz_type(BizType::Alipay);
//! # request.operator_id("0000020156").call_back_url(&*url).send().await?;
//! # sandbox.pay(order.as_str()).await?;
//! # let found = tokio::time::timeout(std::time::Duration::from_secs(10), stored.recv()).await?;
//! # assert_eq!(found.as_deref(), Some(order.as_str()));
//! # Ok(())
//! # }
//! ```
//!
//! # Errors and restarts
//!
//! A request that may move money is sent once and never repeated. If it fails, [`Error::outcome`] states what is known,
//! and [`Client::resolve`] finds out its outcome. The same call continues after a restart:
//!
//! ```
//! use ottpay::Outcome;
//! use ottpay::payment::{Confirmed, Resolved, Tracked};
//! # use ottpay::{Amount, BizType, Client, Currency, OrderId};
//! # use ottpay_sandbox::{Fault, Sandbox};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sandbox = Sandbox::start().await?;
//! # sandbox.add_fault(Fault::DropAfter)?;
//! # let client = Client::builder().endpoint(sandbox.url()).merchant_id(sandbox.merchant_id());
//! # let client = client.sign_key(sandbox.sign_key()).currency(Currency::CAD).build()?;
//! # let request = client.active_pay().order_id(OrderId::random()).amount(Amount::from_minor(1999));
//! # let request = request.biz_type(BizType::Alipay).operator_id("0000020156");
//! # let request = request.call_back_url("http://127.0.0.1:9/ottpay").build()?;
//! let mut order = request.tracked();
//! let sent = client.send(&request).await;
//! order.record(&sent);
//! let stored = order.to_json(); // goes to your database
//! if let Err(error) = sent {
//!     match error.outcome() {
//!         Outcome::Never => println!("a retry fails in the same way: {error}"),
//!         Outcome::NotSent => println!("nothing arrived: send the same request again"),
//!         Outcome::Refused => println!("rejected, no money moved: {error}"),
//!         Outcome::DuplicateId | Outcome::Unknown => println!("it may exist: resolve it"),
//!     }
//! }
//!
//! // Now, and after a restart for each stored order that has not ended:
//! let order = Tracked::from_json(&stored)?;
//! match client.resolve(&order).await? {
//!     Resolved::Took(Confirmed::Paid(payment)) => println!("ship, once: {}", payment.paid()),
//!     Resolved::NotDone | Resolved::Unpayable => println!("start again, with a new id"),
//!     Resolved::Conflict => println!("another order's id: ask a person"),
//!     other => println!("query again later, and do not pay under another id: {other}"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! The crate `ottpay-ledger` does this in the shop's database, and reports each payment once.
//!
//! # Tests
//!
//! OTT Pay has no test environment. The crate `ottpay-sandbox` is a local gateway that keeps orders, plays the buyer,
//! posts callbacks and injects faults. Where OTT Pay documents nothing, its answers are assumptions.
//!
//! ```
//! use ottpay::payment::Confirmed;
//! use ottpay::{Amount, BizType, Client, Currency, OrderId};
//! use ottpay_sandbox::Sandbox;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let sandbox = Sandbox::start().await?;
//! let client = Client::builder()
//!     .endpoint(sandbox.url())
//!     .merchant_id(sandbox.merchant_id())
//!     .sign_key(sandbox.sign_key())
//!     .currency(Currency::CAD)
//!     .build()?;
//!
//! let request = client.active_pay().order_id(OrderId::random());
//! let request = request.amount(Amount::from_minor(1999));
//! let request = request.biz_type(BizType::Alipay).operator_id("0000020156");
//! let request = request.call_back_url("http://127.0.0.1:9/ottpay").build()?;
//! client.send(&request).await?;
//! assert!(client.confirm(&request).await?.is_open());
//!
//! sandbox.pay(request.tracked().id()).await?; // the buyer scans the code and pays
//! assert!(matches!(client.confirm(&request).await?, Confirmed::Paid(_)));
//! # Ok(())
//! # }
//! ```
//!
//! To replace HTTP itself, see [`transport`].
//!
//! # Private actions
//!
//! An action that this crate does not have is one YAML file in your own package, `spec/actions/shop_query.yaml`:
//!
//! ```yaml
//! action: SHOP_QUERY
//! version: "1.0"
//! effect: read
//! summary: Queries the name of a shop.
//! page: docs.ottpay.com/payment-api/common-rules
//! request:
//!   shop_id: { type: text, doc: "Id of the shop." }
//! reply:
//!   shop_name: { type: text, doc: "Name of the shop." }
//! examples:
//!   tea_shop:
//!     request: { shop_id: S1 }
//!     reply: { shop_name: "Tea & Co" }
//! ```
//!
//! [`actions!`] compiles it into a method, its types and its documentation. A mistake is a compile error at the line of
//! YAML:
//!
//! ```
//! ottpay::actions!("examples/private/spec"); // "spec" in your own package
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use ottpay::Client;
//! # use ottpay_sandbox::Sandbox;
//! // It serves your action, too.
//! let sandbox = Sandbox::builder().gateway(&GATEWAY).start().await?;
//! # let client = Client::builder().endpoint(sandbox.url()).merchant_id(sandbox.merchant_id());
//! # let client = client.sign_key(sandbox.sign_key()).build()?;
//! let shop = client.shop_query().shop_id("S1").send().await?;
//! assert_eq!(shop.shop_name(), "Tea & Co");
//! # Ok(())
//! # }
//! ```
//!
//! # Where to find things
//!
//! | you want to | see |
//! |---|---|
//! | set up a client | [`ClientBuilder`], [`SignKey`] |
//! | call an action | the methods of [`Client`] |
//! | see the fields of a request | its type, such as [`ActivePay`], [`StatusQuery`] or [`Refund`]; setters are in [`builders`] |
//! | read a reply | [`replies`] |
//! | follow a payment to its end | [`payment`]: [`Tracked`](payment::Tracked), [`Confirmed`](payment::Confirmed), [`Resolved`](payment::Resolved) |
//! | act on an error | [`Error`], [`Outcome`], and [`AskError`] for queries |
//! | read a callback | [`Client::callback`], [`PaymentCallback`], [`CallbackError`] |
//! | send the buyer to a link | [`builders::WapPayLinkBuilder`], [`builders::WebPayLinkBuilder`], [`builders::H5PayLinkBuilder`] |
//! | handle money, ids and times | [`Amount`], [`Money`], [`Currency`], [`OrderId`], [`RefundId`], [`Timestamp`], [`DateTime`] |
//! | log and measure | [`observation`] |
//! | bring your own HTTP client | [`transport`] |
//! | read the specification as data | [`GATEWAY`], [`spec`], [`request::AnyRequest`] |
//! | seal and open messages | [`envelope`] |
//!
//! # Features
//!
//! | feature | default | meaning |
//! |---|---|---|
//! | `rustls` | yes | TLS with rustls and the platform's certificates, using ring for cryptography |
//! | `aws-lc-rs` | no | TLS with rustls, using aws-lc-rs for cryptography, whose C code is slow to build |
//! | `native-tls` | no | TLS with the platform's own library |
//! | `blocking` | no | calls without an async runtime: `.wait()` instead of `.await`, and `ClientBuilder::blocking` |
//! | `serde` | no | values, requests, replies and callbacks implement the traits of serde; see `stored` |
//! | `explain` | no | `envelope::explain` describes step by step how a message is opened, or why it cannot be |

#![cfg_attr(docsrs, feature(doc_cfg))]

// Generated code uses paths from the crate's root, even inside this crate.
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

// Generated code has the traits of serde if and only if this crate has them, even for private actions. A feature of the
// macros would not work: cargo may build them with the features of another crate.
#[cfg(not(feature = "serde"))]
ottpay_macros::client!("spec");
#[cfg(feature = "serde")]
ottpay_macros::client!("spec", serde);
#[cfg(not(feature = "serde"))]
ottpay_macros::library!("spec");
#[cfg(feature = "serde")]
ottpay_macros::library!("spec", serde);

/// Generates private actions, which this crate does not have, from the YAML files in a folder of your package.
///
/// ```ignore
/// // Reads spec/actions/*.yaml, and spec/types.yaml and spec/callbacks.yaml if they exist.
/// ottpay::actions!("spec");
/// ```
///
/// Call it in a module, not inside a function. It generates:
///
/// - the trait `ClientExt`, which adds a method for each action to [`Client`];
/// - the requests, and modules `builders` and `replies`, as in this crate;
/// - the static `GATEWAY`, the specification of this crate with your actions, for the sandbox:
///   `Sandbox::builder().gateway(&GATEWAY)`.
///
/// `"spec"` is relative to the package, and `"./spec"` to the file that contains it. Absolute paths are rejected,
/// unless they are built with `concat!` and `env!`: `concat!(env!("OUT_DIR"), "/spec")`. The files may use the types
/// and callbacks of this crate's specification. The dependency may have another name, `pay::actions!("spec")`, and may
/// be re-exported, `facade::ottpay::actions!("spec")`.
///
/// A build script of one line makes cargo notice new files. Without it the compiler warns:
///
/// ```ignore
/// // build.rs
/// fn main() {
///     println!("cargo::rerun-if-changed=spec");
/// }
/// ```
///
/// `docs/spec-language.md` in the repository explains the files from the beginning, and `examples/private` is a whole
/// package.
#[macro_export]
macro_rules! actions {
    ($($folder:tt)*) => {
        // `self::` does not find the item from inside a function, and the item is defined twice if the macro is called
        // twice. Its name appears in both errors and is the advice.
        #[doc(hidden)]
        #[allow(unused_imports)]
        use $crate::__library as call_each_actions_macro_in_a_module_of_its_own;
        self::call_each_actions_macro_in_a_module_of_its_own! { $($folder)* }
    };
}

/// Items of the runtime that generated code uses. Not part of the public interface.
#[doc(hidden)]
pub mod __private {
    pub use ottpay_macros::actions;
    pub use ottpay_runtime::payment::{Confirmed, Following, Resolved, Trackable, Tracked, Wait};
    pub use ottpay_runtime::private::{
        Arrived, Contents, Declared, Draft, Nobody, Option, Parameters, PhantomData, ProvesPayment, String, Typed,
        parse_nested, parse_return, way,
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
        QueryValue, Role, concat,
    };
    pub use ottpay_runtime::{
        Amount, AskError, Asking, CallbackError, CheckoutId, Cipher, Client, ClientBuilder, Currency, DateTime,
        Decimal, Error, Framing, FromField, IntoField, Iv, OrderId, Problem, QueryError, Rate, RefundId, Sending,
        StatusClass, Timestamp, Url, Word, callback,
    };
}

/// Compiles the code of the README and of the guides, and runs it where possible. The test `pages` checks that every
/// page with Rust code is listed here.
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
