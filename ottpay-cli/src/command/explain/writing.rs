//! The steps of an explanation, as text.

use std::io::{self, Write};

use ottpay::envelope::Alteration;
use ottpay::envelope::explain::{Derivation, Explanation};

/// Writes every step with its details, and the reason if the last one failed.
pub(super) fn write_explanation(
    explanation: &Explanation,
    alterations: &[Alteration],
    show_key: bool,
    colours: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (green, red, bold, plain) = match colours {
        true => ("\x1b[32m", "\x1b[31m", "\x1b[1m", "\x1b[0m"),
        false => ("", "", "", ""),
    };
    for (number, step) in (1..).zip(&explanation.steps) {
        let mark = match &step.failure {
            None => format!("{green}✓{plain}"),
            Some(_) => format!("{red}✗{plain}"),
        };
        writeln!(out, "{number}. {mark} {bold}{}{plain}", step.title)?;
        for detail in &step.details {
            writeln!(out, "     {detail}")?;
        }
        if let Some(derivation) = explanation.derivation().filter(|_| step.title == Derivation::STEP) {
            match show_key {
                true => writeln!(out, "     digest: {}\n     key: {}", derivation.digest(), derivation.key())?,
                false => writeln!(out, "     digest and key: hidden, --show-key prints them")?,
            }
        }
        if let Some(failure) = &step.failure {
            writeln!(out, "     {red}{failure}{plain}")?;
            if let Some(cause) = &failure.cause {
                writeln!(out, "     {bold}likely cause:{plain} {cause}")?;
            }
        }
    }
    match explanation.is_verified() {
        true if !alterations.is_empty() => {
            writeln!(out, "{red}verified, but possibly altered{plain} if it is a callback: query the order")?;
            alterations.iter().try_for_each(|sign| writeln!(out, "     {sign}"))
        }
        true => writeln!(out, "{green}verified{plain}"),
        false => writeln!(out, "{red}not verified{plain}: do not act on anything above"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use ottpay::envelope::explain::explain;
    use ottpay::envelope::{Message, seal};
    use ottpay::{Cipher, Framing, SignKey};

    use super::*;

    fn explanation(sign_key: &str) -> Explanation {
        let fields = BTreeMap::from([("order_id", "T1"), ("amount", "100")]);
        let sealed = seal(&fields, &SignKey::new("6698851A525C9433").unwrap(), Cipher::Aes128Ecb);
        let body = Message::new([("data", sealed.data), ("md5", sealed.md5)]).to_body(Framing::Json);
        explain(&body, &SignKey::new(sign_key).unwrap(), Cipher::Aes128Ecb)
    }

    fn format_explanation(explanation: &Explanation, show_key: bool, colours: bool) -> String {
        let mut out = Vec::new();
        write_explanation(explanation, &[], show_key, colours, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_step_of_a_message_that_opens_has_a_tick() {
        let text = format_explanation(&explanation("6698851A525C9433"), false, false);
        assert_eq!(text.matches('✓').count(), 8, "{text}");
        assert!(text.contains("     order_id = T1\n") && text.ends_with("verified\n"), "{text}");
        assert!(!text.contains('✗') && !text.contains('\x1b'), "{text}");
    }

    #[test]
    fn the_step_that_fails_has_its_likely_cause() {
        let text = format_explanation(&explanation("another key"), false, false);
        assert!(text.contains("5. ✗ decrypt data\n"), "{text}");
        assert!(text.contains("     likely cause: the sender used a sample sign key"), "{text}");
        assert!(text.contains("not verified"), "{text}");
    }

    #[test]
    fn the_key_is_shown_only_when_asked_for() {
        let explanation = explanation("6698851A525C9433");
        let derivation = explanation.derivation().unwrap();
        for secret in [derivation.digest(), derivation.key()] {
            assert!(!format_explanation(&explanation, false, true).contains(secret));
            assert!(format_explanation(&explanation, true, true).contains(secret));
        }
    }
}
