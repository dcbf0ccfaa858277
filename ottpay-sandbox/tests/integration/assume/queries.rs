//! Queries: which of them know an order.

use super::shared::{refund, refund_query, started};
use crate::common::{NOBODY, OPERATOR, order, pay};
use ottpay::{Amount, Timestamp};

#[tokio::test]
async fn every_query_knows_an_order_or_only_some_do() {
    for (assumption, expected) in [
        ("queries=any", [true, true, true, true, true]),
        ("queries=listed", [true, true, false, true, true]),
        ("queries=certain", [true, false, false, true, false]),
        ("queries=none", [false; 5]),
    ] {
        let (sandbox, client) = started(assumption).await;
        pay(&client, "T1", 100, NOBODY).await.unwrap();
        let program = client.mapp_pay().order_id(order("T2")).operator_id(OPERATOR).amount(Amount::from_minor(100));
        program.app_id("wx").open_id("o").call_back_url(NOBODY).send().await.unwrap();
        let card =
            client.elavon_purchase().order_id(order("T3")).operator_id(OPERATOR).txn_amt(Amount::from_minor(100));
        let card = card.txn_time(Timestamp::now_utc()).front_url("https://shop.example/").back_url(NOBODY);
        card.send().await.unwrap();
        for id in ["T1", "T2", "T3"] {
            sandbox.pay(id).await.unwrap();
        }
        refund(&client, "R1", 50).await.unwrap();
        let status = async |id: &str| client.status_query().order_id(order(id)).send().await.is_ok();
        let elavon = client.elavon_query().order_id(order("T3")).txn_time(Timestamp::now_utc());
        let found = [
            // For T1 this query is the vendor's; for T2 it is assumed; for T3 the specification lists another one.
            status("T1").await,
            status("T2").await,
            status("T3").await,
            elavon.send().await.is_ok(),
            refund_query(&client, "R1").await.is_ok(),
        ];
        assert_eq!(found, expected, "{assumption}");
    }
}
