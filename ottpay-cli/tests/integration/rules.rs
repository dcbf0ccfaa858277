//! A rule is defined in one place: each is tested in generator, client, sandbox and command, which have to agree.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use ottpay::envelope::{Message, seal};
use ottpay::request::{AnyQuery, AnyRequest};
use ottpay::spec::{ActionInfo, Effect, FieldInfo, Kind, WordSet as _};
use ottpay::{Client, Framing, GATEWAY, OrderId, SignKey};
use ottpay_sandbox::Sandbox;

use crate::common::{Done, folder, ottpay, run, sample};

/// A rule for values: a field of this kind in the library, its valid values, and invalid ones.
struct Rule {
    method: &'static str,
    field: &'static str,
    good: &'static [&'static str],
    bad: &'static [(&'static str, &'static str)],
}

const WHITE_SPACE: &str = "the id contains whitespace";
const NOT_A_URL: &str = "expected an absolute URL such as https://shop.example/ottpay";

const RULES: &[Rule] = &[
    Rule {
        method: "active_pay",
        field: "order_id",
        good: &["T1", "2020041468976O124O000857", "order-1/é"],
        bad: &[
            ("T 1", WHITE_SPACE),
            (" T1", WHITE_SPACE),
            ("T1\u{a0}", WHITE_SPACE),
            ("T\t1", "the id contains a control character"),
        ],
    },
    Rule {
        method: "refund",
        field: "order_id",
        good: &["R1", "R-2020/é"],
        bad: &[("R 1", WHITE_SPACE), ("R\t1", "the id contains a control character")],
    },
    Rule {
        method: "prepay_init",
        field: "prepay_order_id",
        good: &["prepay20220727132626764"],
        bad: &[("C 1", WHITE_SPACE), ("C\n1", "the id contains a control character")],
    },
    Rule {
        method: "active_pay",
        field: "amount",
        good: &["1", "0", "1999", "18446744073709551615"],
        bad: &[
            ("19.99", "expected a whole number of minor units"),
            ("-1", "expected a whole number of minor units"),
            ("1E2", "expected a whole number of minor units"),
            ("１９", "expected a whole number of minor units"),
            ("18446744073709551616", "the number is too large"),
        ],
    },
    Rule {
        method: "active_pay",
        field: "biz_type",
        good: &["WECHATPAY", "ALIPAY"],
        bad: &[("alipay", "expected one of WECHATPAY, ALIPAY, UNIONPAY"), ("CASH", "expected one of")],
    },
    Rule {
        method: "active_pay",
        field: "call_back_url",
        good: &["https://shop.example/cb?a=1&b=2", "http://127.0.0.1:8000/x", "https://münchen.example/"],
        bad: &[
            ("shop.example/cb", NOT_A_URL),
            ("https:shop.example", NOT_A_URL),
            ("https://user@shop.example/", NOT_A_URL),
            ("https://shop.example/a b", NOT_A_URL),
            ("https://shop..example/", NOT_A_URL),
            ("https://127.1/", NOT_A_URL),
            ("ftp://shop.example/", NOT_A_URL),
        ],
    },
    Rule {
        method: "active_pay",
        field: "currency_type",
        good: &["CAD", "JPY"],
        bad: &[
            ("cad", "expected a currency code of three letters"),
            ("C$", "expected a currency code of three letters"),
        ],
    },
    Rule {
        method: "portico_purchase",
        field: "cc_maskednum",
        good: &["1111"],
        bad: &[("111", "expected 4 characters, got 3"), ("111A", "expected digits only")],
    },
    Rule {
        method: "elavon_query",
        field: "txnTime",
        good: &["20191125163000", "20200229235959"],
        bad: &[
            ("20190229000000", "expected a time as 14 digits, yyyyMMddHHmmss"),
            ("2019-11-25", "expected a time as 14 digits, yyyyMMddHHmmss"),
            ("20191125240000", "expected a time as 14 digits, yyyyMMddHHmmss"),
        ],
    },
    Rule {
        method: "prepay_init",
        field: "duration",
        good: &["600", "0"],
        bad: &[
            ("ten", "expected a whole number"),
            ("-1", "expected a whole number"),
            ("1.5", "expected a whole number"),
        ],
    },
];

/// Values that are received in a field of this kind, and values that cannot be read as one.
const RECEIVED: &[(&str, &[&str], &[&str])] = &[
    ("amount", &["1999", "19.00", "1E2"], &["19.99", "-5", "1,999"]),
    ("integer", &["7", "7.0"], &["7.5", "x"]),
    ("rate_e8", &["650000000"], &["6.5"]),
    ("decimal", &["5.24740000", "-1E2", "0.1"], &["5,2", "1E40", "x"]),
    ("currency", &["CAD", "cad"], &["CA", "C4D"]),
    ("order_id", &["T1", "T 1"], &[]),
    ("refund_id", &["R1", "R 1"], &[]),
    ("checkout_id", &["C1", "C 1"], &[]),
    ("text", &["x", ""], &[]),
    ("url", &["weixin://wxpay/x"], &[]),
    ("datetime", &["Apr 14, 2020 12:08:58 AM", "x"], &[]),
    ("json", &["{}"], &[]),
];

/// The action, its field, and the values of its first example.
fn find(rule: &Rule) -> (&'static ActionInfo, &'static FieldInfo, BTreeMap<&'static str, String>) {
    let info = GATEWAY.find_method(rule.method).unwrap();
    let field = info.request.iter().find(|field| field.name == rule.field && !field.outer).unwrap();
    let example = info.examples.first().unwrap().request.iter();
    (info, field, example.map(|(name, value)| (*name, (*value).to_owned())).collect())
}

/// `ottpay spec check` of a private action, whose example has the value in a field of the same kind and limits.
fn check_example(field: &FieldInfo, value: &str) -> Done {
    let mut keys = format!("type: {}", field.kind_name());
    if !field.only.is_empty() {
        keys += &format!(", only: [{}]", field.only.join(", "));
    }
    if field.limits.min_len > 0 {
        keys += &format!(", min_len: {}", field.limits.min_len);
    }
    if field.limits.max_len < usize::MAX {
        keys += &format!(", max_len: {}", field.limits.max_len);
    }
    if let Some(charset) = field.limits.charset.word() {
        keys += &format!(", charset: {charset}");
    }
    let value = serde_json::to_string(value).unwrap();
    check_action(&format!(
        "action: SHOP_QUERY\nversion: \"1.0\"\neffect: read\nsummary: Asks.\npage: shop.example/pay\nrequest:\n  value: {{ {keys}, \
         doc: Value. }}\nexamples:\n  sample:\n    request:\n      value: {value}\n"
    ))
}

/// `ottpay spec check` of an action whose example has the value in the reply.
fn check_received_example(kind: &str, value: &str) -> Done {
    let value = serde_json::to_string(value).unwrap();
    check_action(&format!(
        "action: SHOP_QUERY\nversion: \"1.0\"\neffect: read\nsummary: Asks.\npage: shop.example/pay\nreply:\n  value: {{ type: \
         {kind}, optional: true, role: none, doc: Value. }}\nexamples:\n  sample:\n    reply:\n      value: {value}\n"
    ))
}

fn check_action(text: &str) -> Done {
    let own = folder();
    fs::create_dir_all(own.join("actions")).unwrap();
    fs::write(own.join("actions/shop_query.yaml"), text).unwrap();
    run(ottpay(&["spec", "check", own.to_str().unwrap()]), "")
}

/// What the sandbox answers to the sealed fields: code and message.
fn post(sandbox: &Sandbox, info: &ActionInfo, fields: &BTreeMap<&str, String>) -> (String, String) {
    let sealed = seal(fields, &sandbox.sign_key(), GATEWAY.cipher);
    let members = [
        ("action", info.action),
        ("version", info.version),
        ("merchant_id", sandbox.merchant_id()),
        ("data", &*sealed.data),
        ("md5", &*sealed.md5),
    ];
    let body = String::from_utf8(Message::new(members).to_body(Framing::Json)).unwrap();
    let address = sandbox.url().strip_prefix("http://").unwrap().trim_end_matches('/').to_owned();
    let mut stream = TcpStream::connect(&address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        info.path,
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    let (_, body) = reply.split_once("\r\n\r\n").unwrap();
    let start = body.find('{').unwrap_or_else(|| panic!("{reply}"));
    let end = body.rfind('}').unwrap();
    let message = Message::read(&body.as_bytes()[start..=end]).unwrap();
    (message.code().unwrap().into_owned(), message.text("rsp_msg").unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_rule_of_values_is_the_same_in_generator_client_sandbox_and_command() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    for rule in RULES {
        let (info, field, example) = find(rule);
        let good = rule.good.iter().map(|value| (*value, None));
        for (value, says) in good.chain(rule.bad.iter().map(|(value, says)| (*value, Some(*says)))) {
            let context = format!("{} {}: {value:?}", rule.method, rule.field);
            let mut fields = example.clone();
            fields.insert(field.name, value.to_owned());
            // The generator; it also knows the words of the enum.
            let checked = check_example(field, value);
            // The client; fields that it writes itself are not set.
            let given: Vec<(&str, &str)> = info
                .request
                .iter()
                .filter(|field| !field.outer && field.constant.is_none() && field.fill.is_none())
                .filter_map(|field| Some((field.name, fields.get(field.name)?.as_str())))
                .collect();
            let given_fields = given.iter().copied();
            let built = match info.effect {
                Effect::Write => AnyRequest::new(&client, info, given_fields).map(drop),
                Effect::Read => AnyQuery::new(&client, info, given_fields).map(drop),
            };
            // The command.
            let input = serde_json::to_string(&given.iter().copied().collect::<BTreeMap<_, _>>()).unwrap();
            let sealed = run(sample(&["seal", rule.method]), &*input);
            // The sandbox; each order has an id of its own.
            if rule.method == "active_pay" && field.name != "order_id" {
                fields.insert("order_id", OrderId::random().to_string());
            }
            let (code, message) = post(&sandbox, info, &fields);
            match says {
                None => {
                    assert_eq!(checked.code, 0, "{context}: {checked:?}");
                    assert!(built.is_ok(), "{context}: {built:?}");
                    assert_eq!(sealed.code, 0, "{context}: {sealed:?}");
                    assert_ne!(code, "PARAM_ERROR", "{context}: {message}");
                }
                Some(says) => {
                    assert!(checked.code == 1 && checked.err.contains(says), "{context}: {checked:?}");
                    let error = built.unwrap_err().to_string();
                    assert!(error.contains(says), "{context}: {error}");
                    assert!(sealed.code == 2 && sealed.err.contains(says), "{context}: {sealed:?}");
                    assert!(code == "PARAM_ERROR" && message.contains(says), "{context}: {code} {message}");
                    assert_eq!(run(sample(&["seal", rule.method, "--unchecked"]), &*input).code, 0, "{context}");
                }
            }
        }
    }
}

fn client(sandbox: &Sandbox) -> Client {
    let builder = Client::builder().endpoint(sandbox.url()).merchant_id(sandbox.merchant_id());
    builder.sign_key(sandbox.sign_key()).build().unwrap()
}

#[test]
fn generator_and_client_read_received_values_alike() {
    for (kind, good, bad) in RECEIVED {
        let (_, built_in) = Kind::BUILT_IN.iter().find(|(name, _)| name == kind).unwrap();
        let field = FieldInfo { kind: *built_in, required: false, ..FieldInfo::PLAIN };
        let good = good.iter().map(|value| (value, true));
        for (value, is_right) in good.chain(bad.iter().map(|value| (value, false))) {
            let checked = check_received_example(kind, value);
            assert_eq!(checked.code == 0, is_right, "{kind} {value:?}: {checked:?}");
            assert_eq!(field.rule(false).check_received(value).is_ok(), is_right, "{kind} {value:?}");
        }
    }
}

/// A kind that is added to the language must be added to a table here.
#[test]
fn every_built_in_kind_has_its_rules_here() {
    for (kind, _) in Kind::BUILT_IN {
        let is_sent = RULES.iter().any(|rule| find(rule).1.kind_name() == kind);
        assert!(is_sent || RECEIVED.iter().any(|(known, ..)| *known == kind), "{kind}");
    }
}

#[test]
fn an_order_id_is_the_same_to_its_type() {
    let rule = RULES.iter().find(|rule| rule.field == "order_id").unwrap();
    for value in rule.good {
        assert!(OrderId::new(*value).is_ok(), "{value}");
    }
    for (value, says) in rule.bad {
        assert_eq!(OrderId::new(*value).unwrap_err().to_string(), *says, "{value}");
    }
}

/// The name of an action on the wire, and the path to which it is sent.
#[test]
fn paths_versions_and_constants_are_the_same_in_generator_client_and_command() {
    let builder = || {
        let key = SignKey::new("6698851A525C9433").unwrap();
        Client::builder().merchant_id("M").sign_key(key)
    };
    let info = GATEWAY.find_method("status_query").unwrap();
    let yaml = |key: &str, value: &str| {
        let mut lines = vec![
            ("action", "SHOP_QUERY".to_owned()),
            ("version", "\"1.0\"".to_owned()),
            ("effect", "read".to_owned()),
            ("summary", "Asks.".to_owned()),
            ("page", "shop.example/pay".to_owned()),
        ];
        lines.retain(|(known, _)| *known != key);
        lines.push((key, serde_json::to_string(value).unwrap()));
        lines.into_iter().map(|(key, value)| format!("{key}: {value}\n")).collect::<String>()
    };
    let path = "expected a path such as /processV2: a slash, then letters, digits and `/-._~`, without `.` or `..` as a segment";
    for (key, value, says) in [
        ("path", "/processV3", None),
        ("path", "/a/b.c/~d", None),
        ("path", "/../x", Some(path)),
        ("path", "/a/./b", Some(path)),
        ("path", "processV2", Some(path)),
        ("path", "/a?b=c", Some(path)),
        ("path", "/a b", Some(path)),
        ("path", "//evil.example/", None),
        ("version", "2.0", None),
        ("version", "1 0", Some("expected a version such as 1.0")),
        ("version", "１", Some("expected a version such as 1.0")),
        ("action", "SHOP_QUERY2", None),
        ("action", "SHOP QUERY", Some("letters, digits and `_`")),
        ("action", "SHOP-QUERY", Some("letters, digits and `_`")),
    ] {
        let checked = check_action(&yaml(key, value));
        let built = match key {
            "path" => builder().path(info, value).build(),
            "version" => builder().version(info, value).build(),
            _ => builder().action(info, value).build(),
        };
        let sealed = match key {
            "version" => Some(run(sample(&["seal", "status_query", "--version", value]), "{}")),
            "action" => Some(run(sample(&["seal", value, "--version", "1.0"]), "{}")),
            _ => None,
        };
        if let Some(sealed) = sealed {
            let is_right = says.map_or(sealed.code == 0, |says| sealed.code == 2 && sealed.err.contains(says));
            assert!(is_right, "{key} {value}: {sealed:?}");
        }
        match says {
            None => {
                assert_eq!(checked.code, 0, "{key} {value}: {checked:?}");
                assert!(built.is_ok(), "{key} {value}: {built:?}");
            }
            Some(says) => {
                assert!(checked.code == 1 && checked.err.contains(says), "{key} {value}: {checked:?}");
                let error = built.unwrap_err().to_string();
                assert!(error.contains(says), "{key} {value}: {error}");
            }
        }
    }
}

/// All of them give the same answer to a misspelled name.
#[test]
fn a_misspelled_name_has_the_same_suggestion_everywhere() {
    for (given, meant) in [("ACTIVPAY", "ACTIVEPAY"), ("STATUS_QERY", "STATUS_QUERY")] {
        let sealed = run(sample(&["seal", given]), "{}");
        sealed.fails(2, &[&format!("did you mean `{meant}`?")]);
        assert_eq!(ottpay_vocabulary::find_nearest(given, GATEWAY.actions.iter().map(|info| info.action)), Some(meant));
    }
    let text = "action: SHOP_QUERY\nversoin: \"1.0\"\neffect: read\nsummary: Asks.\npage: shop.example/pay\n";
    let checked = check_action(text);
    assert!(checked.err.contains("did you mean `version`?"), "{checked:?}");
}
