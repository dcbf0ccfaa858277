//! Requests whose fields are named at run time.

use std::fmt;

use super::declared::{Declared, Request};
use super::draft::Draft;
use super::invalid::InvalidRequest;
use super::values::Values;
use crate::client::Client;
use crate::field::{IntoField, Problem, Url};
use crate::reply::Received;
use crate::spec::{ActionInfo, FieldInfo, Fill, Kind, Protocol};

/// A request whose fields are named at run time, for tools that work from the compiled specification. Its values are
/// held to the same rules as those of a typed request; its reply is what came, by wire name.
///
/// The action is one of `ottpay::GATEWAY`, or of the `GATEWAY` of private actions:
///
/// ```no_run
/// # extern crate ottpay_runtime as ottpay;
/// # #[allow(non_snake_case)]
/// # async fn run(client: &ottpay::Client, GATEWAY: &ottpay::spec::Gateway) -> Result<(), Box<dyn std::error::Error>> {
/// use ottpay::request::AnyRequest;
///
/// let info = GATEWAY.method("status_query").ok_or("no such method")?;
/// let request = AnyRequest::new(client, info, [("order_id", "T1")])?;
/// println!("{:?}", client.send(&request).await?.text("order_status"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
#[must_use = "the request is not sent until `client.send(&request).await`"]
pub struct AnyRequest(Values);

impl AnyRequest {
    /// Takes the fields of an action by their names on the wire. A field beside `data` that has the name of one inside
    /// it is called `outer NAME`. What the client writes by itself need not be given; where the caller of a typed request
    /// could leave it out, an empty text leaves it out. A field that may be omitted in so many words is simply not given.
    ///
    /// # Errors
    /// [`InvalidRequest`] names the first field that is missing or breaks a rule of the specification, or its number if
    /// the action has no such field; or `protocol` if the action is a link, which is opened and not sent.
    pub fn new<'a>(
        client: &impl AsRef<Client>,
        info: &'static ActionInfo,
        fields: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, InvalidRequest> {
        if !matches!(info.protocol, Protocol::Envelope | Protocol::Json) {
            return Err(InvalidRequest::for_action(info, "protocol", Problem::NotSendable));
        }
        Self::draft(client.as_ref(), info, fields)?.build().map(Self)
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
        Self::draft(client.as_ref(), info, fields)?.url()
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
        Self::draft(client.as_ref(), info, fields)?.build().map(|values| values.to_json())
    }

    fn draft<'a>(
        client: &Client,
        info: &'static ActionInfo,
        fields: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Draft, InvalidRequest> {
        let mut draft = Draft::new(client, info);
        let fields: Vec<(&str, &str)> = fields.into_iter().collect();
        for (place, &(name, text)) in fields.iter().enumerate() {
            let named = |field: &FieldInfo| match name.strip_prefix("outer ") {
                Some(name) => field.outer && field.name == name,
                None => field.name == name,
            };
            let found = info.request.iter().enumerate().find(|(_, field)| named(field));
            // Not by its name: a caller who swaps name and value must not see the value in an error.
            let unknown = || InvalidRequest::for_action(info, format!("field {}", place + 1), Problem::NoSuchField);
            let (index, field) = found.ok_or_else(unknown)?;
            if fields.iter().take(place).any(|(earlier, _)| *earlier == name) {
                return Err(InvalidRequest::new(info, field, Problem::Twice));
            }
            if let Some(other) = field.instead_of.filter(|other| fields.iter().any(|(given, _)| given == other)) {
                return Err(InvalidRequest::new(info, field, Problem::Both { other }));
            }
            let own = draft.values.get(field.name);
            draft = match (field.constant, field.fill) {
                _ if text.is_empty() && field.is_written() && field.may_omit => draft.omit(index),
                // What the client would write itself does no harm.
                (None, Some(Fill::MerchantId | Fill::Endpoint)) if own == Some(text) => draft,
                (Some(_), _) if field.is_constant_value(text) => draft.write(index),
                (Some(constant), _) => {
                    return Err(InvalidRequest::new(info, field, Problem::Constant { value: constant }));
                }
                (None, Some(Fill::CopyOf(from))) if fields.contains(&(from, text)) => draft.write(index),
                (None, Some(_)) => return Err(InvalidRequest::new(info, field, Problem::Written)),
                // As careful with addresses as a typed request.
                (None, None) if matches!(field.kind, Kind::Url) => draft.set(index, IntoField::<Url>::into_field(text)),
                _ => draft.set(index, Ok(text.to_owned())),
            };
        }
        let absent = |(field, slot): (&'static FieldInfo, &Option<String>)| {
            let missing = slot.is_none() && !field.may_be_absent() && field.fill.is_none();
            missing.then(|| InvalidRequest::new(info, field, Problem::Missing))
        };
        match info.request.iter().zip(&draft.values.slots).find_map(absent) {
            // What cannot be sent is not there either, and `build` says why.
            Some(missing) if draft.problem.is_none() => Err(missing),
            _ => Ok(draft),
        }
    }
}

impl Declared for AnyRequest {}

impl Request for AnyRequest {
    type Reply = Received;

    fn values(&self) -> &Values {
        &self.0
    }
}

impl fmt::Debug for AnyRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
