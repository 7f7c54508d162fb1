//! Reads what a person wants to know of a certificate (RFC 5280). Judges nothing: trust is [`crate::tls`]'s.
//!
//! Invariant: whatever the bytes are, nothing here panics; what cannot be read stays empty.

use std::net::{Ipv4Addr, Ipv6Addr};

use dinghy_model::{Certificate, Fingerprint};
use sha2::{Digest, Sha256};
use x509_parser::asn1_rs::{Any, BmpString};
use x509_parser::extensions::GeneralName;
use x509_parser::objects::oid2abbrev;
use x509_parser::oid_registry::OidRegistry;
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::x509::X509Name;

/// The digest of a certificate's DER.
pub(crate) fn fingerprint(der: &[u8]) -> Fingerprint {
    Fingerprint(Sha256::digest(der).into())
}

/// What stands in a certificate; `covers_host`: see [`Certificate::covers_host`].
pub(crate) fn describe(der: &[u8], covers_host: bool) -> Certificate {
    let read = X509Certificate::from_der(der).ok().map(|(_, certificate)| certificate);
    let read = read.as_ref();
    let subject = read.map(|read| names_in(read.subject())).unwrap_or_default();
    let ms = |seconds: i64| seconds.saturating_mul(1000);
    Certificate {
        sha256: fingerprint(der),
        issuer: read.map(|read| names_in(read.issuer())).unwrap_or_default(),
        self_signed: !subject.is_empty()
            && read.is_some_and(|read| read.subject().as_raw() == read.issuer().as_raw()),
        subject,
        names: read.map(alternative_names).unwrap_or_default(),
        not_before_ms: read.map(|read| ms(read.validity().not_before.timestamp())).unwrap_or_default(),
        not_after_ms: read.map(|read| ms(read.validity().not_after.timestamp())).unwrap_or_default(),
        covers_host,
    }
}

/// `CN=a, O=b` in the order of the certificate. Attributes that have no usual abbreviation are left out.
fn names_in(name: &X509Name<'_>) -> String {
    let none = OidRegistry::default();
    let named = name.iter_attributes().filter_map(|attribute| {
        let kind = oid2abbrev(attribute.attr_type(), &none).ok()?;
        Some(format!("{kind}={}", text(attribute.attr_value())))
    });
    named.collect::<Vec<_>>().join(", ")
}

/// A string of whatever kind.
fn text(value: &Any<'_>) -> String {
    match BmpString::try_from(value.clone()) {
        Ok(text) => seen(&text.string()),
        Err(_) => seen(&String::from_utf8_lossy(value.data)),
    }
}

/// Characters that do something instead of being seen are replaced.
fn seen(text: &str) -> String {
    text.chars().map(|c| if is_seen(c) { c } else { char::REPLACEMENT_CHARACTER }).collect()
}

/// Neither a control character nor one that turns the direction of writing.
fn is_seen(character: char) -> bool {
    !(character.is_control()
        || matches!(character, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'))
}

/// Host names and addresses of the extension `subjectAltName`.
fn alternative_names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(names)) = certificate.subject_alternative_name() else { return Vec::new() };
    let shown = names.value.general_names.iter().filter_map(|name| match name {
        GeneralName::DNSName(name) => Some(seen(name)),
        GeneralName::IPAddress(bytes) => ip(bytes),
        _ => None,
    });
    shown.collect()
}

fn ip(bytes: &[u8]) -> Option<String> {
    let v4 = <[u8; 4]>::try_from(bytes).map(|bytes| Ipv4Addr::from(bytes).to_string());
    v4.or_else(|_| <[u8; 16]>::try_from(bytes).map(|bytes| Ipv6Addr::from(bytes).to_string())).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rcgen::{CertificateParams, DnType, DnValue, KeyPair, SanType, date_time_ymd};

    use super::*;

    #[test]
    fn what_stands_in_a_certificate() {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::OrganizationName, "Argo CD 平台");
        params.distinguished_name.push(DnType::CommonName, "argocd\u{202E}\n");
        let bmp = DnValue::BmpString("运维".try_into().expect("a name"));
        params.distinguished_name.push(DnType::OrganizationalUnitName, bmp);
        params.distinguished_name.push(DnType::CustomDnType(vec![1, 2, 3, 4]), "nobody asks");
        params.subject_alt_names = vec![
            SanType::DnsName("argocd-server".try_into().expect("a name")),
            SanType::Rfc822Name("a@example.com".try_into().expect("a name")),
            SanType::IpAddress(Ipv4Addr::new(10, 20, 4, 31).into()),
            SanType::IpAddress(Ipv6Addr::LOCALHOST.into()),
        ];
        params.not_before = date_time_ymd(1999, 2, 28);
        params.not_after = date_time_ymd(2100, 3, 1);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate");
        let found = describe(certificate.der(), true);
        let name = "CN=argocd\u{FFFD}\u{FFFD}, O=Argo CD 平台, OU=运维";
        assert_eq!((found.subject.as_str(), found.issuer.as_str(), found.self_signed), (name, name, true));
        assert_eq!(found.names, ["argocd-server", "10.20.4.31", "::1"]);
        assert_eq!((found.not_before_ms, found.not_after_ms), (920_160_000_000, 4_107_542_400_000));
        assert!(found.covers_host);
        assert_eq!(found.sha256, fingerprint(certificate.der()));
        // Cut anywhere: less is known, and the fingerprint is that of what is there.
        for length in 0..certificate.der().len() {
            let found = describe(&certificate.der()[..length], false);
            assert_eq!((found.subject.as_str(), found.not_after_ms), ("", 0), "{length}");
        }
    }

    #[test]
    fn digests() {
        assert_eq!(
            fingerprint(b"").to_string(),
            "E3:B0:C4:42:98:FC:1C:14:9A:FB:F4:C8:99:6F:B9:24:27:AE:41:E4:64:9B:93:4C:A4:95:99:1B:78:52:B8:55"
        );
    }

    proptest! {
        #[test]
        fn nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            describe(&bytes, false);
        }
    }
}
