//! The gateway: what it has, what it does with a request, and what it answers.

use std::collections::BTreeMap;

use ottpay::envelope::{Message, seal};
use ottpay::{Framing, GATEWAY, SignKey};

pub(crate) const KEY: &str = "A8B5FE540E38A5A9";
pub(crate) const MERCHANT: &str = "ON00004652";
/// What each payment asks for, in cents.
pub(crate) const MINOR: u64 = 500;

/// What the gateway has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Gateway {
    pub(crate) orders: BTreeMap<String, Order>,
    /// The refunds that were carried out.
    pub(crate) refunds: BTreeMap<String, u64>,
    /// How many requests that move money have left for it under each id, and may have been carried out.
    pub(crate) arrivals: BTreeMap<String, u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Order {
    pub(crate) status: Status,
    pub(crate) given_back: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Status {
    Open,
    Paid,
    Closed,
}

/// A request that was opened.
pub(crate) struct Request {
    pub(crate) id: String,
    fields: BTreeMap<String, String>,
}

impl Request {
    pub(crate) fn open(body: &[u8]) -> Self {
        let key = SignKey::new(KEY).unwrap();
        let opened = Message::read(body).unwrap().open(&key, GATEWAY.cipher).unwrap().unwrap();
        let texts = opened.iter().filter_map(|(name, _)| Some((name.to_owned(), opened.text(name)?.to_owned())));
        let fields: BTreeMap<String, String> = texts.collect();
        Self { id: fields["order_id"].clone(), fields }
    }
}

impl Gateway {
    pub(crate) fn is_paid(&self, id: &str) -> bool {
        self.orders.get(id).is_some_and(|order| order.status == Status::Paid)
    }

    /// Carries a request out that moves money, once for each id, and answers.
    pub(crate) fn carry_out(&mut self, request: &Request) -> Vec<u8> {
        let id = &request.id;
        if self.orders.contains_key(id) || self.refunds.contains_key(id) {
            return refuse("ORDER_USED");
        }
        if let Some(original) = request.fields.get("ori_order_id") {
            let minor = request.fields["refund_amt"].parse().unwrap();
            let Some(order) = self.orders.get_mut(original) else { return refuse("FAIL") };
            order.given_back += minor;
            self.refunds.insert(id.clone(), minor);
            return reply(&[("order_id", id)]);
        }
        let is_at_once = request.fields.contains_key("auth_code");
        let status = if is_at_once { Status::Paid } else { Status::Open };
        self.orders.insert(id.clone(), Order { status, given_back: 0 });
        if is_at_once {
            let total = MINOR.to_string();
            let fields = [("order_id", &**id), ("order_status", "success"), ("total_amount", &total)];
            return reply(&[&fields[..], &[("buyer_login_id", "buyer")]].concat());
        }
        reply(&[("order_id", id), ("code_url", "weixin://wxpay/bizpayurl?pr=sample")])
    }

    /// Answers a query. It knows nothing of refunds but the total of their payment.
    pub(crate) fn answer(&self, request: &Request) -> Vec<u8> {
        let Some(order) = self.orders.get(&request.id) else { return refuse("FAIL") };
        let word = match order.status {
            Status::Open => "init",
            Status::Paid if order.given_back >= MINOR => "fully_refunded",
            Status::Paid => "success",
            Status::Closed => "orderclosed",
        };
        let (total, given_back) = (MINOR.to_string(), order.given_back.to_string());
        let fields = [("order_id", &*request.id), ("order_status", word), ("total_amount", &total)];
        reply(&[&fields[..], &[("refund_fee", &given_back)]].concat())
    }
}

fn reply(fields: &[(&str, &str)]) -> Vec<u8> {
    let fields: BTreeMap<&str, &str> = fields.iter().copied().collect();
    let sealed = seal(&fields, &SignKey::new(KEY).unwrap(), GATEWAY.cipher);
    let members = [("rsp_code", "SUCCESS"), ("rsp_msg", ""), ("data", &sealed.data), ("md5", &sealed.md5)];
    Message::new(members).to_body(Framing::Json)
}

pub(crate) fn refuse(code: &str) -> Vec<u8> {
    Message::new([("rsp_code", code), ("rsp_msg", "")]).to_body(Framing::Json)
}
