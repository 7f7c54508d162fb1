//! Certificates, good and bad.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair, SanType,
    date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use sha2::{Digest, Sha256};
use tokio_rustls::TlsAcceptor;

/// What a server shows when a client connects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tls {
    /// Plain HTTP.
    #[default]
    Off,
    /// Signed by itself: what a fresh Argo CD shows.
    SelfSigned,
    /// By a CA of its own, in order. The CA is `ca_pem()`.
    OwnCa,
    /// By that CA, for this host, but out of date.
    Expired,
    /// By that CA, for this host, but from the year 2100 on.
    NotYetValid,
    /// By that CA, in date, but for `argocd.example.com`.
    WrongName,
}

/// A server's side of TLS, made fresh for each server.
pub(crate) struct Identity {
    /// None for plain HTTP.
    pub(crate) acceptor: Option<TlsAcceptor>,
    /// The CA to trust, where there is one.
    pub(crate) ca_pem: Option<String>,
    /// SHA-256 of the server's own certificate, `AB:CD:…`.
    pub(crate) fingerprint: Option<String>,
}

impl Tls {
    /// Makes keys and certificates.
    pub(crate) fn identity(self) -> io::Result<Identity> {
        match self {
            Self::Off => Ok(Identity { acceptor: None, ca_pem: None, fingerprint: None }),
            _ => self.certificates().map_err(io::Error::other),
        }
    }

    fn certificates(self) -> Result<Identity, Box<dyn std::error::Error + Send + Sync>> {
        let key = KeyPair::generate()?;
        let mut leaf = CertificateParams::default();
        leaf.distinguished_name = DistinguishedName::new();
        leaf.distinguished_name.push(DnType::OrganizationName, "Argo CD");
        leaf.subject_alt_names = match self {
            Self::WrongName => vec![SanType::DnsName("argocd.example.com".try_into()?)],
            _ => vec![
                SanType::DnsName("localhost".try_into()?),
                SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            ],
        };
        let (from, to) = match self {
            Self::Expired => (2020, 2021),
            Self::NotYetValid => (2100, 2101),
            _ => (2020, 2100),
        };
        leaf.not_before = date_time_ymd(from, 1, 1);
        leaf.not_after = date_time_ymd(to, 1, 1);

        let (certificate, ca_pem) = if self == Self::SelfSigned {
            (leaf.self_signed(&key)?, None)
        } else {
            let ca_key = KeyPair::generate()?;
            let mut ca = CertificateParams::default();
            ca.distinguished_name.push(DnType::CommonName, "Demo CA");
            ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            let ca_certificate = ca.self_signed(&ca_key)?;
            let issuer = Issuer::new(ca, ca_key);
            (leaf.signed_by(&key, &issuer)?, Some(ca_certificate.pem()))
        };

        let digest = Sha256::digest(certificate.der());
        let fingerprint = digest.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":");
        let chain = vec![CertificateDer::from(certificate.der().to_vec())];
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        let acceptor = Some(TlsAcceptor::from(Arc::new(config)));
        Ok(Identity { acceptor, ca_pem, fingerprint: Some(fingerprint) })
    }
}
