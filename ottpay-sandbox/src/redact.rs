//! Replaces the values of sensitive fields with the names of the fields.

use std::collections::BTreeSet;

use ottpay::envelope::explain::Explanation;
use ottpay::spec::Gateway;
use ottpay_vocabulary::name::resembles;

/// Selects hidden values; the default hides none.
#[derive(Default)]
pub(crate) struct Redaction {
    /// The names of sensitive fields.
    sensitive: BTreeSet<&'static str>,
    /// All other names in the specification.
    harmless: BTreeSet<&'static str>,
}

impl Redaction {
    /// Hides the values of all fields that the specification marks as sensitive.
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

    /// Returns whether the value of this field is hidden. That includes unknown names that are similar to a sensitive
    /// field's: a request with a misspelt name also has a wrong digest, and its values would then be in the log.
    pub(crate) fn is_hidden(&self, name: &str) -> bool {
        if self.sensitive.contains(name) || self.harmless.contains(name) {
            return self.sensitive.contains(name);
        }
        self.sensitive.iter().any(|known| resembles(name, known))
    }

    /// Returns whether an unreadable string contains the name of a sensitive field.
    pub(crate) fn is_named_in(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.sensitive.iter().any(|name| text.contains(&name.to_lowercase()))
    }
}

/// Lists the fields in the order of the digest, with sensitive values redacted. Returns whether there were any.
pub(crate) fn redact_fields(explanation: &Explanation, redaction: &Redaction) -> (Vec<(String, String)>, bool) {
    let mut hidden = false;
    let fields = explanation.fields().iter().map(|(name, value)| {
        let hides = redaction.is_hidden(name);
        hidden |= hides;
        (name.clone(), if hides { format!("[{name}]") } else { value.clone() })
    });
    (fields.collect(), hidden)
}

/// Concatenates the values in the order of the digest, with sensitive values redacted.
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
            assert!(redaction.is_hidden(name), "{name}");
        }
        for name in ["amount", "Amount", "order_id", "orderID", "callback_url", "biz_type", "x", ""] {
            assert!(!redaction.is_hidden(name), "{name}");
        }
        assert!(!Redaction::default().is_hidden("cc_number"));
    }
}
