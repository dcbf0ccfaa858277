//! Names that Rust cannot have, or that are taken.

use super::{CALLBACKS, Folder, HEAD, fields};

#[test]
fn names_that_rust_cannot_have_are_named() {
    assert_eq!(
        fields(
            "names",
            &[
                "order_id: { type: order_id, doc: D }",
                "orderId: { type: order_id, role: original_order, doc: D }",
                "send: { type: text, doc: D }",
                "self: { type: text, doc: D }",
                "\"a b\": { type: text, doc: D }",
            ]
        ),
        [
            "spec/actions/pay.yaml:8:3: PAY: `orderId` and `order_id` both give the name `order_id`\nhelp: give one of them a `name:`",
            "spec/actions/pay.yaml:9:3: the field `send` would give a method `send`, which has another meaning\nhelp: add `name: send_field` or the like",
            "spec/actions/pay.yaml:10:3: the field `self` would give a method `self`, which has another meaning\nhelp: add `name: self_field` or the like",
            "spec/actions/pay.yaml:11:3: `a b` cannot be the name of a field\nhelp: use letters, digits and `_`, beginning with a letter",
        ]
    );
}

#[test]
fn names_of_further_setters_and_type_parameters_must_differ_too() {
    assert_eq!(
        fields(
            "further_names",
            &[
                "a1: { type: text, doc: D }",
                "a_1: { type: text, doc: D }",
                "b: { type: text, may_omit: true, doc: D }",
                "without_b: { type: text, doc: D }",
                "maybe_c: { type: text, doc: D }",
                "c: { type: text, optional: true, doc: D }",
            ]
        ),
        [
            "spec/actions/pay.yaml:8:3: PAY: `a_1` and `a1` both give the name `A1`\nhelp: give one of them a `name:`",
            "spec/actions/pay.yaml:10:3: PAY: `without_b` and `b` both give the name `without_b`\nhelp: give one of them a `name:`",
            "spec/actions/pay.yaml:12:3: PAY: `c` and `maybe_c` both give the name `maybe_c`\nhelp: give one of them a `name:`",
        ]
    );
}

#[test]
fn names_of_the_library_and_of_the_envelope_are_taken() {
    let folder = Folder::new("taken");
    folder.write("actions/rate.yaml", HEAD);
    folder.write("actions/self.yaml", HEAD);
    folder.write("actions/self_.yaml", HEAD);
    folder.write("actions/pay.yaml", format!("{HEAD}outer:\n  md5: {{ type: text, doc: D }}\n"));
    folder.write("callbacks.yaml", CALLBACKS.replace("  summary", "  method: send\n  summary"));
    assert_eq!(
        folder.problems(),
        [
            "spec/actions/pay.yaml:7:3: `md5` is a member of the envelope, which the client writes\nhelp: remove it",
            "spec/actions/rate.yaml:1:1: the Rust type `Rate` would hide the one of the library\nhelp: give it another name",
            "spec/actions/self.yaml:1:1: `self` cannot be the name of a method\nhelp: name it in snake_case, such as `status_query.yaml`; the name becomes the client's method",
            "spec/actions/self_.yaml:1:1: `self_` cannot be the name of a method\nhelp: name it in snake_case, such as `status_query.yaml`; the name becomes the client's method",
            "spec/actions/self_.yaml:1:1: the Rust type `Self` is also made from spec/actions/self.yaml:1\nhelp: rename one of the two",
            "spec/callbacks.yaml:2:11: `send` cannot be the name of a callback\nhelp: name it in snake_case, such as `payment`; no word of Rust, and no method that every client has",
        ]
    );
}

#[test]
fn keywords_are_escaped_and_not_refused() {
    assert_eq!(fields("keywords", &["type: { type: text, doc: D }", "match: { type: text, doc: D }"]), [""; 0]);
}

#[test]
fn two_actions_cannot_share_a_rust_name() {
    let folder = Folder::new("clash");
    folder.write("actions/pay_reply.yaml", HEAD);
    folder.write("actions/paid_callback.yaml", HEAD);
    assert_eq!(
        folder.problems(),
        [
            "spec/actions/paid_callback.yaml:1:1: the Rust type `PaidCallback` is also made from spec/callbacks.yaml:1\nhelp: rename one of the two",
            "spec/actions/pay_reply.yaml:1:1: the Rust type `PayReply` is also made from spec/actions/pay.yaml:1\nhelp: rename one of the two",
            "spec/callbacks.yaml:1:1: the method `paid_callback` is also made from spec/actions/paid_callback.yaml:1\nhelp: rename one of the two",
        ]
    );
}
