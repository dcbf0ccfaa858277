//! What the gateway says about an order, asked outside of any transaction and within the budget.

use ottpay::payment::Tracked;

use super::fail::Fail;
use super::turn::Turn;
use crate::evaluate::Found;
use crate::ledger::Inner;
use crate::row::parse_tracked;
use crate::send::state_after;
use crate::state::State;

/// What a turn knows before its transaction begins.
pub(super) struct Asked {
    /// With the attempt whose reply is lost.
    pub(super) tracked: Tracked,
    /// Where the order is by its notes alone.
    pub(super) state: State,
    pub(super) found: Found,
}

impl Asked {
    /// What the gateway answered, for people; nothing if it was not asked.
    pub(super) fn answer(&self) -> Option<String> {
        match &self.found {
            Found::NotAsked => None,
            found => Some(found.to_string()),
        }
    }
}

/// Reads the notes, and asks the gateway if they do not decide.
pub(super) async fn ask(inner: &Inner, turn: &Turn) -> Result<Asked, Fail> {
    // No repetition makes it readable.
    let mut tracked = parse_tracked(&turn.tracked).map_err(|error| Fail::permanent(error.to_string()))?;
    let mut state = turn.state;
    if state == State::Sending {
        // Its time has passed, so its reply is lost.
        tracked.record_lost();
        state = state_after(&tracked, None);
    }
    if !state.needs_query(turn.hint.is_pending) {
        return Ok(Asked { tracked, state, found: Found::NotAsked });
    }
    let client =
        inner.client_of(&tracked).ok_or_else(|| Fail::transient("no client is that of the order's merchant"))?;
    inner.budget.take(&turn.merchant).await;
    let found = match client.resolve(&tracked).await {
        Ok(resolved) => Found::Resolved(resolved),
        Err(error) => Found::Failed(error),
    };
    Ok(Asked { tracked, state, found })
}
