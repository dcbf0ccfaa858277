//! The sandbox's pages in headless Chromium: a developer looks on while a buyer pays.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use axum::Router;
use axum::routing::post;
use fantoccini::{Client, ClientBuilder, Locator};
use ottpay::{Amount, BizType, OrderId};
use ottpay_sandbox::Sandbox;
use serde_json::json;
use tokio::net::TcpListener;

/// chromedriver on a free port, killed when dropped.
struct Driver(Child, String);

impl Driver {
    fn start() -> Option<Self> {
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().ok()?;
        // "ChromeDriver was started successfully on port 41235."
        let lines = BufReader::new(child.stdout.take()?).lines().map_while(Result::ok);
        let port = lines.take(20).find_map(|line| {
            let (_, rest) = line.split_once("successfully on port ")?;
            rest.trim_end_matches('.').parse::<u16>().ok()
        });
        let driver = Self(child, format!("http://127.0.0.1:{}", port.unwrap_or_default()));
        port.map(|_| driver)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn browser(driver: &Driver, profile: &str) -> Client {
    let profile = format!("--user-data-dir={profile}");
    let arguments = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1000,1400",
        &profile,
    ];
    let options = json!({ "args": arguments });
    let capabilities = serde_json::Map::from_iter([("goog:chromeOptions".to_owned(), options)]);
    let mut builder = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
    builder.capabilities(capabilities).connect(&driver.1).await.unwrap()
}

/// Waits until the page itself, without being loaded again, shows this.
async fn shows(client: &Client, path: &str) {
    let wait = client.wait().at_most(Duration::from_secs(10));
    let found = wait.for_element(Locator::XPath(path)).await;
    if found.is_err() {
        panic!("{path} is not on the page: {}", client.source().await.unwrap());
    }
}

/// Where pictures of the pages are left for whoever wants to look.
fn artifacts() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("artifacts");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

async fn picture(client: &Client, name: &str) {
    std::fs::write(artifacts().join(name), client.screenshot().await.unwrap()).unwrap();
}

async fn pays(client: &Client) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let shop = format!("http://{}/ottpay", listener.local_addr().unwrap());
    let app = Router::new().route("/ottpay", post(async || "SUCCESS"));
    tokio::spawn(async move { axum::serve(listener, app).await });
    let sandbox = Sandbox::start().await.unwrap();
    client.goto(&format!("{}/sandbox", sandbox.url())).await.unwrap();
    shows(client, "//*[contains(text(), 'None yet')]").await;

    let merchant = ottpay::Client::builder().endpoint(sandbox.url()).merchant_id(sandbox.merchant_id());
    let merchant = merchant.sign_key(sandbox.sign_key()).build().unwrap();
    let order = OrderId::random();
    let payment = merchant.active_pay().order_id(&order).amount(Amount::from_minor(1999)).biz_type(BizType::Alipay);
    payment.operator_id("0000020156").call_back_url(&*shop).send().await.unwrap();

    // The page shows it by itself.
    shows(client, &format!("//table[@id='orders']//a[text()='{order}']")).await;
    client.find(Locator::LinkText(order.as_str())).await.unwrap().click().await.unwrap();
    shows(client, "//*[@id='pay']/*[name()='svg']").await;
    picture(client, "order.png").await;
    client.find(Locator::Id("pay")).await.unwrap().click().await.unwrap();
    shows(client, "//*[@id='amount'][text()='19.99 CAD']").await;
    picture(client, "buyer.png").await;
    client.find(Locator::Css("button.pay")).await.unwrap().click().await.unwrap();
    shows(client, "//*[@id='state'][text()='paid']").await;

    client.goto(&format!("{}/sandbox/order/{order}", sandbox.url())).await.unwrap();
    shows(client, "//*[@id='state'][text()='paid']").await;
    shows(client, "//table[@id='callbacks']//*[text()='delivered']").await;
    client.goto(&format!("{}/sandbox", sandbox.url())).await.unwrap();
    shows(client, "//table[@id='orders']//*[text()='paid']").await;
    picture(client, "sandbox.png").await;
    client.goto(&format!("{}/sandbox/message/1", sandbox.url())).await.unwrap();
    shows(client, "//*[contains(text(), 'the text of the digest')]").await;
    picture(client, "message.png").await;
    client.set_window_size(390, 844).await.unwrap();
    client.goto(&format!("{}/sandbox", sandbox.url())).await.unwrap();
    let width = client
        .execute("return document.documentElement.scrollWidth - document.documentElement.clientWidth", Vec::new())
        .await
        .unwrap();
    assert_eq!(width, json!(0), "the page is wider than a phone");
    picture(client, "phone.png").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_turns_paid_before_the_developers_eyes() {
    let Some(driver) = Driver::start() else {
        assert!(std::env::var_os("CI_BROWSER").is_none(), "chromedriver is not there");
        println!("skipped: chromedriver is not there; Debian has it in the package chromium-driver");
        return;
    };
    let profile = std::env::temp_dir().join(format!("ottpay-browser-{}", std::process::id()));
    let client = browser(&driver, &profile.display().to_string()).await;
    let used = client.clone();
    // The browser is closed whatever comes of it.
    let outcome = tokio::spawn(async move { pays(&used).await }).await;
    client.close().await.unwrap();
    drop(driver);
    let _ = std::fs::remove_dir_all(&profile);
    outcome.unwrap();
}
