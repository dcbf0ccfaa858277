//! Every action of the specification, in both framings, over HTTP against the sandbox, as a table generated from the
//! compiled specification and its examples; the typed calls are in `channels.rs`.

use std::collections::BTreeSet;

use crate::common::{self, Any, FRAMINGS, NOBODY, OPERATOR, checkout, exchange, get, order, refund_id, start};
use ottpay::request::AnyRequest;
use ottpay::spec::{ActionInfo, Effect, Example, FieldInfo, Protocol, Role};
use ottpay::{Amount, BizType, Client, GATEWAY};
use ottpay_sandbox::Sandbox;

/// The value of the field with this role in the example.
fn role(info: &ActionInfo, example: &Example, role: Role) -> Option<&'static str> {
    let field = info.request_field(role)?;
    example.request.iter().find(|(name, _)| *name == field.name).map(|(_, text)| *text)
}

/// Creates the order that an example queries or refunds.
pub(crate) async fn prepare(sandbox: &Sandbox, client: &Client, info: &ActionInfo, example: &Example) {
    let (id, refund) = match info.effect {
        Effect::Read => (role(info, example, Role::Order), role(info, example, Role::Refund)),
        Effect::Write => (role(info, example, Role::OriginalOrder), None),
    };
    if let Some(id) = id.or(refund.and(Some("P1"))) {
        let payment = client.active_pay().order_id(order(id)).amount(Amount::from_minor(100)).operator_id(OPERATOR);
        payment.biz_type(BizType::Alipay).call_back_url(NOBODY).send().await.unwrap();
        sandbox.pay(id).await.unwrap();
        if let Some(refund) = refund {
            let refund = client.refund().order_id(refund_id(refund)).ori_order_id(order(id));
            refund.refund_amt(Amount::from_minor(100)).send().await.unwrap();
        }
    } else if let (Effect::Read, Some(id)) = (info.effect, role(info, example, Role::CheckoutOrder)) {
        checkout(client, id, NOBODY).await;
    }
}

#[tokio::test]
async fn the_example_of_every_action_is_answered_over_http_in_both_framings() {
    let mut rows = 0;
    for info in GATEWAY.actions {
        assert!(!info.examples.is_empty(), "{} has no example", info.name);
        for (example, framing) in info.examples.iter().flat_map(|example| FRAMINGS.map(|framing| (example, framing))) {
            let (sandbox, client) = start(framing).await;
            prepare(&sandbox, &client, info, example).await;
            let fields = example.request.iter().copied();
            match info.protocol {
                Protocol::Link => {
                    let url = AnyRequest::link(&client, info, fields).unwrap();
                    let (status, page) = get(url.as_str()).await;
                    assert_eq!(status, 303, "{}: {page}", info.name);
                }
                Protocol::Sdk => {
                    // The SDK's own request is not documented; this is the nearest thing to it.
                    let body = AnyRequest::parameters(&client, info, fields).unwrap().into_bytes();
                    let (status, reply) = exchange(sandbox.url(), "POST", info.path, body).await;
                    assert_eq!((status, &*reply), (200, &b"{}"[..]), "{}", info.name);
                }
                _ => {
                    let request = Any::new(&client, info, fields).unwrap();
                    let reply = request.send(&client).await.unwrap_or_else(|error| panic!("{}: {error}", info.name));
                    for field in info.reply {
                        reply.check_field(field).unwrap_or_else(|error| panic!("{}: {error}", info.name));
                    }
                    for (name, _) in example.reply {
                        let field = info.reply.iter().find(|field| field.has_name(name)).unwrap();
                        let answered = reply.text(name).is_some() || !field.required;
                        assert!(answered, "{}: {name} is in the example and not in the reply", info.name);
                    }
                }
            }
            rows += 1;
        }
    }
    println!("{} actions, {rows} exchanges", GATEWAY.actions.len());
    assert!(rows >= 2 * GATEWAY.actions.len());
}

/// The actions of the vendor's documentation, by the names that people search for.
const DOCUMENTED: [&str; 26] = [
    "active_pay",
    "elavon_preauth",
    "elavon_purchase",
    "elavon_query",
    "ex_rate_query",
    "h5_pay",
    "h5_pay_link",
    "in_app_pay_alipay",
    "in_app_pay_wechat",
    "mapp_pay",
    "passive_pay",
    "portico_preauth",
    "portico_purchase",
    "portico_query",
    "prepay_init",
    "prepay_query",
    "refund",
    "refund_query",
    "status_query",
    "union_pay_mobile_preauth",
    "union_pay_mobile_purchase",
    "union_pay_preauth",
    "union_pay_purchase",
    "union_pay_query",
    "wap_pay_link",
    "web_pay_link",
];

#[test]
fn every_documented_action_is_there_and_cites_its_page() {
    for name in DOCUMENTED {
        let info = GATEWAY.find_method(name).unwrap_or_else(|| panic!("{name} is not in the specification"));
        assert!(info.page.contains("ottpay.com/"), "{name}");
        assert!(info.version.is_empty() != (info.protocol == Protocol::Envelope), "{name}");
    }
    let versions = |name: &str| GATEWAY.find_method(name).map(|info| (info.action, info.version, info.path)).unwrap();
    assert_eq!(versions("mapp_pay"), ("MAPPPAY", "1.1", "/processV2"));
    assert_eq!(versions("elavon_purchase"), ("CC_PURCHASE", "2.0", "/processV3"));
    assert_eq!(versions("elavon_query"), ("STATUS_QUERY", "1.0", "/processV3"));
    assert_eq!(versions("union_pay_preauth"), ("CC_PREAUTH", "2.0", "/processV2"));
    assert_eq!(versions("in_app_pay_wechat"), ("inAppPay", "", "/inAppPay"));
}

/// Sensitive fields are declared in the specification, and their values appear nowhere.
#[test]
fn sensitive_fields_are_hidden_everywhere() {
    let client = common::sample().build().unwrap();
    let mut sensitive = BTreeSet::new();
    let given = |field: &&FieldInfo| field.constant.is_none() && field.fill.is_none() && !field.outer;
    for info in GATEWAY.actions {
        for field in info.request.iter().filter(|field| field.sensitive).filter(given) {
            sensitive.insert(field.name);
            let secret = "1735";
            let example = info.examples[0].request.iter().copied().filter(|(name, _)| *name != field.name);
            let fields = || example.clone().chain([(field.name, secret)]);
            if info.protocol == Protocol::Link {
                let url = AnyRequest::link(&client, info, fields()).unwrap();
                assert!(url.as_str().contains(secret) && !format!("{url:?}").contains(secret));
                continue;
            }
            if info.protocol == Protocol::Sdk {
                continue;
            }
            let shown = match Any::new(&client, info, fields()).unwrap() {
                Any::Write(request) => format!("{request:?} {:?}", client.send(&request)),
                Any::Read(query) => format!("{query:?} {:?}", client.send(&query)),
            };
            assert!(!shown.contains(secret) && shown.contains("(hidden)"), "{}: {shown}", info.name);
        }
    }
    for name in ["auth_code", "open_id", "cc_number", "cc_sha", "cc_maskednum", "email", "merCode"] {
        assert!(sensitive.contains(name), "{name}");
    }
    let received = |name: &str| {
        let replies = GATEWAY.actions.iter().flat_map(|info| info.reply);
        let fields = replies.chain(GATEWAY.callbacks.iter().flat_map(|info| info.fields));
        fields.filter(|field| field.name == name).all(|field| field.sensitive)
    };
    for name in ["wxapikey", "sub_openId", "buyer_login_id", "email"] {
        assert!(received(name), "{name}");
    }
    let card = GATEWAY.find_method("portico_purchase").unwrap().request.iter().find(|field| field.name == "cc_number");
    let members = card.unwrap().content.unwrap().fields;
    assert!(members.iter().any(|field| field.name == "cvn2") && members.iter().all(|field| field.sensitive));
}
