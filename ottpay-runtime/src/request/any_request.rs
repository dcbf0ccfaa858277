//! Requests with fields that are named at run time, and that may move money.

use std::fmt;

#[cfg(feature = "serde")]
use super::any::check_sendable;
use super::any::{build, draft_fields};
use super::declared::{Declared, Request};
use super::invalid::InvalidRequest;
use super::values::Values;
use crate::client::{Client, Sending};
use crate::field::{Problem, Url};
use crate::payment::Tracked;
use crate::reply::Received;
use crate::spec::{ActionInfo, Effect, Protocol};

/// A request that may move money and whose fields are named at run time, for tools that work with the compiled
/// specification.
///
/// Its values are checked by the same rules as those of a typed request; its reply is what was received, by wire name.
/// For an action that only reads, use [`AnyQuery`](super::AnyQuery).
///
/// The action is one of `ottpay::GATEWAY`, or of the `GATEWAY` of private actions:
///
/// ```no_run
/// # extern crate ottpay_runtime as ottpay;
/// # #[allow(non_snake_case)]
/// # async fn run(client: &ottpay::Client, GATEWAY: &ottpay::spec::Gateway) -> Result<(), Box<dyn std::error::Error>> {
/// use ottpay::request::AnyRequest;
///
/// let info = GATEWAY.find_method("refund").ok_or("no such method")?;
/// let fields = [("order_id", "R1"), ("ori_order_id", "T1"), ("refund_amt", "500")];
/// let request = AnyRequest::new(client, info, fields)?;
/// println!("{:?}", client.send(&request).await?.text("order_id"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
#[must_use = "the request is not sent until `client.send(&request).await`"]
pub struct AnyRequest(Values);

impl AnyRequest {
    /// Builds a request from the fields of an action by their names on the wire.
    ///
    /// A field outside `data` that has the same name as one inside is called `outer NAME`. Values that the client
    /// itself writes can be omitted; where the caller of a typed request could leave one out, an empty string leaves it
    /// out. A field that a typed request omits explicitly is simply not passed.
    ///
    /// # Errors
    /// [`InvalidRequest`] names the first field that is missing or violates a rule of the specification, or its
    /// position if the action has no such field; `protocol` if the action is a link, which is opened and not sent;
    /// `effect` if it only reads.
    pub fn new<'a>(
        client: &impl AsRef<Client>,
        info: &'static ActionInfo,
        fields: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, InvalidRequest> {
        build(client.as_ref(), info, Effect::Write, fields).map(Self)
    }

    /// Wraps values that have been checked.
    #[cfg(feature = "serde")]
    pub(crate) fn from_checked(values: Values) -> Result<Self, InvalidRequest> {
        check_sendable(values.info(), Effect::Write)?;
        Ok(Self(values))
    }

    /// Builds the URL of a link with these fields.
    ///
    /// # Errors
    /// Those of [`AnyRequest::new`]; `protocol` if the action is not a link.
    pub fn link<'a>(
        client: &impl AsRef<Client>,
        info: &'static ActionInfo,
        fields: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Url, InvalidRequest> {
        if info.protocol != Protocol::Link {
            return Err(InvalidRequest::for_action(info, "protocol", Problem::NotALink));
        }
        draft_fields(client.as_ref(), info, fields)?.url()
    }

    /// Builds the parameters for the vendor's SDK, as a JSON object of strings.
    ///
    /// # Errors
    /// Those of [`AnyRequest::new`]; `protocol` if the action is not for the SDK.
    pub fn parameters<'a>(
        client: &impl AsRef<Client>,
        info: &'static ActionInfo,
        fields: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<String, InvalidRequest> {
        if info.protocol != Protocol::Sdk {
            return Err(InvalidRequest::for_action(info, "protocol", Problem::NotForSdk));
        }
        draft_fields(client.as_ref(), info, fields)?.build().map(|values| values.to_json())
    }

    /// Returns the data to keep about a request, a link or SDK parameters that another program builds from these
    /// fields. Nothing is sent. Pass all of its fields, because they determine when the money moves.
    ///
    /// # Errors
    /// Those of [`AnyRequest::new`], except that links and parameters are accepted. The id of the order, the refund or
    /// the Checkout page is required.
    pub fn track<'a>(
        client: &impl AsRef<Client>,
        info: &'static ActionInfo,
        fields: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Tracked, InvalidRequest> {
        if info.effect != Effect::Write {
            return Err(InvalidRequest::for_action(info, "effect", Problem::OnlyReads));
        }
        let values = draft_fields(client.as_ref(), info, fields)?.build()?;
        match values.iter().any(|(field, text)| field.is_own_id() && !text.is_empty()) {
            true => Ok(Tracked::from_values(&values)),
            false => {
                let name = info.own_id().map_or("id", |field| field.name);
                Err(InvalidRequest::for_action(info, name, Problem::Missing))
            }
        }
    }
}

impl Declared for AnyRequest {}

impl Request for AnyRequest {
    type Reply = Received;
    type Sending = Sending<Received>;

    fn values(&self) -> &Values {
        &self.0
    }
}

impl fmt::Debug for AnyRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
