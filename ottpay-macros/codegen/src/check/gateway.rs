//! Checks `gateway.yaml`.

use std::collections::BTreeMap;

use super::{Cipher, Code, CodeClass, Framing, Gateway, Source, choice, page, text};
use crate::names::camel;
use crate::read::RawGateway;
use crate::{Diagnostics, Position};

pub(super) fn check(raw: RawGateway, diagnostics: &mut Diagnostics) -> Gateway {
    let file = raw.file.as_str();
    if let Some(url) = &raw.base_url {
        super::action::check_base_url(url, false, file, diagnostics);
    }
    for path in raw.path.iter().chain(&raw.other_paths) {
        super::action::check_path(path, file, diagnostics);
    }
    let framings = [("json", Framing::Json), ("base64", Framing::Base64)];
    let framing = raw.framing.and_then(|word| choice(&word, "framing", &framings, file, diagnostics));
    let ciphers = [("aes-128-ecb", false), ("aes-128-cbc", true)];
    let ivs = [("zero", Cipher::CbcZero), ("key", Cipher::CbcKey)];
    let cbc = raw.cipher.as_ref().and_then(|word| choice(word, "cipher", &ciphers, file, diagnostics));
    let cipher = match (cbc, raw.iv, &raw.cipher) {
        (Some(true), Some(iv), _) => choice(&iv, "iv", &ivs, file, diagnostics),
        (Some(true), None, Some(cipher)) => {
            let help = "add `iv: zero` or `iv: key`";
            diagnostics.report_with_help(file, cipher.at, "`aes-128-cbc` needs an `iv`", help);
            None
        }
        (Some(false), Some(iv), _) => {
            diagnostics.report_with_help(file, iv.at, "`aes-128-ecb` has no `iv`", "remove the line");
            None
        }
        _ => Some(Cipher::Ecb),
    };
    let classes = [("accepted", CodeClass::Accepted), ("refused", CodeClass::Refused), ("open", CodeClass::Open)];
    let mut variants = BTreeMap::new();
    let codes = raw.codes.into_iter().map(|raw| {
        let code = raw.code.value.trim().to_ascii_uppercase();
        if code != raw.code.value {
            let help = format!("write `{code}`");
            diagnostics.report_with_help(file, raw.code.at, "response codes are compared in upper case", help);
        }
        let (variant, at) = match &raw.name {
            Some(name) => (name.value.clone(), name.at),
            None => (camel(&code.to_ascii_lowercase()), raw.code.at),
        };
        super::types::check_variant(&variant, at, "ResponseCode", &raw.code, &mut variants, file, diagnostics);
        let class = raw.class.and_then(|class| choice(&class, "class of a response code", &classes, file, diagnostics));
        let source = Source { file: file.to_owned(), at: raw.code.at };
        Code { code, variant, class, doc: text(raw.doc), source }
    });
    let codes: Vec<Code> = codes.collect();
    let status = raw.acknowledgement.status.map_or(200, |status| {
        u16::try_from(status.value).ok().filter(|code| (100..600).contains(code)).unwrap_or_else(|| {
            diagnostics.report(file, status.at, "expected an HTTP status between 100 and 599");
            200
        })
    });
    Gateway {
        base_url: text(raw.base_url),
        path: text(raw.path),
        other_paths: raw.other_paths.into_iter().map(|path| path.value).collect(),
        framing: framing.unwrap_or_default(),
        cipher: cipher.unwrap_or_default(),
        acknowledgement: (status, text(raw.acknowledgement.content_type), text(raw.acknowledgement.body)),
        codes,
        unknown: raw.unknown.into_iter().map(|unknown| unknown.value).collect(),
        page: page::check(raw.page, file, diagnostics).unwrap_or_default(),
        source: Source { file: file.to_owned(), at: Position::START },
    }
}
