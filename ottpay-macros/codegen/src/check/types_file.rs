//! Checks `types.yaml`.

use ottpay_vocabulary::Compare;

use super::enums::check_enum;
use super::field::{Owner, check_field, check_fields};
use super::model::{Class, Code, Enum, Object, Side, Word};
use super::page::parse_page;
use super::type_names::check_type_name;
use super::types::Types;
use crate::diagnostic::{Diagnostics, Mistake};
use crate::names::{is_camel, to_camel, to_snake};
use crate::read::{RawObject, RawTypes, text_or_empty};

/// The methods of every object.
const TAKEN: [&str; 3] = ["raw", "clone", "with_sensitive"];

/// The enum of the gateway's codes.
const CODES: &str = "ResponseCode";

/// Adds the declarations of a `types.yaml`.
///
/// First enums, because fields name them, including the gateway's codes and whether they are known; then shared field
/// types; then objects, which have fields.
pub(super) fn add_types(
    types: &mut Types,
    raw: RawTypes,
    codes: Option<(&[Code], bool)>,
    from_library: bool,
    diagnostics: &mut Diagnostics,
) {
    for name in raw.names() {
        let is_codes = codes.is_some() && name.value == CODES;
        if is_codes || types.names().any(|known| known == name.value) {
            let message = format!("the type `{}` already exists", name.value);
            let help = "give it another name, or use the existing one";
            diagnostics.report(Mistake::TakenName, &name.at, message, help);
        }
    }
    types.unreadable.extend(raw.unreadable.iter().map(|name| name.value.clone()));
    // A type that is not in CamelCase is used under its corrected name, and reported at its declaration.
    let declared = raw.names().map(|name| &name.value);
    types.unreadable.extend(declared.filter(|name| !is_camel(name)).map(|name| to_camel(&to_snake(name))));
    for raw in raw.enums {
        let is_misread = !raw.misread.is_empty() || raw.values.iter().any(|word| !word.misread.is_empty());
        let before = diagnostics.count_problems();
        let checked = check_enum(raw, diagnostics);
        let is_broken = is_misread || diagnostics.count_problems() > before;
        types.enums.push(Enum { from_library, is_broken, ..checked });
    }
    types.enums.extend(codes.map(|(codes, are_known)| {
        let is_broken = !are_known;
        Enum { from_library, is_broken, ..response_codes(codes) }
    }));
    let names = raw.shared.iter().map(|field| &field.wire).chain(raw.objects.iter().map(|object| &object.name));
    types.later.extend(names.map(|name| name.value.clone()));
    for field in raw.shared {
        check_type_name(&field.wire, diagnostics);
        let is_misread = !field.misread.is_empty();
        let next = diagnostics.count_problems();
        let shared = Owner { name: "the types", taken: &TAKEN, is_plain: true, evidence: None };
        let mut checked = check_field(field, Side::Shared, None, &[], &shared, types, diagnostics);
        checked.is_broken = is_misread || diagnostics.count_problems() > next;
        types.later.retain(|name| *name != checked.wire);
        types.shared.push(checked);
    }
    for RawObject { at: _, name, doc, page, fields, misread } in raw.objects {
        let is_misread = !misread.is_empty() || fields.iter().any(|field| !field.misread.is_empty());
        let before = diagnostics.count_problems();
        if fields.is_empty() && misread.is_empty() {
            let message = format!("the type `{}` has no fields", name.value);
            diagnostics.report(Mistake::Empty, &name.at, message, "add `fields:` with at least one field");
        }
        check_type_name(&name, diagnostics);
        let described = format!("the type `{}`", name.value);
        let fields = fields.into_iter().map(|field| (Side::Member, field));
        let owner = Owner { name: &described, taken: &TAKEN, is_plain: false, evidence: None };
        let fields = check_fields(fields, &owner, types, diagnostics);
        let page = parse_page(page, diagnostics).unwrap_or_default();
        types.later.retain(|later| *later != name.value);
        let doc = text_or_empty(doc);
        let is_broken = is_misread || diagnostics.count_problems() > before;
        types.objects.push(Object { name: name.value, doc, page, fields, source: name.at, from_library, is_broken });
    }
}

/// Returns the gateway's codes as an enum.
fn response_codes(codes: &[Code]) -> Enum {
    let words = codes.iter().map(|code| Word {
        word: code.code.clone(),
        variant: code.variant.clone(),
        aliases: Vec::new(),
        class: code.class.map(Class::Code),
        doc: code.doc.clone(),
        source: code.source.clone(),
    });
    Enum {
        name: CODES.to_owned(),
        doc: "A response code of the gateway or of its provider. Case and surrounding whitespace do not matter. The \
              code of an error is `ResponseCode::from(refusal.code())`."
            .to_owned(),
        page: String::new(),
        compare: Compare::Upper,
        words: words.collect(),
        source: codes.first().map(|code| code.source.clone()).unwrap_or_default(),
        from_library: false,
        is_broken: false,
    }
}
