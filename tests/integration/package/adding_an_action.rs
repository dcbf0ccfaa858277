//! Adding an action means adding a YAML file: a copy of the project gets one, and its client gets the method.

use std::fs;

use crate::common::cargo::{self, Package};

/// The action of the README with its typo. OTT Pay does not have this action, so nothing in the project can know it.
fn mistaken() -> &'static str {
    let block = include_str!("../../../README.md").split("```yaml wrong\n").nth(1).unwrap();
    block.split("```").next().unwrap()
}

/// The only Rust that is written: the call.
const CALL: &str = r#"//! The call.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = ottpay_sandbox::Sandbox::start().await?;
    let client = ottpay::Client::builder()
        .endpoint(sandbox.url())
        .merchant_id(sandbox.merchant_id())
        .sign_key(sandbox.sign_key())
        .build()?;
    let request = client.shop_query().shop_id("S7").build()?;
    let reply = client.send(&request).await?;
    println!("{request:?}: {}", reply.shop_name());
    println!("{}", client.shop_query().shop_id("too long for it").build().unwrap_err());
    Ok(())
}
"#;

#[test]
fn a_yaml_file_is_all_it_takes() {
    let project = cargo::project_without("adding", ["spec/actions/shop_query.yaml"]);
    let action = project.join("spec/actions/shop_query.yaml");
    let package = Package::empty("adding_shop");
    let sandbox = project.join("ottpay-sandbox");
    let others = format!(
        "ottpay-sandbox = {{ path = {sandbox:?} }}\ntokio = {{ version = \"1\", features = [\"macros\", \"rt\"] }}\n"
    );
    package.depend(&project, &others);
    package.write("src/main.rs", CALL);

    // Without the file there is no such action. With it the client has the method, and the sandbox answers.
    assert!(ottpay::GATEWAY.actions.iter().all(|action| action.name != "shop_query"));
    fs::write(&action, mistaken().replacen("type: txt", "type: text", 1)).unwrap();
    assert_eq!(
        package.build().run(),
        "SHOP_QUERY { shop_id: \"S7\" }: Tea & Co\n\
         SHOP_QUERY: shop_id: expected at most 12 characters, got 15 (declared at spec/actions/shop_query.yaml:8)\n"
    );

    // The next build notices a change of the file, and a mistake is reported at its position, as the README shows.
    fs::write(&action, mistaken()).unwrap();
    let errors = package.build().errors.concat();
    let shown = include_str!("../../../README.md").split("```text\nerror: ").nth(1).unwrap();
    for line in shown.split("```").next().unwrap().lines() {
        assert!(errors.contains(line.trim()), "{line} is not in {errors}");
    }
}
