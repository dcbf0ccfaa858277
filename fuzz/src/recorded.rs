//! A recording of what a ledger reads during the life of a shop: the seeds of the target `ledger`.

use std::error::Error;

use ottpay::{Amount, OrderId, RefundId};
use ottpay_ledger::testing::Callback;
use ottpay_ledger::{Filter, Ledger, Reference, Sqlite, Verdict};
use serde_json::json;

use crate::merchant::{Answering, ID, SIGN_KEY, client, seal, sign_key, wrap};
use crate::pieces::seed;
use crate::rows::Recorder;
use crate::shop::{PAID, opening, payment, reference};

/// What SQLite answers to a ledger with payments, refunds, lost replies, reported events and decisions.
pub fn seeds() -> Vec<Vec<u8>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async { record().await.expect("a shop that works") })
}

async fn record() -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let mut seeds = vec![seed(8, &opening()), seed(8, "i1\n\ns2"), seed(8, "-")];
    let gateway = Answering::default();
    let client = client().transport(gateway.clone()).build()?;
    let store = Recorder::record(Sqlite::memory());
    let ledger = Ledger::open(store.clone(), [client.clone()]).await?;
    seeds.push(seed(8, &store.take_answers()));
    let answer =
        |reply: serde_json::Value| gateway.set(200, wrap("SUCCESS", &seal(&reply.to_string()).expect("an object")));

    // Paid, reported, refunded.
    answer(json!({ "order_id": "T1", "code_url": "weixin://wxpay/bizpayurl?pr=1", "amount": "1999" }));
    let request = payment(&client, OrderId::new("T1")?)?;
    seeds.push(seed(9, &request.tracked().to_json()));
    seeds.push(seed(9, &serde_json::to_string(&request)?));
    ledger.send(&request, &reference()).await?;
    store.take_answers();
    ledger.pay(&reference(), |id: OrderId| payment(&client, id)).await?;
    seeds.push(seed(7, &store.take_answers()));
    for id in ["T1", "T9"] {
        let callback = Callback::new(id, Amount::from_minor(PAID)).seal(&sign_key(SIGN_KEY), ID);
        assert!(ledger.accept(&callback).await.is_stored());
    }
    store.take_answers();
    answer(json!({ "order_id": "T1", "order_status": "success", "total_amount": "1999" }));
    let claim = ledger.claim().await?.ok_or("nothing is paid")?;
    let answers = store.take_answers();
    seeds.extend([seed(5, &answers), seed(6, &answers)]);
    seeds.push(seed(9, &claim.event().key.to_string()));
    claim.complete().await?;
    answer(json!({ "order_id": "R1", "ori_order_id": "T1" }));
    let refund = client
        .refund()
        .order_id(RefundId::new("R1")?)
        .ori_order_id(OrderId::new("T1")?)
        .refund_amt(Amount::from_minor(500));
    let _refunded = ledger.send(&refund.build()?, &reference()).await;

    // Lost, and then one that is refused.
    gateway.set(502, Vec::new());
    let other = Reference::new("cart 18")?;
    let _lost = ledger.send(&payment(&client, OrderId::new("T2")?)?, &other).await;
    store.take_answers();
    for choice in [5, 6] {
        let _event = ledger.claim().await?;
        let answers = store.take_answers();
        seeds.push(seed(choice, &answers));
    }
    ledger.orders(&Filter::new()).await?;
    seeds.push(seed(0, &store.take_answers()));
    ledger.inspect("T1").await?;
    seeds.push(seed(1, &store.take_answers()));
    ledger.strays(10).await?;
    ledger.is_stray(ID, "T9").await?;
    seeds.push(seed(2, &store.take_answers()));
    ledger.health().await?;
    seeds.push(seed(3, &store.take_answers()));
    let _settled = ledger.settle("T2", Verdict::NotPaid, "somebody", "looked").await;
    seeds.push(seed(14, &store.take_answers()));
    let _settled = ledger.settle("T1", Verdict::Paid, "somebody", "looked").await;
    seeds.push(seed(4, &store.take_answers()));
    ledger.pay(&reference(), |id: OrderId| payment(&client, id)).await.err();
    seeds.push(seed(7, &store.take_answers()));
    seeds.extend(["paid", "paid:1999", "unknown", "cart 17"].map(|text| seed(9, text)));
    Ok(seeds)
}
