//! Reads what a person wants to know of a certificate (RFC 5280). Judges nothing: trust is [`crate::tls`]'s.
//!
//! Invariant: whatever the bytes are, nothing here panics; what cannot be read stays empty.

use std::net::{Ipv4Addr, Ipv6Addr};

use dinghy_model::{Certificate, Fingerprint};
use sha2::{Digest, Sha256};

/// The digest of a certificate's DER.
pub(crate) fn fingerprint(der: &[u8]) -> Fingerprint {
    Fingerprint(Sha256::digest(der).into())
}

/// What stands in a certificate; `covers_host`: see [`Certificate::covers_host`].
pub(crate) fn describe(der: &[u8], covers_host: bool) -> Certificate {
    let fields = fields(der).unwrap_or_default();
    Certificate {
        sha256: fingerprint(der),
        subject: names_in(fields.subject),
        issuer: names_in(fields.issuer),
        self_signed: !fields.subject.is_empty() && fields.subject == fields.issuer,
        names: alternative_names(fields.extensions).unwrap_or_default(),
        not_before_ms: fields.not_before_ms,
        not_after_ms: fields.not_after_ms,
        covers_host,
    }
}

/// The parts of a certificate, as far as they are wanted.
#[derive(Default)]
struct Fields<'a> {
    issuer: &'a [u8],
    subject: &'a [u8],
    not_before_ms: i64,
    not_after_ms: i64,
    /// The list inside `[3]`; empty if there is none.
    extensions: &'a [u8],
}

// Tags of DER (X.690).
const BOOLEAN: u8 = 0x01;
const OCTETS: u8 = 0x04;
const OBJECT_ID: u8 = 0x06;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const VERSION: u8 = 0xA0;
const EXTENSIONS: u8 = 0xA3;

fn fields(der: &[u8]) -> Option<Fields<'_>> {
    let mut certificate = Reader(Reader(der).take(SEQUENCE)?);
    let mut body = Reader(certificate.take(SEQUENCE)?);
    let first = body.next()?;
    // The serial number comes first where no version does.
    if first.0 == VERSION {
        body.next()?;
    }
    body.take(SEQUENCE)?;
    let issuer = body.take(SEQUENCE)?;
    let mut validity = Reader(body.take(SEQUENCE)?);
    let (not_before_ms, not_after_ms) = (time(validity.next()?)?, time(validity.next()?)?);
    let subject = body.take(SEQUENCE)?;
    let mut extensions: &[u8] = &[];
    while let Some((tag, content)) = body.next() {
        if tag == EXTENSIONS {
            extensions = Reader(content).take(SEQUENCE)?;
        }
    }
    Some(Fields { issuer, subject, not_before_ms, not_after_ms, extensions })
}

/// Values one after the other.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Tag and content of the next value.
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            0..=0x7F => (usize::from(first), rest),
            0x81..=0x84 => {
                let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x0F))?;
                (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, content))
    }

    /// The content of the next value, if it has this tag.
    fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.next().filter(|(found, _)| *found == tag).map(|(_, content)| content)
    }
}

/// `CN=a, O=b` in the order of the certificate. Attributes that nobody asks for are left out.
fn names_in(name: &[u8]) -> String {
    let mut parts = Vec::new();
    let mut sets = Reader(name);
    while let Some(set) = sets.take(SET) {
        let mut attributes = Reader(set);
        while let Some(attribute) = attributes.take(SEQUENCE) {
            let mut attribute = Reader(attribute);
            let kind = attribute.take(OBJECT_ID).and_then(attribute_name);
            if let (Some(kind), Some(value)) = (kind, attribute.next()) {
                parts.push(format!("{kind}={}", text(value)));
            }
        }
    }
    parts.join(", ")
}

fn attribute_name(object_id: &[u8]) -> Option<&'static str> {
    Some(match object_id {
        [0x55, 0x04, 0x03] => "CN",
        [0x55, 0x04, 0x06] => "C",
        [0x55, 0x04, 0x07] => "L",
        [0x55, 0x04, 0x08] => "ST",
        [0x55, 0x04, 0x0A] => "O",
        [0x55, 0x04, 0x0B] => "OU",
        [0x09, 0x92, 0x26, 0x89, 0x93, 0xF2, 0x2C, 0x64, 0x01, 0x19] => "DC",
        _ => return None,
    })
}

/// A string of whatever kind; characters that do something instead of being seen are replaced.
fn text((tag, content): (u8, &[u8])) -> String {
    let text = match tag {
        // BMPString
        0x1E => {
            let units = content.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        _ => String::from_utf8_lossy(content).into_owned(),
    };
    text.chars().map(|c| if is_seen(c) { c } else { char::REPLACEMENT_CHARACTER }).collect()
}

/// Neither a control character nor one that turns the direction of writing.
fn is_seen(character: char) -> bool {
    !(character.is_control()
        || matches!(character, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'))
}

/// Host names and addresses of the extension `subjectAltName`.
fn alternative_names(extensions: &[u8]) -> Option<Vec<String>> {
    let mut extensions = Reader(extensions);
    while let Some(extension) = extensions.take(SEQUENCE) {
        let mut extension = Reader(extension);
        if extension.take(OBJECT_ID)? != [0x55, 0x1D, 0x11] {
            continue;
        }
        let value = match extension.next()? {
            (BOOLEAN, _) => extension.take(OCTETS)?,
            (OCTETS, value) => value,
            _ => return None,
        };
        let mut names = Reader(Reader(value).take(SEQUENCE)?);
        let mut found = Vec::new();
        while let Some(name) = names.next() {
            match name {
                (0x82, _) => found.push(text(name)),
                (0x87, address) => found.extend(ip(address)),
                _ => {}
            }
        }
        return Some(found);
    }
    None
}

fn ip(bytes: &[u8]) -> Option<String> {
    let v4 = <[u8; 4]>::try_from(bytes).map(|bytes| Ipv4Addr::from(bytes).to_string());
    v4.or_else(|_| <[u8; 16]>::try_from(bytes).map(|bytes| Ipv6Addr::from(bytes).to_string())).ok()
}

/// `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ` → Unix milliseconds.
fn time((tag, content): (u8, &[u8])) -> Option<i64> {
    let digits = content.strip_suffix(b"Z")?;
    let (year, rest) = digits.split_at_checked(match tag {
        UTC_TIME => 2,
        GENERALIZED_TIME => 4,
        _ => return None,
    })?;
    let year = match (tag, number(year)?) {
        (UTC_TIME, year @ ..50) => 2000 + year,
        (UTC_TIME, year) => 1900 + year,
        (_, year) => year,
    };
    let parts: Vec<i64> = rest.chunks(2).map(number).collect::<Option<_>>()?;
    let &[month, day, hour, minute, second] = parts.as_slice() else { return None };
    if rest.len() != 10 || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    Some((((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second) * 1000)
}

fn number(digits: &[u8]) -> Option<i64> {
    digits
        .iter()
        .try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + i64::from(digit - b'0')))
}

/// Days since 1970-01-01 in the Gregorian calendar; years are counted from March, so that leap days end them.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 719_469
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rcgen::{CertificateParams, DnType, KeyPair, SanType, date_time_ymd};

    use super::*;

    #[test]
    fn what_stands_in_a_certificate() {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::OrganizationName, "Argo CD 平台");
        params.distinguished_name.push(DnType::CommonName, "argocd\u{202E}\n");
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
        let name = "CN=argocd\u{FFFD}\u{FFFD}, O=Argo CD 平台";
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

    #[test]
    fn times() {
        let check = |tag: u8, text: &str, seconds: Option<i64>| {
            assert_eq!(time((tag, text.as_bytes())), seconds.map(|s| s * 1000), "{text}");
        };
        check(UTC_TIME, "700101000000Z", Some(0));
        check(UTC_TIME, "491231235959Z", Some(2_524_607_999));
        check(UTC_TIME, "500101000000Z", Some(-631_152_000));
        check(GENERALIZED_TIME, "20000229120000Z", Some(951_825_600));
        check(GENERALIZED_TIME, "99991231235959Z", Some(253_402_300_799));
        check(GENERALIZED_TIME, "700101000000Z", None);
        check(UTC_TIME, "700101000000", None);
        check(UTC_TIME, "70010100000Z", None);
        check(UTC_TIME, "701301000000Z", None);
        check(UTC_TIME, "7001010000+1Z", None);
        check(UTC_TIME, "Z", None);
        check(OCTETS, "700101000000Z", None);
    }

    proptest! {
        #[test]
        fn nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            describe(&bytes, false);
            time((UTC_TIME, &bytes));
            names_in(&bytes);
            alternative_names(&bytes);
        }
    }
}
