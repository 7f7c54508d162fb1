//! What is wrong with a certificate, all of it: a problem names only the first fault that was found.

use dinghy_model::{Lang, Problem};

use crate::wire::CertificateView;

/// The certificate of a problem, if it has one. `now_ms`: Unix ms.
pub fn certificate(problem: &Problem, now_ms: i64, lang: Lang) -> Option<CertificateView> {
    let found = problem.certificate()?;
    let (Problem::TlsUntrusted { host, .. }
    | Problem::TlsExpired { host, .. }
    | Problem::TlsNotYetValid { host, .. }
    | Problem::TlsWrongName { host, .. }
    | Problem::TlsChanged { host, .. }) = problem
    else {
        return None;
    };
    let trusted = match problem {
        Problem::TlsChanged { trusted, .. } => Some(trusted.to_string()),
        _ => None,
    };
    let (early, late) = (now_ms < found.not_before_ms, now_ms > found.not_after_ms);
    let mut wrong = Vec::new();
    let mut say = |holds: bool, en: &str, zh: &str| {
        if holds {
            wrong.push(lang.pick(en, zh).replace("{host}", host));
        }
    };
    say(trusted.is_some(), "It is not the one that was trusted.", "它不是此前信任的那张证书。");
    let unknown = matches!(problem, Problem::TlsUntrusted { .. });
    say(
        found.self_signed,
        "It is signed by itself, so nobody vouches for it.",
        "证书由自己签名，没有机构为它担保。",
    );
    say(
        unknown && !found.self_signed,
        "This computer does not know who signed it.",
        "这台电脑不认识它的签发者。",
    );
    say(
        !found.covers_host,
        "{host} is not among its names. Trust covers this address with this certificate only.",
        "证书上没有 {host}。信任仅限这个地址和这张证书。",
    );
    say(
        late,
        "It is out of date, so it cannot be trusted. Have it renewed on the server.",
        "它已过期，不能信任。请在服务器上更新证书。",
    );
    say(early, "It is not valid yet. Check this computer's clock.", "它尚未生效。请检查这台电脑的时钟。");
    Some(CertificateView {
        sha256: found.sha256.to_string(),
        subject: found.subject.clone(),
        issuer: found.issuer.clone(),
        self_signed: found.self_signed,
        names: found.names.clone(),
        not_before_ms: found.not_before_ms,
        not_after_ms: found.not_after_ms,
        wrong,
        trusted,
        can_trust: !early && !late,
    })
}

#[cfg(test)]
mod tests {
    use dinghy_model::{Certificate, Fingerprint};

    use super::*;

    #[test]
    fn everything_that_is_wrong_is_said() {
        let found = Certificate {
            sha256: Fingerprint([0xAB; 32]),
            subject: "CN=argocd-server".to_owned(),
            issuer: "CN=Corp CA".to_owned(),
            self_signed: false,
            names: vec!["argocd-server".to_owned()],
            not_before_ms: 1_000,
            not_after_ms: 2_000,
            covers_host: true,
        };
        let own = Certificate { self_signed: true, covers_host: false, ..found.clone() };
        let untrusted = |certificate: &Certificate| Problem::TlsUntrusted {
            host: "10.0.0.1:8443".to_owned(),
            certificate: Some(Box::new(certificate.clone())),
        };
        let changed = Problem::TlsChanged {
            host: "10.0.0.1".to_owned(),
            trusted: Fingerprint([1; 32]),
            certificate: Box::new(found.clone()),
        };
        let rows = [
            (untrusted(&found), 1_500, true, vec!["This computer does not know who signed it."]),
            (
                untrusted(&own),
                1_500,
                true,
                vec![
                    "It is signed by itself, so nobody vouches for it.",
                    "10.0.0.1:8443 is not among its names. Trust covers this address with this certificate only.",
                ],
            ),
            (
                Problem::TlsExpired { host: String::new(), certificate: Some(Box::new(found.clone())) },
                2_001,
                false,
                vec!["It is out of date, so it cannot be trusted. Have it renewed on the server."],
            ),
            (
                changed.clone(),
                999,
                false,
                vec![
                    "It is not the one that was trusted.",
                    "It is not valid yet. Check this computer's clock.",
                ],
            ),
        ];
        for (problem, now_ms, can_trust, wrong) in rows {
            let view = certificate(&problem, now_ms, Lang::En).expect("a certificate");
            assert_eq!(
                (view.can_trust, view.wrong),
                (can_trust, wrong.iter().map(ToString::to_string).collect())
            );
            let zh = certificate(&problem, now_ms, Lang::ZhCn).expect("a certificate");
            assert_eq!(zh.wrong.len(), wrong.len());
            assert!(zh.wrong.iter().all(|text| text.ends_with('。') && !text.contains("{host}")), "{zh:?}");
        }
        let view = certificate(&changed, 1_500, Lang::En).expect("a certificate");
        assert_eq!(view.trusted, Some(Fingerprint([1; 32]).to_string()));
        assert_eq!(certificate(&Problem::NoToken, 0, Lang::En), None);
        let without = Problem::TlsUntrusted { host: String::new(), certificate: None };
        assert_eq!(certificate(&without, 0, Lang::En), None);
    }
}
