//! Fields of requests, replies and callbacks, as plain data.

use std::borrow::Cow;

use ottpay_vocabulary::{Compare, Encoding, Evidence, Fill, Limits, Role, Rule, StatusClass, only};

use crate::field::Problem;

/// What the value of a field is.
pub type Kind = ottpay_vocabulary::Kind<&'static EnumInfo, &'static ObjectInfo>;

/// One field of a request, reply, callback or browser return.
#[derive(Debug)]
pub struct FieldInfo {
    /// Name on the wire.
    pub name: &'static str,
    /// Names the gateway has used for the same thing; accepted in what is received, never sent.
    pub aliases: &'static [&'static str],
    /// What the value is.
    pub kind: Kind,
    /// Whether a message without it is wrong. What the client writes by itself and is not required is sent only if the
    /// caller asks for it.
    pub required: bool,
    /// Whether a request may go without it all the same, because clients in the field leave it out.
    pub may_omit: bool,
    /// Whether the field travels in clear text beside `data`.
    pub outer: bool,
    /// Whether the value must never be shown.
    pub sensitive: bool,
    /// The value the client writes by itself.
    pub constant: Option<&'static str>,
    /// Where the client takes the value from by itself.
    pub fill: Option<Fill<&'static str>>,
    /// The field in whose place this one is sent, by its name on the wire.
    pub instead_of: Option<&'static str>,
    /// The only words of an enum, or currencies, that this action takes; empty: all.
    pub only: &'static [&'static str],
    /// Limits on the text.
    pub limits: Limits,
    /// Whether the limits are not certain (no page states them for this action, or the vendor's samples break them), so
    /// that only a strict client holds a request to them.
    pub lenient: bool,
    /// How the value is written where there is no envelope.
    pub encoding: Encoding,
    /// What the field is to the payment, for those who need to find it without knowing its name.
    pub role: Option<Role>,
    /// Who says so.
    pub evidence: Evidence,
    /// What is inside a text that the caller encrypts by other means.
    pub content: Option<&'static ObjectInfo>,
    /// What the value means.
    pub doc: &'static str,
    /// Line in the YAML file.
    pub line: u32,
}

impl FieldInfo {
    /// A field without anything but a name.
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

    /// Whether the field is received under this name: its own or an alias.
    pub fn has_name(&self, name: &str) -> bool {
        self.name == name || self.aliases.contains(&name)
    }

    /// The name under which a caller gives the field at run time: `outer NAME` beside `data`, where a field of the same
    /// name may be inside it.
    pub fn label(&self) -> Cow<'static, str> {
        if self.outer { format!("outer {}", self.name).into() } else { self.name.into() }
    }

    /// Whether a request may go without it.
    pub fn may_be_absent(&self) -> bool {
        !self.required || self.may_omit
    }

    /// Whether it is the id of what its message is about, see [`Role::is_own_id`].
    pub fn is_own_id(&self) -> bool {
        self.role.is_some_and(Role::is_own_id)
    }

    /// Whether the client writes it without being asked.
    pub fn is_written(&self) -> bool {
        self.required && (self.fill.is_some() || self.constant.is_some())
    }

    /// Whether a word, or a currency, is one that this action accepts: any, unless the field accepts only some.
    pub fn accepts_word(&self, word: &str) -> bool {
        only::is_accepted(self.only, word)
    }

    /// Whether a string is the constant of the field. White space around it does not matter: the vendor's tables print
    /// some constants with a leading space.
    pub fn is_constant_value(&self, text: &str) -> bool {
        self.constant == Some(text.trim())
    }

    /// The name of the field's type in the specification language.
    pub fn kind_name(&self) -> &'static str {
        match self.kind {
            Kind::Enum(info) => info.name,
            Kind::Object(info) => info.name,
            built_in => built_in.built_in_name().unwrap_or_default(),
        }
    }

    /// What the field accepts. `strict` also holds it to limits that are not certain.
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
    /// [`Problem`] says what was expected.
    pub fn check_value(&self, text: &str, strict: bool) -> Result<(), Problem> {
        self.rule(strict).check_sent(text).map_err(Problem::from)
    }

    /// The limit that a string breaks and that only a strict client holds it to: worth a warning, because the gateway
    /// may refuse it.
    pub fn find_uncertain_problem(&self, text: &str) -> Option<Problem> {
        let is_sent = self.lenient && !text.is_empty() && self.check_value(text, false).is_ok();
        if is_sent { self.check_value(text, true).err() } else { None }
    }
}

/// A set of words that several actions share.
#[derive(Debug)]
pub struct EnumInfo {
    /// Name in Rust.
    pub name: &'static str,
    /// How its words compare.
    pub compare: Compare,
    /// The words on the wire, in the order of the file, and what they say about the money.
    pub words: &'static [(&'static str, StatusClass)],
    /// Other spellings, each with the word that it stands for.
    pub aliases: &'static [(&'static str, &'static str)],
}

impl EnumInfo {
    /// What a received word says about the money; an unlisted one says nothing.
    pub fn class(&self, word: &str) -> StatusClass {
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
    /// Name in Rust.
    pub name: &'static str,
    /// Its members, in the order of the file.
    pub fields: &'static [FieldInfo],
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_has_the_class_of_what_it_is_another_spelling_of() {
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
            assert_eq!(words.class(word), class, "{word}");
        }
    }
}
