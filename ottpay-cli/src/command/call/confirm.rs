//! The confirmation before a write: shows everything that is about to be sent.

use std::fmt::Write as _;
use std::io::{self, BufRead, IsTerminal, Write as _};

use ottpay::GATEWAY;
use ottpay::request::Values;
use ottpay::spec::Kind;

use crate::columns::without_control;
use crate::failure::Failure;

/// Asks the user at the terminal before money may move.
pub(super) fn confirm(values: &Values, merchant_id: &str, endpoint: Option<&str>) -> Result<(), Failure> {
    let name = values.info().name;
    // The question is asked on standard error, because standard output is for data.
    for (stream, is_terminal) in [("input", io::stdin().is_terminal()), ("error", io::stderr().is_terminal())] {
        if !is_terminal {
            return Err(Failure::usage(format!(
                "{name} may move money and needs a confirmation, but standard {stream} is not a terminal"
            ))
            .help("pass --yes to send it without asking"));
        }
    }
    let mut stderr = io::stderr().lock();
    let asked = write!(stderr, "{}", format_question(values, merchant_id, endpoint));
    let mut answer = String::new();
    let read = asked.and_then(|()| stderr.flush()).and_then(|()| io::stdin().lock().read_line(&mut answer));
    let yes = read.is_ok() && matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes");
    if yes { Ok(()) } else { Err(Failure::refused("nothing was sent")) }
}

fn format_question(values: &Values, merchant_id: &str, endpoint: Option<&str>) -> String {
    let info = values.info();
    let to = endpoint.or(info.base_url).unwrap_or(GATEWAY.base_url);
    let mut out = format!("{} ({}), as merchant {merchant_id}, to {to}:\n", info.name, info.action);
    for (field, text) in values.iter().filter(|(field, _)| !field.is_written()) {
        let shown = match field.sensitive {
            true => "(hidden)".to_owned(),
            false => without_control(text),
        };
        let unit = if matches!(field.kind, Kind::Amount) { " (minor units)" } else { "" };
        // Writing to a string is infallible.
        let _ = writeln!(out, "  {} = {shown}{unit}", field.label());
    }
    if let Some(field) = info.own_id().filter(|field| values.get(field.name).is_none()) {
        let _ = writeln!(out, "  no {}: if the reply is lost, the order cannot be queried", field.name);
    }
    out.push_str("This may move money. Send it? [y/N] ");
    out
}

#[cfg(test)]
mod tests {
    use ottpay::request::{AnyRequest, Request as _};
    use ottpay::{Client, SignKey};

    use super::*;

    fn asked(method: &str, fields: &[(&str, &str)]) -> String {
        let key = SignKey::new("A8B5FE540E38A5A9").unwrap();
        let client = Client::builder().merchant_id("ON00004652").sign_key(key).build().unwrap();
        let info = GATEWAY.find_method(method).unwrap();
        let request = AnyRequest::new(&client, info, fields.iter().copied()).unwrap();
        format_question(request.values(), client.merchant_id(), None)
    }

    #[test]
    fn every_field_that_was_given_is_shown() {
        let fields = [("order_id", "R1"), ("ori_order_id", "T1"), ("refund_amt", "500")];
        assert_eq!(
            asked("refund", &fields),
            "refund (REFUND), as merchant ON00004652, to https://frontapi.ottpay.com:\n  order_id = R1\n  ori_order_id = T1\n  \
             refund_amt = 500 (minor units)\nThis may move money. Send it? [y/N] "
        );
    }

    #[test]
    fn a_missing_order_id_is_reported_and_a_card_number_is_hidden() {
        let fields = [
            ("txnTime", "20191125162635"),
            ("txnAmt", "100"),
            ("cc_number", "4111111111111111"),
            ("frontUrl", "https://shop.example/result"),
            ("backUrl", "https://shop.example/ottpay"),
        ];
        let asked = asked("union_pay_purchase", &fields);
        assert!(asked.contains("cc_number = (hidden)\n") && !asked.contains("4111"), "{asked}");
        assert!(asked.contains("  no orderId: ") && asked.contains("txnAmt = 100 (minor units)"), "{asked}");
    }
}
