//! A refund without this library, with the usual crates: written out, run against the sandbox, and counted for
//! docs/measurements.md. It is more careful than most: it sorts, verifies the reply, and keeps money in whole units.
//! Yet it checks nothing at compile time, and does not know what an error means for the money.

use crate::common;
use ottpay::{Amount, OrderId, SignKey};
use ottpay_sandbox::Sandbox;

mod written_out {
    // begin: by hand
    use std::collections::BTreeMap;

    use aes::Aes128;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use ecb::cipher::block_padding::Pkcs7;
    use ecb::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyInit};
    use md5::{Digest, Md5};
    use serde_json::{Value, json};

    pub(super) struct Refund {
        pub(super) order_id: String,
        pub(super) ori_order_id: String,
        pub(super) refund_amt: u64,
    }

    pub(super) struct Shop {
        pub(super) merchant_id: String,
        pub(super) sign_key: String,
    }

    fn md5(text: &str) -> String {
        Md5::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02X}")).collect()
    }

    impl Shop {
        fn key(&self, digest: &str) -> Option<[u8; 16]> {
            let hashed = md5(&format!("{digest}{}", self.sign_key));
            hashed.as_bytes().get(8..24)?.try_into().ok()
        }

        pub(super) fn request(&self, refund: &Refund) -> Result<Value, String> {
            if refund.order_id.is_empty() || refund.ori_order_id.is_empty() || refund.refund_amt == 0 {
                return Err("a field is empty".to_owned());
            }
            let fields = BTreeMap::from([
                ("order_id", refund.order_id.clone()),
                ("ori_order_id", refund.ori_order_id.clone()),
                ("refund_amt", refund.refund_amt.to_string()),
            ]);
            let digest = md5(&fields.values().map(String::as_str).collect::<String>());
            let plain = serde_json::to_string(&fields).map_err(|error| error.to_string())?;
            let key = self.key(&digest).ok_or("no key")?;
            let sealed = ecb::Encryptor::<Aes128>::new(&key.into()).encrypt_padded_vec::<Pkcs7>(plain.as_bytes());
            Ok(json!({
                "action": "REFUND",
                "version": "1.0",
                "merchant_id": self.merchant_id,
                "data": STANDARD.encode(sealed),
                "md5": digest,
            }))
        }

        pub(super) fn order_of(&self, reply: &str) -> Result<String, String> {
            let reply: Value = serde_json::from_str(reply).map_err(|error| error.to_string())?;
            let text = |name: &str| reply.get(name).and_then(Value::as_str);
            let code = text("rsp_code").ok_or("no code")?;
            if code != "SUCCESS" && code != "PROCESSING" {
                return Err(format!("{code}: {}", text("rsp_msg").unwrap_or_default()));
            }
            let digest = text("md5").ok_or("no digest")?;
            let data = text("data").ok_or("no data")?.replace(['\r', '\n', ' '], "");
            let sealed = STANDARD.decode(data).map_err(|error| error.to_string())?;
            let key = self.key(digest).ok_or("no key")?;
            let opened = ecb::Decryptor::<Aes128>::new(&key.into()).decrypt_padded_vec::<Pkcs7>(&sealed);
            let opened = opened.map_err(|error| error.to_string())?;
            let fields: BTreeMap<String, Value> = serde_json::from_slice(&opened).map_err(|error| error.to_string())?;
            let values = fields.values().map(|value| match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            });
            if md5(&values.collect::<String>()) != digest.to_uppercase() {
                return Err("the digest is wrong".to_owned());
            }
            let order = fields.get("order_id").and_then(Value::as_str);
            order.map(ToOwned::to_owned).ok_or_else(|| "no order id".to_owned())
        }
    }
    // end: by hand
}

#[tokio::test]
async fn the_sandbox_accepts_a_manual_refund() {
    let (key, order, refund) = ("0123456789ABCDEF", OrderId::random(), OrderId::random());
    let sandbox = Sandbox::builder().sign_key(SignKey::new(key).unwrap()).start().await.unwrap();
    let client = common::client_of(&sandbox).build().unwrap();
    client.send(&common::payment(&client, &order)).await.unwrap();
    let _ = sandbox.pay(order.as_str()).await.unwrap();

    let shop = written_out::Shop { merchant_id: sandbox.merchant_id().to_owned(), sign_key: key.to_owned() };
    let (order_id, ori_order_id) = (refund.as_str().to_owned(), order.as_str().to_owned());
    let request = shop.request(&written_out::Refund { order_id, ori_order_id, refund_amt: 500 }).unwrap();
    let (status, reply) = common::exchange(sandbox.url(), "POST", "/processV2", request.to_string().into_bytes()).await;
    assert_eq!(status, 200);
    assert_eq!(shop.order_of(std::str::from_utf8(&reply).unwrap()).unwrap(), refund.as_str());
    assert_eq!(sandbox.order(refund.as_str()).unwrap().unwrap().amount(), Amount::from_minor(500));
}

#[test]
fn the_figures_in_the_documentation_are_counted() {
    let by_hand = include_str!("by_hand.rs").split("// begin: by hand\n").nth(1).unwrap();
    let by_hand = by_hand.split("// end: by hand").next().unwrap();
    let lines = |text: &str| text.lines().filter(|line| !line.trim().is_empty()).count();
    let spec = include_str!("../../spec/actions/refund.yaml").lines().filter(|line| !line.starts_with('#')).count();
    let measured = include_str!("../../docs/measurements.md");
    for row in [
        format!("| one YAML file, `spec/actions/refund.yaml` | {spec} |"),
        format!("| hand-written, `tests/integration/by_hand.rs` | {} |", lines(by_hand)),
    ] {
        assert!(measured.contains(&row), "docs/measurements.md lacks: {row}");
    }
}
