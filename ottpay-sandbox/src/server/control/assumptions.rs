//! Calls that list and change the sandbox's assumptions.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde_json::{Value, json};

use super::body::Members;
use super::call::{CallError, Reply};
use super::view::name_assumptions;
use crate::assume::{Assumption, Question};
use crate::engine::Engine;

pub(super) async fn list_assumptions(State(engine): State<Arc<Engine>>) -> Reply {
    let answers = |question: &Question| {
        let answer = |answer: &Assumption| json!({ "value": answer.value(), "doc": answer.meaning() });
        question.answers().iter().map(answer).collect::<Vec<_>>()
    };
    let describe = |question: &Question| json!({ "assumption": question.name(), "doc": question.description(), "values": answers(question) });
    let known: Vec<Value> = Question::ALL.iter().map(describe).collect();
    Ok(Json(json!({ "assumed": name_assumptions(&engine), "known": known })))
}

/// Changes all assumptions in the body or none.
pub(super) async fn set_assumptions(State(engine): State<Arc<Engine>>, bytes: Bytes) -> Reply {
    let members = Members::read_any(&bytes)?;
    let mut new = Vec::new();
    for (question, _) in members.iter() {
        let answer = members.read_text(question)?.unwrap_or_default();
        let read = Assumption::from_names(question, &answer).map_err(|error| CallError::invalid(error.to_string()))?;
        new.push(read);
    }
    engine.assume(&new);
    Ok(Json(name_assumptions(&engine)))
}
