//! `ottpay explain --example`: shows how an envelope is made, with an example of the specification.

use std::collections::BTreeMap;
use std::io::{self, Write};

use ottpay::envelope::explain::explain;
use ottpay::envelope::{Message, seal};
use ottpay::spec::{ActionInfo, Example, Fill, Protocol, Role};
use ottpay::{Framing, GATEWAY, SignKey};

use super::writing::write_explanation;
use crate::failure::Failure;
use crate::{action, terminal};

/// The sample key of the vendor's Appendix A, which is public.
const SAMPLE_KEY: &str = "6698851A525C9433";

/// A merchant id in the vendor's format.
const MERCHANT: &str = "ON00004652";

/// Seals the example of an action, and explains step by step how it opens. An empty name means the first action that
/// creates a payment link.
pub(super) fn run(name: &str) -> Result<(), Failure> {
    let (info, example) = find_example(name)?;
    let mut stdout = io::stdout().lock();
    let colours = terminal::shows_colours(&stdout);
    let key = SignKey::new(SAMPLE_KEY).map_err(Failure::refused)?;
    write_example(info, example, &key, colours, &mut stdout)
        .and_then(|()| stdout.flush())
        .map_err(|error| Failure::unwritable_output(&error))
}

/// Finds an action that has an envelope and an example. Among actions with the same constant it prefers the one whose method
/// is named like the constant.
fn find_example(name: &str) -> Result<(&'static ActionInfo, &'static Example), Failure> {
    let named = match name {
        "" => GATEWAY.actions.iter().copied().filter(|info| info.reply_field(Role::PaymentLink).is_some()).collect(),
        name => action::find_actions(name)?,
    };
    let (of_the_name, others): (Vec<_>, Vec<_>) =
        named.into_iter().partition(|info| info.name.eq_ignore_ascii_case(name));
    let mut found = of_the_name.into_iter().chain(others).filter(|info| info.protocol == Protocol::Envelope);
    found.find_map(|info| Some((info, info.examples.first()?))).ok_or_else(|| {
        Failure::usage(format!("`{name}` is sent without an envelope, so there is nothing to explain"))
            .help("`ottpay explain --example` without a name chooses an action with an envelope")
    })
}

fn write_example(
    info: &ActionInfo,
    example: &Example,
    key: &SignKey,
    colours: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let own =
        info.request.iter().filter(|field| field.required && !field.outer && field.fill == Some(Fill::MerchantId));
    let own = own.map(|field| (field.name, MERCHANT));
    let fields: BTreeMap<&str, &str> = own.chain(example.request.iter().copied()).collect();
    let sealed = seal(&fields, key, GATEWAY.cipher);
    let members = [("action", info.action), ("version", info.version), ("merchant_id", MERCHANT)];
    let sealed = [("data", sealed.data.as_str()), ("md5", sealed.md5.as_str())];
    let body = Message::new(members.into_iter().chain(sealed)).to_body(Framing::Json);
    writeln!(out, "The specification shows a request of {} with these fields:\n", info.action)?;
    for (name, value) in &fields {
        writeln!(out, "     {name} = {value}")?;
    }
    writeln!(out, "\nSealed with {SAMPLE_KEY}, a sample key from the vendor's pages, it is sent as\n")?;
    out.write_all(&body)?;
    writeln!(out, "\n\nand a receiver with the sign key opens it step by step:\n")?;
    write_explanation(&explain(&body, key, GATEWAY.cipher), &[], true, colours, out)?;
    writeln!(
        out,
        "\nA sender does the same steps in reverse order. Compare your steps with these, and find out why a message does
not open:\n  \
         echo '{{\"order_id\":\"T1\"}}' | ottpay seal STATUS_QUERY --merchant-id {MERCHANT} --sign-key {SAMPLE_KEY}\n  \
         ottpay explain --sign-key {SAMPLE_KEY} < message.json"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_in_an_envelope_is_explained_to_its_end() {
        let key = SignKey::new(SAMPLE_KEY).unwrap();
        let mut count = 0;
        for info in GATEWAY.actions.iter().filter(|info| info.protocol == Protocol::Envelope) {
            let Ok((info, example)) = find_example(info.name) else { continue };
            let mut out = Vec::new();
            write_example(info, example, &key, false, &mut out).unwrap();
            let text = String::from_utf8(out).unwrap();
            assert!(text.contains("\nverified\n") && !text.contains('✗'), "{text}");
            count += 1;
        }
        assert!(count > 1, "{count}");
    }

    #[test]
    fn a_constant_of_several_actions_is_that_of_the_method_of_its_name() {
        assert_eq!(find_example("STATUS_QUERY").unwrap().0.name, "status_query");
        assert_eq!(find_example("elavon_query").unwrap().0.name, "elavon_query");
    }

    #[test]
    fn a_request_that_contains_the_merchant_is_shown_with_it() {
        let (info, example) = find_example("elavon_query").unwrap();
        let mut out = Vec::new();
        write_example(info, example, &SignKey::new(SAMPLE_KEY).unwrap(), false, &mut out).unwrap();
        assert!(String::from_utf8(out).unwrap().contains("\n     merchant_id = ON00004652\n"));
    }

    #[test]
    fn the_example_without_a_name_makes_a_payment_link() {
        assert!(find_example("").unwrap().0.reply_field(Role::PaymentLink).is_some());
        assert!(find_example("no_such_action").is_err());
    }
}
