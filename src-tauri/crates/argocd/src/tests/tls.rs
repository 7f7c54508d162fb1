//! Certificates: which are trusted, and what is said of one that is not.

use std::io::Write as _;
use std::sync::Arc;

use dinghy_model::{Fingerprint, Problem};
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
    ca.distinguished_name.push(rcgen::DnType::CommonName, "Corp CA");
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca = CertifiedIssuer::self_signed(ca, KeyPair::generate().expect("a key")).expect("a CA");
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
    let certificate = params.signed_by(&key, &ca).expect("a certificate");
    identity(vec![certificate.der().clone()], &key, ca.pem())
}

/// How asking for the version ends: the version's text, or the problem.
async fn ask(identity: &Identity, with_ca: bool, insecure: bool) -> Result<String, Problem> {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(identity.ca_pem.as_bytes()).expect("disk");
    ask_with(identity, |config| {
        config.ca_file = with_ca.then(|| file.path().to_owned());
        config.insecure_skip_verify = insecure;
    })
    .await
}

/// The same of somebody who trusts one certificate only.
async fn ask_pinned(identity: &Identity, pin: Fingerprint) -> Result<String, Problem> {
    ask_with(identity, |config| config.certificate_sha256 = Some(pin)).await
}

async fn ask_with(
    identity: &Identity,
    change: impl FnOnce(&mut dinghy_model::ServerConfig),
) -> Result<String, Problem> {
    let server =
        Server::start_with(Some(Arc::clone(&identity.tls)), |_| json(r#"{"Version":"v3.1.0"}"#)).await;
    let mut config = server.config();
    change(&mut config);
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

/// The fingerprint that a refusal shows.
async fn shown(identity: &Identity) -> Fingerprint {
    let refused = ask(identity, false, false).await.expect_err("nobody trusts it");
    refused.certificate().expect("a certificate").sha256
}

#[tokio::test]
async fn a_refusal_shows_the_certificate() {
    let identity = self_signed("argocd-server", |params| {
        params.distinguished_name.push(rcgen::DnType::CommonName, "Argo CD");
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2100, 1, 1);
    });
    let problem = ask(&identity, false, false).await.expect_err("nobody trusts it");
    let found = problem.certificate().expect("a certificate");
    assert_eq!((found.subject.as_str(), found.self_signed), ("CN=Argo CD", true));
    assert_eq!(found.names, ["argocd-server"]);
    assert!(!found.covers_host, "127.0.0.1 is not among its names");
    assert_eq!((found.not_before_ms, found.not_after_ms), (1_577_836_800_000, 4_102_444_800_000));
    let by_other = by_own_ca("127.0.0.1");
    let problem = ask(&by_other, false, false).await.expect_err("nobody trusts it");
    let found = problem.certificate().expect("a certificate");
    assert_eq!((found.self_signed, found.covers_host), (false, true));
}

#[tokio::test]
async fn a_trusted_certificate_is_taken_and_no_other() {
    let (first, second) = (self_signed("127.0.0.1", |_| {}), self_signed("127.0.0.1", |_| {}));
    let pin = shown(&first).await;
    assert_ne!(pin, shown(&second).await);
    assert_eq!(ask_pinned(&first, pin).await.as_deref(), Ok("v3.1.0"));
    let changed = ask_pinned(&second, pin).await;
    match changed {
        Err(Problem::TlsChanged { trusted, certificate, .. }) => {
            assert_eq!((trusted, certificate.sha256), (pin, shown(&second).await));
        }
        other => panic!("{other:?}"),
    }
    // Not even one that a given CA vouches for, or that is not to be looked at.
    for unchecked in [false, true] {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(second.ca_pem.as_bytes()).expect("disk");
        let outcome = ask_with(&second, |config| {
            config.ca_file = Some(file.path().to_owned());
            config.insecure_skip_verify = unchecked;
            config.certificate_sha256 = Some(pin);
        });
        assert!(matches!(outcome.await, Err(Problem::TlsChanged { trusted, .. }) if trusted == pin));
    }
    // Whatever its names are, whoever signed it, whatever it is marked as.
    let strange = [
        self_signed("argocd-server.argocd.svc", |_| {}),
        self_signed("127.0.0.1", |params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained)),
        by_own_ca("other.example"),
    ];
    for identity in &strange {
        let pin = shown(identity).await;
        assert_eq!(ask_pinned(identity, pin).await.as_deref(), Ok("v3.1.0"));
    }
    // Its dates count.
    let old = self_signed("127.0.0.1", |params| {
        params.not_before = date_time_ymd(2001, 1, 1);
        params.not_after = date_time_ymd(2002, 1, 1);
    });
    let pin = shown(&old).await;
    let outcome = ask_pinned(&old, pin).await;
    assert!(
        matches!(&outcome, Err(Problem::TlsExpired { certificate: Some(found), .. }) if found.sha256 == pin)
    );
    let early = self_signed("127.0.0.1", |params| {
        params.not_before = date_time_ymd(2200, 1, 1);
        params.not_after = date_time_ymd(2201, 1, 1);
    });
    let pin = shown(&early).await;
    assert!(matches!(ask_pinned(&early, pin).await, Err(Problem::TlsNotYetValid { .. })));
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
