//! Tables of the fields of requests, replies, callbacks, objects and browser returns.

use ottpay_vocabulary::{Encoding, Evidence, Protocol, Role};

use super::anchors::{Anchors, Section};
use super::markdown::{Table, code_list, write_paragraph};
use crate::check::{Action, Field, Fill, Kind, Spec};
use crate::names::is_keyword;
use crate::prose::{code, line};

pub(super) struct Fields<'a> {
    pub(super) spec: &'a Spec,
    pub(super) anchors: &'a Anchors<'a>,
}

impl Fields<'_> {
    /// Writes the fields of a request, in the order of the file.
    pub(super) fn write_request(&self, action: &Action, out: &mut String) {
        if action.request.is_empty() {
            return write_paragraph("**Request:** no fields.", out);
        }
        write_paragraph("**Request**", out);
        let mut fields: Vec<&Field> = action.request.iter().collect();
        fields.sort_by(|a, b| a.source.cmp(&b.source));
        let heads = ["on the wire", "method", "type", "required", "shown", "evidence", "meaning"];
        let mut table = Table::new(&heads);
        for field in fields {
            let beside = if field.is_outer() { " outside `data`" } else { "" };
            table.push_row([
                format!("{}{beside}", code(&field.wire)),
                list_setters(field),
                self.kind(field),
                mark_required(field).to_owned(),
                mark_hidden(field),
                describe_evidence(field, &action.page),
                self.meaning(field),
            ]);
        }
        table.write(out);
    }

    /// Writes the fields of a reply, or why it has none.
    pub(super) fn write_reply(&self, action: &Action, out: &mut String) {
        match (action.protocol, action.reply.as_slice()) {
            (Protocol::Link, _) => write_paragraph("**Reply:** none; the buyer's browser opens the link.", out),
            (Protocol::Sdk, _) => write_paragraph("**Reply:** none; the vendor's SDK makes the call.", out),
            (_, []) => write_paragraph("**Reply:** no typed fields; `raw()` contains what the gateway sends.", out),
            (_, fields) => {
                write_paragraph("**Reply**", out);
                self.write_received(fields, &action.page, true, out);
            }
        }
    }

    /// Writes the parameters with which the buyer's browser returns, if there are any.
    pub(super) fn write_returned(&self, methods: &[&Action], out: &mut String) {
        let Some(first) = methods.first().filter(|first| !first.returned.is_empty()) else { return };
        let readers: Vec<_> =
            methods.iter().map(|method| format!("{}Return::unauthenticated(query)", method.type_name)).collect();
        let text = format!(
            "**Returned with the buyer's browser**, read by {}. **These parameters are not authenticated**: anyone who \
             opens the page can change them. Show them, and query the order before you rely on them.",
            code_list(&readers)
        );
        write_paragraph(&text, out);
        self.write_received(&first.returned, &first.page, true, out);
    }

    /// Writes the fields of a received message, without methods if the client does not read it.
    pub(super) fn write_received(&self, fields: &[Field], page: &str, is_read: bool, out: &mut String) {
        let heads = ["on the wire", "method", "type", "always present", "shown", "evidence", "meaning"];
        let mut table = Table::new(&heads);
        for field in fields {
            let names: Vec<&String> = std::iter::once(&field.wire).chain(&field.aliases).collect();
            table.push_row([
                code_list(&names),
                if is_read { code(&format!("{}()", escape_keyword(&field.name))) } else { String::new() },
                self.kind(field),
                field.presence_in_words().to_owned(),
                mark_hidden(field),
                describe_evidence(field, page),
                self.meaning(field),
            ]);
        }
        table.write(out);
    }

    /// Returns the type and its limits.
    fn kind(&self, field: &Field) -> String {
        let named = |name: Option<&String>, section| {
            name.map_or_else(String::new, |name| self.anchors.link(&code(name), section))
        };
        let name = match field.kind {
            Kind::Enum(index) => {
                named(self.spec.enums().get(index).map(|declared| &declared.name), Section::Enum(index))
            }
            Kind::Object(index) => {
                named(self.spec.objects().get(index).map(|object| &object.name), Section::Object(index))
            }
            kind => Kind::BUILT_IN
                .iter()
                .find(|(_, built_in)| *built_in == kind)
                .map_or_else(String::new, |(name, _)| (*name).to_owned()),
        };
        let mut parts = vec![name];
        if !field.only.is_empty() {
            parts.push(format!("only {}", code_list(&field.only)));
        }
        parts.extend(list_limits(field));
        if let Some(other) = &field.instead_of {
            parts.push(format!("instead of {}", code(other)));
        }
        if field.encoding == Encoding::Base64 {
            parts.push("in Base64".to_owned());
        }
        parts.join(", ")
    }

    fn meaning(&self, field: &Field) -> String {
        let object = field.content.and_then(|index| Some((index, self.spec.objects().get(index)?)));
        match object {
            Some((index, object)) => {
                let link = self.anchors.link(&code(&object.name), Section::Object(index));
                format!("{} Contains an encrypted {link}.", line(&field.doc))
            }
            None => line(&field.doc),
        }
    }
}

/// Returns the setters in Rust, or what the client writes instead.
fn list_setters(field: &Field) -> String {
    let Field { name, .. } = field;
    let mut calls = Vec::new();
    if field.is_given() {
        calls.push(code(&format!("{}()", escape_keyword(name))));
    }
    if field.opt_in {
        calls.push(code(&format!("with_{name}()")));
    }
    if field.may_omit {
        calls.push(code(&format!("without_{name}()")));
    }
    let written = match (&field.constant, &field.fill) {
        (None, Some(Fill::CopyOf(wire))) if field.opt_in => {
            return format!("{} writes the same as {}", calls.join(" or "), code(wire));
        }
        (Some(constant), _) if field.opt_in => return format!("{} writes {}", calls.join(" or "), code(constant)),
        (Some(constant), _) => code(constant),
        (None, Some(Fill::MerchantId)) => "its merchant id".to_owned(),
        (None, Some(Fill::Endpoint)) => "the URL of the call".to_owned(),
        (None, Some(Fill::CopyOf(wire))) => format!("the same as {}", code(wire)),
        (None, None) => return calls.join(" or "),
    };
    calls.insert(0, format!("written by the client: {written}"));
    calls.join(", or ")
}

/// Returns whether the vendor's page requires the field. The client omits only optional fields that it writes itself,
/// and only ids that the gateway would otherwise generate.
fn mark_required(field: &Field) -> &'static str {
    let is_always_sent = field.is_given() && !field.role.is_some_and(Role::is_own_id) || !field.may_omit;
    if field.required && is_always_sent { "yes" } else { "no" }
}

fn mark_hidden(field: &Field) -> String {
    if field.sensitive { "hidden".to_owned() } else { String::new() }
}

/// Returns the evidence and the page, where they differ from those of the action.
fn describe_evidence(field: &Field, page: &str) -> String {
    let who = match field.evidence {
        Evidence::Vendor => None,
        Evidence::Clients => Some("seen in clients".to_owned()),
        Evidence::Assumed => Some("**assumed**".to_owned()),
    };
    let other = field.page.as_ref().filter(|other| *other != page).map(|other| format!("[page](https://{other})"));
    who.into_iter().chain(other).collect::<Vec<_>>().join(", ")
}

fn list_limits(field: &Field) -> Vec<String> {
    let limits = field.limits.in_words();
    if field.lenient && !limits.is_empty() {
        return vec![format!("{} (only for a strict client)", limits.join(", "))];
    }
    limits
}

/// Returns the name in Rust, escaped if necessary.
fn escape_keyword(name: &str) -> String {
    if is_keyword(name) { format!("r#{name}") } else { name.to_owned() }
}
