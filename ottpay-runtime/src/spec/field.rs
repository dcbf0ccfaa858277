//! Fields of requests, replies and callbacks, as plain data.

use std::borrow::Cow;

use ottpay_vocabulary::{Compare, Encoding, Evidence, Fill, Limits, Role, Rule, StatusClass, only};

use crate::field::Problem;

/// The type of a field's value.
pub type Kind = ottpay_vocabulary::Kind<&'static EnumInfo, &'static ObjectInfo>;

/// One field of a request, reply, callback or browser return.
#[derive(Debug)]
pub struct FieldInfo {
    /// Name on the wire.
    pub name: &'static str,
    /// Other names that the gateway has used for the field; accepted in received messages, never sent.
    pub aliases: &'static [&'static str],
    /// The type of the value.
    pub kind: Kind,
    /// Whether a message without it is invalid. A field that the client itself writes but that is not required is sent
    /// only if the caller requests it.
    pub required: bool,
    /// Whether a request may omit the field although it is required, because clients in production do so.
    pub may_omit: bool,
    /// Whether the field is sent in clear text outside `data`.
    pub outer: bool,
    /// Whether the value must never be shown.
    pub sensitive: bool,
    /// The value that the client itself writes.
    pub constant: Option<&'static str>,
    /// The source from which the client itself fills the field.
    pub fill: Option<Fill<&'static str>>,
    /// The field that this one replaces, by its name on the wire.
    pub instead_of: Option<&'static str>,
    /// The only values of an enum, or currencies, that this action accepts; empty if it accepts all.
    pub only: &'static [&'static str],
    /// Limits on length and characters.
    pub limits: Limits,
    /// Whether the limits are uncertain, because no page states them for this action, or the vendor's samples violate
    /// them. Only a strict client enforces them in a request.
    pub lenient: bool,
    /// How the value is encoded if there is no envelope.
    pub encoding: Encoding,
    /// The role of the field in a payment, for code that has to find it without knowing its name.
    pub role: Option<Role>,
    /// The source of this description.
    pub evidence: Evidence,
    /// The content of a string that the caller encrypts by other means.
    pub content: Option<&'static ObjectInfo>,
    /// What the value means.
    pub doc: &'static str,
    /// The line in the YAML file.
    pub line: u32,
}

impl FieldInfo {
    /// A field with the defaults of every property.
    pub const PLAIN: Self = Self {
        name: "",
        aliases: &[],
        kind: Kind::Text,
        required: true,
        may_omit: false,
        outer: false,
        sensitive: false,
        constant: None,
        fill: None,
        instead_of: None,
        only: &[],
        limits: Limits::NONE,
        lenient: false,
        encoding: Encoding::Plain,
        role: None,
        evidence: Evidence::Vendor,
        content: None,
        doc: "",
        line: 0,
    };

    /// Whether the field is received under this name, which is its own or an alias.
    pub fn has_name(&self, name: &str) -> bool {
        self.name == name || self.aliases.contains(&name)
    }

    /// Returns the name by which a caller sets the field at run time: `outer NAME` for a field outside `data`, because
    /// a field of the same name may be inside.
    pub fn label(&self) -> Cow<'static, str> {
        if self.outer { format!("outer {}", self.name).into() } else { self.name.into() }
    }

    /// Whether a request may omit the field.
    pub fn may_be_absent(&self) -> bool {
        !self.required || self.may_omit
    }

    /// Whether it is the id of what the message is about, see [`Role::is_own_id`].
    pub fn is_own_id(&self) -> bool {
        self.role.is_some_and(Role::is_own_id)
    }

    /// Whether the client writes the field by default.
    pub fn is_written(&self) -> bool {
        self.required && (self.fill.is_some() || self.constant.is_some())
    }

    /// Whether this action accepts an enum value or a currency; fields without a restriction accept any.
    pub fn accepts_word(&self, word: &str) -> bool {
        only::is_accepted(self.only, word)
    }

    /// Whether a string is the constant of the field. Surrounding whitespace is ignored: the vendor's tables print
    /// some constants with a leading space.
    pub fn is_constant_value(&self, text: &str) -> bool {
        self.constant == Some(text.trim())
    }

    /// Returns the name of the field's type in the specification language.
    pub fn kind_name(&self) -> &'static str {
        match self.kind {
            Kind::Enum(info) => info.name,
            Kind::Object(info) => info.name,
            built_in => built_in.built_in_name().unwrap_or_default(),
        }
    }

    /// Returns the rule for the field's values. With `strict`, uncertain limits are enforced as well.
    pub fn rule(&self, strict: bool) -> Rule<'static, &'static EnumInfo, &'static ObjectInfo> {
        Rule {
            kind: self.kind,
            limits: self.limits,
            is_lenient: self.lenient && !strict,
            only: self.only,
            is_required: self.required,
            stands_in: self.instead_of.is_some(),
        }
    }

    /// Checks a string that is to be sent in this field, see [`Rule::check_sent`].
    ///
    /// # Errors
    /// [`Problem`] states what was expected.
    pub fn check_value(&self, text: &str, strict: bool) -> Result<(), Problem> {
        self.rule(strict).check_sent(text).map_err(Problem::from)
    }

    /// Finds the uncertain limit that a string exceeds. It is worth a warning, because the gateway may reject the
    /// value.
    pub fn find_uncertain_problem(&self, text: &str) -> Option<Problem> {
        let is_sent = self.lenient && !text.is_empty() && self.check_value(text, false).is_ok();
        if is_sent { self.check_value(text, true).err() } else { None }
    }
}

/// An enum that several actions share.
#[derive(Debug)]
pub struct EnumInfo {
    /// The name in Rust.
    pub name: &'static str,
    /// How its values are compared.
    pub compare: Compare,
    /// The values on the wire in the order of the file, and what they mean for the money.
    pub words: &'static [(&'static str, StatusClass)],
    /// Other spellings, each with the value that it means.
    pub aliases: &'static [(&'static str, &'static str)],
}

impl EnumInfo {
    /// Returns what a received value means for the money; an unlisted value is `Unknown`.
    pub fn classify(&self, word: &str) -> StatusClass {
        let word = self.compare.normalise(word);
        let is_word = |known: &str| self.compare.normalise(known) == word;
        let alias = self.aliases.iter().find(|(alias, _)| is_word(alias)).map(|(_, listed)| *listed);
        let known =
            self.words.iter().find(|(known, _)| alias.map_or_else(|| is_word(known), |listed| listed == *known));
        known.map_or(StatusClass::Unknown, |(_, class)| *class)
    }
}

/// A JSON object inside a field.
#[derive(Debug)]
pub struct ObjectInfo {
    /// The name in Rust.
    pub name: &'static str,
    /// Its members, in the order of the file.
    pub fields: &'static [FieldInfo],
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_spelling_of_a_word_has_the_same_class() {
        let words = EnumInfo {
            name: "Status",
            compare: Compare::Loose,
            words: &[("success", StatusClass::Paid), ("fully_refunded", StatusClass::Refunded)],
            aliases: &[("refunded", "fully_refunded")],
        };
        for (word, class) in [
            ("SUCCESS ", StatusClass::Paid),
            ("Fully-Refunded", StatusClass::Refunded),
            ("Refunded", StatusClass::Refunded),
            ("succes", StatusClass::Unknown),
            ("", StatusClass::Unknown),
        ] {
            assert_eq!(words.classify(word), class, "{word}");
        }
    }
}
