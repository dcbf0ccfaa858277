//! Seals what the gateway sends: replies and callbacks.

use std::collections::BTreeMap;

use ottpay::envelope::{self, Message};

use super::state::Engine;

impl Engine {
    /// A message around sealed fields.
    pub(super) fn seal<N: AsRef<str>>(&self, code: &str, fields: &BTreeMap<N, String>) -> Message<'static> {
        self.wrap(code, &envelope::seal(fields, &self.settings.sign_key, self.settings.cipher))
    }

    /// The same with one digit of the digest altered: it decrypts, but does not verify.
    pub(super) fn seal_with_wrong_digest(
        &self,
        code: &str,
        fields: &BTreeMap<&'static str, String>,
    ) -> Message<'static> {
        let (key, cipher) = (&self.settings.sign_key, self.settings.cipher);
        let right = envelope::seal(fields, key, cipher).md5;
        let (rest, last) = right.split_at_checked(31).unwrap_or_default();
        let wrong = format!("{rest}{}", if last == "0" { '1' } else { '0' });
        let text = serde_json::json!(fields).to_string();
        self.wrap(code, &envelope::seal_as(&text, &wrong, key, cipher))
    }

    fn wrap(&self, code: &str, sealed: &envelope::Sealed) -> Message<'static> {
        Message::new([
            ("rsp_code", code),
            ("rsp_msg", &code.to_ascii_lowercase()),
            ("merchant_id", &self.settings.merchant_id),
            ("data", &sealed.data),
            ("md5", &sealed.md5),
        ])
        .into_owned()
    }
}
