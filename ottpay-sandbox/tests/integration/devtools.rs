//! Functions for which WebDriver has no command: the colour scheme, the size of a phone, and axe-core in the page.

use std::path::PathBuf;
use std::str::FromStr;

use fantoccini::Client;
use fantoccini::wd::WebDriverCompatibleCommand;
use reqwest::{Method, Url};
use serde_json::{Value, json};

/// A command of the DevTools protocol, as chromedriver passes it on.
#[derive(Debug)]
struct Command {
    name: &'static str,
    parameters: Value,
}

impl WebDriverCompatibleCommand for Command {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, <Url as FromStr>::Err> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        let body = json!({ "cmd": self.name, "params": self.parameters });
        (Method::POST, Some(body.to_string()))
    }
}

async fn send(client: &Client, name: &'static str, parameters: Value) {
    client.issue_cmd(Command { name, parameters }).await.unwrap();
}

/// Shows the page in the colour scheme `light` or `dark`.
pub(crate) async fn set_colours(client: &Client, scheme: &str) {
    let feature = json!({ "name": "prefers-color-scheme", "value": scheme });
    send(client, "Emulation.setEmulatedMedia", json!({ "features": [feature] })).await;
}

/// Shows the page in a window of this size, which is a phone's if it is narrow.
pub(crate) async fn set_size(client: &Client, width: u64, height: u64) {
    let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500 });
    send(client, "Emulation.setDeviceMetricsOverride", size).await;
}

/// The source of axe-core, if it is installed.
pub(crate) fn read_axe() -> Option<String> {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("axe/package/axe.min.js");
    let source = std::fs::read_to_string(&file).ok();
    assert!(source.is_some() || std::env::var_os("CI_BROWSER").is_none(), "{} is not there", file.display());
    source
}

/// What axe-core finds in the page.
pub(crate) async fn find_violations(client: &Client, axe: &str) -> Vec<Value> {
    client.execute(axe, Vec::new()).await.unwrap();
    let script = "const done = arguments[0]; \
                  const show = found => found.id + ': ' + found.nodes.map(node => node.html + ' ' + node.failureSummary).join('; '); \
                  axe.run().then(result => done(result.violations.map(show)), error => done([String(error)]));";
    client.execute_async(script, Vec::new()).await.unwrap().as_array().cloned().unwrap()
}
