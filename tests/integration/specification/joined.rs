//! Private actions of two folders in one program, with one sandbox.

/// Generated from `tests/joined/tickets`.
mod tickets {
    ottpay::actions!("tests/joined/tickets");
}
/// Generated from `tests/joined/drinks`.
mod drinks {
    ottpay::actions!("tests/joined/drinks");
}
/// Describes an action of `tickets` in another way.
mod differing {
    ottpay::actions!("tests/joined/differing");
}
/// Describes an action of `tickets` with another query.
mod asked {
    ottpay::actions!("tests/joined/asked");
}
/// Has a method of `tickets` for another action.
mod renamed {
    ottpay::actions!("tests/joined/renamed");
}

use drinks::ClientExt as _;
use ottpay::spec::JoinError;
use ottpay::{Amount, Client, StatusClass};
use ottpay_sandbox::{Sandbox, SandboxError};
use tickets::ClientExt as _;

use crate::common::order;

#[tokio::test]
async fn a_sandbox_serves_the_actions_of_two_folders() {
    let sandbox = Sandbox::builder().gateway(&tickets::GATEWAY).gateway(&drinks::GATEWAY).start().await.unwrap();
    let client =
        Client::builder().endpoint(sandbox.url()).merchant_id(sandbox.merchant_id()).sign_key(sandbox.sign_key());
    let client = client.build().unwrap();
    let price = Amount::from_minor(500);
    let ticket = client.ticket_sale().order_id(order("T1")).amount(price).seat("A1").send().await.unwrap();
    assert_eq!(ticket.order_id(), &order("T1"));
    // The same constant, in another version and on another path.
    let drink = client.drink_sale().order_id(order("D1")).amount(price).size("L").send().await.unwrap();
    assert_eq!(drink.order_id(), &order("D1"));
    assert_eq!(sandbox.order("D1").unwrap().unwrap().action_name(), "drink_sale");
    // An action that both describe, each in its own words.
    let of_tickets = tickets::ClientExt::shop_info(&client).shop_id("S1").send().await.unwrap();
    let of_drinks = drinks::ClientExt::shop_info(&client).shop_id("S1").send().await.unwrap();
    assert_eq!((of_tickets.colour().as_str(), of_drinks.colour().as_str()), ("RED", "RED"));
    // And an action of the library.
    sandbox.pay("T1").await.unwrap();
    let state = client.status_query().order_id(order("T1")).send().await.unwrap();
    assert_eq!(state.order_status().class(), StatusClass::Paid);
}

#[test]
fn joined_gateways_have_everything_once() {
    let both = tickets::GATEWAY.join(&drinks::GATEWAY).unwrap();
    let names: Vec<&str> = both.actions.iter().map(|info| info.name).collect();
    let library = ottpay::GATEWAY.actions.len();
    assert_eq!(names[library..], ["shop_info", "ticket_sale", "drink_sale"]);
    assert_eq!(both.callbacks.len(), ottpay::GATEWAY.callbacks.len() + 1);
    assert_eq!(both.paths.iter().filter(|path| **path == "/drinks").count(), 1);
    assert!(both.paths.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", both.paths);
    // Joining what is already contained adds nothing, and nothing is created twice.
    assert!(std::ptr::eq(both, tickets::GATEWAY.join(&drinks::GATEWAY).unwrap()));
    assert_eq!(both.join(&tickets::GATEWAY).unwrap().actions.len(), names.len());
    assert_eq!(tickets::GATEWAY.join(&ottpay::GATEWAY).unwrap().actions.len(), tickets::GATEWAY.actions.len());
    assert_eq!(ottpay::GATEWAY.join(&tickets::GATEWAY).unwrap().actions.len(), tickets::GATEWAY.actions.len());
}

#[tokio::test]
async fn an_action_that_two_folders_describe_differently_is_named_with_both_places() {
    let error = tickets::GATEWAY.join(&differing::GATEWAY).unwrap_err();
    assert!(matches!(error, JoinError::Action { action: "SALE", .. }), "{error:?}");
    let expected = "the action SALE on the path /processV2 is described at tests/joined/tickets/actions/ticket_sale.yaml:1 \
                    and differently at tests/joined/differing/actions/sale.yaml:1; remove one of the two, or make them the \
                    same";
    assert_eq!(error.to_string(), expected);
    let start = Sandbox::builder().gateway(&tickets::GATEWAY).gateway(&differing::GATEWAY).start().await;
    let error = start.unwrap_err();
    assert!(matches!(error, SandboxError::Start { .. }), "{error:?}");
    assert_eq!(error.to_string(), format!("the sandbox cannot start: {expected}"));
    // On another path it is another action.
    assert!(drinks::GATEWAY.join(&differing::GATEWAY).is_ok());
}

/// After a lost reply they would be queried in different ways.
#[test]
fn an_action_with_another_query_is_described_differently() {
    let error = tickets::GATEWAY.join(&asked::GATEWAY).unwrap_err();
    assert!(matches!(error, JoinError::Action { action: "SALE", .. }), "{error:?}");
}

#[test]
fn a_method_that_two_folders_have_is_named_with_both_places() {
    let error = tickets::GATEWAY.join(&renamed::GATEWAY).unwrap_err();
    assert_eq!(
        error.to_string(),
        "two actions have the method `ticket_sale`, at tests/joined/tickets/actions/ticket_sale.yaml:1 and at \
         tests/joined/renamed/actions/ticket_sale.yaml:1; rename one of the two"
    );
}

#[test]
fn specifications_of_two_gateways_are_not_joined() {
    let error = ottpay::GATEWAY.join(&super::unusual::own::GATEWAY).unwrap_err();
    assert!(error.to_string().contains("different gateways (`base_url` differs)"), "{error}");
}
