//! What the command says about mistakes is in its own words: flags, variables and files, never methods and types.

use crate::common::{Done, folder, run, sample};

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
    let causes: [Cause<'_>; 17] = [
        (endpoint("shop"), &[], "--endpoint"),
        (endpoint("http://shop.example"), &[], "--endpoint"),
        (endpoint("https://frontapi.ottpay.com/processV2"), &[], "--endpoint"),
        (query.to_vec(), &[("OTTPAY_ENDPOINT", "shop")], "OTTPAY_ENDPOINT"),
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
