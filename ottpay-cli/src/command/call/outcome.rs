//! The outcome of a call, and the query that settles an unknown one.

use std::io;

use ottpay::reply::Received;
use ottpay::request::Values;
use ottpay::spec::{ActionInfo, Effect, Evidence, QueryValue, Role};
use ottpay::{AskError, Error, GATEWAY, Outcome};

use crate::failure::Failure;
use crate::own_thread::run_on_own_thread;
use crate::{json, stderr, stdout};

/// Any other code that accepts the request leaves the outcome unknown. The class of the code does not decide this:
/// PROCESSING has the same class.
const SETTLED: &str = "SUCCESS";

/// What to do if nothing was sent.
const CHECK_ENDPOINT: &str = "check the endpoint: --endpoint, OTTPAY_ENDPOINT, or `endpoint` in the file";

/// Suggests what to do about a failed connection.
fn suggest_connection(error: &dyn std::error::Error) -> String {
    let text = error.to_string();
    let trust = "; to trust the authority of its certificate, such as that of `ottpay sandbox --tls`, pass --ca-file";
    format!("{CHECK_ENDPOINT}{}", if text.contains("certificate") { trust } else { "" })
}

/// Describes why a read has no verified reply.
pub(super) fn describe_ask_error(error: &AskError) -> Failure {
    match error {
        AskError::Invalid(_) => Failure::usage(error),
        AskError::NotSent { .. } if error.is_transient() => Failure::refused(error).help(suggest_connection(error)),
        AskError::NotSent { .. } => Failure::usage(error),
        _ => Failure::refused(error),
    }
}

/// A request that may have been sent.
pub(super) struct Sent<'a> {
    pub(super) values: &'a Values,
}

impl Sent<'_> {
    pub(super) fn info(&self) -> &'static ActionInfo {
        self.values.info()
    }

    fn is_write(&self) -> bool {
        self.info().effect == Effect::Write
    }

    /// The id of the request's own order, refund or Checkout page, and its role.
    fn order(&self) -> Option<(Role, &str)> {
        let role = self.info().own_id()?.role?;
        Some((role, self.values.role(role)?))
    }

    /// `ACTIVEPAY (order T1)`.
    pub(super) fn name(&self) -> String {
        let action = self.info().action;
        self.order().map_or_else(|| action.to_owned(), |(_, order)| format!("{action} (order {order})"))
    }

    /// Describes a signal before the reply arrived.
    pub(super) fn describe_interruption(&self) -> Failure {
        let name = self.name();
        match self.is_write() {
            // The request may already have been sent.
            true => Failure::unknown(format!("{name}: interrupted, so the outcome is unknown: do not send it again"))
                .maybe_help(self.suggest_query(None)),
            false => Failure::refused(format!("{name}: interrupted")),
        }
    }

    /// Describes why the outcome of an accepted request is unknown.
    pub(super) fn describe_unknown_end(&self, reason: &str) -> Failure {
        Failure::unknown(format!("{}: {reason}", self.name())).maybe_help(self.suggest_query(None))
    }

    /// Describes why a write has no verified reply.
    pub(super) fn describe_error(&self, error: &Error) -> Failure {
        match error.outcome() {
            Outcome::Never => Failure::usage(error),
            Outcome::NotSent => Failure::refused(error).help(suggest_connection(error)),
            Outcome::Refused => Failure::refused(error),
            // An earlier request with this id may have succeeded.
            Outcome::DuplicateId | Outcome::Unknown => Failure::unknown(error).maybe_help(self.suggest_query(None)),
        }
    }

    /// Prints the verified reply. A signal interrupts a blocked write.
    pub(super) async fn print_reply(&self, reply: &Received, stopped: impl Future<Output = ()>) -> Result<(), Failure> {
        let line = json::format_fields(reply.fields())?;
        let printed = tokio::select! {
            biased;
            printed = run_on_own_thread(move || stdout::try_print_line(line)) => printed.flatten(),
            () = stopped => Err(io::Error::other("interrupted before the output was read")),
        };
        if let Err(error) = printed {
            if !self.is_write() {
                return Err(Failure::unwritable_output(&error));
            }
            // A plain failure would invite the user to send the request again.
            let accepted = format!("{} was accepted, but its reply could not be printed: {error}", self.name());
            return Err(Failure::unknown(format!("{accepted}; query it, do not send it again"))
                .maybe_help(self.suggest_query(self.find_made_id(reply))));
        }
        for field in self.info().reply.iter().filter(|field| field.required) {
            if let Err(error) = reply.check_field(field) {
                stderr::print_line(format_args!(
                    "note: the reply is verified, but does not match the specification: {error}"
                ));
            }
        }
        Ok(())
    }

    /// The gateway's id of the order, refund or Checkout page, and its role.
    fn find_made_id<'r>(&self, reply: &'r Received) -> Option<(Role, &'r str)> {
        let mut own = self.info().reply.iter().filter(|field| field.is_own_id());
        own.find_map(|field| Some((field.role?, reply.text(field.name)?)))
    }

    /// Reports that the reply leaves the outcome unknown.
    pub(super) fn check_settled(&self, reply: &Received) -> Result<(), Failure> {
        let Some(code) = reply.outer().code().filter(|code| *code != SETTLED) else { return Ok(()) };
        let open = format!("the gateway answered {code}: the outcome is unknown");
        match self.is_write() {
            true => Err(Failure::unknown(format!("{}: {open}; do not send it again", self.name()))
                .maybe_help(self.suggest_query(self.find_made_id(reply)))),
            false => {
                stderr::print_line(format_args!("note: {open}; query again later"));
                Ok(())
            }
        }
    }

    /// Suggests a query for the order of the request, of the reply, or the payment that the request refers to.
    fn suggest_query(&self, made: Option<(Role, &str)>) -> Option<String> {
        // The role in the request, and the role of the same id in the query.
        let own = self.order().or(made).map(|(role, order)| (role, role, order));
        let original = || Some((Role::OriginalOrder, Role::Order, self.values.role(Role::OriginalOrder)?));
        let Some((source, role, order)) = own.or_else(original) else {
            return Some("there is no order id to query; ask OTT Pay, or check the merchant portal".to_owned());
        };
        let query = find_query(self.info(), source)?;
        let field = query.request_field(role).map(|field| field.name).or_else(|| find_order_field(query))?;
        let more = query.request.iter().filter(|other| {
            other.name != field && !other.may_be_absent() && other.fill.is_none() && other.constant.is_none()
        });
        // A field of the request with the same name has the right value.
        let own = |name| self.values.iter().find(|(own, _)| own.name == name && !own.sensitive).map(|(_, text)| text);
        let more: String = more
            .map(|other| {
                format!(
                    " --set {}",
                    own(other.name)
                        .map_or_else(|| format!("{}=…", other.name), |text| quote_for_shell(other.name, text))
                )
            })
            .collect();
        let setting = quote_for_shell(field, order);
        let doubt = if is_assumed(query) { describe_assumption(query, role, order) } else { String::new() };
        Some(format!("query order {order}: ottpay call {} --set {setting}{more}{doubt}", query.name))
    }
}

/// Whether the action is an assumption: neither a page of the vendor nor a client shows it.
fn is_assumed(query: &ActionInfo) -> bool {
    query.request.iter().all(|field| field.evidence == Evidence::Assumed)
}

/// Describes the doubt about an assumed query, and names the one that a page hints at.
fn describe_assumption(query: &ActionInfo, role: Role, order: &str) -> String {
    let mut text = format!("\n  {} is an assumption: neither the vendor's pages nor a client shows it", query.action);
    let others = GATEWAY.actions.iter().filter(|info| info.effect == Effect::Read && !std::ptr::eq(**info, query));
    if let Some((status, field)) = others.copied().find_map(|info| Some((info, info.request_field(role)?))) {
        text += &format!(
            "\n  by inference from the vendor's newer API, {} with the same id may answer: ottpay call {} --set {}",
            status.action,
            status.name,
            quote_for_shell(field.name, order)
        );
    }
    text
}

/// Finds the first query of a write that is filled from the id with this role in the request.
fn find_query(write: &ActionInfo, source: Role) -> Option<&'static ActionInfo> {
    let id = QueryValue::Field(write.request_field(source)?.name);
    write.queries.iter().find(|query| query.set.iter().any(|set| set.value == id)).map(|query| query.action)
}

/// Finds the field by which a query names the order.
fn find_order_field(query: &ActionInfo) -> Option<&'static str> {
    query.own_id().map(|field| field.name)
}

/// Formats `order_id=T1`, quoted for a shell.
fn quote_for_shell(field: &str, order: &str) -> String {
    let plain = |character: char| character.is_ascii_alphanumeric() || "-_./:@".contains(character);
    match order.chars().all(plain) {
        true => format!("{field}={order}"),
        false => format!("'{field}={}'", order.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use ottpay::request::{AnyQuery, AnyRequest, Request as _};
    use ottpay::spec::{CodeClass, Protocol};
    use ottpay::{Client, SignKey};

    use super::*;

    #[test]
    fn the_code_that_settles_a_call_is_declared_as_one_that_accepts_it() {
        let declared = GATEWAY.codes.iter().find(|declared| declared.code == SETTLED).unwrap();
        assert_eq!(declared.class, Some(CodeClass::Accepted));
    }

    #[test]
    fn every_payment_has_the_query_that_serves_it() {
        for (method, source, query) in [
            ("union_pay_mobile_purchase", Role::Order, "union_pay_query"),
            ("elavon_preauth", Role::Order, "elavon_query"),
            ("portico_purchase", Role::Order, "portico_query"),
            ("prepay_init", Role::CheckoutOrder, "prepay_query"),
            ("refund", Role::Refund, "refund_query"),
            ("refund", Role::OriginalOrder, "status_query"),
            ("active_pay", Role::Order, "status_query"),
        ] {
            let found = find_query(GATEWAY.find_method(method).unwrap(), source);
            assert_eq!(found.map(|info| info.name), Some(query), "{method}");
        }
    }

    #[test]
    fn after_every_write_the_query_can_be_pasted() {
        let client = Client::builder().merchant_id("ON00004652").sign_key(SignKey::new("A8B5FE540E38A5A9").unwrap());
        let client = client.build().unwrap();
        let writes = GATEWAY.actions.iter().filter(|info| {
            info.effect == Effect::Write && matches!(info.protocol, Protocol::Envelope | Protocol::Json)
        });
        for info in writes {
            let fields = info.examples[0].request.iter().copied();
            let is_given = |name| info.request.iter().any(|field| field.name == name && !field.is_written());
            let request = AnyRequest::new(&client, info, fields.filter(|(name, _)| is_given(*name))).unwrap();
            let sent = Sent { values: request.values() };
            let Some((_, order)) = sent.order() else { panic!("the example of {} has no order id", info.name) };
            let hint = sent.suggest_query(None).unwrap();
            let hint = hint.lines().next().unwrap();
            let (_, command) = hint.split_once(": ottpay call ").unwrap();
            let (method, set) = command.split_once(" --set ").unwrap();
            let pairs: Vec<_> = set.split(" --set ").map(|pair| pair.split_once('=').unwrap()).collect();
            assert_eq!(pairs[0].1, order, "{hint}");
            let query = AnyQuery::new(&client, GATEWAY.find_method(method).unwrap(), pairs);
            assert!(
                query.is_ok_and(|query| sent
                    .order()
                    .is_some_and(|(role, order)| query.values().role(role) == Some(order))),
                "{hint}"
            );
        }
    }

    #[test]
    fn a_query_that_is_assumed_as_a_whole_is_known_as_such() {
        let reads = GATEWAY.actions.iter().filter(|info| info.effect == Effect::Read);
        let assumed: Vec<_> = reads.filter(|info| is_assumed(info)).map(|info| info.name).collect();
        assert_eq!(assumed, ["refund_query", "refund_status_query"]);
    }

    #[test]
    fn an_order_id_is_quoted_for_a_shell() {
        assert_eq!(quote_for_shell("order_id", "T1-2"), "order_id=T1-2");
        assert_eq!(quote_for_shell("order_id", "it's $1"), r"'order_id=it'\''s $1'");
    }
}
