//! The page `docs/recorded.md`: what each example of the specification contains, and what the sandbox answers.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use crate::common::{NOBODY, OPERATOR, checkout, client_of, exchange, order, refund_id, shop};
use ottpay::request::{AnyQuery, AnyRequest};
use ottpay::spec::{ActionInfo, CallbackInfo, Effect, Example, FieldInfo, Kind, Protocol, Role};
use ottpay::{Amount, BizType, Client, GATEWAY, StatusClass};
use ottpay_sandbox::{Act, Sandbox};

const INTRODUCTION: &str = "\
# Recorded examples and the sandbox's answers

A test runs each example of the specification against the sandbox, in its [plain form](sandbox.md#how-messages-are-written),
and generates this page. *The example* is the one in the specification; some of its values are invented where the vendor
does not publish any: see the page of the action. The sandbox's answers are not evidence of what the gateway does. A value
that differs from order to order is described in words.

";

/// The fields of a message by name.
type Values = BTreeMap<String, String>;

/// A sandbox of the merchant of an example.
async fn start(fields: &[FieldInfo], sample: &[(&'static str, &'static str)]) -> (Sandbox, Client) {
    let merchant = find_role(fields, sample, Role::Merchant).unwrap_or("ON00004652");
    let sandbox = Sandbox::builder().tame(true).merchant_id(merchant).start().await.unwrap();
    let client = client_of(&sandbox).build().unwrap();
    (sandbox, client)
}

#[tokio::test]
async fn every_field_of_every_example_is_answered_and_shown_on_the_page() {
    let mut text = INTRODUCTION.to_owned();
    text.push_str("## Replies\n\n");
    let mut files = BTreeSet::new();
    for info in GATEWAY.actions.iter().filter(|info| !info.reply.is_empty() && !info.reserves) {
        // Only one variant of an action is played, because all of them have the same examples.
        if !files.insert(info.file) {
            continue;
        }
        for (example, number) in info.examples.iter().zip(1..) {
            let answered = play(info, example).await;
            let title = format!("`{}` (`{}`)", info.name, info.action);
            write_table(&title, number, info.examples.len(), info.reply, example.reply, &answered, &mut text);
        }
    }
    text.push_str("## Callbacks\n\n");
    for callback in GATEWAY.callbacks {
        for (example, number) in callback.examples.iter().zip(1..) {
            let title = format!("`{}`", callback.name);
            match call_back(callback, example).await {
                Some(sent) => {
                    write_table(&title, number, callback.examples.len(), callback.fields, example, &sent, &mut text);
                }
                None => {
                    writeln!(
                        text,
                        "### {title}\n\nNo action of the specification has it, so the sandbox does not send it.\n"
                    )
                    .unwrap();
                }
            }
        }
    }
    compare(text.trim_end());
}

/// The value of the field with this role in an example.
fn find_role(fields: &[FieldInfo], sample: &[(&'static str, &'static str)], role: Role) -> Option<&'static str> {
    let field = fields.iter().find(|field| field.role == Some(role))?;
    sample.iter().find(|(name, _)| field.has_name(name)).map(|(_, text)| *text)
}

/// The amount in the field with this role in an example.
fn find_amount(fields: &[FieldInfo], sample: &[(&'static str, &'static str)], role: Role) -> Option<Amount> {
    find_role(fields, sample, role).map(|text| Amount::from_minor(text.parse().unwrap()))
}

/// The act that leads to the status that the example states.
fn find_act(fields: &[FieldInfo], sample: &[(&'static str, &'static str)]) -> Option<Act> {
    let field = fields.iter().find(|field| field.role == Some(Role::Status))?;
    let Kind::Enum(words) = field.kind else { return None };
    match words.classify(find_role(fields, sample, Role::Status)?) {
        StatusClass::Paid => Some(pay(fields, sample)),
        StatusClass::Closed => Some(Act::Expire),
        _ => None,
    }
}

/// The buyer pays with the tip and the fee of an example.
fn pay(fields: &[FieldInfo], sample: &[(&'static str, &'static str)]) -> Act {
    let amount = |role| find_amount(fields, sample, role).filter(|amount| *amount != Amount::ZERO);
    Act::Pay { tip: amount(Role::Tip), fee: amount(Role::Fee) }
}

/// What the sandbox answers to the request of an example, about an order in the state of the example.
async fn play(info: &'static ActionInfo, example: &Example) -> Values {
    let (sandbox, client) = start(info.reply, example.reply).await;
    let asked = |role| find_role(info.request, example.request, role).filter(|_| info.effect == Effect::Read);
    let refund = asked(Role::Refund);
    let original = find_role(info.request, example.request, Role::OriginalOrder).or(refund.and(Some("P1")));
    let page = asked(Role::CheckoutOrder);
    if let Some(id) = original.or(asked(Role::Order)) {
        let total = find_amount(info.reply, example.reply, Role::Amount).unwrap_or(Amount::from_minor(100));
        let payment = client.active_pay().order_id(order(id)).amount(total).operator_id(OPERATOR);
        payment.biz_type(BizType::Alipay).call_back_url(NOBODY).send().await.unwrap();
    } else if let Some(id) = page {
        checkout(&client, id, NOBODY).await;
    }
    let act = match original {
        Some(_) => Some(Act::Pay { tip: None, fee: None }),
        None => find_act(info.reply, example.reply),
    };
    if let Some((id, act)) = original.or(asked(Role::Order)).or(page).zip(act) {
        sandbox.act(id, act).await.unwrap();
    }
    if let Some((refund, original)) = refund.zip(original) {
        let total = find_amount(info.reply, example.reply, Role::Amount).unwrap_or(Amount::from_minor(100));
        let refund = client.refund().order_id(refund_id(refund)).ori_order_id(order(original));
        refund.refund_amt(total).send().await.unwrap();
    }
    let fields = example.request.iter().copied();
    let received = match info.effect {
        Effect::Write => client.send(&AnyRequest::new(&client, info, fields).unwrap()).await.unwrap(),
        Effect::Read => client.send(&AnyQuery::new(&client, info, fields).unwrap()).await.unwrap(),
    };
    read_texts(received.fields())
}

fn read_texts(fields: &ottpay::envelope::Fields) -> Values {
    fields.iter().map(|(name, value)| (name.to_owned(), value.as_text().unwrap().to_owned())).collect()
}

/// The callback that the sandbox sends for the first action that has it, if its order is the one of the example.
async fn call_back(callback: &CallbackInfo, sample: &[(&'static str, &'static str)]) -> Option<Values> {
    let has_it = |info: &&&ActionInfo| !info.reserves && info.callback.is_some_and(|known| known.name == callback.name);
    let info = *GATEWAY.actions.iter().find(has_it)?;
    let (sandbox, client) = start(callback.fields, sample).await;
    let (url, bodies) = shop().await;
    let example = info.examples.first().unwrap();
    let fee = find_amount(callback.fields, sample, Role::Fee).map_or(0, Amount::minor);
    let total = find_amount(callback.fields, sample, Role::Amount).unwrap();
    let amount = (total.minor() - fee).to_string();
    let own = match info.own_id().unwrap().role {
        Some(Role::Order) => find_role(callback.fields, sample, Role::Order),
        _ => find_role(info.request, example.request, Role::CheckoutOrder),
    };
    let set = [
        (Role::Order, own),
        (Role::Amount, Some(&*amount)),
        (Role::CallbackUrl, Some(&*url)),
        (Role::Remark, find_role(callback.fields, sample, Role::Remark)),
    ];
    let set: Vec<_> =
        set.into_iter().filter_map(|(role, text)| Some((info.request_field(role)?.name, text?))).collect();
    let kept = example.request.iter().copied().filter(|(name, _)| set.iter().all(|(other, _)| other != name));
    let fields = || kept.clone().chain(set.iter().copied());
    match info.protocol {
        Protocol::Sdk => {
            let body = AnyRequest::parameters(&client, info, fields()).unwrap().into_bytes();
            assert_eq!(exchange(sandbox.url(), "POST", info.path, body).await.0, 200);
        }
        _ => _ = client.send(&AnyRequest::new(&client, info, fields()).unwrap()).await.unwrap(),
    }
    sandbox.act(own.unwrap(), pay(callback.fields, sample)).await.unwrap();
    let body = bodies.lock().unwrap().first().unwrap().clone();
    let message = ottpay::envelope::Message::read(&body).unwrap();
    let (data, md5) = (message.text("data").unwrap(), message.text("md5").unwrap());
    Some(read_texts(&ottpay::envelope::open(data, md5, &sandbox.sign_key(), GATEWAY.cipher).unwrap()))
}

/// Appends the fields of an example and of its answer.
fn write_table(
    title: &str,
    number: usize,
    count: usize,
    fields: &[FieldInfo],
    sample: &[(&str, &str)],
    answered: &Values,
    text: &mut String,
) {
    let which = if count > 1 { format!(", example {number}") } else { String::new() };
    writeln!(text, "### {title}{which}\n\n| field | the example | the sandbox |\n|---|---|---|").unwrap();
    for field in fields {
        for name in std::iter::once(&field.name).chain(field.aliases) {
            let shown = sample.iter().find(|(known, _)| known == name).map(|(_, text)| *text);
            let given = answered.get(*name);
            assert!(shown.is_none() || given.is_some(), "{title}: {name} is in the example and is not answered");
            if shown.is_none() && given.is_none() {
                continue;
            }
            let shown = shown.map_or("–".to_owned(), quote);
            let given = given.map_or("–".to_owned(), |given| describe(field, given, &shown));
            writeln!(text, "| `{name}` | {shown} | {given} |").unwrap();
        }
    }
    text.push('\n');
}

fn quote(text: &str) -> String {
    format!("`{}`", text.replace('|', "\\|").replace('\n', " "))
}

/// A value of the answer: as it is or, if it differs for each order, described in words, which have to be true.
fn describe(field: &FieldInfo, text: &str, shown: &str) -> String {
    let words = match field.role {
        Some(Role::Time | Role::Created | Role::Expires) => describe_time(text),
        Some(Role::PaymentLink) => {
            assert!(text.starts_with("http://127.0.0.1:") && text.contains("/pay/"), "{text}");
            "a link to the sandbox's page"
        }
        Some(Role::ProviderOrder) => {
            assert!(text.starts_with("SB"), "{text}");
            "a generated id that begins with `SB`"
        }
        Some(Role::Issued) => {
            assert!(quote(text) != shown && hide_letters(&quote(text)) == hide_letters(shown), "{text} {shown}");
            "a generated value in the form of the example"
        }
        Some(Role::Order) if quote(text) != shown => "a generated id",
        _ => return quote(text),
    };
    words.to_owned()
}

/// The form of a time.
fn describe_time(text: &str) -> &'static str {
    match &*hide_digits(text) {
        "99999999999999" => "as `yyyyMMddHHmmss`",
        "9999-99-99 99:99:99" => "as `yyyy-MM-dd HH:mm:ss`",
        words => {
            let rest = words.get(3..).unwrap_or_default().replace("99", "9").replace("99", "9");
            assert!([" 9, 9 9:9:9 AM", " 9, 9 9:9:9 PM"].contains(&&*rest), "{text}");
            "as `MMM d, yyyy h:mm:ss AM`"
        }
    }
}

/// The same text with every digit as 9, and every letter as A or a.
fn hide_letters(text: &str) -> String {
    let hide = |character: char| match character {
        'A'..='Z' => 'A',
        'a'..='z' => 'a',
        other => other,
    };
    hide_digits(text).chars().map(hide).collect()
}

/// The same text with every digit as 9.
fn hide_digits(text: &str) -> String {
    text.replace(|character: char| character.is_ascii_digit(), "9")
}

/// Compares the page with the results, or writes it.
fn compare(text: &str) {
    let text = format!("{text}\n");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/recorded.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let differing: Vec<_> = text.lines().filter(|line| !written.lines().any(|other| other == *line)).collect();
    assert!(
        written == text,
        "docs/recorded.md is not up to date: run `UPDATE=1 cargo test -p ottpay-sandbox --test integration recorded`, and \
         review it:\n{}",
        differing.join("\n")
    );
}
