//! Plays a scenario step by step, on the runtime of the sandbox.

mod look;
mod operations;
mod transport;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use ottpay::Client;
use tokio::runtime::Handle;
use tokio::task::JoinSet;

use super::Scenario;
use super::request::NOWHERE;
use super::step::{Located, Step};
use crate::engine::Engine;
use crate::error::SandboxError;
use crate::store::OrderSearch;
use transport::InProcess;

/// A step that was played.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PlayedStep {
    /// The number of the step, counted from 1.
    pub number: usize,
    /// The place of the step in its file: `shop.yaml:4:5`.
    pub place: String,
    /// The step: `pay T1`.
    pub title: String,
    /// The result, which may be empty, or the reason for the failure.
    pub result: Result<String, String>,
}

/// Prints a line of the command's output: `ok      2 pay T1: the callback was answered with 200`.
impl fmt::Display for PlayedStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, place, title, result } = self;
        match result {
            Ok(note) if note.is_empty() => write!(f, "ok     {number:>3} {title}"),
            Ok(note) => write!(f, "ok     {number:>3} {title}: {note}"),
            Err(reason) => write!(f, "failed {number:>3} {title}: {reason} ({place})"),
        }
    }
}

/// The shared state of the steps of a scenario.
pub(crate) struct Player {
    engine: Arc<Engine>,
    /// The client that sends the requests of `create` steps.
    client: Client,
    callbacks: Option<String>,
    /// Ids of orders, by the names that steps have given them.
    ids: BTreeMap<String, String>,
    /// The serial number of the last order before the scenario.
    latest: i64,
}

impl Player {
    /// Creates a player with a client of the sandbox's merchant.
    ///
    /// # Errors
    /// [`SandboxError::Database`] and [`SandboxError::Start`].
    pub(crate) fn new(engine: Arc<Engine>, scenario: &Scenario) -> Result<Self, SandboxError> {
        let client = Client::builder().endpoint(NOWHERE).transport(InProcess(Arc::clone(&engine)));
        let client = client.merchant_id(engine.merchant_id()).sign_key(engine.sign_key().clone());
        let client = client.cipher(engine.cipher()).build();
        let client = client.map_err(|error| SandboxError::Start { reason: error.to_string() })?;
        let found = engine.search(&OrderSearch { limit: 1, ..OrderSearch::default() })?;
        let latest = found.orders.first().map_or(0, |(serial, _)| *serial);
        let callbacks = scenario.callbacks.as_ref().map(|url| url.value.clone());
        Ok(Self { engine, client, callbacks, ids: BTreeMap::new(), latest })
    }

    /// Plays the steps of a checked scenario, and reports each.
    ///
    /// # Errors
    /// [`SandboxError::Step`] for the first step that fails.
    pub(crate) async fn play(
        mut self,
        runtime: &Handle,
        scenario: &Scenario,
        mut report: impl FnMut(&PlayedStep),
    ) -> Result<(), SandboxError> {
        for (number, step) in (1..).zip(&scenario.steps) {
            let step = step.clone();
            let (at, title) = (step.at, step.title.clone());
            // Aborts the step if the caller drops its future.
            let mut task = JoinSet::new();
            // The task takes the player and gives it back, because it cannot borrow across runtimes.
            task.spawn_on(self.play_step(step), runtime);
            let finished = task.join_next().await.and_then(Result::ok);
            let result = match finished {
                Some((next, result)) => {
                    self = next;
                    result
                }
                None => {
                    let reason = "the step did not finish".to_owned();
                    return Err(SandboxError::Step { place: scenario.format_place(at), step: title, reason });
                }
            };
            let played = PlayedStep { number, place: scenario.format_place(at), title, result };
            report(&played);
            if let PlayedStep { place, title: step, result: Err(reason), .. } = played {
                return Err(SandboxError::Step { place, step, reason });
            }
        }
        Ok(())
    }

    async fn play_step(mut self, step: Step) -> (Self, Result<String, String>) {
        let result = self.carry_out(step.operation).await;
        (self, result)
    }

    /// Returns the id of an order that a step names.
    fn resolve(&self, order: &Located<String>) -> String {
        self.ids.get(&order.value).unwrap_or(&order.value).clone()
    }
}
