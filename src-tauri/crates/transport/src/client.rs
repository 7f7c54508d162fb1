//! Making a client. Knows nothing of what it will be asked.

use std::sync::Arc;

use dinghy_model::Problem;
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Proxy};
use rustls::ClientConfig;
use url::{Host, Url};

use crate::failure::innermost;
use crate::names::SystemNames;

/// By which way requests leave this machine.
#[derive(Clone, Copy)]
pub enum Route<'a> {
    /// As the system's proxy settings say.
    System,
    /// Through this proxy (`http://…`, `socks5://…`), whatever the system says.
    Through(&'a str),
    /// Through none.
    Direct,
}

impl<'a> Route<'a> {
    /// The way that a `proxy` setting asks for: a URL, `none` or `system`; an empty one counts as absent.
    pub fn configured(proxy: Option<&'a str>) -> Self {
        match proxy {
            None | Some("" | "system") => Self::System,
            Some("none") => Self::Direct,
            Some(proxy) => Self::Through(proxy),
        }
    }

    /// A proxy was configured: then a connection that fails is the proxy's.
    pub fn is_proxied(self) -> bool {
        matches!(self, Self::Through(_))
    }
}

/// The beginning of a client: rustls, HTTP/1.1, no redirects, our name. The caller adds how long it waits and
/// hands it to [`finish`].
///
/// Fails with `Proxy`.
pub fn builder(tls: ClientConfig, route: Route<'_>) -> Result<ClientBuilder, Problem> {
    let builder = Client::builder()
        .tls_backend_preconfigured(tls)
        .http1_only()
        .redirect(Policy::none())
        .referer(false)
        .user_agent(concat!("dinghy/", env!("CARGO_PKG_VERSION")))
        .dns_resolver(Arc::new(SystemNames));
    match route {
        Route::System => Ok(builder),
        Route::Direct => Ok(builder.no_proxy()),
        Route::Through(proxy) => {
            let proxy = Proxy::all(proxy)
                .map_err(|error| Problem::Proxy { detail: innermost(&error.without_url()) })?;
            Ok(builder.no_proxy().proxy(proxy))
        }
    }
}

/// The client itself; connects to nothing yet.
pub fn finish(builder: ClientBuilder) -> Result<Client, Problem> {
    builder.build().map_err(|error| Problem::Other { detail: innermost(&error.without_url()) })
}

/// This machine itself, for which the system's proxy is never asked (as Go's `ProxyFromEnvironment`).
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// `host` or `host:port`, for messages.
pub fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_proxy_is_none() {
        assert!(matches!(Route::configured(None), Route::System));
        assert!(matches!(Route::configured(Some("")), Route::System));
        assert!(matches!(Route::configured(Some("system")), Route::System));
        assert!(matches!(Route::configured(Some("none")), Route::Direct));
        assert!(Route::configured(Some("http://p:3128")).is_proxied());
    }

    #[test]
    fn a_proxys_password_is_in_no_problem() {
        let tls = crate::trust(&crate::Trust { insecure: true, ..crate::Trust::default() })
            .expect("no roots are needed");
        let problem = builder(tls, Route::Through("http://u:hunter2@:x")).expect_err("no proxy");
        assert!(matches!(problem, Problem::Proxy { .. }), "{problem:?}");
        assert!(!format!("{problem:?}").contains("hunter2"), "{problem:?}");
    }

    #[test]
    fn this_machine() {
        let check = |url: &str, expected: bool| {
            let parsed = Url::parse(url).expect("a URL");
            assert_eq!(is_loopback(&parsed), expected, "{url}");
        };
        check("http://localhost/", true);
        check("http://argo.localhost:8080/", true);
        check("http://127.8.0.1/", true);
        check("http://[::1]/", true);
        check("http://localhost.example/", false);
        check("http://10.0.0.1/", false);
    }
}
