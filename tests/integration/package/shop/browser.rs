//! The shop's pages in headless Chromium: a buyer pays, a clerk refunds a part, and the list shows it.

use fantoccini::{Client, Locator};
use ottpay::Amount;
use ottpay_sandbox::Act;
use serde_json::json;

use super::program::World;
use crate::common::chromium::{picture, shows, with_browser};

#[tokio::test(flavor = "multi_thread")]
async fn a_buyer_pays_and_a_clerk_gives_a_part_back_before_their_eyes() {
    with_browser(|client| async move { buys(&client).await }).await;
}

async fn buys(client: &Client) {
    let world = World::of_callbacks("browser").await;
    client.goto(&format!("{}/", world.url)).await.unwrap();
    picture(client, "shop-front.png").await;
    client.find(Locator::Id("buy")).await.unwrap().click().await.unwrap();
    shows(client, "//*[@class='qr']/*[name()='svg']").await;
    picture(client, "shop-code.png").await;
    let order = client.current_url().await.unwrap();

    // The buyer pays on another page, as on a telephone. The first page updates itself.
    let shop_window = client.window().await.unwrap();
    let phone = client.new_window(true).await.unwrap().handle;
    let link = client.find(Locator::Id("sandbox")).await.unwrap().attr("href").await.unwrap().unwrap();
    client.switch_to_window(phone).await.unwrap();
    client.goto(&link).await.unwrap();
    client.find(Locator::Css("button.pay")).await.unwrap().click().await.unwrap();
    shows(client, "//*[@id='state'][text()='paid']").await;
    client.close_window().await.unwrap();
    client.switch_to_window(shop_window).await.unwrap();
    shows(client, "//*[@id='state'][text()='paid']").await;
    shows(client, "//*[contains(text(), 'We have received 19.99 CAD')]").await;
    picture(client, "shop-paid.png").await;

    let amount = client.find(Locator::Id("amount")).await.unwrap();
    amount.clear().await.unwrap();
    amount.send_keys("5.00").await.unwrap();
    client.find(Locator::Id("refund")).await.unwrap().click().await.unwrap();
    shows(client, "//table[@id='refunds']//*[text()='refunded']").await;
    shows(client, "//input[@id='amount'][@value='14.99']").await;
    assert_eq!(client.current_url().await.unwrap(), order);
    picture(client, "shop-refunded.png").await;

    // One order waits for its buyer, and one has an amount that a person has to check.
    world.order("7.50").await;
    let (_, odd) = world.order("10.00").await;
    let act = Act::Pay { tip: None, fee: Some(Amount::from_minor(30)) };
    let _ = world.sandbox.act(&world.first_id(&odd).await, act).await.unwrap();
    world.until_state(&odd, "mismatch").await;
    client.goto(&format!("{}/admin", world.url)).await.unwrap();
    shows(client, "//table[@id='to-look-at']//*[text()='mismatch']").await;
    shows(client, "//table[@id='open']//*[text()='open']").await;
    shows(client, "//table[@id='shipped']//*[text()='refunded: 5.00 CAD']").await;
    picture(client, "shop-admin.png").await;
    client.set_window_size(390, 844).await.unwrap();
    for (path, name) in [("/admin", "shop-admin-phone.png"), (order.path(), "shop-order-phone.png")] {
        client.goto(&format!("{}{path}", world.url)).await.unwrap();
        let script = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        assert_eq!(client.execute(script, Vec::new()).await.unwrap(), json!(0), "{path} is wider than a phone");
        picture(client, name).await;
    }
    client.set_window_size(1000, 1400).await.unwrap();
    // A person settles it.
    client.goto(&format!("{}/admin", world.url)).await.unwrap();
    client.find(Locator::Css("input[name=by]")).await.unwrap().send_keys("Kim").await.unwrap();
    client.find(Locator::Css("input[name=why]")).await.unwrap().send_keys("the fee is ours").await.unwrap();
    client.find(Locator::Css("form.line button")).await.unwrap().click().await.unwrap();
    shows(client, "//h2[text()='Need a person']/following-sibling::*[1][text()='None.']").await;
    world.until_state(&odd, "settled").await;
}
