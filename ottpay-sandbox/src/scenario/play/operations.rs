//! Carries out each step. The result is a note or the reason for a failure.

use std::time::Duration;

use ottpay::Outcome;
use ottpay::request::{AnyRequest, InvalidRequest};
use ottpay::spec::{ActionInfo, Protocol, Role};

use super::Player;
use super::look::{compare_counts, compare_order, compare_state, find_next, find_order};
use crate::engine::{Delivery, Engine, Post};
use crate::fault::Arrival;
use crate::order::Act;
use crate::planned_fault::PlannedFault;
use crate::scenario::request::{Fields, compose_fields, find_write};
use crate::scenario::step::{Expected, Located, Operation};
use crate::store::Callback;

type Done = Result<String, String>;

impl Player {
    pub(super) async fn carry_out(&mut self, operation: Operation) -> Done {
        match operation {
            Operation::Create { id, action, fields, outcome } => {
                self.create(&id.value, &action, &fields, outcome).await
            }
            Operation::Wait { order, action, state, within } => self.wait(&order, action.as_ref(), state, within).await,
            Operation::Act { order, act } => self.act(&self.resolve(&order), act).await,
            Operation::Resend { order, callback } => {
                let id = self.resolve(&order);
                let again =
                    self.engine.resend(&id, callback, "the scenario").await.map_err(|error| error.to_string())?;
                self.await_delivery(&id, &again).await
            }
            Operation::Fault { mut planned, order, .. } => {
                planned.order_id = order.as_ref().map(|order| self.resolve(order));
                self.engine.add_fault(planned).map_err(|error| error.to_string())?;
                Ok(String::new())
            }
            Operation::Clock(by) => {
                let engine = self.engine.clone();
                // On a blocking thread, because it may settle many orders.
                let advanced = tokio::task::spawn_blocking(move || engine.advance(by)).await;
                match advanced {
                    Ok(Ok(())) => Ok(String::new()),
                    Ok(Err(error)) => Err(error.to_string()),
                    Err(error) => Err(error.to_string()),
                }
            }
            Operation::Assume(assumption) => {
                self.engine.assume(&[assumption]);
                Ok(String::new())
            }
            Operation::Expect { order, state, refunded, callback, within } => {
                let id = self.resolve(&order);
                let look = move |engine: &Engine| compare_order(engine, &id, state.as_deref(), refunded, callback);
                self.engine.poll(within, look).await.map(|()| String::new())
            }
            Operation::Received { action, order, count, accepted, refused, within } => {
                let id = order.as_ref().map(|order| self.resolve(order));
                let look = move |engine: &Engine| {
                    let counted = engine.count_received(Some(&action.value), id.as_deref());
                    compare_counts(counted.map_err(|error| error.to_string())?, count, accepted, refused)
                };
                self.engine.poll(within, look).await.map(|()| String::new())
            }
        }
    }

    /// Sends a request like a client, and compares what the client knows afterwards.
    async fn create(
        &mut self,
        id: &str,
        action: &Located<String>,
        given: &[(Located<String>, Located<String>)],
        expected: Expected,
    ) -> Done {
        let info = find_write(self.engine.gateway(), &action.value)?;
        let mut fields = compose_fields(info, id, given, self.callbacks.as_deref());
        // Replace the name of an order with its id in a refund.
        let original = info.request_field(Role::OriginalOrder).and_then(|field| fields.get_mut(field.name));
        if let Some((original, id)) = original.and_then(|name| self.ids.get(name).map(|id| (name, id))) {
            original.clone_from(id);
        }
        // A named order is not the shop's next one, for which a later `wait` may look.
        self.ids.insert(id.to_owned(), id.to_owned());
        let (found, why) = self.send(info, &fields).await?;
        let why = if why.is_empty() { why } else { format!(": {why}") };
        match found == expected {
            true => Ok(format!("{}{why}", found.name())),
            false => Err(format!("the request was {}, expected {}{why}", found.name(), expected.name())),
        }
    }

    async fn send(&self, info: &'static ActionInfo, fields: &Fields) -> Result<(Expected, String), String> {
        let pairs = fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let invalid = |error: InvalidRequest| error.to_string();
        match info.protocol {
            Protocol::Link => {
                let url = AnyRequest::link(&self.client, info, pairs).map_err(invalid)?;
                let query = url.as_str().split_once('?').map_or("", |(_, query)| query).to_owned();
                let (opened, fault) = self.engine.open_link(info, query).await;
                Ok(name_outcome(fault.as_ref(), opened.err().map(|refusal| refusal.cause())))
            }
            Protocol::Sdk => {
                let body = AnyRequest::parameters(&self.client, info, pairs).map_err(invalid)?;
                let content_type = Some("application/json".to_owned());
                let post = Post { path: info.path.to_owned(), has_query: false, content_type, body: body.into() };
                let response = self.engine.answer(post).await;
                Ok(name_outcome(response.fault.as_ref(), response.cause))
            }
            Protocol::Envelope | Protocol::Json => {
                let request = AnyRequest::new(&self.client, info, pairs).map_err(invalid)?;
                match self.client.send(&request).await {
                    Ok(_) => Ok((Expected::Accepted, String::new())),
                    Err(error) => match error.outcome() {
                        Outcome::Refused | Outcome::DuplicateId => Ok((Expected::Refused, error.to_string())),
                        Outcome::Unknown => Ok((Expected::Unknown, error.to_string())),
                        Outcome::Never | Outcome::NotSent => Err(error.to_string()),
                    },
                }
            }
        }
    }

    /// Waits for an order, and stores its name.
    async fn wait(
        &mut self,
        order: &Located<String>,
        action: Option<&Located<String>>,
        state: Option<String>,
        within: Duration,
    ) -> Done {
        let (wanted, latest, named) = (self.resolve(order), self.latest, self.ids.clone());
        let action = action.map(|action| action.value.clone());
        let look = move |engine: &Engine| {
            let found = match &action {
                Some(action) => find_next(engine, action, latest, &named)?,
                None => find_order(engine, &wanted)?,
            };
            compare_state(&found, state.as_deref())?;
            Ok(found.id)
        };
        let found = self.engine.poll(within, look).await;
        let id = found.map_err(|reason| format!("{reason}, after {within:?}"))?;
        self.ids.insert(order.value.clone(), id.clone());
        Ok(if id == order.value { String::new() } else { format!("it is the order {id}") })
    }

    async fn act(&self, id: &str, act: Act) -> Done {
        let acted = self.engine.act(id, act, "the scenario").await;
        let (_, callbacks) = acted.map_err(|error| error.into_sandbox_error(id, act).to_string())?;
        // If a forged callback was planned, the genuine one is the last.
        match callbacks.last() {
            Some(last) => self.await_delivery(id, last).await,
            None => Ok(String::new()),
        }
    }

    async fn await_delivery(&self, id: &str, callback: &Callback) -> Done {
        let delivered = self.engine.await_delivery(id, callback).await.map_err(|error| error.to_string())?;
        Ok(match delivered {
            Delivery::Answered { status, .. } => format!("the callback was answered with {status}"),
            Delivery::Failed { reason } => format!("the callback failed: {reason}"),
            Delivery::Later => "the callback is not due yet".to_owned(),
            Delivery::NotAsked => String::new(),
        })
    }
}

/// Returns what a client knows after a fault, or after a refusal with this cause.
fn name_outcome(fault: Option<&PlannedFault>, cause: Option<String>) -> (Expected, String) {
    match (fault.map(|planned| planned.fault.arrival()), cause) {
        (None | Some(Arrival::Whole | Arrival::Late), Some(cause)) => (Expected::Refused, cause),
        (None | Some(Arrival::Whole | Arrival::Late), None) => (Expected::Accepted, String::new()),
        (Some(_), _) => (Expected::Unknown, String::new()),
    }
}
