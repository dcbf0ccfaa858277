//! `gateway.yaml`, word for word.

use crate::Diagnostics;
use crate::read::Located;
use crate::read::table::Table;
use crate::read::yaml::Node;

/// `gateway.yaml`.
#[derive(Debug)]
pub struct RawGateway {
    /// The file, as shown.
    pub file: String,
    /// Base address.
    pub base_url: Option<Located<String>>,
    /// Path of actions that name none.
    pub path: Option<Located<String>>,
    /// Further paths at which the gateway takes actions.
    pub other_paths: Vec<Located<String>>,
    /// `json` or `base64`.
    pub framing: Option<Located<String>>,
    /// `aes-128-ecb` or `aes-128-cbc`.
    pub cipher: Option<Located<String>>,
    /// `zero` or `key`, for CBC.
    pub iv: Option<Located<String>>,
    /// Answer to a callback.
    pub acknowledgement: RawAcknowledgement,
    /// Response codes.
    pub codes: Vec<RawCode>,
    /// What the vendor does not document.
    pub unknown: Vec<Located<String>>,
    /// The vendor's page.
    pub page: Option<Located<String>>,
}

/// `acknowledgement` of `gateway.yaml`.
#[derive(Debug, Default)]
pub struct RawAcknowledgement {
    /// HTTP status.
    pub status: Option<Located<usize>>,
    /// Content type.
    pub content_type: Option<Located<String>>,
    /// Body.
    pub body: Option<Located<String>>,
}

/// One of `codes` of `gateway.yaml`.
#[derive(Debug)]
pub struct RawCode {
    /// The code.
    pub code: Located<String>,
    /// Its name in Rust, where it does not follow from the code.
    pub name: Option<Located<String>>,
    /// `accepted`, `refused` or `open`; nothing if the vendor does not say.
    pub class: Option<Located<String>>,
    /// Explanation.
    pub doc: Option<Located<String>>,
}

impl RawGateway {
    pub(in crate::read) fn read(root: Node, file: &str, diagnostics: &mut Diagnostics) -> Option<Self> {
        let mut table = Table::new(root, "the gateway".to_owned(), file, diagnostics)?;
        let page = table.required("page", diagnostics);
        let base_url = table.required("base_url", diagnostics);
        let path = table.required("path", diagnostics);
        let other_paths = table.texts("other_paths", diagnostics);
        let framing = table.required("framing", diagnostics);
        let cipher = table.required("cipher", diagnostics);
        let iv = table.text("iv", diagnostics);
        let acknowledgement = table.take("acknowledgement").and_then(|(_, node)| {
            let mut table = Table::new(node, "`acknowledgement`".to_owned(), file, diagnostics)?;
            let read = RawAcknowledgement {
                status: table.number("status", diagnostics),
                content_type: table.required("content_type", diagnostics),
                body: table.required("body", diagnostics),
            };
            table.finish(diagnostics);
            Some(read)
        });
        let codes = table.map("codes", diagnostics);
        let codes = codes.into_iter().filter_map(|(code, node)| {
            let mut table = Table::new(node, format!("the code `{}`", code.value), file, diagnostics)?;
            let name = table.text("name", diagnostics);
            let class = table.text("class", diagnostics);
            let doc = table.required("doc", diagnostics);
            table.finish(diagnostics);
            Some(RawCode { code, name, class, doc })
        });
        let codes = codes.collect();
        let unknown = table.texts("unknown", diagnostics);
        table.finish(diagnostics);
        let acknowledgement = acknowledgement.unwrap_or_default();
        Some(Self {
            file: file.to_owned(),
            base_url,
            path,
            other_paths,
            framing,
            cipher,
            iv,
            acknowledgement,
            codes,
            unknown,
            page,
        })
    }
}
