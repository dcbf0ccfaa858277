//! The command describes mistakes in its own terms: flags, variables and files, never methods and types.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::common::{Done, folder, root, run, sample};

/// The libraries' error messages that name methods. The command describes each in its own words (`src/wording.rs`), or
/// can never print it.
const KNOWN: [&str; 5] = [
    // `ConfigError::NoTls`, `FollowError::NoCurrency` and `UnknownAction`, `OpenError::NoCurrency`: in its own words.
    "build with the feature",
    "Client::builder().currency(",
    "Client::builder().follow(",
    // `OpenError::OtherMerchant`: in its own words.
    "bind_new_merchants",
    // `SendError::InHandler`: the command has no handlers.
    "Tx::send_later",
];

/// Arguments and variables with a mistake, and what the message has to name.
type Cause<'a> = (Vec<&'a str>, &'a [(&'a str, &'a str)], &'a str);

/// Runs a command with a mistake in it.
fn fail(arguments: &[&str], variables: &[(&str, &str)]) -> Done {
    let mut command = sample(arguments);
    command.envs(variables.iter().copied());
    let done = run(command, "{}");
    assert!(done.code == 1 || done.code == 2, "{arguments:?} {variables:?}: {done:?}");
    done
}

#[test]
fn no_mistake_is_described_by_methods_or_types() {
    let missing = folder().join("none/orders.db");
    let missing = missing.to_str().unwrap();
    let query = ["call", "status_query", "--set", "order_id=T1"];
    let endpoint = |url| [&query[..], &["--endpoint", url]].concat();
    let sandbox = |more: &[&'static str]| [&["sandbox", "--listen", "127.0.0.1:0"][..], more].concat();
    let plain_http = ["call", "active_pay", "--yes", "--set", "call_back_url=http://shop.example/ottpay"];
    let causes: [Cause<'_>; 18] = [
        (endpoint("shop"), &[], "--endpoint"),
        (endpoint("http://shop.example"), &[], "--endpoint"),
        (endpoint("https://frontapi.ottpay.com/processV2"), &[], "--endpoint"),
        (query.to_vec(), &[("OTTPAY_ENDPOINT", "shop")], "OTTPAY_ENDPOINT"),
        (plain_http.to_vec(), &[], "call_back_url: expected https"),
        (query.to_vec(), &[("OTTPAY_MERCHANT_ID", "")], "--merchant-id"),
        (query.to_vec(), &[("OTTPAY_SIGN_KEY", "")], "--sign-key"),
        (vec!["seal", "STATUS_QUERY"], &[("OTTPAY_SIGN_KEY", "")], "OTTPAY_SIGN_KEY"),
        (vec!["listen", "--ledger", missing], &[], "OTTPAY_CURRENCY"),
        (vec!["listen", "--ledger", missing], &[("OTTPAY_CURRENCY", "dollars")], "OTTPAY_CURRENCY"),
        (vec!["listen", "--acknowledgement", "two\nlines"], &[], "--acknowledgement"),
        (vec!["ledger", "list"], &[], "--ledger"),
        (vec!["ledger", "list", "--ledger", missing], &[], "there is no ledger"),
        (sandbox(&["--public-url", "shop"]), &[], "--public-url"),
        (sandbox(&["--public-url", "https://shop.example/pay"]), &[], "--public-url"),
        (sandbox(&["--assume", "refused_ids=maybe"]), &[], "--assume"),
        (sandbox(&["--sign-key", " "]), &[], "--sign-key"),
        (sandbox(&["--acknowledgement", "two\nlines"]), &[], "--acknowledgement"),
    ];
    for (arguments, variables, names) in causes {
        let done = fail(&arguments, variables);
        assert!(done.err.contains(names), "no {names}: {done:?}");
        for rust in ["::", "()", "(…)", "Client", "Builder", "builder", "AnyQuery", "AnyRequest", "feature `"] {
            assert!(!done.err.contains(rust), "{rust}: {done:?}");
        }
    }
}

/// The lines of the sources in a folder that contain error messages.
fn find_error_texts(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            find_error_texts(&entry, found);
        } else if entry.extension().is_some_and(|kind| kind == "rs") {
            let source = fs::read_to_string(&entry).unwrap();
            let attributes = source.split("#[error(").skip(1).filter_map(|rest| rest.split(")]\n").next());
            found.extend(attributes.map(str::to_owned));
        }
    }
}

#[test]
fn every_text_of_the_libraries_that_names_methods_is_known_here() {
    let mut texts = BTreeSet::new();
    for library in ["ottpay-runtime/src", "ottpay-runtime/vocabulary/src", "ottpay-ledger/src", "ottpay-sandbox/src"] {
        find_error_texts(&root().join(library), &mut texts);
    }
    assert!(texts.len() > 50, "{}", texts.len());
    let names_rust = |text: &&String| {
        ["Client::", "Builder", "builder(", "the feature `", "Tx::", "bind_new", ".build()"]
            .iter()
            .any(|word| text.contains(word))
    };
    let unknown: Vec<_> =
        texts.iter().filter(names_rust).filter(|text| !KNOWN.iter().any(|known| text.contains(known))).collect();
    assert!(unknown.is_empty(), "say them in other words, here and in src/wording.rs: {unknown:#?}");
    let gone: Vec<_> = KNOWN.iter().filter(|known| !texts.iter().any(|text| text.contains(**known))).collect();
    assert!(gone.is_empty(), "{gone:?}");
}
