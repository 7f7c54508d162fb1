//! Which certificates are trusted, and what is wrong with one that is not. Knows nothing of HTTP.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use dinghy_model::{Certificate, Fingerprint, Problem};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error as TlsError, OtherError, SignatureScheme,
};
use rustls_platform_verifier::Verifier;

use crate::certificate;

/// Whom a client trusts besides the system's roots.
#[derive(Clone, Copy, Debug, Default)]
pub struct Trust<'a> {
    /// More certificates, PEM: authorities, or a server's own even if it is marked as one.
    pub ca_file: Option<&'a Path>,
    /// This one certificate is the server's, and no other: whoever signed it, whatever its names are, as long as it
    /// is in date. Then nothing else counts.
    pub pin: Option<Fingerprint>,
    /// No check at all.
    pub insecure: bool,
}

/// TLS for a client. Offers HTTP/1.1 only: Argo CD's own port serves HTTP/2 to gRPC and nothing else, and robots get
/// one request at a time.
///
/// Fails with `CaFile`, or with `Other` if the system has no roots.
pub fn trust(whom: &Trust<'_>) -> Result<ClientConfig, Problem> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let judge = match *whom {
        Trust { pin: Some(pin), .. } => Judge::Pinned(pin),
        Trust { insecure: true, .. } => Judge::Nobody,
        Trust { ca_file, .. } => {
            let given = ca_file.map(read_pem).transpose()?.unwrap_or_default();
            let platform = Verifier::new_with_extra_roots(given.iter().cloned(), Arc::clone(&provider))
                .map_err(|error| no_roots(ca_file, &error))?;
            Judge::Platform { platform: Box::new(platform), given }
        }
    };
    let verifier = Arc::new(Checked { judge, provider: Arc::clone(&provider) });
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Problem::Other { detail: error.to_string() })?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn read_pem(path: &Path) -> Result<Vec<CertificateDer<'static>>, Problem> {
    let bad = |detail: String| Problem::CaFile { path: path.display().to_string(), detail };
    let pem = std::fs::read(path).map_err(|error| bad(error.to_string()))?;
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<_, _>>()
        .map_err(|error| bad(format!("not PEM: {error}")))?;
    if certificates.is_empty() {
        return Err(bad("no certificate in it".to_owned()));
    }
    Ok(certificates)
}

fn no_roots(ca_file: Option<&Path>, error: &TlsError) -> Problem {
    match ca_file {
        Some(path) => Problem::CaFile { path: path.display().to_string(), detail: error.to_string() },
        None => Problem::Other { detail: format!("the system's root certificates: {error}") },
    }
}

/// What went wrong in a handshake with `host`.
pub(crate) fn problem(error: &TlsError, host: String) -> Problem {
    let TlsError::InvalidCertificate(reason) = error else {
        return Problem::TlsOther { host, detail: error.to_string() };
    };
    let refused = match reason {
        CertificateError::Other(other) => other.0.downcast_ref::<Refused>(),
        _ => None,
    };
    let certificate = refused.map(|refused| Box::new(refused.certificate.clone()));
    if let (Some(Refused { pin: Some(pin), .. }), Some(certificate)) = (refused, &certificate)
        && certificate.sha256 != *pin
    {
        return Problem::TlsChanged { host, trusted: *pin, certificate: certificate.clone() };
    }
    match refused.map_or(reason, |refused| &refused.reason) {
        CertificateError::UnknownIssuer => Problem::TlsUntrusted { host, certificate },
        CertificateError::Other(other) if is_ca_as_leaf(other) => Problem::TlsUntrusted { host, certificate },
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            Problem::TlsExpired { host, certificate }
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            Problem::TlsNotYetValid { host, certificate }
        }
        CertificateError::NotValidForNameContext { presented, .. } => {
            let names = presented.iter().map(|name| plain_name(name)).collect();
            Problem::TlsWrongName { host, names, certificate }
        }
        CertificateError::NotValidForName => {
            let names = certificate.as_ref().map(|found| found.names.clone()).unwrap_or_default();
            Problem::TlsWrongName { host, names, certificate }
        }
        other => Problem::TlsOther { host, detail: other.to_string() },
    }
}

/// `DnsName("a.example")` or `IpAddress(10.0.0.1)`, as webpki writes it, → the name alone.
fn plain_name(presented: &str) -> String {
    let inner = presented.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).unwrap_or(presented);
    inner.trim_matches('"').to_owned()
}

/// A self-signed certificate with `CA:TRUE` (what `openssl req -x509` makes) used as a server's own.
fn is_ca_as_leaf(error: &OtherError) -> bool {
    error.to_string() == "CaUsedAsEndEntity"
}

/// Why a certificate was not accepted, with the certificate: this is how it gets from the handshake into a
/// [`Problem`].
#[derive(Debug)]
struct Refused {
    reason: CertificateError,
    certificate: Certificate,
    /// The one that would have been.
    pin: Option<Fingerprint>,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reason.fmt(f)
    }
}

impl std::error::Error for Refused {}

/// Who says whether a certificate is good.
#[derive(Debug)]
enum Judge {
    /// The platform, with one addition: a server's own certificate that the user gave as CA file is trusted even
    /// where it is marked as a CA, which webpki refuses. Names and dates still count.
    Platform { platform: Box<Verifier>, given: Vec<CertificateDer<'static>> },
    /// The user, who has seen this one.
    Pinned(Fingerprint),
    /// Any is good.
    Nobody,
}

/// Judges certificates; that the server has the key of what it shows is checked in any case.
#[derive(Debug)]
struct Checked {
    judge: Judge,
    provider: Arc<CryptoProvider>,
}

impl Checked {
    fn judged(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<(), TlsError> {
        match &self.judge {
            Judge::Nobody => Ok(()),
            Judge::Pinned(pin) => pinned(*pin, end_entity, now),
            Judge::Platform { platform, given } => {
                match platform.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
                {
                    // webpki looks at the dates before it looks at the CA mark, so they are fine here.
                    Err(TlsError::InvalidCertificate(CertificateError::Other(other)))
                        if is_ca_as_leaf(&other) && given.contains(end_entity) =>
                    {
                        verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)
                    }
                    judged => judged.map(drop),
                }
            }
        }
    }
}

/// The user has trusted this certificate, not for ever: one that is out of date says that nobody looks after it.
fn pinned(pin: Fingerprint, end_entity: &CertificateDer<'_>, now: UnixTime) -> Result<(), TlsError> {
    let found = certificate::describe(end_entity, true);
    let now_ms = i64::try_from(now.as_secs()).unwrap_or(i64::MAX).saturating_mul(1000);
    let reason = if found.sha256 != pin {
        CertificateError::ApplicationVerificationFailure
    } else if now_ms > found.not_after_ms {
        CertificateError::Expired
    } else if now_ms < found.not_before_ms {
        CertificateError::NotValidYet
    } else {
        return Ok(());
    };
    Err(TlsError::InvalidCertificate(reason))
}

impl ServerCertVerifier for Checked {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        let judged = self.judged(end_entity, intermediates, server_name, ocsp_response, now);
        let with_certificate = |error| match error {
            TlsError::InvalidCertificate(reason) => {
                let covers_host = ParsedCertificate::try_from(end_entity)
                    .is_ok_and(|parsed| verify_server_name(&parsed, server_name).is_ok());
                let pin = if let Judge::Pinned(pin) = self.judge { Some(pin) } else { None };
                let certificate = certificate::describe(end_entity, covers_host);
                let refused = Refused { reason, certificate, pin };
                TlsError::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(refused))))
            }
            other => other,
        };
        judged.map(|()| ServerCertVerified::assertion()).map_err(with_certificate)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ca_files_that_are_none() {
        let check = |content: Option<&str>, expected: &str| {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("ca.pem");
            if let Some(content) = content {
                std::fs::write(&path, content).expect("disk");
            }
            match trust(&Trust { ca_file: Some(&path), ..Trust::default() }) {
                Err(Problem::CaFile { detail, .. }) => assert!(detail.contains(expected), "{detail}"),
                other => panic!("{:?}", other.err()),
            }
        };
        check(None, "No such file");
        check(Some("hello"), "no certificate in it");
        check(Some("-----BEGIN CERTIFICATE-----\n???\n-----END CERTIFICATE-----\n"), "not PEM");
        check(Some("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), "");
    }
}
