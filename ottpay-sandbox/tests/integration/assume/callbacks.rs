//! Callbacks: how often, about what, and with which status.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::shared::started;
use crate::common::{checkout, control, pay, shop, shop_that, until};
use axum::http::StatusCode;
use axum::routing::post;
use ottpay::StatusClass;
use ottpay_sandbox::{Act, Delivery};
use serde_json::Value;

#[tokio::test]
async fn a_callback_is_repeated_or_posted_once_or_never() {
    for (assumption, expected) in [("callbacks=repeated", 4), ("callbacks=once", 1), ("callbacks=never", 0)] {
        let (sandbox, client) = started(assumption).await;
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        let reject = move || async move {
            counted.fetch_add(1, Ordering::Relaxed);
            StatusCode::SERVICE_UNAVAILABLE
        };
        let url = shop_that(post(reject)).await;
        pay(&client, "T1", 100, &url).await.unwrap();
        let delivered = sandbox.pay("T1").await.unwrap();
        if expected == 0 {
            assert_eq!(delivered, Delivery::NotAsked);
        } else {
            assert!(matches!(delivered, Delivery::Answered { status: 503, .. }), "{delivered:?}");
            let state = async || control(&sandbox, "GET", "/orders/T1", Value::Null).await.1["callbacks"][0].clone();
            until(async || state().await["state"] == "failed").await;
            assert_eq!(state().await["attempts"].as_array().unwrap().len(), expected, "{assumption}");
        }
        sandbox.advance(Duration::from_secs(3600)).unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(calls.load(Ordering::Relaxed), expected, "{assumption}");
    }
}

#[tokio::test]
async fn an_end_without_payment_is_called_back_or_not() {
    for (assumption, is_called_back) in [("failure_callbacks=off", false), ("failure_callbacks=on", true)] {
        let (sandbox, client) = started(assumption).await;
        let (url, bodies) = shop().await;
        for (id, end) in [("T1", Act::Decline), ("T2", Act::Cancel), ("T3", Act::Expire)] {
            pay(&client, id, 100, &url).await.unwrap();
            let delivered = sandbox.act(id, end).await.unwrap();
            assert_eq!(delivered != Delivery::NotAsked, is_called_back, "{assumption}: {delivered:?}");
        }
        pay(&client, "T4", 100, &url).await.unwrap();
        sandbox.advance(Duration::from_secs(1801)).unwrap();
        let expected = if is_called_back { 4 } else { 0 };
        until(async || bodies.lock().unwrap().len() >= expected).await;
        let bodies = bodies.lock().unwrap().clone();
        assert_eq!(bodies.len(), expected, "{assumption}");
        for body in bodies {
            // It does not state that nothing was paid: only a query does.
            let callback = client.wallet_callback(&body).unwrap();
            assert!(callback.order_status().is_none());
            assert_eq!(callback.raw().text("amount"), Some("100"));
        }
    }
}

#[tokio::test]
async fn a_callback_states_the_status_where_it_is_documented_or_always() {
    for (assumption, is_stated) in [("callback_status=documented", false), ("callback_status=always", true)] {
        let (sandbox, client) = started(assumption).await;
        let (url, bodies) = shop().await;
        pay(&client, "T1", 100, &url).await.unwrap();
        sandbox.pay("T1").await.unwrap();
        let wallet = client.wallet_callback(bodies.lock().unwrap()[0].clone()).unwrap();
        let stated = wallet.order_status().map(|status| status.class());
        assert_eq!(stated, is_stated.then_some(StatusClass::Paid), "{assumption}");
        checkout(&client, "P1", &url).await;
        sandbox.pay("P1").await.unwrap();
        let page = client.checkout_callback(bodies.lock().unwrap()[1].clone()).unwrap();
        assert_eq!(page.order_status().is_some(), is_stated, "{assumption}");
    }
}
