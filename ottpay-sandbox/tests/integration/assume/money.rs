//! Money: what totals include, and in which unit they are reported.

use super::shared::{assuming, query, started};
use crate::common::{client_of, pay, shop};
use ottpay::{Amount, Currency};
use ottpay_sandbox::Act;

#[tokio::test]
async fn a_total_includes_what_is_assumed() {
    for (assumption, asked, called_back) in [
        ("totals=fee", Some("506"), "506"),
        ("totals=bare", Some("500"), "500"),
        ("totals=tip", Some("570"), "570"),
        ("totals=fee+tip", Some("576"), "576"),
        ("totals=absent", None, "506"),
    ] {
        let (sandbox, client) = started(assumption).await;
        let (url, bodies) = shop().await;
        pay(&client, "T1", 500, &url).await.unwrap();
        let extras = Act::Pay { tip: Some(Amount::from_minor(70)), fee: Some(Amount::from_minor(6)) };
        sandbox.act("T1", extras).await.unwrap();
        let reply = query(&client, "T1").await;
        assert_eq!(reply.raw().text("total_amount"), asked, "{assumption}");
        assert_eq!(reply.raw().text("tip"), Some("70"), "{assumption}");
        let callback = client.wallet_callback(bodies.lock().unwrap()[0].clone()).unwrap();
        assert_eq!(callback.raw().text("amount"), Some(called_back), "{assumption}");
        assert_eq!(callback.raw().text("convenience_fee"), Some("6"), "{assumption}");
    }
}

#[tokio::test]
async fn an_amount_without_decimals_is_reported_as_asked_or_in_hundredths() {
    for (assumption, currency, expected) in [
        ("minor_units=as_asked", "JPY", "1999"),
        ("minor_units=times_100", "JPY", "199900"),
        ("minor_units=times_100", "CAD", "1999"),
    ] {
        let builder = assuming(assumption).currency(Currency::new(currency).unwrap());
        let sandbox = builder.start().await.unwrap();
        let client = client_of(&sandbox).build().unwrap();
        let (url, bodies) = shop().await;
        pay(&client, "T1", 1999, &url).await.unwrap();
        sandbox.pay("T1").await.unwrap();
        let reply = query(&client, "T1").await;
        assert_eq!(reply.raw().text("total_amount"), Some(expected), "{assumption} {currency}");
        let callback = client.wallet_callback(bodies.lock().unwrap()[0].clone()).unwrap();
        assert_eq!(callback.raw().text("amount"), Some(expected), "{assumption} {currency}");
    }
}
