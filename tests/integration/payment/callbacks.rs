//! A callback is a reason to query, however often it arrives.

use std::collections::BTreeMap;

use ottpay::payment::{Confirmed, Tracked};
use ottpay::{Amount, BizType, Currency};
use ottpay_sandbox::{Fault, Sandbox};

use crate::common::{OPERATOR, client_of, order, shop, until};

#[tokio::test]
async fn a_duplicate_callback_leads_to_the_same_payment() {
    let (callback_url, bodies) = shop().await;
    let sandbox = Sandbox::start().await.unwrap();
    let client = client_of(&sandbox).currency(Currency::CAD).build().unwrap();
    let mut orders: BTreeMap<String, Tracked> = BTreeMap::new();
    for id in ["T1", "T2"] {
        let request = client.active_pay().order_id(order(id)).operator_id(OPERATOR).amount(Amount::from_minor(1999));
        let request = request.biz_type(BizType::Alipay).call_back_url(&callback_url).build().unwrap();
        orders.insert(id.to_owned(), request.tracked());
        client.send(&request).await.unwrap();
    }
    sandbox.add_fault(Fault::CallbackDuplicate).unwrap();
    sandbox.pay("T1").await.unwrap();
    until(async || bodies.lock().unwrap().len() == 2).await;
    // An attacker posts the first one again.
    let mut received = bodies.lock().unwrap().clone();
    received.push(received[0].clone());

    let mut payments = Vec::new();
    for body in received {
        let callback = client.callback(&body).unwrap();
        match client.confirm(&orders[callback.order_id().as_str()]).await.unwrap() {
            Confirmed::Paid(payment) => payments.push(payment),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(payments.len(), 3);
    assert!(payments.iter().all(|payment| payment.id() == "T1" && *payment == payments[0]), "{payments:?}");
    assert_eq!(client.confirm(&orders["T2"]).await.unwrap(), Confirmed::Open);
}
