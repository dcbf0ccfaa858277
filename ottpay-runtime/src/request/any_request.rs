//! Requests whose fields are named at run time, and that may move money.

use std::fmt;

#[cfg(feature = "serde")]
use super::any::check_sendable;
use super::any::{build, draft};
use super::declared::{Declared, Request};
use super::invalid::InvalidRequest;
use super::values::Values;
use crate::client::{Client, Sending};
use crate::field::{Problem, Url};
use crate::payment::Tracked;
use crate::reply::Received;
use crate::spec::{ActionInfo, Effect, Protocol};

/// A request that may move money and whose fields are named at run time, for tools that work from the compiled
/// specification. Its values are held to the same rules as those of a typed request; its reply is what came, by wire name.
/// An action that only reads is an [`AnyQuery`](super::AnyQuery).
///
/// The action is one of `ottpay::GATEWAY`, or of the `GATEWAY` of private actions:
///
/// ```no_run
/// # extern crate ottpay_runtime as ottpay;
/// # #[allow(non_snake_case)]
/// # async fn run(client: &ottpay::Client, GATEWAY: &ottpay::spec::Gateway) -> Result<(), Box<dyn std::error::Error>> {
/// use ottpay::request::AnyRequest;
///
/// let info = GATEWAY.method("refund").ok_or("no such method")?;
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
    /// Takes the fields of an action by their names on the wire. A field beside `data` that has the name of one inside
    /// it is called `outer NAME`. What the client writes by itself need not be given; where the caller of a typed request
    /// could leave it out, an empty text leaves it out. A field that a typed request omits explicitly is simply not given.
    ///
    /// # Errors
    /// [`InvalidRequest`] names the first field that is missing or breaks a rule of the specification, or its number if
    /// the action has no such field; `protocol` if the action is a link, which is opened and not sent; `effect` if it only
    /// reads.
    pub fn new<'a>(
        client: &impl AsRef<Client>,
        info: &'static ActionInfo,
        fields: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, InvalidRequest> {
        build(client.as_ref(), info, Effect::Write, fields).map(Self)
    }

    /// Of values that have been checked.
    #[cfg(feature = "serde")]
    pub(crate) fn checked(values: Values) -> Result<Self, InvalidRequest> {
        check_sendable(values.info(), Effect::Write)?;
        Ok(Self(values))
    }

    /// The address that a link with these fields has.
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
        draft(client.as_ref(), info, fields)?.url()
    }

    /// The parameters for the vendor's SDK, as a JSON object of strings.
    ///
    /// # Errors
    /// Those of [`AnyRequest::new`]; `protocol` if the action is not one of the SDK.
    pub fn parameters<'a>(
        client: &impl AsRef<Client>,
        info: &'static ActionInfo,
        fields: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<String, InvalidRequest> {
        if info.protocol != Protocol::Sdk {
            return Err(InvalidRequest::for_action(info, "protocol", Problem::NotForSdk));
        }
        draft(client.as_ref(), info, fields)?.build().map(|values| values.to_json())
    }

    /// What to remember of a request, a link or parameters for the vendor's SDK that another program makes of these fields:
    /// nothing is sent. Give all the fields that are, so that it is known when the money moves.
    ///
    /// # Errors
    /// Those of [`AnyRequest::new`], links and parameters aside; the id of the order, the refund or the Checkout page must be
    /// there.
    pub fn track<'a>(
        client: &impl AsRef<Client>,
        info: &'static ActionInfo,
        fields: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Tracked, InvalidRequest> {
        if info.effect != Effect::Write {
            return Err(InvalidRequest::for_action(info, "effect", Problem::OnlyReads));
        }
        let values = draft(client.as_ref(), info, fields)?.build()?;
        match values.iter().any(|(field, text)| field.is_own_id() && !text.is_empty()) {
            true => Ok(Tracked::of(&values)),
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
