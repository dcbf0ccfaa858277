//! Issues one certificate with a new authority, whose key is then discarded.

use std::collections::BTreeSet;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};

use super::certificate::Certificate;

/// The lifetime of a certificate, in seconds.
const VALID_FOR: u64 = 365 * 24 * 3600;

/// The tolerance for client clocks that are slow, in seconds.
const SKEW: u64 = 24 * 3600;

/// The last second that fits into a calendar with years of four digits.
const LAST: u64 = 253_402_300_799;

/// Issues a certificate for these names, at a time in seconds since 1970.
///
/// # Errors
/// A name is invalid, or the machine has no random numbers.
pub(super) fn issue_certificate(names: BTreeSet<String>, now: u64) -> Result<Certificate, String> {
    let now = now.min(LAST - VALID_FOR);
    let at = |seconds: u64| date_time_ymd(1970, 1, 1) + Duration::from_secs(seconds);
    let (not_before, not_after) = (at(now.saturating_sub(SKEW)), at(now + VALID_FOR));
    let problem = |error: rcgen::Error| error.to_string();

    let mut authority = CertificateParams::default();
    authority.distinguished_name.push(DnType::CommonName, "ottpay sandbox, for development only");
    // It can sign certificates of servers, but no further authority.
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    (authority.not_before, authority.not_after) = (not_before, not_after);
    let authority_key = KeyPair::generate().map_err(problem)?;
    let authority_certificate = authority.self_signed(&authority_key).map_err(problem)?;

    let mut server = CertificateParams::new(names.iter().cloned().collect::<Vec<_>>())
        .map_err(|error| format!("one of the names {} cannot be in it: {error}", list_names(&names)))?;
    server.distinguished_name.push(DnType::CommonName, "ottpay sandbox");
    server.use_authority_key_identifier_extension = true;
    server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    (server.not_before, server.not_after) = (not_before, not_after);
    let key = KeyPair::generate().map_err(problem)?;
    let certificate = server.signed_by(&key, &Issuer::new(authority, authority_key)).map_err(problem)?;

    Ok(Certificate {
        names,
        made: now,
        expires: now + VALID_FOR,
        authority: STANDARD.encode(authority_certificate.der()),
        certificate: STANDARD.encode(certificate.der()),
        key: STANDARD.encode(key.serialized_der()),
    })
}

pub(super) fn list_names(names: &BTreeSet<String>) -> String {
    names.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(all: &[&str]) -> BTreeSet<String> {
        all.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_certificate_is_bounded_in_time_and_names() {
        let own = names(&["localhost", "127.0.0.1", "::1"]);
        let made = issue_certificate(own.clone(), 1_000_000_000).unwrap();
        assert!(made.to_server_tls().is_ok());
        for (now, serves) in [
            (1_000_000_000, true),
            (1_000_000_000 + 300 * 24 * 3600, true),
            (1_000_000_000 + 360 * 24 * 3600, false),
            (1_100_000_000, false),
            (999_999_999, false),
        ] {
            assert_eq!(made.is_valid_for(&own, now), serves, "{now}");
        }
        assert!(made.is_valid_for(&names(&["localhost"]), 1_000_000_000));
        assert!(!made.is_valid_for(&names(&["localhost", "pay.example"]), 1_000_000_000));
        assert!(!format!("{made:?}").contains(&made.key));
    }

    #[test]
    fn a_wrong_clock_does_not_cause_a_panic() {
        for now in [0, LAST, u64::MAX] {
            assert!(issue_certificate(names(&["localhost"]), now).is_ok(), "{now}");
        }
    }

    #[test]
    fn a_name_that_no_certificate_can_have_is_refused() {
        let error = issue_certificate(names(&["späti.example"]), 0).unwrap_err();
        assert!(error.contains("späti.example"), "{error}");
    }

    #[test]
    fn pem_has_short_lines() {
        let pem = issue_certificate(names(&["localhost"]), 0).unwrap().authority_pem();
        let lines: Vec<_> = pem.lines().collect();
        assert!(lines.len() > 4 && lines.iter().all(|line| line.len() <= 64), "{pem}");
        assert!(pem.starts_with("-----BEGIN CERTIFICATE-----\n") && pem.ends_with("\n-----END CERTIFICATE-----\n"));
    }
}
