//! Queries: typed replies, and their meaning for a payment. Money is reported as paid only if the reply states it, in
//! words and in the amount.

use std::sync::LazyLock;

use ottpay::envelope::Message;
use ottpay::payment::{Confirmed, Resolved, Tracked};
use ottpay::reply::Received;
use ottpay::request::{AnyQuery, AnyRequest};
use ottpay::spec::{ActionInfo, Effect, Protocol, Role};
use ottpay::{Amount, BizType, Client, Currency, FromField as _, GATEWAY, Money, OrderId, RefundId};

use crate::json::{Members, scalar};
use crate::merchant::{Answering, ID, SIGN_KEY, block_on, client, seal, wrap};
use crate::opened;
use crate::pieces::{choice_and_text, object, seed};
use crate::secret::{assert_hidden, secrets};

/// The amount of an order that a target queries.
const ASKED: u64 = 1999;

thread_local! {
    static GATEWAY_AND_CLIENT: LazyLock<(Answering, Client)> = LazyLock::new(|| {
        let gateway = Answering::default();
        let client = client().transport(gateway.clone()).build().expect("a client");
        (gateway, client)
    });
}

/// The followed orders: a payment by QR code, one with a tip, one with a card, a reservation, a Checkout page and a
/// refund.
static ORDERS: LazyLock<Vec<Tracked>> = LazyLock::new(|| {
    let client = client().build().expect("a client");
    let amount = Amount::from_minor(ASKED);
    let order = OrderId::new("T1").expect("an id");
    let pay = client.active_pay().order_id(&order).operator_id("0000020156").amount(amount);
    let pay = pay.biz_type(BizType::WechatPay).call_back_url("https://shop.example/ottpay").build().expect("a request");
    let refund = RefundId::new("R1").expect("an id");
    let refund = client.refund().order_id(refund).ori_order_id(&order).refund_amt(amount).build().expect("a request");
    let mut before = refund.tracked();
    before.record_refunded_before(Amount::from_minor(1));
    let mut orders = vec![pay.tracked(), refund.tracked(), before];
    // Every other action, with the values of its own example.
    for info in GATEWAY.actions.iter().copied().filter(|info| info.effect == Effect::Write && info.name != "active_pay")
    {
        for example in info.examples {
            orders.extend(AnyRequest::track(&client, info, example.request.iter().copied()).ok());
        }
    }
    orders
});

/// The first byte selects the form: the reply to a query, sealed as the gateway seals it or as it is; the second byte
/// selects the query. Returns whether it was understood.
pub fn target(data: &[u8]) -> bool {
    let Some((choice, rest)) = data.split_first() else { return false };
    let Some((which, text)) = choice_and_text(rest) else { return false };
    let code = ["SUCCESS", "PROCESSING", "FAIL", "SUCCESS"][usize::from(choice >> 3 & 3)];
    let status = if choice & 0xe0 == 0xe0 { 502 } else { 200 };
    let is_sealed = choice & 1 == 0;
    let body = if is_sealed {
        let Some(sealed) = seal(&text) else { return false };
        wrap(code, &sealed)
    } else {
        rest[1..].to_vec()
    };
    GATEWAY_AND_CLIENT.with(|both| {
        let (gateway, client) = &**both;
        gateway.set(status, body.clone());
        match choice & 6 {
            0 | 2 => {
                let order = &ORDERS[usize::from(which) % ORDERS.len()];
                follow(client, order, &read_reply(&body, is_sealed.then_some(&*text)))
            }
            4 => ask_typed(client),
            _ => ask_any(client, usize::from(which)),
        }
    })
}

/// The strings and numbers of a reply, as other libraries read them: of the object that was sealed, if it is known; else of
/// `data`, if it opens; else of the body itself.
fn read_reply(body: &[u8], sealed: Option<&str>) -> Vec<(String, String)> {
    let members = |text: &str| {
        let Members(members) = Members::parse(text)?;
        Some(members.iter().filter_map(|(name, value)| Some((name.clone(), scalar(value)?))).collect())
    };
    let opened = || {
        let message = Message::read(body).ok()?;
        let opened = opened::open(message.text("data")?, message.text("md5")?, SIGN_KEY)?;
        Some(opened.into_iter().collect())
    };
    let read = match sealed {
        Some(text) => members(text),
        None => opened().or_else(|| members(&String::from_utf8_lossy(body))),
    };
    read.unwrap_or_default()
}

/// The result of a query for an order.
fn follow(client: &Client, order: &Tracked, reply: &[(String, String)]) -> bool {
    let confirmed = block_on(client.confirm(order));
    match &confirmed {
        Ok(confirmed) => assert_justified(order, confirmed, reply),
        Err(error) => assert_hidden(&format!("{error} {error:?}"), &[SIGN_KEY]),
    }
    match block_on(client.resolve(order)) {
        Ok(Resolved::Took(confirmed)) => assert_justified(order, &confirmed, reply),
        Ok(_) => {}
        Err(error) => assert_hidden(&format!("{error} {error:?}"), &[SIGN_KEY]),
    }
    confirmed.is_ok()
}

/// An order is reported as paid or reserved only if a status and an explained amount in the reply say so.
fn assert_justified(order: &Tracked, confirmed: &Confirmed, reply: &[(String, String)]) {
    let (money, words): (Money, &[&str]) = match confirmed {
        Confirmed::Paid(payment) => {
            assert_eq!(payment.id(), order.id());
            let asked = order.amount().expect("what is paid was asked for");
            assert_eq!(payment.requested().amount(), asked, "a different amount than requested");
            let parts = [payment.requested(), payment.fee(), payment.tip()].map(Money::amount);
            assert_eq!(
                parts.iter().sum::<Option<Amount>>(),
                Some(payment.paid().amount()),
                "the parts are not the whole"
            );
            assert_eq!(payment.fee().amount(), Amount::ZERO, "a fee that was not announced");
            if let Some(refunded) = payment.refunded() {
                assert!(refunded.amount() < payment.paid().amount(), "given back, and called paid");
            }
            (payment.paid(), &["success", "captured", "partial_refunded", "paid"])
        }
        Confirmed::Reserved(reservation) => (reservation.reserved(), &["authorised", "authorized"]),
        _ => return,
    };
    let normal = |text: &str| text.trim().to_lowercase().replace(['-', ' '], "_");
    assert!(
        reply.iter().any(|(_, text)| words.contains(&&*normal(text))),
        "no word of the reply says so: {confirmed:?}"
    );
    let amount = |text: &str| Amount::from_field(text).ok();
    assert!(reply.iter().any(|(_, text)| amount(text) == Some(money.amount())), "no amount of the reply says so");
    let currencies: Vec<Currency> = reply.iter().filter_map(|(_, text)| Currency::new(text).ok()).collect();
    assert!(money.currency() == Currency::CAD || currencies.contains(&money.currency()), "a currency from nowhere");
    for (name, text) in reply {
        let is_other = name == "merchant_id" && !text.trim().is_empty() && text.trim() != ID;
        assert!(!is_other, "the reply names the merchant {text}");
    }
}

/// The reply to a query of each channel, with all of its fields.
fn ask_typed(client: &Client) -> bool {
    let order = OrderId::new("T1").expect("an id");
    let status = block_on(client.status_query().order_id(&order).send());
    match &status {
        Ok(reply) => {
            let (shown, info) = (format!("{reply:?}"), find("status_query"));
            assert_shown_without_secrets(&shown, reply.raw(), info);
            // Under the name that the specification gives it, or another one on record.
            let text = |role| reply.raw().role(info.reply, role);
            let word = text(Role::Status).unwrap_or_default();
            let class = ottpay::OrderStatus::from(word).class();
            assert_eq!(reply.order_status().class(), class, "a different class than that of its value");
            if let Some(Ok(total)) = reply.total_amount().transpose() {
                assert_eq!(text(Role::Amount).map(Amount::from_field), Some(Ok(total)));
            }
        }
        Err(error) => assert_hidden(&format!("{error} {error:?}"), &[SIGN_KEY]),
    }
    status.is_ok()
}

fn find(method: &str) -> &'static ActionInfo {
    GATEWAY.find_method(method).expect("a method")
}

fn assert_shown_without_secrets(shown: &str, received: &Received, info: &ActionInfo) {
    assert_hidden(shown, &secrets(received.fields(), info.reply));
    assert_hidden(shown, &[SIGN_KEY]);
}

/// The reply to any action, named at run time.
fn ask_any(client: &Client, which: usize) -> bool {
    let actions: Vec<_> = GATEWAY.actions.iter().copied().filter(|info| !info.examples.is_empty()).collect();
    let info = actions[which % actions.len()];
    let fields = || info.examples[0].request.iter().copied();
    let received = match (info.effect, info.protocol) {
        (_, Protocol::Link | Protocol::Sdk) => return false,
        (Effect::Read, _) => {
            AnyQuery::new(client, info, fields()).ok().and_then(|query| block_on(client.send(&query)).ok())
        }
        (Effect::Write, _) => {
            AnyRequest::new(client, info, fields()).ok().and_then(|write| block_on(client.send(&write)).ok())
        }
    };
    let Some(received) = received else { return false };
    for field in info.reply {
        if let Err(error) = received.check_field(field) {
            assert_hidden(&format!("{error} {error:?}"), &secrets(received.fields(), info.reply));
        }
    }
    assert_shown_without_secrets(&format!("{received:?}"), &received, info);
    true
}

/// The replies of every example, and each word about money.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    let mut add =
        |choice: u8, which: u8, text: &str| seeds.push(seed(choice, &format!("{}{text}", char::from(which & 0x7f))));
    for word in [
        "success",
        "captured",
        "authorised",
        "init",
        "processing",
        "orderclosed",
        "failure",
        "fully_refunded",
        "partial_refunded",
    ] {
        for (which, id) in [(0, "T1"), (1, "R1"), (2, "T1")] {
            let reply = [("order_id", id), ("order_status", word), ("total_amount", "1999"), ("refund_fee", "2000")];
            add(0, which, &object(reply));
            add(4, which, &object(reply));
        }
    }
    for (which, info) in (0_u8..).zip(GATEWAY.actions.iter().copied().filter(|info| !info.examples.is_empty())) {
        for example in info.examples {
            let text = object(example.reply.iter().copied());
            add(6, which, &text);
            add(0, which, &text);
            add(1, which, &text);
            if let Some(sealed) = seal(&text) {
                add(1, which, &String::from_utf8_lossy(&wrap("SUCCESS", &sealed)));
            }
        }
    }
    add(
        0,
        0,
        r#"{"order_status":"success","total_amount":1999.0,"tip":null,"currency":"CAD","merchant_id":"ON00004652"}"#,
    );
    // A message that opens here opens with the libraries, too.
    debug_assert!(seal("{}").is_some_and(|sealed| opened::open(&sealed.data, &sealed.md5, SIGN_KEY).is_some()));
    seeds
}
