//! Certificates: which are trusted, and what is said of one that is not.

use std::io::Write as _;
use std::sync::Arc;

use dinghy_model::Problem;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::{Server, json};
use crate::client::Client;
use crate::session::Credential;
use crate::state::state_of;

/// A certificate and its key for a server, and the PEM that would make it trusted.
struct Identity {
    tls: Arc<rustls::ServerConfig>,
    ca_pem: String,
}

fn identity(chain: Vec<CertificateDer<'static>>, key: &KeyPair, ca_pem: String) -> Identity {
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    let tls = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("a certificate");
    Identity { tls: Arc::new(tls), ca_pem }
}

fn self_signed(name: &str, change: impl FnOnce(&mut CertificateParams)) -> Identity {
    let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
    change(&mut params);
    let key = KeyPair::generate().expect("a key");
    let certificate = params.self_signed(&key).expect("a certificate");
    identity(vec![certificate.der().clone()], &key, certificate.pem())
}

fn by_own_ca(name: &str) -> Identity {
    let mut ca = CertificateParams::new(vec![]).expect("no names");
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca = CertifiedIssuer::self_signed(ca, KeyPair::generate().expect("a key")).expect("a CA");
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
    let certificate = params.signed_by(&key, &ca).expect("a certificate");
    identity(vec![certificate.der().clone()], &key, ca.pem())
}

/// How asking for the version ends: the version's text, or the problem.
async fn ask(identity: &Identity, with_ca: bool, insecure: bool) -> Result<String, Problem> {
    let server =
        Server::start_with(Some(Arc::clone(&identity.tls)), |_| json(r#"{"Version":"v3.1.0"}"#)).await;
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(identity.ca_pem.as_bytes()).expect("disk");
    let mut config = server.config();
    config.ca_file = with_ca.then(|| file.path().to_owned());
    config.insecure_skip_verify = insecure;
    Client::new(&config, Credential::None)?.version().await
}

#[tokio::test]
async fn trusted_by_ca_file_or_not_looked_at() {
    let ordinary = self_signed("127.0.0.1", |_| {});
    let marked_as_ca =
        self_signed("127.0.0.1", |params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained));
    for (what, identity) in [
        ("self-signed", ordinary),
        ("self-signed by openssl", marked_as_ca),
        ("own CA", by_own_ca("127.0.0.1")),
    ] {
        let untrusted = ask(&identity, false, false).await;
        assert!(matches!(untrusted, Err(Problem::TlsUntrusted { .. })), "{what}: {untrusted:?}");
        assert_eq!(ask(&identity, true, false).await.as_deref(), Ok("v3.1.0"), "{what}");
        assert_eq!(ask(&identity, false, true).await.as_deref(), Ok("v3.1.0"), "{what}");
    }
}

#[tokio::test]
async fn wrong_dates_and_names() {
    let old = self_signed("127.0.0.1", |params| {
        params.not_before = date_time_ymd(2001, 1, 1);
        params.not_after = date_time_ymd(2002, 1, 1);
    });
    let early = self_signed("127.0.0.1", |params| {
        params.not_before = date_time_ymd(2200, 1, 1);
        params.not_after = date_time_ymd(2201, 1, 1);
    });
    assert!(matches!(ask(&old, true, false).await, Err(Problem::TlsExpired { .. })));
    assert!(matches!(ask(&early, true, false).await, Err(Problem::TlsNotYetValid { .. })));
    for is_ca in [IsCa::NoCa, IsCa::Ca(BasicConstraints::Unconstrained)] {
        let other = self_signed("argocd-server.argocd.svc", |params| params.is_ca = is_ca);
        match ask(&other, true, false).await {
            Err(Problem::TlsWrongName { names, .. }) => assert_eq!(names, ["argocd-server.argocd.svc"]),
            wrong => panic!("{wrong:?}"),
        }
    }
    for identity in [old, early] {
        assert_eq!(ask(&identity, false, true).await.as_deref(), Ok("v3.1.0"));
    }
}

#[tokio::test]
async fn https_to_a_server_without_tls() {
    let server = Server::start(|_| json("{}")).await;
    let mut config = server.config();
    config.url = config.url.replace("http:", "https:");
    let client = Client::new(&config, Credential::None).expect("a client");
    let outcome = client.version().await.expect_err("no TLS there");
    assert!(matches!(outcome, Problem::TlsOther { .. }), "{outcome:?}");
    assert_eq!(state_of(&outcome), dinghy_model::ServerState::TlsProblem);
}
