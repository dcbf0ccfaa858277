//! Rules for private actions, which extend a library.

use std::fs;

use super::{CALLBACKS, GATEWAY, PAY, Spec, TYPES};
use ottpay_codegen::{Folder, Library, compile_actions};

/// A read of the library.
const QUERY: &str = "action: QUERY\nversion: \"1.0\"\neffect: read\nsummary: S\npage: shared\n\
    request:\n  order_id: { type: order_id, doc: D }\n  time: { type: timestamp, doc: D }\n\
    reply:\n  state: { type: State, doc: D }\n";
const STATE: &str = "State:\n  doc: D\n  values:\n    paid: { class: paid, doc: D }\n";

/// The problems of a private specification in short: position and message.
fn problems(name: &str, files: &[(&str, &str)]) -> Vec<String> {
    let spec = Spec::good(&format!("private/{name}"));
    for name in ["gateway.yaml", "types.yaml", "callbacks.yaml", "actions/pay.yaml", "actions/other.yaml"] {
        fs::remove_file(spec.0.join(name)).unwrap();
    }
    for (name, text) in files {
        spec.write(name, text);
    }
    let library = Library {
        gateway: GATEWAY.to_owned(),
        types: format!("pages:\n  shared: example.com/shared\n{TYPES}{STATE}"),
        callbacks: CALLBACKS.to_owned(),
        methods: "refund paid_callback".to_owned(),
        reads: vec![("actions/library_query.yaml".to_owned(), QUERY.to_owned())],
    };
    let folder = Folder::from_name("spec", spec.0.parent().unwrap(), None).unwrap();
    let report = compile_actions(&folder, &library).report().clone();
    let short = report.diagnostics().iter().map(|found| {
        let at = &found.place.position;
        format!("{}:{}:{}: {}", at.file, at.line, at.column, found.message)
    });
    short.collect()
}

#[test]
fn types_and_callbacks_of_the_library_are_there() {
    let pay = format!("{PAY}reply:\n  wallet: {{ type: Wallet, doc: D }}\ncallback: paid\n");
    assert_eq!(problems("shared", &[("actions/pay.yaml", &pay)]), [""; 0]);
}

/// A write with the given query.
fn asked_about(query: &str) -> String {
    let query = format!("query:\n  - {{ {query} }}\n");
    format!("{}request:\n  id: {{ type: order_id, doc: D }}\n", PAY.replace("query: { none: R }\n", &query))
}

#[test]
fn a_query_names_a_read_of_the_library_or_of_ones_own() {
    let problems = |name: &str, query: &str| {
        let own = QUERY.replace("QUERY", "OWN").replace("shared", "example.com/p");
        problems(name, &[("actions/pay.yaml", &asked_about(query)), ("actions/own_query.yaml", &own)])
    };
    for named in ["library_query", "own_query"] {
        let query = format!("action: {named}, set: {{ order_id: id, time: now }}, evidence: clients");
        assert_eq!(problems(named, &query), [""; 0]);
        let query = format!("action: {named}, set: {{ order_id: id }}, evidence: clients");
        let expected =
            format!("spec/actions/pay.yaml:7:15: the query `{named}` of `PAY` lacks the required field `time`");
        assert_eq!(problems(named, &query), [expected]);
    }
    assert_eq!(
        problems("refund", "action: refund, set: {}, evidence: clients"),
        ["spec/actions/pay.yaml:7:15: the query `refund` of `PAY` is not a read"]
    );
    assert_eq!(
        problems("unknown", "action: libary_query, set: {}, evidence: clients"),
        ["spec/actions/pay.yaml:7:15: unknown action `libary_query` in `query` of `PAY`"]
    );
}

#[test]
fn pages_of_the_library_and_of_ones_own_are_cited_by_name() {
    let pay = |page: &str| PAY.replace("page: example.com/p", &format!("page: {page}"));
    assert_eq!(problems("pages_shared", &[("actions/pay.yaml", &pay("shared"))]), [""; 0]);
    assert_eq!(
        problems("pages_unknown", &[("actions/pay.yaml", &pay("sharde"))]),
        ["spec/actions/pay.yaml:5:7: unknown page `sharde`"]
    );
    let own = ("types.yaml", "pages:\n  mine: example.com/mine\n");
    assert_eq!(problems("pages_own", &[("actions/pay.yaml", &pay("mine")), own]), [""; 0]);
    let taken = ("types.yaml", "pages:\n  shared: example.com/mine\n");
    assert_eq!(
        problems("pages_taken", &[("actions/pay.yaml", &pay("shared")), taken]),
        ["spec/types.yaml:2:3: the page `shared` already exists"]
    );
}

#[test]
fn one_call_may_ask_for_orders_and_for_refunds() {
    let query = |kind: &str| {
        let pay = PAY.replace("effect: write", "effect: read").replace("query: { none: R }\n", "");
        format!("{pay}request:\n  id: {{ type: {kind}, doc: D }}\n")
    };
    let both = |name, first: &str, second: &str| {
        problems(name, &[("actions/pay.yaml", &query(first)), ("actions/pays.yaml", &query(second))])
    };
    assert_eq!(both("queries", "order_id", "refund_id"), [""; 0]);
    assert_eq!(
        both("queries_alike", "refund_id", "refund_id"),
        ["spec/actions/pays.yaml:1:1: the action `PAY` is described twice, with the same fields"]
    );
}

#[test]
fn a_name_of_the_library_cannot_be_reused() {
    let pay = PAY.replace("PAY", "REFUND");
    assert_eq!(
        problems("taken", &[("actions/refund.yaml", &pay), ("types.yaml", TYPES), ("callbacks.yaml", CALLBACKS)]),
        [
            "spec/actions/refund.yaml:1:1: `refund` is already a method of `Client` and would shadow yours",
            "spec/callbacks.yaml:1:1: the callback `paid` already exists",
            "spec/types.yaml:1:1: the type `Wallet` already exists",
        ]
    );
}

#[test]
fn an_unused_type_with_a_name_similar_to_one_of_the_library_is_reported() {
    let pay = format!("{PAY}reply:\n  wallet: {{ type: Wallet, doc: D }}\n");
    let types = "Wallets: { type: text, doc: D }\n";
    assert_eq!(
        problems("near", &[("actions/pay.yaml", &pay), ("types.yaml", types)]),
        ["spec/types.yaml:1:1: the type `Wallets` is not used"]
    );
}

#[test]
fn a_gateway_of_ones_own_is_refused() {
    assert_eq!(
        problems("gateway", &[("actions/pay.yaml", PAY), ("gateway.yaml", GATEWAY)]),
        ["spec/gateway.yaml:1:1: `gateway.yaml` does not belong in this folder"]
    );
}

#[test]
fn a_callback_cannot_have_the_name_of_a_method_of_the_library() {
    let callbacks = CALLBACKS.replace("paid:\n", "heard:\n  standalone: true\n  method: refund\n");
    assert_eq!(
        problems("method", &[("actions/pay.yaml", PAY), ("callbacks.yaml", &callbacks)]),
        ["spec/callbacks.yaml:1:1: `refund` is already a method of `Client` and would shadow yours"]
    );
}
