//! Checks the steps of a scenario against a specification: actions, fields, values, and the names of orders.

use std::collections::BTreeSet;

use ottpay::request::AnyRequest;
use ottpay::spec::{Gateway, Protocol, Role};
use ottpay::{Client, Problem, SignKey, UrlError, ValueError};

use super::Scenario;
use super::error::{Mistakes, Place, ScenarioError};
use super::request::{NOWHERE, compose_fields, find_actions, find_unknown_field, find_write};
use super::step::{Located, Operation};
use crate::line::escape;

/// The merchant id of requests that are composed but not sent.
const MERCHANT: &str = "SB00000001";
const KEY: &str = "0000000000000000";

impl Scenario {
    /// Checks the scenario against a specification, such as [`ottpay::GATEWAY`].
    /// [`Sandbox::play`](crate::Sandbox::play) does this before the first step.
    ///
    /// # Errors
    /// [`ScenarioError`] for unknown actions and fields, invalid values, and orders that no earlier step creates or waits
    /// for.
    pub fn check(&self, gateway: &'static Gateway) -> Result<(), ScenarioError> {
        let mut checked = Checked { scenario: self, gateway, known: BTreeSet::new(), mistakes: Mistakes::default() };
        let key = SignKey::new(KEY).map_err(|error| ScenarioError::of_file(&self.file, error.to_string()))?;
        let client = Client::builder().endpoint(NOWHERE).merchant_id(MERCHANT).sign_key(key).build();
        let client = client.map_err(|error| ScenarioError::of_file(&self.file, error.to_string()))?;
        for step in &self.steps {
            checked.check(step.at, &step.operation, &client);
        }
        match checked.mistakes.is_empty() {
            true => Ok(()),
            false => Err(checked.mistakes.into_error(&self.file)),
        }
    }
}

struct Checked<'a> {
    scenario: &'a Scenario,
    gateway: &'static Gateway,
    /// The names of orders so far.
    known: BTreeSet<&'a str>,
    mistakes: Mistakes,
}

impl<'a> Checked<'a> {
    fn check(&mut self, at: Place, operation: &'a Operation, client: &Client) {
        match operation {
            Operation::Create { id, action, fields, .. } => {
                self.check_request(at, id, action, fields, client);
                // Even if the request has a mistake: otherwise every later step about the order would report another
                // one.
                self.known.insert(&id.value);
            }
            Operation::Wait { order, action, .. } => {
                if let Some(action) = action {
                    self.check_action(action);
                }
                self.known.insert(&order.value);
            }
            Operation::Act { order, .. } | Operation::Resend { order, .. } | Operation::Expect { order, .. } => {
                self.check_order(order)
            }
            Operation::Fault { planned, at, action, .. } => {
                // The order of a fault may not exist yet, so its name is not checked.
                if let Err(error) = planned.check(self.gateway) {
                    self.mistakes.report(action.unwrap_or(*at), error.to_string());
                }
            }
            Operation::Received { action, .. } => self.check_action(action),
            Operation::Clock(_) | Operation::Assume(_) => {}
        }
    }

    fn check_action(&mut self, action: &Located<String>) {
        if let Err(message) = find_actions(self.gateway, &action.value) {
            self.mistakes.report(action.at, message);
        }
    }

    fn check_order(&mut self, order: &Located<String>) {
        if !self.known.contains(&*order.value) {
            let shown = escape(&order.value);
            let message = format!(
                "no earlier step creates `{shown}`; if the shop creates it, add `- wait: {shown}` before this step"
            );
            self.mistakes.report(order.at, message);
        }
    }

    fn check_request(
        &mut self,
        at: Place,
        id: &Located<String>,
        action: &Located<String>,
        given: &[(Located<String>, Located<String>)],
        client: &Client,
    ) {
        let info = match find_write(self.gateway, &action.value) {
            Ok(info) => info,
            Err(message) => return self.mistakes.report(action.at, message),
        };
        if let Some((at, message)) = find_unknown_field(info, given) {
            return self.mistakes.report(at, message);
        }
        let original = info.request_field(Role::OriginalOrder);
        if let Some((_, order)) = given.iter().find(|(name, _)| original.is_some_and(|field| field.name == name.value))
        {
            self.check_order(order);
        }
        let callbacks = self.scenario.callbacks.as_ref();
        let fields = compose_fields(info, &id.value, given, callbacks.map(|url| &*url.value));
        let pairs = fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let built = match info.protocol {
            Protocol::Link => AnyRequest::link(client, info, pairs).map(drop),
            Protocol::Sdk => AnyRequest::parameters(client, info, pairs).map(drop),
            _ => AnyRequest::new(client, info, pairs).map(drop),
        };
        if let Err(error) = built {
            let name = error.field();
            let of_given = given.iter().find(|(field, _)| field.value == name).map(|(_, value)| value.at);
            let of_id = info.own_id().filter(|own| own.name == name).map(|_| id.at);
            let message = format!("{}: {name}: {}", info.name, describe_problem(error.problem()));
            self.mistakes.report(of_given.or(of_id).unwrap_or(at), message);
        }
    }
}

/// Describes a problem with a field in terms of YAML rather than Rust.
fn describe_problem(problem: &Problem) -> String {
    match problem {
        Problem::Value(ValueError::NotAUrl(UrlError::PlainHttp)) => {
            "expected https, or plain HTTP on this machine; for another URL, let the shop create the order and \
             `wait` for it"
                .to_owned()
        }
        problem => problem.to_string(),
    }
}
