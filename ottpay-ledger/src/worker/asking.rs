//! Queries the gateway about an order, outside any transaction and within the rate limit.

use ottpay::payment::Tracked;

use super::fail::Fail;
use super::turn::Turn;
use crate::evaluate::Found;
use crate::ledger::Inner;
use crate::row::parse_tracked;
use crate::send_end::state_after;
use crate::state::State;

/// What a turn knows before its transaction begins.
pub(super) struct Asked {
    /// Includes the attempt whose reply was lost.
    pub(super) tracked: Tracked,
    /// The state of the order according to its notes alone.
    pub(super) state: State,
    pub(super) found: Found,
}

impl Asked {
    /// Returns the gateway's answer for people, or `None` if it was not queried.
    pub(super) fn answer(&self) -> Option<String> {
        match &self.found {
            Found::NotAsked => None,
            found => Some(found.to_string()),
        }
    }
}

/// Reads the stored order, and queries the gateway if the order alone does not decide the next step.
pub(super) async fn query_gateway(inner: &Inner, turn: &Turn) -> Result<Asked, Fail> {
    // Retrying would not make it readable.
    let mut tracked = parse_tracked(&turn.tracked).map_err(|error| Fail::permanent(error.to_string()))?;
    let mut state = turn.state;
    if state == State::Sending {
        // Its time limit has passed, so its reply is lost.
        tracked.record_lost();
        state = state_after(&tracked, None);
    }
    if !state.needs_query(turn.hint.is_pending) {
        return Ok(Asked { tracked, state, found: Found::NotAsked });
    }
    let client = inner
        .client_of(&tracked)
        .ok_or_else(|| Fail::transient("the ledger has no client for the order's merchant"))?;
    // The gateway is queried before `BEGIN`: a query takes seconds, and an open transaction would hold its locks for as
    // long.
    inner.budget.acquire(&turn.merchant).await;
    let found = match client.resolve(&tracked).await {
        Ok(resolved) => Found::Resolved(resolved),
        Err(error) => Found::Failed(error),
    };
    Ok(Asked { tracked, state, found })
}
