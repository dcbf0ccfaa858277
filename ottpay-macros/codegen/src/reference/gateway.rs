//! The chapter on the gateway.

use ottpay_vocabulary::{Cipher, Framing, Iv};

use super::context::Reference;
use super::markdown::{Table, code_list};
use super::notes::{write_declaration, write_unknown};
use crate::prose::code;

impl Reference<'_> {
    pub(super) fn write_gateway(&self, out: &mut String) {
        let gateway = self.spec.gateway();
        out.push_str("# The gateway\n\n");
        write_declaration(&gateway.source, &gateway.page, out);
        let framing = match gateway.framing {
            Framing::Json => "plain JSON",
            Framing::Base64 => "the JSON as a whole in Base64",
        };
        let cipher = match gateway.cipher {
            Cipher::Aes128Ecb => "AES-128-ECB",
            Cipher::Aes128Cbc { iv: Iv::Zero } => "AES-128-CBC with an IV of zeros",
            Cipher::Aes128Cbc { iv: Iv::Key } => "AES-128-CBC with the key as IV",
        };
        let (status, content_type, body) = &gateway.acknowledgement;
        let mut table = Table::new(&["what", "value"]);
        for (what, value) in [
            ("base URL", code(&gateway.base_url)),
            ("default path", code(&gateway.path)),
            ("other paths", code_list(&gateway.other_paths)),
            ("framing of requests", framing.to_owned()),
            ("cipher of `data`", cipher.to_owned()),
            ("answer to a callback", format!("HTTP {status}, {}, {}", code(content_type), code(body))),
        ] {
            if !value.is_empty() {
                table.push_row([what.to_owned(), value]);
            }
        }
        table.write(out);
        write_unknown(&gateway.unknown, out);
    }
}
