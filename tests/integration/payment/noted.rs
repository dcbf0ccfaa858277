//! A request that another program sends and a shop notes: the same data as those that a request itself provides.

use crate::common::{order, sample};
use ottpay::request::AnyRequest;
use ottpay::spec::{Effect, FieldInfo, Moves};
use ottpay::{ActivePay, Amount, BizType, Client, Currency, GATEWAY, Problem};

fn client() -> Client {
    sample().currency(Currency::CAD).build().unwrap()
}

#[test]
fn a_request_by_name_is_tracked_like_a_typed_request() {
    let client = client();
    let request = client.active_pay().order_id(order("T1")).amount(Amount::from_minor(1999)).biz_type(BizType::Alipay);
    let request = request.operator_id("0000020156").call_back_url("https://shop.example/ottpay").build().unwrap();
    let fields = [
        ("order_id", "T1"),
        ("amount", "1999"),
        ("biz_type", "ALIPAY"),
        ("operator_id", "0000020156"),
        ("call_back_url", "https://shop.example/ottpay"),
    ];
    let (tracked, own) = (AnyRequest::track(&client, ActivePay::INFO, fields).unwrap(), request.tracked());
    let known = |tracked: &ottpay::payment::Tracked| {
        (tracked.id().to_owned(), tracked.method().to_owned(), tracked.amount(), tracked.currency(), tracked.moves())
    };
    assert_eq!(known(&tracked), known(&own));
    assert_eq!(known(&tracked).4, Moves::ByBuyer);
}

#[test]
fn every_write_link_and_sdk_action_is_noted_by_its_id_and_no_read_is() {
    let client = client();
    let mut noted = 0;
    for info in GATEWAY.actions {
        for example in info.examples {
            let fields = || example.request.iter().copied();
            let tracked = AnyRequest::track(&client, info, fields());
            if info.effect == Effect::Read {
                assert!(matches!(tracked.unwrap_err().problem(), Problem::OnlyReads), "{}", info.name);
                continue;
            }
            let is_id =
                |name: &str| info.request.iter().any(|field: &FieldInfo| field.name == name && field.is_own_id());
            if let Some((_, id)) = fields().find(|(name, text)| is_id(name) && !text.is_empty()) {
                let tracked = tracked.unwrap();
                assert_eq!((tracked.id(), tracked.method()), (id, info.name));
                noted += 1;
            }
            let without = AnyRequest::track(&client, info, fields().filter(|(name, _)| !is_id(name))).unwrap_err();
            assert!(matches!(without.problem(), Problem::Missing), "{}: {without}", info.name);
            assert!(is_id(without.field()), "{}: {without}", info.name);
        }
    }
    assert!(noted >= 12, "{noted}");
}
