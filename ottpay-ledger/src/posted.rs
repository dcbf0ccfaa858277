//! Extracts from a posted callback its merchant, the orders to query, and the fields that may be stored.

use std::collections::BTreeMap;

use base16ct::lower::encode_string;
use ottpay::envelope::Message;
use ottpay::reply::Received;
use ottpay::spec::{CallbackInfo, FieldInfo, Role};
use ottpay::stored::serialize_received;
use ottpay::{Amount, CallbackError, Client, OrderId, PaymentCallback};
use serde::{Serialize, Serializer};
use sha2::{Digest as _, Sha256};

/// The largest size of the stored fields in bytes. A genuine callback has a few hundred.
const MAX_FIELDS: usize = 16 * 1024;

/// The largest length of an id in bytes.
const MAX_ID: usize = 200;

/// A verified callback, as it is stored: without the sealed body and without sensitive fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Posted {
    pub(crate) merchant: String,
    /// The ids that it names: the order's and the Checkout page's. Empty if neither can be read.
    pub(crate) ids: Vec<String>,
    /// The fields as a JSON object.
    pub(crate) fields: Option<String>,
    /// A digest of the fields, by which differing callbacks are recognised.
    pub(crate) digest: String,
    pub(crate) vouches_for: Option<Vouched>,
}

/// The amount that a callback without signs of alteration names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Vouched {
    /// The amount without the callback's fee and tip. It is not documented whether the amount includes them.
    pub(crate) least: i64,
    pub(crate) most: i64,
}

/// Why nothing of a body is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unaccepted {
    TooLarge,
    Rejected,
}

/// Opens a body with the client that it is for, and extracts what it names.
pub(crate) fn read<'c>(clients: &'c BTreeMap<String, Client>, body: &[u8]) -> Result<(&'c Client, Posted), Unaccepted> {
    // A body that is too long for every client is not even parsed. The limit of its own client is checked by `open`.
    if clients.values().all(|client| body.len() > client.as_ref().max_reply()) {
        tracing::warn!(target: "ottpay", length = body.len(), "rejected a callback that is longer than `max_reply`");
        return Err(Unaccepted::TooLarge);
    }
    let mut rejected = Unaccepted::Rejected;
    for client in find_recipients(clients, body) {
        match open(client, body) {
            Ok(posted) => return Ok((client, posted)),
            Err(error) => {
                tracing::warn!(target: "ottpay", %error, "rejected a callback");
                if matches!(error, CallbackError::TooLarge { .. }) {
                    rejected = Unaccepted::TooLarge;
                }
            }
        }
    }
    Err(rejected)
}

/// Finds the clients that may open a body. The merchant id outside the sealed data is not authenticated: it only
/// selects a client, whose key then has to verify everything.
fn find_recipients<'c>(clients: &'c BTreeMap<String, Client>, body: &[u8]) -> Vec<&'c Client> {
    let all = || clients.values().collect();
    // The only client opens or rejects the body itself, so it is not parsed twice.
    if clients.len() == 1 {
        return all();
    }
    let message = Message::read_callback(body).ok();
    match message.as_ref().map(|message| message.text("merchant_id")) {
        Some(Some(named)) => clients.get(named.trim()).into_iter().collect(),
        // The key that verifies the body tells whose it is.
        Some(None) => all(),
        None => {
            tracing::warn!(target: "ottpay", "rejected a callback: its body is not a gateway message");
            Vec::new()
        }
    }
}

/// Opens a body. A genuine callback that cannot be read still names its order, as may one that was possibly altered.
fn open(client: &Client, body: &[u8]) -> Result<Posted, CallbackError> {
    let read = client.callback(body);
    let Some(received) = find_received(&read) else { return Err(read.err().unwrap_or(CallbackError::NoData)) };
    if matches!(read, Err(CallbackError::PossiblyAltered { .. })) {
        // In an altered callback any field may contain part of a sensitive one, so only the ids are kept.
        let ids = find_ids(client, received);
        let merchant = client.merchant_id().to_owned();
        // The digest of no fields differs from that of a genuine callback, so the two count as different.
        return Ok(Posted { merchant, ids, fields: None, digest: digest_fields(""), vouches_for: None });
    }
    let mut posted = read_fields(client, received);
    // Without the client's check, it is unknown whether this callback was altered.
    if read.is_err() || !client.as_ref().checks_callbacks() {
        posted.vouches_for = None;
    }
    Ok(posted)
}

/// Returns the content of a verified callback, even if it cannot be read or trusted.
pub(crate) fn find_received(read: &Result<PaymentCallback, CallbackError>) -> Option<&Received> {
    match read {
        Ok(callback) => Some(callback.raw()),
        Err(CallbackError::Field { received, .. }) => Some(received),
        Err(CallbackError::PossiblyAltered { callback, .. }) => Some(callback.received()),
        Err(_) => None,
    }
}

fn read_fields(client: &Client, received: &Received) -> Posted {
    let declared = find_declared(client, received);
    let is_known = received.fields().iter().all(|(name, _)| declared.iter().any(|field| field.has_name(name)));
    let fields = serde_json::to_string(&Shown { received, declared }).unwrap_or_default();
    Posted {
        merchant: client.merchant_id().to_owned(),
        ids: find_ids(client, received),
        digest: digest_fields(&fields),
        // An undeclared name may be part of a sensitive value that was split, so the fields are not stored.
        fields: Some(fields).filter(|fields| is_known && fields.len() <= MAX_FIELDS),
        vouches_for: find_vouched(declared, received),
    }
}

/// Returns the fields of the declared callback that matches most of the received names. One declaration reads the
/// callbacks of every channel.
fn find_declared(client: &Client, received: &Received) -> &'static [FieldInfo] {
    let count = |callback: &CallbackInfo| {
        let names = received.fields().iter().map(|(name, _)| name);
        names.filter(|name| callback.fields.iter().any(|field| field.has_name(name))).count()
    };
    let callbacks = client.as_ref().gateway().callbacks.iter().copied();
    // `max_by_key` returns the last maximum; reversed, that is the first declaration.
    callbacks.rev().max_by_key(|callback| count(callback)).map_or(&[], |callback| callback.fields)
}

/// Finds the ids of the order and the Checkout page in a callback, if they are valid as ids of the shop.
pub(crate) fn find_ids(client: &Client, received: &Received) -> Vec<String> {
    let declared = find_declared(client, received);
    let named = [Role::Order, Role::CheckoutOrder].into_iter().filter_map(|role| received.role(declared, role));
    let ids = named.filter(|id| id.len() <= MAX_ID && OrderId::new(*id).is_ok());
    let mut ids: Vec<_> = ids.map(str::to_owned).collect();
    ids.dedup();
    ids
}

fn find_vouched(declared: &'static [FieldInfo], received: &Received) -> Option<Vouched> {
    let amount = |role| {
        let field = declared.iter().find(|field| field.role == Some(role))?;
        received.optional_money::<Amount>(field).ok().flatten()
    };
    let total = amount(Role::Amount)?;
    let surcharges = [Role::Fee, Role::Tip].into_iter().filter_map(amount).map(Amount::minor);
    let least = surcharges.fold(total.minor(), u64::saturating_sub);
    Some(Vouched { least: i64::try_from(least).ok()?, most: i64::try_from(total.minor()).ok()? })
}

/// Serializes the declared fields that are not sensitive.
struct Shown<'a> {
    received: &'a Received,
    declared: &'static [FieldInfo],
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_received(self.received, self.declared, serializer)
    }
}

/// Digests only the stored fields. From a digest of everything, a sensitive value with few possibilities could be
/// guessed.
fn digest_fields(fields: &str) -> String {
    encode_string(&Sha256::digest(fields.as_bytes()))
}

#[cfg(test)]
#[cfg(feature = "testing")]
mod tests {
    use ottpay::SignKey;

    use super::*;
    use crate::testing::Callback;

    const KEY: &str = "A8B5FE540E38A5A9";
    const OTHER_KEY: &str = "6698851A525C9433";

    fn key(text: &str) -> SignKey {
        SignKey::new(text).unwrap()
    }

    fn builder() -> ottpay::ClientBuilder<Client> {
        Client::builder().endpoint("http://127.0.0.1:9")
    }

    fn clients(of: &[(&str, &str)]) -> BTreeMap<String, Client> {
        let client = |(merchant, sign_key): &(&str, &str)| {
            let client = builder().merchant_id(*merchant).sign_key(key(sign_key)).build().unwrap();
            ((*merchant).to_owned(), client)
        };
        of.iter().map(client).collect()
    }

    fn shop() -> BTreeMap<String, Client> {
        clients(&[("ON00004652", KEY)])
    }

    fn paid() -> Callback {
        Callback::new("T1", Amount::from_minor(1999))
    }

    #[test]
    fn a_callback_is_kept_without_what_is_sensitive() {
        let callback = paid().field("sub_openId", "2088032832386722").field("remarks", "tea");
        let clients = shop();
        let (client, posted) = read(&clients, &callback.seal(&key(KEY), "ON00004652")).unwrap();
        assert_eq!((client.merchant_id(), &*posted.merchant), ("ON00004652", "ON00004652"));
        assert_eq!(posted.ids, ["T1"]);
        let fields = posted.fields.unwrap();
        assert!(fields.contains(r#""remarks":"tea""#) && fields.contains(r#""sub_openId":"(hidden)""#), "{fields}");

        // The digest gives no way to guess it either.
        let other = callback.clone().field("sub_openId", "2088999999999999").seal(&key(KEY), "ON00004652");
        assert_eq!(read(&clients, &other).unwrap().1.digest, posted.digest);
        let other = callback.field("remarks", "coffee").seal(&key(KEY), "ON00004652");
        assert_ne!(read(&clients, &other).unwrap().1.digest, posted.digest);
    }

    #[test]
    fn a_fee_or_a_tip_may_be_part_of_the_amount() {
        let vouched =
            |callback: Callback| read(&shop(), &callback.seal(&key(KEY), "ON00004652")).unwrap().1.vouches_for;
        assert_eq!(vouched(paid()), Some(Vouched { least: 1999, most: 1999 }));
        let with_both = paid().role(Role::Fee, "6").role(Role::Tip, "100");
        assert_eq!(vouched(with_both), Some(Vouched { least: 1893, most: 1999 }));
        let tip = paid().role(Role::Tip, "5000");
        assert_eq!(vouched(tip), Some(Vouched { least: 0, most: 1999 }));
    }

    #[test]
    fn a_callback_names_the_order_and_the_checkout_page() {
        let callback = paid().role(Role::CheckoutOrder, "page1").seal(&key(KEY), "ON00004652");
        assert_eq!(read(&shop(), &callback).unwrap().1.ids, ["T1", "page1"]);
    }

    #[test]
    fn a_genuine_callback_that_cannot_be_read_names_its_order_and_vouches_for_nothing() {
        let unreadable = paid().role(Role::Amount, "1,999");
        let (_, posted) = read(&shop(), &unreadable.seal(&key(KEY), "ON00004652")).map(|(_, p)| ((), p)).unwrap();
        assert_eq!((posted.ids, posted.vouches_for), (vec!["T1".to_owned()], None));

        let unnamed = unreadable.role(Role::Order, "");
        let (_, posted) = read(&shop(), &unnamed.seal(&key(KEY), "ON00004652")).map(|(_, p)| ((), p)).unwrap();
        assert_eq!((posted.ids.len(), posted.vouches_for), (0, None));
        assert!(posted.fields.is_some());
    }

    #[test]
    fn of_one_that_is_possibly_altered_nothing_is_kept_but_the_order() {
        let altered = paid().field("remarks", "tea").seal_altered(&key(KEY), "ON00004652");
        let (_, posted) = read(&shop(), &altered).map(|(_, p)| ((), p)).unwrap();
        assert_eq!((posted.ids, posted.fields, posted.vouches_for), (vec!["T1".to_owned()], None, None));

        // An id that no order of a shop can have, and that a database might reject.
        let altered = paid().role(Role::Order, "T1\0").seal_altered(&key(KEY), "ON00004652");
        assert!(read(&shop(), &altered).unwrap().1.ids.is_empty());
    }

    #[test]
    fn without_the_check_for_alterations_no_callback_vouches() {
        let builder = builder().merchant_id("ON00004652").sign_key(key(KEY)).strict_callbacks(false);
        let clients = BTreeMap::from([("ON00004652".to_owned(), builder.build().unwrap())]);
        let altered = paid().field("undeclared", "2088032832386722").seal(&key(KEY), "ON00004652");
        let (_, posted) = read(&clients, &altered).unwrap();
        assert_eq!((posted.ids, posted.fields, posted.vouches_for), (vec!["T1".to_owned()], None, None));
    }

    #[test]
    fn the_merchant_beside_the_fields_chooses_the_client_and_proves_nothing() {
        let two = clients(&[("ON00004652", KEY), ("ON00000097", OTHER_KEY)]);
        for (merchant, own) in [("ON00004652", KEY), ("ON00000097", OTHER_KEY)] {
            let (client, posted) = read(&two, &paid().seal(&key(own), merchant)).unwrap();
            assert_eq!((client.merchant_id(), &*posted.merchant), (merchant, merchant));
        }
        // A callback of one merchant under another merchant's id.
        let (body, _) = (paid().seal(&key(KEY), "ON00004652"), ());
        let text = String::from_utf8(body).unwrap();
        for named in ["ON00000097", "ON00000001"] {
            let renamed = text.replace(r#""merchant_id":"ON00004652""#, &format!(r#""merchant_id":"{named}""#));
            assert_ne!(renamed, text);
            assert_eq!(read(&two, renamed.as_bytes()).unwrap_err(), Unaccepted::Rejected, "{named}");
        }
        // Without an id, it belongs to the merchant whose key opens it.
        let unnamed = text.replace(r#""merchant_id":"ON00004652","#, "");
        assert_ne!(unnamed, text);
        assert_eq!(read(&two, unnamed.as_bytes()).unwrap().0.merchant_id(), "ON00004652");
    }

    #[test]
    fn what_is_not_for_the_shop_or_too_long_is_not_accepted() {
        let body = paid().seal(&key(KEY), "ON00004652");
        assert_eq!(read(&shop(), &paid().seal(&key(OTHER_KEY), "ON00004652")).unwrap_err(), Unaccepted::Rejected);
        assert_eq!(read(&shop(), &paid().seal(&key(KEY), "ON00000097")).unwrap_err(), Unaccepted::Rejected);
        assert_eq!(read(&shop(), &paid().seal_corrupted(&key(KEY), "ON00004652")).unwrap_err(), Unaccepted::Rejected);
        for rubbish in ["", "{}", "null", "order_id=T1&amount=1", "<html>", "\0", r#"{"order_id":"T1"}"#] {
            assert_eq!(read(&shop(), rubbish.as_bytes()).unwrap_err(), Unaccepted::Rejected, "{rubbish}");
        }
        assert_eq!(read(&shop(), &vec![b' '; 2 << 20]).unwrap_err(), Unaccepted::TooLarge);

        let exact = builder().merchant_id("ON00004652").sign_key(key(KEY)).max_reply(body.len()).build().unwrap();
        assert!(read(&BTreeMap::from([("ON00004652".to_owned(), exact)]), &body).is_ok(), "as long as it may be");
        let builder = builder().merchant_id("ON00000097").sign_key(key(OTHER_KEY)).max_reply(100);
        let mut two = shop();
        two.insert("ON00000097".to_owned(), builder.build().unwrap());
        let long = paid().seal(&key(OTHER_KEY), "ON00000097");
        assert_eq!(read(&two, &long).unwrap_err(), Unaccepted::TooLarge, "the limit is that of its own client");
        assert!(read(&two, &body).is_ok());
    }

    #[test]
    fn a_callback_sealed_with_the_former_key_is_accepted() {
        let builder = builder().merchant_id("ON00004652").sign_key(key(OTHER_KEY)).also_open_with(key(KEY));
        let clients = BTreeMap::from([("ON00004652".to_owned(), builder.build().unwrap())]);
        assert_eq!(read(&clients, &paid().seal(&key(KEY), "ON00004652")).unwrap().1.ids, ["T1"]);
        assert_eq!(read(&clients, &paid().seal(&key(OTHER_KEY), "ON00004652")).unwrap().1.ids, ["T1"]);
    }

    #[test]
    fn fields_of_unusual_length_are_not_kept() {
        // Without a repetition, which would make the callback appear altered.
        let remarks = |numbers| (0..numbers).map(|number: u32| number.to_string()).collect::<String>();
        let seal = |remarks: &str| paid().field("remarks", remarks).seal(&key(KEY), "ON00004652");
        let (clients, usual, long) = (shop(), seal(&remarks(3000)), seal(&remarks(6000)));
        assert!(read(&clients, &usual).unwrap().1.fields.is_some_and(|fields| fields.len() > 10_000));
        let posted = read(&clients, &long).unwrap().1;
        assert_eq!((posted.ids, posted.fields), (vec!["T1".to_owned()], None));
        assert!(posted.vouches_for.is_some(), "its fields are trusted all the same");
    }
}
