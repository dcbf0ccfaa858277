//! The secrets that webhooks are signed with, and the signature.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The prefix of a secret.
const PREFIX: &str = "whsec_";

/// Length of a secret in bytes: 192 to 512 bits.
const BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// One secret, or two during a rotation: then each webhook has both signatures, and the shop may know either secret.
#[derive(Clone)]
pub(crate) struct Secrets(Vec<Hmac<Sha256>>);

impl Secrets {
    /// Parses one secret, or two separated by whitespace. The error does not contain them.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let secrets = text.split_whitespace().map(parse_secret).collect::<Result<Vec<_>, _>>()?;
        match secrets.len() {
            1 | 2 => Ok(Self(secrets)),
            0 => Err("expected a secret, found only whitespace".to_owned()),
            count => Err(format!("expected one secret, or two while it is being changed, found {count}")),
        }
    }

    /// The header `webhook-signature`.
    pub(super) fn sign(&self, id: &str, timestamp: u64, body: &str) -> String {
        let sign = |key: &Hmac<Sha256>| {
            let mut mac = key.clone();
            // Standard Webhooks signs `id.timestamp.body`, and names this scheme `v1`.
            mac.update(format!("{id}.{timestamp}.").as_bytes());
            mac.update(body.as_bytes());
            format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
        };
        self.0.iter().map(sign).collect::<Vec<_>>().join(" ")
    }
}

fn parse_secret(text: &str) -> Result<Hmac<Sha256>, String> {
    let encoded = text.strip_prefix(PREFIX).ok_or("expected a secret that starts with whsec_")?;
    let key = STANDARD.decode(encoded).map_err(|_| "the part after whsec_ is not padded Base64")?;
    if !BYTES.contains(&key.len()) {
        return Err(format!("expected {} to {} bytes in Base64, found {}", BYTES.start(), BYTES.end(), key.len()));
    }
    Hmac::new_from_slice(&key).map_err(|error| error.to_string())
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example in the Standard Webhooks specification.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    #[test]
    fn the_signature_of_the_standard_is_made() {
        let signed = Secrets::parse(SECRET).unwrap().sign(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn two_secrets_make_two_signatures() {
        let new = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        let alone = |secret| Secrets::parse(secret).unwrap().sign("k", 1, "{}");
        let both = Secrets::parse(&format!(" {new}\n{SECRET} ")).unwrap().sign("k", 1, "{}");
        assert_eq!(both, format!("{} {}", alone(new), alone(SECRET)));
    }

    #[test]
    fn an_invalid_secret_is_rejected_and_not_shown() {
        for (text, said) in [
            ("", "only whitespace"),
            ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "starts with whsec_"),
            ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", "not padded Base64"),
            ("whsec_MfKQ9r8GKYqr", "expected 24 to 64 bytes in Base64, found 9"),
            (&format!("{SECRET} {SECRET} {SECRET}"), "found 3"),
        ] {
            let error = Secrets::parse(text).unwrap_err();
            assert!(error.contains(said) && !error.contains("MfKQ"), "{error}");
        }
        assert_eq!(format!("{:?}", Secrets::parse(SECRET).unwrap()), "Secrets(..)");
    }
}
