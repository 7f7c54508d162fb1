//! Certificates: what a careful client says to each.

use std::sync::Arc;

use dinghy_demo::{ArgoCd, ArgoCdOptions, Tls};
use expect_test::expect;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::client::{Error, Outcome, get, whole};

/// Asks for the version over TLS, trusting the CA that the server gives, if any.
async fn version(server: &ArgoCd, trust: bool) -> Result<String, Error> {
    let mut roots = RootCertStore::empty();
    if let Some(pem) = server.ca_pem().filter(|_| trust) {
        roots.add(CertificateDer::from_pem_slice(pem.as_bytes())?)?;
    }
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let url = url::Url::parse(&server.url())?;
    let stream = TcpStream::connect((url.host_str().unwrap_or_default(), url.port().unwrap_or(443))).await?;
    let name = ServerName::try_from(url.host_str().unwrap_or_default().to_owned())?;
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
    Ok(whole(get(format!("{}/api/version", server.url())).over(stream).await?).await?.line())
}

#[tokio::test]
async fn each_certificate_has_its_fault() -> Outcome {
    let table = [
        (Tls::OwnCa, true, expect![[r#"200 {"Version":"v3.6.0+37ee009"}"#]]),
        (Tls::OwnCa, false, expect!["invalid peer certificate: UnknownIssuer"]),
        (Tls::SelfSigned, true, expect!["invalid peer certificate: UnknownIssuer"]),
        (Tls::Expired, true, expect!["invalid peer certificate: certificate expired"]),
        (Tls::NotYetValid, true, expect!["invalid peer certificate: certificate not valid yet"]),
        (
            Tls::WrongName,
            true,
            expect![[
                r#"invalid peer certificate: certificate not valid for name "127.0.0.1"; certificate is only valid for DnsName("argocd.example.com")"#
            ]],
        ),
    ];
    for (tls, trust, expected) in table {
        let server = ArgoCd::start(ArgoCdOptions { tls, ..ArgoCdOptions::default() })?;
        assert!(server.url().starts_with("https://127.0.0.1:"));
        assert_eq!(server.ca_pem().is_some(), tls != Tls::SelfSigned);
        let answer = version(&server, trust).await.unwrap_or_else(|error| error.to_string());
        // The times in it are now's.
        let answer = answer.split(": verification time").next().unwrap_or_default().to_owned();
        expected.assert_eq(&answer);
    }
    Ok(())
}
