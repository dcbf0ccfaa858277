//! How the ledger reads the answers of a database, whichever program wrote the rows. A row alone never proves a
//! payment: an event that names one comes from what the gateway has just answered.

use std::error::Error;
use std::str::FromStr;
use std::sync::LazyLock;

use ottpay::payment::Tracked;
use ottpay::stored::StoredRequest;
use ottpay::{ActivePay, Amount, Client, Currency, OrderId, StatusQuery};
use ottpay_ledger::store::{FromValue, Row, StoreError};
use ottpay_ledger::{Event, Filter, Inspector, Key, Kind, Ledger, Offer, Reference, SendError, State, Verdict, View};
use serde_json::json;

use crate::merchant::{Answering, ID, SIGN_KEY, block_on, client, seal, wrap};
use crate::pieces::choice_and_text;
use crate::rows::{Answers, parse};
use crate::secret::{assert_hidden, is_odd};
use crate::shop::{PAID, opening, payment, reference};

struct Shop {
    gateway: Answering,
    answers: Answers,
    ledger: Ledger,
    client: Client,
}

impl Shop {
    fn open() -> Self {
        let (gateway, answers) = (Answering::default(), Answers::default());
        let client = client().transport(gateway.clone()).build().expect("a client");
        answers.set(&opening());
        // Without a query budget for which it would have to wait.
        let builder = Ledger::builder(answers.clone()).client(client.clone()).queries_per_second(u32::MAX);
        let ledger = block_on(builder.open()).expect("a store that has the tables");
        Self { gateway, answers, ledger, client }
    }
}

/// The first byte selects the call of the ledger; the rest are the answers of its database. Returns whether it was
/// understood.
pub fn target(data: &[u8]) -> bool {
    let Some((choice, text)) = choice_and_text(data) else { return false };
    let operation = choice % 10;
    if operation == 9 {
        return read_stored(&text);
    }
    thread_local! {
        static SHOP: LazyLock<Shop> = LazyLock::new(Shop::open);
    }
    SHOP.with(|shop| {
        shop.answers.set(&text);
        shop.gateway.set(502, Vec::new());
        match operation {
            0 => list(shop, &text),
            1 => shown(&text, block_on(shop.ledger.inspect("T1"))).is_some_and(|details| !details.is_empty()),
            2 => {
                let strays = shown(&text, block_on(shop.ledger.strays(10)));
                shown(&text, block_on(shop.ledger.is_stray(ID, "T1"))) == Some(true)
                    || strays.is_some_and(|strays| !strays.is_empty())
            }
            3 => shown(&text, block_on(shop.ledger.health())).is_some(),
            4 => {
                let verdicts = [
                    Verdict::Paid,
                    Verdict::NotPaid,
                    Verdict::PaidAmount(Amount::from_minor(PAID)),
                    Verdict::GivenBack,
                    Verdict::Refunded,
                ];
                let verdict = verdicts[usize::from(choice / 10) % verdicts.len()];
                block_on(shop.ledger.settle("T1", verdict, "somebody", "looked")).is_ok()
            }
            5 | 6 => claim(shop, &text, operation == 6),
            7 => offer(shop, &text),
            _ => {
                let opened = block_on(Ledger::open(shop.answers.clone(), [shop.client.clone()])).is_ok();
                shop.answers.set(&text);
                opened | block_on(Inspector::open(shop.answers.clone())).is_ok()
            }
        }
    })
}

/// The result; an error does not show any value of a row.
fn shown<T>(text: &str, read: Result<T, StoreError>) -> Option<T> {
    read.map_err(|error| assert_error_hides(text, &error)).ok()
}

fn assert_error_hides(text: &str, error: &StoreError) {
    let mut all = format!("{error} {error:?}");
    let mut cause = error.source();
    while let Some(error) = cause {
        all.push_str(&format!(" {error} {error:?}"));
        cause = error.source();
    }
    let odd: Vec<&str> = text.split(['\t', '\n', '"', ',', ':']).filter(|part| is_odd(part)).collect();
    assert_hidden(&all, &odd);
}

/// A list of orders: each one equals its row.
fn list(shop: &Shop, text: &str) -> bool {
    let Some(views) = shown(text, block_on(shop.ledger.orders(&Filter::new()))) else { return false };
    let rows = parse(text).pop_front().unwrap_or_default();
    assert_eq!(views.len(), rows.len(), "an order is missing");
    for (view, row) in views.iter().zip(&rows) {
        assert_is_row(view, row);
    }
    !views.is_empty()
}

fn column<T: FromValue>(row: &Row, index: usize) -> T {
    row.get(index).unwrap_or_else(|error| panic!("column {index} was read all the same: {error}"))
}

fn assert_is_row(view: &View, row: &Row) {
    assert_eq!(view.serial(), column::<i64>(row, 0));
    assert_eq!((view.merchant_id(), view.order_id()), (&*column::<String>(row, 1), &*column::<String>(row, 2)));
    assert_eq!(view.reference().as_str(), column::<String>(row, 5));
    assert_eq!(view.state().as_str(), column::<String>(row, 7));
    assert_eq!(view.amount(), column::<Option<Amount>>(row, 8));
    if let Some(paid) = view.paid() {
        assert_eq!(Some(paid.amount()), column::<Option<Amount>>(row, 10));
        let currency = column::<Option<String>>(row, 11).and_then(|code| Currency::new(&code).ok());
        assert_eq!(Some(paid.currency()), currency);
    }
    assert_eq!(view.refunded(), column::<Amount>(row, 12));
    let json = serde_json::to_value(view).expect("a view is JSON");
    assert_eq!(json["state"], view.state().as_str());
}

/// An event, while the gateway is silent or reports that the order is paid.
fn claim(shop: &Shop, text: &str, is_paid: bool) -> bool {
    if is_paid {
        let amount = PAID.to_string();
        let reply = json!({ "order_id": "T1", "order_status": "success", "total_amount": amount }).to_string();
        shop.gateway.set(200, wrap("SUCCESS", &seal(&reply).expect("an object")));
    }
    let mut is_event = false;
    // The ledger checks its orders in another sequence at each fourth call.
    for _ in 0..4 {
        shop.answers.set(text);
        if let Some(Some(claim)) = shown(text, block_on(shop.ledger.claim())) {
            assert_no_money_from_nothing(claim.event(), is_paid);
            is_event = true;
        }
    }
    is_event
}

fn assert_no_money_from_nothing(event: &Event, is_paid: bool) {
    serde_json::from_str::<serde_json::Value>(&event.to_json()).expect("an event is JSON");
    assert_eq!(event.key.to_string().parse(), Ok(event.key));
    match &event.kind {
        Kind::Paid(payment) | Kind::PaidAgain(payment) | Kind::Restored(payment) => {
            assert!(is_paid, "a payment from nothing but rows: {event:?}");
            assert_eq!(payment.paid().amount(), Amount::from_minor(PAID), "a different amount than the gateway's");
        }
        Kind::Reserved(_) | Kind::GivenBack(_) => panic!("money of which the gateway says nothing: {event:?}"),
        _ => {}
    }
}

/// The part that is shown to the buyer.
fn offer(shop: &Shop, text: &str) -> bool {
    let paid = block_on(shop.ledger.pay(&reference(), |id: OrderId| payment(&shop.client, id)));
    match paid {
        Ok(offer) => {
            assert!(!format!("{offer:?}").contains("weixin://"), "the link is shown");
            assert!(offer.is_new() || text.contains(offer.order_id()), "an order from nowhere");
            !Offer::is_new(&offer)
        }
        // The database was not queried, or none of its answer was believed.
        Err(SendError::InTheWay { id, .. } | SendError::OtherRequest { id }) => {
            assert!(text.contains(&id));
            false
        }
        Err(_) => false,
    }
}

/// Values that are stored as text: followed orders, requests, states, keys and verdicts.
fn read_stored(text: &str) -> bool {
    fn comes_back<T: FromStr + ToString + PartialEq + std::fmt::Debug>(text: &str) -> bool {
        let Ok(value) = text.parse::<T>() else { return false };
        assert_eq!(value.to_string().parse::<T>().ok().as_ref(), Some(&value));
        true
    }
    let mut is_read = comes_back::<State>(text) | comes_back::<Key>(text) | comes_back::<Verdict>(text);
    if let Ok(reference) = text.parse::<Reference>() {
        assert_eq!(reference.as_str().parse().as_ref(), Ok(&reference));
    }
    match Tracked::from_json(text) {
        Ok(tracked) => {
            assert_eq!(Tracked::from_json(&tracked.to_json()).as_ref(), Ok(&tracked));
            let by_serde: Tracked = serde_json::from_str(text).expect("serde reads it as well");
            assert_eq!(by_serde, tracked);
            is_read = true;
        }
        Err(error) => {
            let odd: Vec<&str> = text.split(['"', ',', ':']).filter(|part| is_odd(part)).collect();
            assert_hidden(&format!("{error} {error:?}"), &odd);
        }
    }
    if let Ok(stored) = serde_json::from_str::<StoredRequest>(text) {
        thread_local! {
            static CLIENT: LazyLock<Client> = LazyLock::new(|| client().build().expect("a client"));
        }
        CLIENT.with(|client| {
            if let Ok(request) = stored.restore::<ActivePay>(&**client) {
                let again = serde_json::to_string(&request.with_sensitive()).expect("a request is JSON");
                let again: StoredRequest = serde_json::from_str(&again).expect("what was stored is read");
                assert_eq!(again.restore::<ActivePay>(&**client).ok().as_ref(), Some(&request));
                is_read = true;
            }
            is_read |= stored.restore::<StatusQuery>(&**client).is_ok();
        });
        assert_hidden(&format!("{stored:?}"), &[SIGN_KEY]);
    }
    is_read
}
