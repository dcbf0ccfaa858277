//! Sealed callbacks, as the gateway posts them.

use std::collections::BTreeMap;
use std::fmt;

use ottpay::envelope::{Message, Sealed, seal, seal_as};
use ottpay::payment::Trackable;
use ottpay::spec::{CallbackInfo, Role};
use ottpay::{Amount, Framing, GATEWAY, OrderId, SignKey};

/// A callback that the gateway could post, to be sealed with the merchant's key. Sealing the same one twice gives a
/// duplicate.
///
/// ```
/// use ottpay::{Amount, Client, SignKey};
/// use ottpay_ledger::testing::Callback;
///
/// let sign_key = SignKey::new("A8B5FE540E38A5A9")?;
/// # let builder = Client::builder().endpoint("http://127.0.0.1:9");
/// # /*
/// let builder = Client::builder();
/// # */
/// let client = builder.merchant_id("ON00004652").sign_key(sign_key.clone()).build()?;
///
/// let callback = Callback::new("T1", Amount::from_minor(1999)).field("remarks", "tea");
/// let opened = client.callback(callback.seal(&sign_key, "ON00004652"))?;
/// assert_eq!(opened.order_id().as_str(), "T1");
///
/// // Bodies that an attacker could post.
/// assert!(client.callback(callback.seal_corrupted(&sign_key, "ON00004652")).is_err());
/// assert!(client.callback(callback.seal_altered(&sign_key, "ON00004652")).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The names of the fields are those of the specification. A value that repeats itself every 16 characters would make
/// the callback appear altered, see [`ottpay::CallbackError::PossiblyAltered`].
#[derive(Clone)]
pub struct Callback {
    info: Option<&'static CallbackInfo>,
    fields: BTreeMap<String, String>,
}

impl Callback {
    /// Creates the callback of a paid order, with the wallet's id and time from the specification's example.
    pub fn new(order_id: &str, amount: Amount) -> Self {
        // The callback that declares the fields of all channels.
        let info = GATEWAY.callbacks.iter().copied().max_by_key(|callback| callback.fields.len());
        let example = info.and_then(|info| info.examples.first()).copied().unwrap_or_default();
        let callback = Self { info, fields: BTreeMap::new() };
        let example_of = |role| {
            let name = callback.name_of(role)?;
            example.iter().find(|(field, _)| *field == name).map(|(_, value)| *value)
        };
        let wallet = [Role::ProviderOrder, Role::Time].map(|role| (role, example_of(role)));
        let with_wallet = wallet.into_iter().fold(callback, |callback, (role, value)| match value {
            Some(value) => callback.role(role, value),
            None => callback,
        });
        with_wallet.role(Role::Order, order_id).role(Role::Amount, &amount.minor().to_string())
    }

    /// Creates the callback that reports a request, or its tracked form, as paid with the requested amount. For a
    /// Checkout page, the order gets a random id, because the gateway assigns one of its own.
    pub fn for_order(order: &impl Trackable) -> Self {
        let tracked = order.tracked();
        let amount = tracked.amount().unwrap_or(Amount::ZERO);
        match tracked.own_role() {
            Role::CheckoutOrder => {
                Self::new(OrderId::random().as_str(), amount).role(Role::CheckoutOrder, tracked.id())
            }
            _ => Self::new(tracked.id(), amount),
        }
    }

    /// Sets a field by its name on the wire.
    #[must_use]
    pub fn field(mut self, name: &str, value: &str) -> Self {
        self.fields.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Removes a field.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.fields.remove(name);
        self
    }

    /// Sets the field with this role.
    #[must_use]
    pub fn role(self, role: Role, value: &str) -> Self {
        match self.name_of(role) {
            Some(name) => self.field(name, value),
            None => self,
        }
    }

    fn name_of(&self, role: Role) -> Option<&'static str> {
        self.info?.fields.iter().find(|field| field.role == Some(role)).map(|field| field.name)
    }

    /// Returns the body as the gateway posts it.
    pub fn seal(&self, sign_key: &SignKey, merchant_id: &str) -> Vec<u8> {
        wrap_sealed(&self.seal_fields(sign_key, merchant_id), merchant_id)
    }

    /// Returns the body with one character of the encrypted fields changed: it fails verification.
    pub fn seal_corrupted(&self, sign_key: &SignKey, merchant_id: &str) -> Vec<u8> {
        let Sealed { data, md5 } = self.seal_fields(sign_key, merchant_id);
        let changed = if data.starts_with('A') { 'B' } else { 'A' };
        let data = format!("{changed}{}", data.get(1..).unwrap_or_default());
        wrap_sealed(&Sealed { data, md5 }, merchant_id)
    }

    /// Returns the body with whitespace between its fields: it passes verification but shows a sign of alteration.
    pub fn seal_altered(&self, sign_key: &SignKey, merchant_id: &str) -> Vec<u8> {
        // The digest does not cover whitespace, so it is still valid.
        let md5 = self.seal_fields(sign_key, merchant_id).md5;
        let text = serde_json::to_string_pretty(&self.complete_fields(merchant_id)).unwrap_or_default();
        wrap_sealed(&seal_as(&text, &md5, sign_key, GATEWAY.cipher), merchant_id)
    }

    fn seal_fields(&self, sign_key: &SignKey, merchant_id: &str) -> Sealed {
        seal(&self.complete_fields(merchant_id), sign_key, GATEWAY.cipher)
    }

    /// Adds the merchant, unless another one was set.
    fn complete_fields(&self, merchant_id: &str) -> BTreeMap<String, String> {
        let mut fields = self.fields.clone();
        if let Some(name) = self.name_of(Role::Merchant) {
            fields.entry(name.to_owned()).or_insert_with(|| merchant_id.to_owned());
        }
        fields
    }
}

/// Shows only the names of the fields.
impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.fields.keys()).finish()
    }
}

fn wrap_sealed(sealed: &Sealed, merchant_id: &str) -> Vec<u8> {
    let members = [
        ("rsp_code", "SUCCESS"),
        ("rsp_msg", "success"),
        ("merchant_id", merchant_id),
        ("data", &sealed.data),
        ("md5", &sealed.md5),
    ];
    Message::new(members).to_body(Framing::Json)
}
