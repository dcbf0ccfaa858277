//! Checks the fields of requests, replies and callbacks.

use std::collections::BTreeMap;

use super::example::value_problem;
use super::{Enum, Field, Kind, Limits, Side, Source, choice, text};
use crate::Diagnostics;
use crate::names::{camel, is_snake, is_wire_name, snake, suggestion};
use crate::read::RawField;

/// Variants of the runtime's `Role`, by their names in the language.
const ROLES: [(&str, Option<&str>); 14] = [
    ("order", Some("Order")),
    ("original_order", Some("OriginalOrder")),
    ("checkout_order", Some("CheckoutOrder")),
    ("provider_order", Some("ProviderOrder")),
    ("amount", Some("Amount")),
    ("tip", Some("Tip")),
    ("fee", Some("Fee")),
    ("refunded", Some("Refunded")),
    ("callback_url", Some("CallbackUrl")),
    ("payment_link", Some("PaymentLink")),
    ("status", Some("Status")),
    ("time", Some("Time")),
    ("merchant", Some("Merchant")),
    ("none", None),
];

/// Variants of the runtime's `Charset`, by their names in the language.
const CHARSETS: [(&str, &str); 2] = [("digits", "Digits"), ("alphanumeric", "Alphanumeric")];

/// What the fields belong to, for messages.
pub(super) struct Owner<'a> {
    pub(super) file: &'a str,
    /// "REFUND", "the callback `payment`".
    pub(super) name: &'a str,
    /// Names that generated methods have already.
    pub(super) taken: &'a [&'a str],
}

pub(super) fn check_all(
    raw: impl Iterator<Item = (Side, RawField)>,
    owner: &Owner<'_>,
    enums: &[Enum],
    diagnostics: &mut Diagnostics,
) -> Vec<Field> {
    let fields: Vec<Field> = raw.map(|(side, raw)| check(raw, side, owner, enums, diagnostics)).collect();
    names_differ(&fields, owner, diagnostics);
    roles_differ(&fields, owner, diagnostics);
    fields
}

fn check(raw: RawField, side: Side, owner: &Owner<'_>, enums: &[Enum], diagnostics: &mut Diagnostics) -> Field {
    let file = owner.file;
    let wire = raw.wire.value.clone();
    if !is_wire_name(&wire) {
        let help = "use letters, digits and `_`, beginning with a letter";
        diagnostics.report_with_help(file, raw.wire.at, format!("`{wire}` cannot be the name of a field"), help);
    }
    let (name, name_at) = match &raw.name {
        Some(name) => (name.value.clone(), name.at),
        None => (snake(&wire), raw.wire.at),
    };
    if raw.name.is_some() && !is_snake(&name) {
        diagnostics.report(file, name_at, format!("`name` must be in snake_case, found `{name}`"));
    }
    let taken = owner.taken.contains(&name.as_str()) || matches!(name.as_str(), "self" | "super" | "crate" | "");
    if taken {
        let message = format!("the field `{wire}` would give a method `{name}`, which has another meaning");
        diagnostics.report_with_help(file, name_at, message, format!("add `name: {wire}_field` or the like"));
    }
    let kind = raw.kind.as_ref().and_then(|kind| {
        let built_in = Kind::BUILT_IN.iter().find(|(name, _)| *name == kind.value).map(|(_, kind)| *kind);
        let declared = || enums.iter().position(|declared| declared.name == kind.value).map(Kind::Enum);
        let found = built_in.or_else(declared);
        if found.is_none() {
            let known = Kind::BUILT_IN.iter().map(|(name, _)| *name).chain(enums.iter().map(|e| e.name.as_str()));
            let help = format!("{} Other types are declared in types.yaml", suggestion(&kind.value, known));
            diagnostics.report_with_help(file, kind.at, format!("unknown type `{}`", kind.value), help);
        }
        found
    });
    let kind = kind.unwrap_or(Kind::Text);
    words_exist(&raw, kind, enums, owner, diagnostics);
    let received = side == Side::Received;
    let mut forbid = |present: bool, key: &str, why: &str| {
        if present {
            diagnostics.report_with_help(
                file,
                raw.wire.at,
                format!("`{key}` of the field `{wire}` {why}"),
                "remove it",
            );
        }
    };
    forbid(received && raw.constant.is_some(), "const", "has no meaning in what is received");
    forbid(received && !raw.only.is_empty(), "only", "has no meaning in what is received: the set is open");
    forbid(received && raw.may_omit, "may_omit", "has no meaning in what is received");
    forbid(!received && !raw.aliases.is_empty(), "aliases", "has no meaning in a request: one name is sent");
    forbid(raw.optional && raw.constant.is_some(), "optional", "contradicts `const`: the client always writes it");
    forbid(raw.optional && raw.may_omit, "may_omit", "contradicts `optional`: the field may always be left out");
    let only_received = matches!(kind, Kind::DateTime | Kind::RateE8 | Kind::Decimal);
    forbid(!received && only_received, "type", "is for replies and callbacks only");
    let limits = limits(&raw, kind, owner, diagnostics);
    if let (Some(constant), Some(role)) = (&raw.constant, &raw.role) {
        diagnostics.report(file, role.at, format!("a constant (`{}`) plays no role", constant.value));
    }
    let role = match &raw.role {
        Some(role) => choice(role, "role", &ROLES, file, diagnostics).flatten(),
        // An order id is the order's, and an amount its amount, unless the file says otherwise.
        None if raw.constant.is_some() => None,
        None if kind == Kind::OrderId => Some("Order"),
        None if kind == Kind::Amount => Some("Amount"),
        None if says_status(kind, enums) => Some("Status"),
        None => None,
    };
    if let (Some(located), Some(role)) = (&raw.role, role)
        && raw.kind.is_some()
        && !role_fits(role, kind, enums)
    {
        let message = format!("a field of this type cannot play the role `{}`", located.value);
        let help = "amounts play amount, tip, fee and refunded; order ids the orders; a url callback_url; a datetime time; an \
                    enum with classes status";
        diagnostics.report_with_help(file, located.at, message, help);
    }
    let field = Field {
        name,
        kind,
        required: !raw.optional,
        may_omit: raw.may_omit,
        side,
        sensitive: raw.sensitive,
        constant: raw.constant.map(|constant| constant.value),
        only: raw.only.into_iter().map(|word| word.value).collect(),
        aliases: raw.aliases.into_iter().map(|alias| alias.value).collect(),
        limits,
        role,
        page: super::page::check(raw.page, file, diagnostics),
        doc: text(raw.doc),
        source: Source { file: file.to_owned(), at: raw.wire.at },
        wire,
    };
    if let Some(constant) = &field.constant
        && let Some(problem) = value_problem(constant, &field, enums)
    {
        let message = format!("the constant of the field `{}` {problem}", field.wire);
        diagnostics.report(file, field.source.at, message);
    }
    field
}

/// Whether the type is an enum whose words say something about the money.
fn says_status(kind: Kind, enums: &[Enum]) -> bool {
    matches!(kind, Kind::Enum(index) if enums.get(index).is_some_and(Enum::has_classes))
}

/// Whoever looks a field up by its role relies on its type.
fn role_fits(role: &str, kind: Kind, enums: &[Enum]) -> bool {
    match role {
        "Amount" | "Tip" | "Fee" | "Refunded" => kind == Kind::Amount,
        "Order" | "OriginalOrder" | "CheckoutOrder" => kind == Kind::OrderId,
        "CallbackUrl" => kind == Kind::Url,
        "Time" => kind == Kind::DateTime,
        "Status" => says_status(kind, enums),
        _ => true,
    }
}

/// `only` and `const` of an enum must be words of it.
fn words_exist(raw: &RawField, kind: Kind, enums: &[Enum], owner: &Owner<'_>, diagnostics: &mut Diagnostics) {
    let Kind::Enum(index) = kind else {
        if let Some(first) = raw.only.first() {
            let message = format!("`only` of the field `{}` needs an enum as type", raw.wire.value);
            diagnostics.report_with_help(owner.file, first.at, message, "declare one in types.yaml, or remove `only`");
        }
        return;
    };
    let Some(declared) = enums.get(index) else { return };
    for word in raw.only.iter().chain(&raw.constant) {
        if !declared.words.iter().any(|known| known.word == word.value) {
            let help = suggestion(&word.value, declared.words.iter().map(|known| known.word.as_str()));
            let message = format!("`{}` is not a word of `{}`", word.value, declared.name);
            diagnostics.report_with_help(owner.file, word.at, message, help);
        }
    }
}

fn limits(raw: &RawField, kind: Kind, owner: &Owner<'_>, diagnostics: &mut Diagnostics) -> Limits {
    let file = owner.file;
    let charset = raw.charset.as_ref().and_then(|word| choice(word, "charset", &CHARSETS, file, diagnostics));
    let lengths = [&raw.len, &raw.min_len, &raw.max_len];
    let first = lengths.iter().find_map(|length| length.as_ref().map(|length| length.at));
    if let Some(at) = first.or(raw.charset.as_ref().map(|charset| charset.at))
        && !matches!(kind, Kind::Text | Kind::OrderId | Kind::Url)
    {
        let message = format!("the type of the field `{}` takes no limits on its text", raw.wire.value);
        diagnostics.report_with_help(file, at, message, "limits belong to text, order_id and url");
    }
    let value = |length: &Option<crate::read::Located<usize>>| length.as_ref().map(|length| length.value);
    let (min_len, max_len) = match value(&raw.len) {
        Some(len) => (Some(len), Some(len)),
        None => (value(&raw.min_len), value(&raw.max_len)),
    };
    if let (Some(len), true) = (&raw.len, raw.min_len.is_some() || raw.max_len.is_some()) {
        diagnostics.report_with_help(file, len.at, "`len` is both limits at once", "remove `min_len` and `max_len`");
    }
    if let (Some(min), Some(max), Some(at)) = (min_len, max_len, first)
        && min > max
    {
        let message = format!("the field `{}` would have to be at least {min} and at most {max} long", raw.wire.value);
        diagnostics.report(file, at, message);
    }
    Limits { min_len, max_len, charset }
}

/// A part that two fields played would be read from whichever comes first. Amounts of a reply may be several.
fn roles_differ(fields: &[Field], owner: &Owner<'_>, diagnostics: &mut Diagnostics) {
    let mut players: BTreeMap<&str, &str> = BTreeMap::new();
    for field in fields {
        let Some(role) = field.role else { continue };
        let received_amount = role == "Amount" && field.is_received();
        if let Some(earlier) = players.insert(role, &field.wire)
            && !received_amount
        {
            let role = ROLES.iter().find(|(_, known)| *known == Some(role)).map_or("", |(name, _)| name);
            let message = format!("{}: `{}` and `{earlier}` both play the role `{role}`", owner.name, field.wire);
            let help = "give one of them another `role:`, or `role: none`";
            diagnostics.report_with_help(owner.file, field.source.at, message, help);
        }
    }
}

/// No two fields may have one name in Rust, and no alias may be the name of another field.
fn names_differ(fields: &[Field], owner: &Owner<'_>, diagnostics: &mut Diagnostics) {
    let mut names: BTreeMap<String, &str> = BTreeMap::new();
    for field in fields {
        // The accessor or setter, the type parameter (`a1` and `a_1` both become `A1`), and the further setters.
        let without = field.may_omit.then(|| format!("without_{}", field.name));
        let maybe = (!field.required && !field.is_received()).then(|| format!("maybe_{}", field.name));
        let own = [Some(field.name.clone()), Some(camel(&field.name)), without, maybe];
        let clash = own.into_iter().flatten().find_map(|name| {
            let earlier = names.insert(name.clone(), &field.wire)?;
            (earlier != field.wire).then_some((name, earlier))
        });
        if let Some((name, earlier)) = clash {
            let message = format!("{}: `{}` and `{earlier}` both give the name `{name}`", owner.name, field.wire);
            diagnostics.report_with_help(owner.file, field.source.at, message, "give one of them a `name:`");
        }
    }
    let mut wires: BTreeMap<&str, &str> = fields.iter().map(|field| (&*field.wire, &*field.wire)).collect();
    for field in fields {
        for alias in &field.aliases {
            if let Some(other) = wires.insert(alias, &field.wire) {
                let message =
                    format!("{}: the alias `{alias}` of `{}` already stands for `{other}`", owner.name, field.wire);
                diagnostics.report_with_help(owner.file, field.source.at, message, "remove one of the two");
            }
        }
    }
}
