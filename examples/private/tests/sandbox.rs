//! The sandbox serves the action from its description, with the reply of its example: `cargo test -p private-actions`.

use ottpay::Client;
use ottpay_sandbox::Sandbox;
use private_actions::{ClientExt as _, GATEWAY};

#[tokio::test]
async fn the_sandbox_answers_the_private_action() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::builder().gateway(&GATEWAY).start().await?;
    let client = Client::builder().endpoint(sandbox.url());
    let client = client.merchant_id(sandbox.merchant_id()).sign_key(sandbox.sign_key()).build()?;

    let shop = client.shop_query().shop_id("S1").send().await?;
    assert_eq!(shop.shop_name(), "Tea & Co");
    assert_eq!(shop.opened_at(), None);

    // A limit of the specification is checked before anything is sent.
    let error = client.shop_query().shop_id("longer than twelve").build().unwrap_err();
    assert_eq!(error.field(), "shop_id");
    Ok(())
}
