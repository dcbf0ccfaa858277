//! Private actions, in a package that depends only on `ottpay`: valid actions work, and each mistake causes one error,
//! whatever uses the action.

use crate::common::cargo::Package;

const MAIN: &str = r#"
mod private {
    ottpay::actions!("./../spec");
}

use ottpay::{Amount, BizType, Client, Error, OrderId};
use private::{ClientExt, Colour, Pay, PayReply, Said};

/// Uses the generated code in every possible way.
async fn shop(client: &Client) -> Result<(), Box<dyn std::error::Error>> {
    let order = OrderId::random();
    let request: Pay = client.pay().order_id(&order).amount(Amount::from_minor(5)).wallet(BizType::Alipay).build()?;
    let reply: PayReply = client.send(&request).await?;
    println!("{} {:?} {}", reply.order_id(), reply.order_status().class(), Pay::INFO.name);
    let state = client.ask().order_id(&order).colour(Colour::Red).maybe_said(Some("x")).send().await?;
    let said: Option<&Said> = state.said();
    println!("{:?} {}", state.colour(), said.map(|said| said.text().to_owned()).unwrap_or_default());
    if let Colour::Red | Colour::Other(_) = state.colour() {}
    let heard = client.heard_callback(b"{}").map(|heard| heard.order_id().clone());
    println!("{heard:?}");
    let _: Result<(), Error> = Ok(());
    Ok(())
}

/// What a shop adds to the types.
impl PayReply {
    fn in_words(&self) -> String {
        format!("{:?}", self.raw())
    }
}

impl std::fmt::Display for Pay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> Self {
        colour.as_str().to_owned()
    }
}

impl std::fmt::Display for private::Ask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

fn main() {
    let _ = (shop, PayReply::in_words);
    println!("{}", private::GATEWAY.actions.len() - ottpay::GATEWAY.actions.len());
}
"#;

const TYPES: &str = "\
Colour:
  doc: A colour.
  values:
    RED: { doc: Red. }
    BLUE: { doc: Blue. }
Said:
  doc: An object.
  fields:
    text: { type: text, doc: What was said. }
Note: { type: text, max_len: 9, doc: A note. }
";
const CALLBACKS: &str = "\
heard:
  summary: Something was heard.
  page: example.com/p
  fields:
    order_id: { type: ReportedOrderId }
";
const PAY: &str = "\
action: PAY
version: \"1.0\"
effect: write
summary: Pays, with types of the library.
page: example.com/p
query:
  - { action: status_query, set: { order_id: order_id }, evidence: assumed }
request:
  order_id: { type: NewOrderId }
  amount: { type: amount, doc: Amount. }
  wallet: { type: BizType, only: [ALIPAY], doc: Wallet. }
reply:
  order_id: { type: EchoedOrderId }
  order_status: { type: Status }
callback: heard
";
const ASK: &str = "\
action: ASK
version: \"1.0\"
effect: read
summary: Asks, with types of its own.
page: example.com/p
request:
  order_id: { type: order_id, doc: Order. }
  colour: { type: Colour, doc: Colour. }
  said: { type: Note, optional: true }
reply:
  colour: { type: Colour, doc: Colour. }
  said: { type: Said, optional: true, doc: What was said. }
callback: payment
";

fn package(name: &str) -> Package {
    let package = Package::with_actions(name, MAIN);
    package.write("spec/types.yaml", TYPES);
    package.write("spec/callbacks.yaml", CALLBACKS);
    package.write("spec/actions/pay.yaml", PAY);
    package.write("spec/actions/ask.yaml", ASK);
    package
}

#[test]
fn a_package_adds_actions_and_one_mistake_is_one_error() {
    let package = package("private_actions");
    let built = package.build();
    assert_eq!(built.run(), "2\n");

    // Code that uses a spoiled item does not cause errors: the only error is about the specification.
    for (file, good, from, to, expected) in [
        ("actions/pay.yaml", PAY, "type: amount,", "type: amout,", "has the unknown type `amout`"),
        ("actions/pay.yaml", PAY, "callback: heard", "callback: herd", "unknown callback `herd`"),
        ("actions/pay.yaml", PAY, "request:", "request: {", "not valid YAML"),
        ("actions/pay.yaml", PAY, PAY, "", "the action is empty"),
        ("actions/ask.yaml", ASK, "version: \"1.0\"", "version: 1.0", "`version` of the action must be a string"),
        ("types.yaml", TYPES, "    BLUE", "    RED", "the key `RED` appears twice"),
        ("types.yaml", TYPES, "doc: A colour.", "doc: A colour.\n  colours: 2", "has no key `colours`"),
        ("types.yaml", TYPES, "doc: An object.\n", "doc: { An object.\n", "not valid YAML"),
        ("types.yaml", TYPES, "type: text, doc: What", "type: txt, doc: What", "has the unknown type `txt`"),
        ("types.yaml", TYPES, "type: text, max_len", "type: txt, max_len", "has the unknown type `txt`"),
        ("types.yaml", TYPES, "Note: { type: text, max_len: 9, doc: A note. }", "Note: 5", "must be a map of keys"),
        ("callbacks.yaml", CALLBACKS, "type: ReportedOrderId", "type: Reported", "has the unknown type `Reported`"),
        ("callbacks.yaml", CALLBACKS, "summary:", "\tsummary:", "the indentation contains a tab"),
        ("callbacks.yaml", CALLBACKS, "heard:", "heard: [] #", "not valid YAML"),
    ] {
        let spoiled = good.replacen(from, to, 1);
        assert_ne!(spoiled, good);
        package.write(&format!("spec/{file}"), &spoiled);
        let errors = package.build().errors;
        assert!(errors.len() == 1 && errors[0].contains(expected), "{to}: {}", errors.join("\n"));
        package.write(&format!("spec/{file}"), good);
    }
    for (from, to) in [
        ("actions/pay.yaml", "actions/pay.yml"),
        ("actions/pay.yaml", "actions/Pay.yaml"),
        ("types.yaml", "Types.yaml"),
        ("callbacks.yaml", "callback.yaml"),
    ] {
        let path = |name: &str| package.path().join("spec").join(name);
        std::fs::rename(path(from), path(to)).unwrap();
        let errors = package.build().errors;
        assert!(errors.len() == 1 && errors[0].contains(to), "{to}: {}", errors.join("\n"));
        std::fs::rename(path(to), path(from)).unwrap();
    }
    assert_eq!(package.build().run(), "2\n");
}

#[test]
fn ten_mistakes_in_three_files_are_ten_errors() {
    let package = package("ten_mistakes");
    let spoil = |good: &str, slips: &[(&str, &str)]| {
        slips.iter().fold(good.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1)
        })
    };
    let pay = [
        ("version: \"1.0\"", "version: 1.0"),
        ("effect:", "efect:"),
        (
            "  order_id: { type: NewOrderId }",
            "  order_id: { type: NewOrderId }\n  orderId: { type: text, doc: Clash. }",
        ),
        ("amount: { type: amount,", "amount: { type: amout,"),
        ("only: [ALIPAY]", "only: [ALIPAI]"),
        ("callback: heard", "callback: herd"),
    ];
    let ask = [("said: { type: Note, optional: true }", "said: { type: Note, const: X, optional: true }")];
    let types = [
        ("    BLUE: { doc: Blue. }", "    BLUE: { doc: Blue., class: payed }"),
        ("text: { type: text, doc", "send: { type: text, sensitve: true, doc"),
        ("max_len: 9", "min_len: 9, max_len: 4"),
    ];
    package.write("spec/actions/pay.yaml", &spoil(PAY, &pay));
    package.write("spec/actions/ask.yaml", &spoil(ASK, &ask));
    package.write("spec/types.yaml", &spoil(TYPES, &types));
    let errors = package.build().errors;
    assert_eq!(errors.len(), 10, "{}", errors.join("\n"));
    assert!(errors.iter().all(|error| error.contains("--> spec/")), "{}", errors.join("\n"));
}
