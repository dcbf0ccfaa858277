//! Fields: rules that contradict, and examples that break them.

use super::{action, fields};

#[test]
fn a_part_is_played_by_one_field() {
    assert_eq!(
        fields(
            "roles",
            &[
                "a: { type: order_id, doc: D }",
                "b: { type: order_id, doc: D }",
                "c: { type: order_id, role: none, doc: D }"
            ]
        ),
        [
            "spec/actions/pay.yaml:8:3: PAY: `b` and `a` both play the role `order`\nhelp: give one of them another `role:`, or `role: none`"
        ]
    );
    let [problem] = &fields("role_type", &["a: { type: text, role: amount, doc: D }"])[..] else {
        panic!("one problem")
    };
    assert!(
        problem.starts_with("spec/actions/pay.yaml:7:26: a field of this type cannot play the role `amount`\nhelp: ")
    );
}

#[test]
fn constants_follow_the_rules_of_their_field() {
    assert_eq!(
        fields(
            "constants",
            &["a: { type: amount, const: abc, doc: D }", "b: { type: text, len: 2, const: ABC, doc: D }"]
        ),
        [
            "spec/actions/pay.yaml:7:3: the constant of the field `a` must be a whole number of digits",
            "spec/actions/pay.yaml:8:3: the constant of the field `b` has 3 characters, which its limits do not allow",
        ]
    );
}

#[test]
fn rules_that_contradict_are_named() {
    assert_eq!(
        fields(
            "contradictions",
            &[
                "a: { type: text, const: X, optional: true, doc: D }",
                "b: { type: amount, max_len: 5, doc: D }",
                "c: { type: text, min_len: 5, max_len: 4, doc: D }",
                "d: { type: text, only: [X], doc: D }",
                "e: { type: Wallet, only: [RED, GREEN], doc: D }",
                "f: { type: datetime, doc: D }",
                "g: { type: text, aliases: [h], doc: D }",
            ]
        ),
        [
            "spec/actions/pay.yaml:7:3: `optional` of the field `a` contradicts `const`: the client always writes it\nhelp: remove it",
            "spec/actions/pay.yaml:8:31: the type of the field `b` takes no limits on its text\nhelp: limits belong to text, order_id and url",
            "spec/actions/pay.yaml:9:29: the field `c` would have to be at least 5 and at most 4 long",
            "spec/actions/pay.yaml:10:27: `only` of the field `d` needs an enum or `currency` as type\nhelp: declare one in types.yaml, or remove `only`",
            "spec/actions/pay.yaml:11:34: `GREEN` is not a word of `Wallet`\nhelp: known are `RED`, `BLUE`",
            "spec/actions/pay.yaml:12:14: the type `datetime` of the field `f` is for replies and callbacks only\nhelp: use `timestamp`",
            "spec/actions/pay.yaml:13:3: `aliases` of the field `g` has no meaning in a request: one name is sent\nhelp: remove it",
        ]
    );
}

#[test]
fn what_the_client_writes_is_not_asked_of_the_caller() {
    assert_eq!(
        fields(
            "written",
            &[
                "a: { type: text, fill: merchant, doc: D }",
                "b: { type: order_id, copy_of: nothing, doc: D }",
                "c: { type: text, opt_in: true, doc: D }",
                "d: { type: url, fill: endpoint, const: \"https://x\", doc: D }",
                "e: { type: url, fill: endpoint, optional: true, doc: D }",
                "f: { type: amount, copy_of: f, role: tip, doc: D }",
                "g: { type: text, encode: base64, doc: D }",
                "h: { type: text, lenient: true, doc: D }",
                "i: { type: text, evidence: rumour, doc: D }",
                "j: { type: text, content: Wallet, doc: D }",
            ]
        ),
        [
            "spec/actions/pay.yaml:7:26: unknown fill `merchant`\nhelp: did you mean `merchant_id`?",
            "spec/actions/pay.yaml:8:33: there is no field `nothing` to copy\nhelp: known are `a`, `c`, `d`, `e`, `f`, `g`, `h`, `i`, `j`",
            "spec/actions/pay.yaml:9:3: `opt_in` of the field `c` needs a `const` or `copy_of`, which the caller may ask for\nhelp: remove it",
            "spec/actions/pay.yaml:10:3: `fill` of the field `d` contradicts `const`\nhelp: remove it",
            "spec/actions/pay.yaml:10:3: the field `d` says where the call goes, which only an SDK needs to be told\nhelp: remove `fill: endpoint`, or write `protocol: sdk`",
            "spec/actions/pay.yaml:11:3: `optional` of the field `e` contradicts `fill`: the client always writes it\nhelp: remove it",
            "spec/actions/pay.yaml:11:3: the field `e` says where the call goes, which only an SDK needs to be told\nhelp: remove `fill: endpoint`, or write `protocol: sdk`",
            "spec/actions/pay.yaml:12:31: the field `f` names itself to copy\nhelp: name another field of the request",
            "spec/actions/pay.yaml:12:40: a field that is always `f` plays no role",
            "spec/actions/pay.yaml:13:3: `encode` of the field `g` is for links only\nhelp: remove it",
            "spec/actions/pay.yaml:14:3: `lenient` of the field `h` has no limits to be lenient about\nhelp: remove it, or add `max_len` or the like",
            "spec/actions/pay.yaml:15:30: unknown evidence `rumour`\nhelp: known are `clients`, `assumed`",
            "spec/actions/pay.yaml:16:29: unknown object `Wallet`\nhelp: none is defined",
        ]
    );
}

#[test]
fn what_holds_between_two_fields_is_checked() {
    assert_eq!(
        fields(
            "between",
            &[
                "a: { type: text, copy_of: b, doc: D }",
                "b: { type: text, copy_of: c, doc: D }",
                "c: { type: text, optional: true, doc: D }",
                "d: { type: amount, role: none, doc: D }",
                "e: { type: url, copy_of: d, doc: D }",
                "f: { type: text, optional: true, instead_of: d, doc: D }",
                "g: { type: text, instead_of: c, doc: D }",
                "h: { type: text, optional: true, instead_of: cc, doc: D }",
                "i: { type: amount, role: none, fill: merchant_id, doc: D }",
                "j: { type: currency, only: [CAD], const: \"\", doc: D }",
                "k: { type: text, optional: true, instead_of: c, doc: D }",
                "l: { type: text, optional: true, instead_of: c, doc: D }",
                "m: { type: url, fill: endpoint, doc: D }",
            ]
        ),
        [
            "spec/actions/pay.yaml:7:3: the field `a` copies `b`, which may be absent\nhelp: copy a field inside `data` that the caller must set",
            "spec/actions/pay.yaml:8:3: the field `b` copies `c`, which may be absent\nhelp: copy a field inside `data` that the caller must set",
            "spec/actions/pay.yaml:11:3: the field `e` copies `d`, which is of another type\nhelp: give both the same type",
            "spec/actions/pay.yaml:12:3: the field `f` cannot stand in for `d`, which is always sent\nhelp: name an optional field or a constant that stands beside it",
            "spec/actions/pay.yaml:13:3: the field `g` would always stand in for another\nhelp: make it `optional: true` or `opt_in: true`",
            "spec/actions/pay.yaml:14:48: there is no field `cc` to stand in for\nhelp: did you mean `c`?",
            "spec/actions/pay.yaml:15:40: `fill: merchant_id` of the field `i` needs `type: text`\nhelp: write `type: text`",
            "spec/actions/pay.yaml:16:3: `const` of the field `j` is empty\nhelp: remove it",
            "spec/actions/pay.yaml:16:3: the constant of the field `j` must not be empty",
            "spec/actions/pay.yaml:17:3: the fields `g` and `k` both stand in for `c`\nhelp: only one may",
            "spec/actions/pay.yaml:18:3: the fields `g` and `l` both stand in for `c`\nhelp: only one may",
            "spec/actions/pay.yaml:19:3: the field `m` says where the call goes, which only an SDK needs to be told\nhelp: remove `fill: endpoint`, or write `protocol: sdk`",
        ]
    );
}

#[test]
fn examples_must_follow_the_rules_they_show() {
    let body = "request:\n  a: { type: text, max_len: 2, doc: D }\n  b: { type: amount, doc: D }\n  c: { type: text, const: X, doc: D }\n\
        \x20 d: { type: Wallet, doc: D }\nexamples:\n  - request: { a: abc, b: \"1.5\", c: X, d: PINK, e: f }\n  - request: { a: ab, b: 5 }\n";
    assert_eq!(
        action("examples", body),
        [
            "spec/actions/pay.yaml:12:19: `a` of the example has 3 characters, which its limits do not allow",
            "spec/actions/pay.yaml:12:27: `b` of the example must be a whole number of digits",
            "spec/actions/pay.yaml:12:37: `c` is a constant\nhelp: remove it: the client writes it",
            "spec/actions/pay.yaml:12:43: `d` of the example must be a word of `Wallet` that is taken here",
            "spec/actions/pay.yaml:12:49: the request has no field `e`\nhelp: did you mean `a`?",
            "spec/actions/pay.yaml:13:5: the example's request lacks the required field `b`\nhelp: add it, or make the field `optional: true`",
            "spec/actions/pay.yaml:13:5: the example's request lacks the required field `d`\nhelp: add it, or make the field `optional: true`",
            "spec/actions/pay.yaml:13:26: the example's `b` must be text, found a number\nhelp: write it in quotes, such as \"1.0\"",
        ]
    );
}
