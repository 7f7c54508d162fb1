//! Which certificates are trusted, and what is wrong with one that is not. Knows nothing of HTTP.

use std::path::Path;
use std::sync::Arc;

use dinghy_model::Problem;
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

/// TLS for a client: the system's roots and those of `ca_file` (PEM), or no check at all with `insecure`.
///
/// A server's own certificate may stand in `ca_file` too, even one that is marked as a CA. Offers HTTP/1.1
/// only: Argo CD's own port serves HTTP/2 to gRPC and nothing else, and robots get one request at a time.
///
/// Fails with `CaFile`, or with `Other` if the system has no roots.
pub fn trust(ca_file: Option<&Path>, insecure: bool) -> Result<ClientConfig, Problem> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier: Arc<dyn ServerCertVerifier> = if insecure {
        Arc::new(Unchecked(Arc::clone(&provider)))
    } else {
        let given = ca_file.map(read_pem).transpose()?.unwrap_or_default();
        let platform = Verifier::new_with_extra_roots(given.iter().cloned(), Arc::clone(&provider))
            .map_err(|error| no_roots(ca_file, &error))?;
        Arc::new(WithGiven { platform, given })
    };
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
    match error {
        TlsError::InvalidCertificate(reason) => match reason {
            CertificateError::UnknownIssuer => Problem::TlsUntrusted { host },
            CertificateError::Other(other) if is_ca_as_leaf(other) => Problem::TlsUntrusted { host },
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                Problem::TlsExpired { host }
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                Problem::TlsNotYetValid { host }
            }
            CertificateError::NotValidForNameContext { presented, .. } => {
                Problem::TlsWrongName { host, names: presented.iter().map(|name| plain_name(name)).collect() }
            }
            CertificateError::NotValidForName => Problem::TlsWrongName { host, names: Vec::new() },
            other => Problem::TlsOther { host, detail: other.to_string() },
        },
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

/// The platform's judgement, with one addition: a server's own certificate that the user gave as CA
/// file is trusted even where it is marked as a CA, which webpki refuses. Names and dates still count.
#[derive(Debug)]
struct WithGiven {
    platform: Verifier,
    given: Vec<CertificateDer<'static>>,
}

impl ServerCertVerifier for WithGiven {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        match self.platform.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            // webpki looks at the dates before it looks at the CA mark, so they are fine here.
            Err(TlsError::InvalidCertificate(CertificateError::Other(other)))
                if is_ca_as_leaf(&other) && self.given.contains(end_entity) =>
            {
                verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
                Ok(ServerCertVerified::assertion())
            }
            judged => judged,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        self.platform.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        self.platform.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.platform.supported_verify_schemes()
    }
}

/// Any certificate; the handshake's signature is still checked.
#[derive(Debug)]
struct Unchecked(Arc<CryptoProvider>);

impl ServerCertVerifier for Unchecked {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        verify_tls12_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        verify_tls13_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
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
            match trust(Some(&path), false) {
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
