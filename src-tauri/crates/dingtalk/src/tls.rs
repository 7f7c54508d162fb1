//! Which certificates are trusted, and what is wrong with one that is not. Knows nothing of HTTP.

use std::path::Path;
use std::sync::Arc;

use dinghy_model::Problem;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error as TlsError, SignatureScheme};
use rustls_platform_verifier::Verifier;

/// The system's roots and those of `extra_ca` (PEM).
pub(crate) fn checked(extra_ca: Option<&Path>) -> Result<ClientConfig, Problem> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let extra = extra_ca.map(read_pem).transpose()?.unwrap_or_default();
    let verifier = Verifier::new_with_extra_roots(extra, Arc::clone(&provider)).map_err(|error| {
        let detail = error.to_string();
        match extra_ca {
            Some(path) => Problem::CaFile { path: path.display().to_string(), detail },
            None => Problem::Other { detail: format!("the system's root certificates: {detail}") },
        }
    })?;
    config(provider, Arc::new(verifier))
}

/// No check at all: for a plain webhook with `insecureSkipVerify`, never for a robot.
pub(crate) fn unchecked() -> Result<ClientConfig, Problem> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    config(Arc::clone(&provider), Arc::new(Unchecked(provider)))
}

fn config(
    provider: Arc<CryptoProvider>,
    verifier: Arc<dyn ServerCertVerifier>,
) -> Result<ClientConfig, Problem> {
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

/// What went wrong in a handshake with `host`.
pub(crate) fn problem(error: &TlsError, host: &str) -> Problem {
    let host = host.to_owned();
    let TlsError::InvalidCertificate(reason) = error else {
        return Problem::TlsOther { host, detail: error.to_string() };
    };
    match reason {
        CertificateError::UnknownIssuer => Problem::TlsUntrusted { host },
        // A self-signed certificate that is marked as a CA.
        CertificateError::Other(other) if other.to_string() == "CaUsedAsEndEntity" => {
            Problem::TlsUntrusted { host }
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => Problem::TlsExpired { host },
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            Problem::TlsNotYetValid { host }
        }
        CertificateError::NotValidForNameContext { presented, .. } => {
            Problem::TlsWrongName { host, names: presented.iter().map(|name| plain_name(name)).collect() }
        }
        CertificateError::NotValidForName => Problem::TlsWrongName { host, names: Vec::new() },
        other => Problem::TlsOther { host, detail: other.to_string() },
    }
}

/// `DnsName("a.example")` or `IpAddress(10.0.0.1)`, as webpki writes it, → the name alone.
fn plain_name(presented: &str) -> String {
    let inner = presented.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).unwrap_or(presented);
    inner.trim_matches('"').to_owned()
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
