//! Checks `gateway.yaml`.

use std::collections::BTreeMap;

use ottpay_vocabulary::acknowledgement::{check_body, check_content_type, check_status};
use ottpay_vocabulary::{AcknowledgementError, Cipher, CipherMode, CodeClass, Compare, Framing, Iv, WordSet as _};

use super::address::{check_base_url, check_path};
use super::choice::parse_choice;
use super::model::{Code, Gateway};
use super::page::parse_page;
use super::type_names::check_variant;
use crate::diagnostic::{Diagnostics, Mistake, Position};
use crate::names::to_camel;
use crate::read::{RawAcknowledgement, RawGateway, text_or_empty};

pub(super) fn check_gateway(raw: RawGateway, diagnostics: &mut Diagnostics) -> Gateway {
    if let Some(url) = &raw.base_url {
        check_base_url(url, false, diagnostics);
    }
    for path in raw.path.iter().chain(&raw.other_paths) {
        check_path(path, diagnostics);
    }
    let framing = raw.framing.and_then(|word| parse_choice(&word, "framing", "", Framing::WORDS, diagnostics));
    let mode = raw.cipher.as_ref().and_then(|word| parse_choice(word, "cipher", "", CipherMode::WORDS, diagnostics));
    let cipher = match (mode, raw.iv, &raw.cipher) {
        (Some(CipherMode::Cbc), Some(iv), _) => {
            parse_choice(&iv, "iv", "", Iv::WORDS, diagnostics).map(|iv| Cipher::Aes128Cbc { iv })
        }
        (Some(CipherMode::Cbc), None, Some(cipher)) => {
            let help = "add `iv: zero` or `iv: key`";
            diagnostics.report(Mistake::MissingKey, &cipher.at, "`aes-128-cbc` needs an `iv`", help);
            None
        }
        (Some(CipherMode::Ecb), Some(iv), _) => {
            diagnostics.report(Mistake::Contradiction, &iv.at, "`aes-128-ecb` has no `iv`", "remove the line");
            None
        }
        // AES-128-ECB, even in place of a cipher that is missing or invalid, which has been reported.
        _ => Some(Cipher::Aes128Ecb),
    };
    let mut variants = BTreeMap::new();
    let codes = raw.codes.into_iter().map(|raw| {
        let code = Compare::Upper.normalise(&raw.code.value).into_owned();
        if code != raw.code.value {
            let help = format!("write `{code}`");
            let message = "response codes are compared in upper case";
            diagnostics.report(Mistake::ImpossibleName, &raw.code.at, message, help);
        }
        let (variant, at) = match &raw.name {
            Some(name) => (name.value.clone(), &name.at),
            None => (to_camel(&code.to_ascii_lowercase()), &raw.code.at),
        };
        check_variant(&variant, at, "ResponseCode", &raw.code, &mut variants, diagnostics);
        let of = format!(" of the code `{code}`");
        let class = raw.class.and_then(|class| parse_choice(&class, "class", &of, CodeClass::WORDS, diagnostics));
        Code { code, variant, class, doc: text_or_empty(raw.doc), source: raw.code.at }
    });
    let codes: Vec<Code> = codes.collect();
    let acknowledgement = raw.acknowledgement.map(|raw| check_acknowledgement(raw, diagnostics)).unwrap_or_default();
    Gateway {
        base_url: text_or_empty(raw.base_url),
        path: text_or_empty(raw.path),
        other_paths: raw.other_paths.into_iter().map(|path| path.value).collect(),
        framing: framing.unwrap_or_default(),
        cipher: cipher.unwrap_or_default(),
        acknowledgement,
        codes,
        unknown: raw.unknown.into_iter().map(|unknown| unknown.value).collect(),
        page: parse_page(raw.page, diagnostics).unwrap_or_default(),
        source: Position::start(raw.at.file),
    }
}

/// Checks the acknowledgement, and returns its status, content type and body.
fn check_acknowledgement(raw: RawAcknowledgement, diagnostics: &mut Diagnostics) -> (u16, String, String) {
    let mut report = |at: &Position, error: AcknowledgementError| {
        let message = format!("invalid answer to a callback: {error}");
        let help = "write an answer such as `{ status: 200, content_type: text/plain, body: OK }`";
        diagnostics.report(Mistake::BadAcknowledgement, at, message, help);
    };
    let status =
        raw.status.and_then(|status| check_status(status.value).map_err(|error| report(&status.at, error)).ok());
    for (text, check) in [(&raw.content_type, check_content_type as fn(&str) -> _), (&raw.body, check_body)] {
        if let Some(text) = text
            && let Err(error) = check(&text.value)
        {
            report(&text.at, error);
        }
    }
    (status.unwrap_or(200), text_or_empty(raw.content_type), text_or_empty(raw.body))
}
