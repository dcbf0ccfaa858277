//! The chapter on types.

use ottpay_vocabulary::WordSet as _;

use super::anchors::Section;
use super::context::Reference;
use super::markdown::{Table, code_list, write_paragraph};
use super::notes::write_declaration;
use crate::check::{Class, Enum, Kind, Object};
use crate::prose::{code, line, paragraphs};

impl Reference<'_> {
    pub(super) fn write_types(&self, out: &mut String) {
        out.push_str("# Types\n\n");
        let mut table = Table::new(&["type", "in Rust", "meaning"]);
        for (name, kind) in Kind::BUILT_IN {
            let (rust, meaning) = built_in(kind);
            table.push_row([name.to_owned(), code(rust), meaning.to_owned()]);
        }
        table.write(out);
        write_paragraph("The enums below are open: a value that is not listed is kept as `Other`.", out);
        let spec = self.spec;
        spec.objects().iter().enumerate().for_each(|(index, object)| self.write_object(index, object, out));
        spec.enums().iter().enumerate().for_each(|(index, declared)| self.write_enumeration(index, declared, out));
    }

    fn write_object(&self, index: usize, object: &Object, out: &mut String) {
        out.push_str(&format!("## {}\n\n", self.anchors.heading(Section::Object(index))));
        write_paragraph(&paragraphs(&object.doc), out);
        write_declaration(&object.source, &object.page, out);
        self.fields.write_received(&object.fields, &object.page, self.is_received(index), out);
    }

    fn write_enumeration(&self, index: usize, declared_enum: &Enum, out: &mut String) {
        let Enum { doc, page, words, source, .. } = declared_enum;
        out.push_str(&format!("## {}\n\n", self.anchors.heading(Section::Enum(index))));
        write_paragraph(&paragraphs(doc), out);
        write_declaration(source, page, out);
        let mut table = Table::new(&["value", "also", "in Rust", "class", "meaning"]);
        for word in words {
            let class = match word.class {
                Some(Class::Status(class)) => class.word(),
                Some(Class::Code(class)) => class.word(),
                None => None,
            };
            let class = class.unwrap_or_default().to_owned();
            table.push_row([code(&word.word), code_list(&word.aliases), code(&word.variant), class, line(&word.doc)]);
        }
        table.write(out);
    }

    /// Whether the client reads the object; otherwise callers only encrypt it.
    fn is_received(&self, index: usize) -> bool {
        let spec = self.spec;
        let actions = spec.actions().iter().flat_map(|action| action.reply.iter().chain(&action.returned));
        let callbacks = spec.callbacks().iter().flat_map(|callback| &callback.fields);
        let members = spec.objects().iter().flat_map(|object| &object.fields);
        actions.chain(callbacks).chain(members).any(|field| field.kind == Kind::Object(index))
    }
}

/// Returns the Rust type of a built-in type, and its content.
fn built_in(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Text => ("String", "Any string."),
        Kind::OrderId => ("OrderId", "Id of an order."),
        Kind::RefundId => ("RefundId", "Id of a refund."),
        Kind::CheckoutId => ("CheckoutId", "The merchant's id of a Checkout page."),
        Kind::Amount => ("Amount", "Money in whole minor units: `1999` is 19.99."),
        Kind::Url => ("Url", "URL."),
        Kind::Currency => ("Currency", "ISO 4217 code."),
        Kind::Integer => ("u64", "Whole number that is not money."),
        Kind::Timestamp => ("Timestamp", "Time of a request, `yyyyMMddHHmmss`."),
        Kind::DateTime => ("DateTime", "Received date and time, in one of several forms."),
        Kind::RateE8 => ("Rate", "Rate times 10^8."),
        Kind::Decimal => ("Decimal", "Decimal number as a string."),
        Kind::Json => ("String", "Any JSON value, as a string."),
        Kind::Enum(_) | Kind::Object(_) => ("", ""),
    }
}
