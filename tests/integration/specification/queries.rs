//! The reads that report the outcome of each write, as the compiled specification lists them.

use ottpay::GATEWAY;
use ottpay::spec::{ActionInfo, Effect, Evidence, QueryField, QueryValue, Role};

fn writes() -> impl Iterator<Item = &'static ActionInfo> {
    GATEWAY.actions.iter().copied().filter(|info| info.effect == Effect::Write)
}

/// A query: its method, its evidence, and its fields.
type Query = (&'static str, Evidence, Vec<(&'static str, QueryValue)>);

fn listed(method: &str) -> Vec<Query> {
    let info = GATEWAY.find_method(method).unwrap();
    let fields = |set: &[QueryField]| set.iter().map(|field| (field.name, field.value)).collect();
    info.queries.iter().map(|query| (query.action.name, query.evidence, fields(query.set))).collect()
}

#[test]
fn every_write_has_a_query_or_a_reason_and_no_read_has() {
    for info in GATEWAY.actions {
        let has = [!info.queries.is_empty(), info.no_query.is_some()];
        let expected = if info.effect == Effect::Write { 1 } else { 0 };
        assert_eq!(has.iter().filter(|has| **has).count(), expected, "{}", info.name);
    }
}

#[test]
fn a_query_is_a_read_of_the_gateway_that_can_be_filled_from_the_write() {
    for info in writes() {
        for query in info.queries {
            let known = GATEWAY.find_method(query.action.name).unwrap();
            assert!(std::ptr::eq(known, query.action) && known.effect == Effect::Read, "{}", info.name);
            for field in query.set {
                assert!(known.request.iter().any(|known| known.name == field.name), "{}: {field:?}", info.name);
                let QueryValue::Field(name) = field.value else { continue };
                let source = info.request.iter().find(|field| field.name == name).unwrap();
                assert!(!source.sensitive, "{}: {name}", info.name);
            }
            let filled = |name: &str| query.set.iter().any(|field| field.name == name);
            let needed = query.action.request.iter().filter(|field| !field.may_be_absent() && !field.is_written());
            assert!(needed.into_iter().all(|field| filled(field.name)), "{}", info.name);
        }
    }
}

#[test]
fn the_queries_are_those_of_the_vendor_of_clients_and_assumed_ones() {
    let order_id = |name| vec![("order_id", QueryValue::Field(name))];
    for method in ["active_pay", "passive_pay", "h5_pay"] {
        assert_eq!(listed(method), [("status_query", Evidence::Vendor, order_id("order_id"))], "{method}");
    }
    assert_eq!(listed("h5_pay_link"), [("status_query", Evidence::Vendor, order_id("orderId"))]);
    for method in ["mapp_pay", "in_app_pay_wechat", "in_app_pay_alipay"] {
        assert_eq!(listed(method), [("status_query", Evidence::Assumed, order_id("order_id"))], "{method}");
    }
    for method in ["web_pay_link", "wap_pay_link"] {
        assert_eq!(listed(method), [("status_query", Evidence::Assumed, order_id("orderId"))], "{method}");
    }
    for method in ["union_pay_purchase", "union_pay_preauth"] {
        assert_eq!(listed(method), [("union_pay_query", Evidence::Vendor, order_id("orderId"))], "{method}");
    }
    for method in ["union_pay_mobile_purchase", "union_pay_mobile_preauth"] {
        assert_eq!(listed(method), [("union_pay_query", Evidence::Assumed, order_id("orderId"))], "{method}");
    }
    for method in ["elavon_purchase", "elavon_preauth"] {
        let set = vec![("order_id", QueryValue::Field("orderId")), ("txnTime", QueryValue::Now)];
        assert_eq!(listed(method), [("elavon_query", Evidence::Clients, set)], "{method}");
    }
    for method in ["portico_purchase", "portico_preauth"] {
        let set = vec![("orderId", QueryValue::Field("orderId")), ("shopId", QueryValue::Field("shopId"))];
        assert_eq!(listed(method), [("portico_query", Evidence::Vendor, set)], "{method}");
    }
    let set = vec![("prepay_order_id", QueryValue::Field("prepay_order_id"))];
    assert_eq!(listed("prepay_init"), [("prepay_query", Evidence::Vendor, set)]);
    let refund = listed("refund");
    assert!(refund.contains(&("refund_query", Evidence::Assumed, order_id("order_id"))), "{refund:?}");
    assert!(refund.contains(&("status_query", Evidence::Clients, order_id("ori_order_id"))), "{refund:?}");
    // The role of the field identifies the refunded payment.
    let original = GATEWAY.find_method("refund").unwrap().request_field(Role::OriginalOrder).unwrap();
    assert_eq!(original.name, "ori_order_id");
}

#[test]
fn a_card_number_moves_money_at_once_and_an_address_may_deliver_the_link() {
    let names = |role| writes().filter(move |info| info.request_field(role).is_some()).map(|info| info.name);
    let cards: Vec<_> = names(Role::Credential).collect();
    let expected = [
        "passive_pay",
        "portico_preauth",
        "portico_purchase",
        "union_pay_mobile_preauth",
        "union_pay_mobile_purchase",
        "union_pay_preauth",
        "union_pay_purchase",
    ];
    assert_eq!(cards, expected);
    assert_eq!(names(Role::Delivery).collect::<Vec<_>>(), ["prepay_init"]);
}
