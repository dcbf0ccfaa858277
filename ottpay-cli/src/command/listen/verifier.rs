//! Verifies callbacks, and reports problems and oddities on standard error.

use std::collections::VecDeque;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, PoisonError};

use ottpay::envelope::{Alteration, Message};
use ottpay::incoming::{MessageProblem, OpenedCallback, Recipient};
use ottpay::reply::Received;
use ottpay::spec::Role;
use ottpay::{GATEWAY, SignKey};

use crate::command::open;
use crate::stderr;

/// Number of callbacks that are remembered to recognise duplicates.
const REMEMBERED: usize = 1000;

/// Verifies callbacks, and compares them with earlier ones.
pub(super) struct Verifier {
    key: SignKey,
    merchant_id: Option<String>,
    /// Whether to accept callbacks with signs of alteration.
    accepts_altered: bool,
    /// The latest callbacks that opened, oldest first.
    seen: Mutex<VecDeque<Seen>>,
    /// Hashes fields.
    hasher: RandomState,
}

/// A callback that opened.
struct Seen {
    md5: String,
    /// A hash of its fields, so that the fields need not be kept.
    content: u64,
    /// The order that it names.
    order_id: String,
}

/// An earlier callback with the same `md5`.
#[derive(Default)]
struct Earlier {
    /// It had the same fields: this callback is a duplicate.
    is_same: bool,
    /// The order of one with other fields. The gateway gives a digest to one callback only, so one of the two is
    /// forged.
    other: Option<String>,
}

impl Verifier {
    pub(super) fn new(key: SignKey, merchant_id: Option<String>, accepts_altered: bool) -> Self {
        Self { key, merchant_id, accepts_altered, seen: Mutex::default(), hasher: RandomState::new() }
    }

    /// The merchant of the settings; empty if there is none.
    pub(super) fn merchant_id(&self) -> &str {
        self.merchant_id.as_deref().unwrap_or_default()
    }

    /// Verifies a callback, and prints notes about it. The error is the reason for a person.
    pub(super) fn verify(&self, body: &[u8]) -> Result<Received, String> {
        let message = Message::read_callback(body).map_err(|error| error.to_string())?;
        let recipient = Recipient::new(&self.key, GATEWAY.cipher);
        let own = self.merchant_id.as_deref();
        let recipient = own.map_or(recipient, |own| recipient.merchant_id(own));
        let opened = recipient.open_callback(&message, &[], GATEWAY.callbacks).map_err(|problem| match problem {
            MessageProblem::OtherMerchant { named } => {
                // Anyone can write the members outside `data`.
                let named: String = named.chars().take(40).collect();
                format!("it is for the merchant `{named}`; the settings have `{}`", own.unwrap_or_default())
            }
            problem => open::describe_problem(&message, &problem),
        })?;
        let opened = opened.ok_or("it has neither `data` nor `md5`, so nothing in it can be verified")?;
        // An altered callback is remembered, too: it may come before the genuine one with the same `md5`.
        let Earlier { is_same, other } = self.compare_with_seen(&message, &opened);
        let OpenedCallback { received, alterations, .. } = opened;
        let tampered = other.map(|order_id| {
            format!(
                "tampering: an earlier callback with other fields, for the order `{order_id}`, has the same `md5`; query both orders"
            )
        });
        if !alterations.is_empty() && !self.accepts_altered {
            let (order_id, signs) = (find_order_id(&received), Alteration::describe_all(&alterations));
            let tampered = tampered.map(|tampered| format!("; {tampered}")).unwrap_or_default();
            return Err(format!("it may have been altered; query the order `{order_id}`: {signs}{tampered}"));
        }
        // Neither of the two proves anything, and it is unknown which of them is the gateway's: query both orders.
        if let Some(tampered) = tampered {
            stderr::print_line(format_args!("warning: {tampered}"));
        }
        if let Some(code) = open::find_refusing_code(&message) {
            stderr::print_line(format_args!(
                "note: a callback has the response code {code}, which is not authenticated"
            ));
        }
        if is_same {
            stderr::print_line("note: duplicate callback (already received)");
        }
        Ok(received)
    }

    /// Compares a callback with the latest ones, and remembers it.
    fn compare_with_seen(&self, message: &Message<'_>, opened: &OpenedCallback) -> Earlier {
        // The envelope accepts a digest in any case, so a change of case must not hide a duplicate.
        let md5 = message.text("md5").unwrap_or_default().to_ascii_uppercase();
        let received = &opened.received;
        let fields: Vec<_> = received.fields().iter().map(|(name, value)| (name, value.as_text())).collect();
        let content = self.hasher.hash_one(fields);
        let mut earlier = Earlier::default();
        // A panic elsewhere cannot leave the list in an invalid state.
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        for seen in seen.iter().filter(|seen| seen.md5 == md5) {
            if seen.content == content {
                earlier.is_same = true;
            } else {
                earlier.other = Some(seen.order_id.clone());
            }
        }
        if !earlier.is_same {
            if seen.len() == REMEMBERED {
                seen.pop_front();
            }
            seen.push_back(Seen { md5, content, order_id: find_order_id(received) });
        }
        earlier
    }
}

/// Finds the order that a callback names, shortened to fit into a line.
pub(super) fn find_order_id(received: &Received) -> String {
    let fields = GATEWAY.callbacks.iter().flat_map(|callback| callback.fields);
    let mut names = fields
        .filter(|field| field.role == Some(Role::Order))
        .flat_map(|field| std::iter::once(field.name).chain(field.aliases.iter().copied()));
    let order_id = names.find_map(|name| received.text(name)).unwrap_or_default();
    order_id.chars().filter(|character| !character.is_control()).take(64).collect()
}
