//! What the library's specification shares with the specifications that extend it.

use std::collections::BTreeSet;

use ottpay_vocabulary::Effect;
use proc_macro2::TokenStream;
use quote::quote;

use super::folder::Folder;
use super::steps::check_raw;
use crate::diagnostic::Diagnostics;
use crate::{check, read};

/// The files and methods that a specification shares with those that extend it.
#[derive(Debug, Clone)]
pub struct Library {
    /// Text of `gateway.yaml`.
    pub gateway: String,
    /// Text of `types.yaml`.
    pub types: String,
    /// Text of `callbacks.yaml`.
    pub callbacks: String,
    /// The methods of its client.
    pub methods: String,
    /// Name and text of each file of `actions/` with reads: the queries that other specifications may name.
    pub reads: Vec<(String, String)>,
}

impl Library {
    pub(super) fn parse(&self, diagnostics: &mut Diagnostics) -> check::Library {
        let files =
            [("gateway.yaml", &*self.gateway), ("types.yaml", &*self.types), ("callbacks.yaml", &*self.callbacks)];
        let reads = self.reads.iter().map(|(name, text)| (&**name, &**text));
        let files: Vec<_> = files.into_iter().chain(reads).collect();
        let raw = read::read_texts(LIBRARY, &files, diagnostics);
        check::Library { raw, methods: self.methods.split_whitespace().map(ToOwned::to_owned).collect() }
    }
}

/// The name of the library's folder in messages.
const LIBRARY: &str = "ottpay/spec";

/// Emits the macro that passes the library's shared files to [`compile_actions`](crate::compile_actions), and the same
/// as constants for tools.
pub fn compile_library(folder: &Folder) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let raw = read::read_folder(&folder.path, &folder.shown, false, &mut diagnostics);
    let spec = check_raw(raw, None, &mut diagnostics);
    let file = |name: &str| diagnostics.find_text(&format!("{}/{name}", folder.shown)).to_owned();
    let (gateway, types, callbacks) = (file("gateway.yaml"), file("types.yaml"), file("callbacks.yaml"));
    let methods = spec.methods().join(" ");
    let reads = spec.actions().iter().filter(|action| action.effect == Effect::Read);
    // A file may declare several methods.
    let reads: BTreeSet<&str> =
        reads.filter_map(|action| action.file.file.rsplit_once("/actions/")).map(|(_, name)| name).collect();
    let (names, texts): (Vec<_>, Vec<_>) =
        reads.into_iter().map(|name| (format!("actions/{name}"), file(&format!("actions/{name}")))).unzip();
    // `client!` compiles the same folder and reports its problems.
    let _ = diagnostics.into_report();
    let serde = folder.has_serde.then(|| quote!(serde));
    quote! {
        /// The shared part of the specification: `gateway.yaml`, `types.yaml`, `callbacks.yaml`, and the client's methods.
        #[doc(hidden)]
        pub const __LIBRARY: [&str; 4] = [#gateway, #types, #callbacks, #methods];

        /// Name and text of each file of `actions/` that changes nothing.
        #[doc(hidden)]
        pub const __READS: &[(&str, &str)] = &[#((#names, #texts)),*];

        /// Hands the shared part of the specification to the macro `actions`.
        #[doc(hidden)]
        #[macro_export]
        // The files of this crate are not at hand where the macro is called, so it contains their text.
        macro_rules! __library {
            ($($folder:tt)*) => {
                $crate::__private::actions! {
                    $crate [$($folder)*] #serde #gateway #types #callbacks #methods #(#names #texts)*
                }
            };
        }
    }
}
