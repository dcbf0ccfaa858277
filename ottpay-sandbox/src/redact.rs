//! Redacts: values that the specification calls sensitive are replaced by the names of their fields.

use std::collections::BTreeSet;

use ottpay::envelope::explain::Explanation;
use ottpay::spec::Gateway;
use ottpay_vocabulary::name::resembles;

/// Which values are not shown; by default all are.
#[derive(Default)]
pub(crate) struct Redaction {
    /// Names of sensitive fields.
    sensitive: BTreeSet<&'static str>,
    /// All other names that the specification knows.
    harmless: BTreeSet<&'static str>,
}

impl Redaction {
    /// Hides what the specification calls sensitive.
    pub(crate) fn of_sensitive(gateway: &'static Gateway) -> Self {
        let messages = gateway.actions.iter().flat_map(|info| info.request.iter().chain(info.reply));
        let fields = messages.chain(gateway.callbacks.iter().flat_map(|info| info.fields));
        let mut redaction = Self::default();
        for field in fields {
            let names = if field.sensitive { &mut redaction.sensitive } else { &mut redaction.harmless };
            names.extend(std::iter::once(field.name).chain(field.aliases.iter().copied()));
        }
        redaction
    }

    /// Whether a value of this name is hidden. An unknown name that is nearly that of a sensitive field counts as well:
    /// a merchant who misspells it has a wrong digest, too, and would find the value in the log.
    pub(crate) fn hides(&self, name: &str) -> bool {
        if self.sensitive.contains(name) || self.harmless.contains(name) {
            return self.sensitive.contains(name);
        }
        self.sensitive.iter().any(|known| resembles(name, known))
    }

    /// Whether a text that cannot be read contains the name of a sensitive field.
    pub(crate) fn is_named_in(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.sensitive.iter().any(|name| text.contains(&name.to_lowercase()))
    }
}

/// Each field in the order of the digest, a sensitive value replaced by its name; and whether there was one.
pub(crate) fn redact_fields(explanation: &Explanation, redaction: &Redaction) -> (Vec<(String, String)>, bool) {
    let mut hidden = false;
    let fields = explanation.fields().iter().map(|(name, value)| {
        let hides = redaction.hides(name);
        hidden |= hides;
        (name.clone(), if hides { format!("[{name}]") } else { value.clone() })
    });
    (fields.collect(), hidden)
}

/// The values in the order of the digest, concatenated, sensitive ones replaced.
pub(crate) fn redact_concatenation(
    explanation: &Explanation,
    fields: &[(String, String)],
    hidden: bool,
) -> Option<String> {
    let whole = explanation.concatenation()?;
    Some(if hidden { fields.iter().map(|(_, value)| &**value).collect() } else { whole.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_name_of_a_sensitive_field_is_redacted() {
        let redaction = Redaction::of_sensitive(&ottpay::GATEWAY);
        for name in ["cc_number", "CC_NUMBER", "ccNumber", "cc_num", "auth_code", "authCode", "wxapikey", "wx_api_key"]
        {
            assert!(redaction.hides(name), "{name}");
        }
        for name in ["amount", "Amount", "order_id", "orderID", "callback_url", "biz_type", "x", ""] {
            assert!(!redaction.hides(name), "{name}");
        }
        assert!(!Redaction::default().hides("cc_number"));
    }
}
