//! Stores the ids of refused requests as used, if the sandbox assumes so.

use ottpay::spec::{Effect, Role};

use super::refusal::Refusal;
use super::request::Request;
use super::state::Engine;
use crate::assume::{RefundIds, RefusedIds};
use crate::code;

/// The maximum length of a stored id, in bytes.
const MAX_ID: usize = 1024;

impl Engine {
    /// Stores the ids of a refused write as used, unless they were used before or the database failed.
    pub(super) fn spend_id(&self, request: Request<'_>, refusal: &Refusal) {
        let assumed = self.assumptions();
        // By the assumption `duplicates=message` the word is not the code, but the beginning of the message.
        let is_word = |word: &str| refusal.code == word || refusal.message.starts_with(word);
        let is_duplicate = [code::ORDER_USED, code::ORDER_PAID].into_iter().any(is_word);
        let is_own_failure = refusal.code == code::DB_ERROR;
        let is_refund = request.info.request_field(Role::OriginalOrder).is_some();
        let is_reusable = is_refund && assumed.refund_ids == RefundIds::Reusable;
        let is_write = request.info.effect == Effect::Write;
        if assumed.refused_ids == RefusedIds::Free || !is_write || is_duplicate || is_own_failure || is_reusable {
            return;
        }
        let roles = request.info.request.iter().filter_map(|field| field.role.filter(|role| role.is_own_id()));
        for id in roles.filter_map(|role| request.read_role(role)) {
            if id.len() <= MAX_ID
                && let Err(error) = self.store.spend_id(&id)
            {
                tracing::error!(%error, "the id of a refused request could not be stored");
            }
        }
    }
}
