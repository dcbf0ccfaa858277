//! Headless Chromium, driven through chromedriver. The tests of the shop use it, too.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::json;

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

/// Waits until the page shows this without being reloaded.
pub(crate) async fn shows(client: &Client, path: &str) {
    let wait = client.wait().at_most(Duration::from_secs(10));
    let found = wait.for_element(Locator::XPath(path)).await;
    if found.is_err() {
        panic!("{path} is not on the page: {}", client.source().await.unwrap());
    }
}

/// Where pictures of the pages are stored for people.
fn artifacts() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("artifacts");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

pub(crate) async fn picture(client: &Client, name: &str) {
    std::fs::write(artifacts().join(name), client.screenshot().await.unwrap()).unwrap();
}

/// Opens a browser, and closes it whatever the result of `test`. Without chromedriver nothing is tested, unless
/// `CI_BROWSER` is set.
pub(crate) async fn with_browser<F>(test: impl FnOnce(Client) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let Some(driver) = Driver::start() else {
        assert!(std::env::var_os("CI_BROWSER").is_none(), "chromedriver is not there");
        println!("skipped: chromedriver is not there; Debian has it in the package chromium-driver");
        return;
    };
    static BROWSERS: AtomicUsize = AtomicUsize::new(0);
    let number = BROWSERS.fetch_add(1, Ordering::Relaxed);
    let profile = std::env::temp_dir().join(format!("ottpay-browser-{}-{number}", std::process::id()));
    let client = browser(&driver, &profile.display().to_string()).await;
    let outcome = tokio::spawn(test(client.clone())).await;
    client.close().await.unwrap();
    drop(driver);
    let _ = std::fs::remove_dir_all(&profile);
    outcome.unwrap();
}
