//! Requests that a handler notes in its transaction and that the worker sends after the commit.

use std::sync::Arc;

use ottpay::payment::Tracked;
use ottpay::request::{AnyRequest, Request as _};
use ottpay::stored::StoredRequest;
use ottpay::{Client, OrderId};

use crate::db::Txn;
use crate::ledger::Inner;
use crate::note::{Beginning, Note, fence_off, insert, send_again};
use crate::reference::Reference;
use crate::refund::{check_refund, find_refunded_before};
use crate::row::parse_tracked;
use crate::send::{Underway, go_on, sending_limit};
use crate::send_error::SendError;
use crate::state::State;
use crate::store::StoreError;

impl Inner {
    /// Notes a request in an open transaction. `request` is its serialized form. A request with sensitive fields cannot
    /// be restored from that form and is rejected.
    pub(crate) async fn note_later(&self, txn: &mut Txn, note: Note, request: &str) -> Result<(), SendError> {
        let client = self.check_order(&note.tracked)?;
        // Checked here, where the handler can still report it. The worker could only park the order.
        let _checked = restore_request(client, note.tracked.method(), request)?;
        check_refund(txn, &note).await?;
        match insert(txn, &note, &Beginning::ByWorker { request }).await.map_err(SendError::NotNoted)? {
            None => Ok(()),
            Some(state) => Err(SendError::AlreadySent { id: note.tracked.id().to_owned(), state }),
        }
    }

    /// Sends a noted request once and stores how the exchange ended. If it did not reach the gateway, the request stays
    /// noted and is sent later. An error means that it was not sent.
    pub(crate) async fn send_noted(self: &Arc<Self>, merchant: &str, id: &str) -> Result<(), SendError> {
        let Some((note, request)) = self.find_noted(merchant, id).await.map_err(SendError::NotNoted)? else {
            return Ok(());
        };
        let client = self.check_order(&note.tracked)?.clone();
        let request = restore_request(&client, note.tracked.method(), &request)?;
        let mut note = note;
        // The stored form does not contain the declared fields of the reply.
        note.tracked = Tracked::from_values(request.values());
        // The refund has been in flight since it was noted, so no other refund of the ledger can change this total.
        if let Some(original) = &note.original
            && let Some(before) = find_refunded_before(self, &client, &note.tracked, original).await?
        {
            note.tracked.record_refunded_before(before);
        }
        let token = OrderId::random().to_string();
        let mut txn = self.db.begin().await.map_err(SendError::NotNoted)?;
        match fence_off(&mut txn, merchant, id).await.map_err(SendError::NotNoted)? {
            (State::Noted, earlier) => note.tracked.follow_on(&earlier),
            // A person has settled it in the meantime, or another worker has sent it.
            _ => return Ok(()),
        }
        send_again(&mut txn, &note, sending_limit(&client), &token).await.map_err(SendError::NotNoted)?;
        self.commit_note(txn, &note.tracked, Some(&token)).await?;
        let (inner, sending, info) = (Arc::clone(self), client.send(&request), request.values().info());
        let underway = Underway { tracked: note.tracked, token };
        // The result is stored, and the shop learns it from an event.
        go_on(async move {
            let (_, _) = inner.exchange(underway, sending, info, State::Noted).await;
            Ok(())
        })
        .await
    }

    /// Finds a request that waits for the worker.
    async fn find_noted(&self, merchant: &str, id: &str) -> Result<Option<(Note, String)>, StoreError> {
        let mut txn = self.db.begin().await?;
        let sql = "SELECT tracked, reference, original, request FROM {orders}
                   WHERE merchant = $1 AND id = $2 AND state = $3 AND request IS NOT NULL";
        let row = txn.query_first(sql, &[merchant.into(), id.into(), State::Noted.as_str().into()]).await?;
        let Some(row) = row else { return Ok(None) };
        let reference = Reference::from_stored(row.get(1)?);
        let note = Note { tracked: parse_tracked(&row.get::<String>(0)?)?, reference, original: row.get(2)? };
        Ok(Some((note, row.get(3)?)))
    }
}

/// Restores a request from its stored form, and validates it again.
fn restore_request(client: &Client, method: &str, request: &str) -> Result<AnyRequest, SendError> {
    let client: &ottpay_runtime::Client = client.as_ref();
    let info = client.find_method(method).ok_or(SendError::NotRestorable("the client does not have this action"))?;
    let stored: StoredRequest = serde_json::from_str(request)
        .map_err(|_| SendError::NotRestorable("it does not have the form of a stored request"))?;
    Ok(stored.restore_any(client, info)?)
}
