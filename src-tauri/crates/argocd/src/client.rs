//! One server: how a question is put, and the short questions.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use dinghy_model::{
    AppId, AppSnapshot, Auth, CommitMetadata, Problem, Secret, ServerConfig, ServerName, SourceDetails,
};
use dinghy_transport::{Peer, host_of, problem};
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER,
};
use reqwest::{Method, RequestBuilder, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;

use crate::address::{app_page, presentable, segment};
use crate::answer::{Answer, Asked, is_html};
use crate::session::{Credential, Session};
use crate::transport::{self, Patience};
use crate::{jwt, summary};

/// Of an answer that is refused, no more than this is read.
const REFUSAL_BYTES: usize = 64 << 10;
/// An application or a short answer is never larger.
const ANSWER_BYTES: usize = 64 << 20;

/// One server. Cheap to clone; clones share connections and the session.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    name: ServerName,
    base_url: String,
    peer: Peer,
    http: reqwest::Client,
    session: Session,
    patience: Patience,
    /// `projects` and `selector` of the settings, as the list and the stream take them.
    filter: Vec<(&'static str, String)>,
}

/// Who the server takes us for (`GET /api/v1/session/userinfo`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// False with anonymous access.
    pub logged_in: bool,
    /// Empty if not logged in.
    pub username: String,
}

/// One question.
#[derive(Debug)]
pub(crate) struct Ask<'a> {
    pub(crate) method: Method,
    /// From the base URL on.
    pub(crate) path: &'a str,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) accept: &'static str,
    /// Until the headers of the answer.
    pub(crate) within: Option<Duration>,
    /// False: without a token even if there is one.
    pub(crate) signed: bool,
    pub(crate) headers: &'static [(HeaderName, &'static str)],
    /// JSON.
    pub(crate) body: Option<String>,
}

impl<'a> Ask<'a> {
    pub(crate) fn get(path: &'a str) -> Self {
        Self {
            method: Method::GET,
            path,
            query: Vec::new(),
            accept: "application/json",
            within: None,
            signed: true,
            headers: &[],
            body: None,
        }
    }

    pub(crate) fn post(path: &'a str) -> Self {
        Self { method: Method::POST, ..Self::get(path) }
    }
}

#[derive(Deserialize)]
struct Version {
    /// Capitalised: this answer alone is not made by grpc-gateway's camel case.
    #[serde(rename = "Version")]
    version: Option<String>,
}

#[derive(Deserialize)]
struct Projects {
    /// null where there are none.
    items: Option<Vec<serde_json::Value>>,
}

#[derive(Deserialize)]
struct UserInfo {
    #[serde(default, rename = "loggedIn")]
    logged_in: bool,
    #[serde(default)]
    username: String,
}

impl Client {
    /// A client for `config.url`; connects to nothing yet.
    ///
    /// Fails with `BadUrl`, `CaFile`, `Proxy` or `SsoUnsupported`.
    pub fn new(config: &ServerConfig, credential: Credential) -> Result<Self, Problem> {
        Self::with_patience(config, credential, Patience::USUAL)
    }

    pub(crate) fn with_patience(
        config: &ServerConfig,
        credential: Credential,
        patience: Patience,
    ) -> Result<Self, Problem> {
        if config.auth == Auth::Sso {
            return Err(Problem::SsoUnsupported);
        }
        let bad_url = |detail: String| Problem::BadUrl { url: presentable(&config.url), detail };
        let url = Url::parse(&config.url).map_err(|error| bad_url(error.to_string()))?;
        if !url.has_host() {
            return Err(bad_url("no host".to_owned()));
        }
        let host = host_of(&url);
        let mut filter: Vec<_> =
            config.projects.iter().map(|project| ("projects", project.clone())).collect();
        if !config.selector.is_empty() {
            filter.push(("selector", config.selector.clone()));
        }
        Ok(Self(Arc::new(Inner {
            name: config.name.clone(),
            base_url: config.url.trim_end_matches('/').to_owned(),
            peer: Peer { host, proxied: transport::configured_route(config).is_proxied() },
            http: transport::http(config, &url, &patience)?,
            session: Session::new(credential, config.username.clone()),
            patience,
            filter,
        })))
    }

    /// The server's version, such as `v3.1.0+abc` (`GET /api/version`); asked without signing in.
    ///
    /// Fails with `NotArgoCd` or `LoginPage` when something else answers.
    pub async fn version(&self) -> Result<String, Problem> {
        let response = self.open(Ask { signed: false, ..Ask::get("/api/version") }).await?;
        let version: Version = self.read_json(response).await?;
        version.version.filter(|version| !version.is_empty()).ok_or_else(|| Problem::NotArgoCd {
            host: self.peer().host.clone(),
            detail: "no version in its answer".to_owned(),
        })
    }

    /// Who the server takes us for; signs in first if that is needed.
    ///
    /// A server with anonymous access answers an expired or revoked token as if there were none. That
    /// is no account but `TokenExpired` or `TokenRevoked` here, unless the password mends it.
    pub async fn account(&self) -> Result<Account, Problem> {
        let mut account = self.user_info().await?;
        if account.logged_in || self.session().is_anonymous() {
            return Ok(account);
        }
        if self.session().can_sign_in() {
            self.sign_in(self.session().token().as_ref()).await?;
            account = self.user_info().await?;
        }
        if account.logged_in { Ok(account) } else { Err(self.lost_token()) }
    }

    async fn user_info(&self) -> Result<Account, Problem> {
        let response = self.open(Ask::get("/api/v1/session/userinfo")).await?;
        let info: UserInfo = self.read_json(response).await?;
        Ok(Account { logged_in: info.logged_in, username: info.username })
    }

    fn lost_token(&self) -> Problem {
        let now_ms = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX));
        match self.token_expiry() {
            None if self.session().token().is_none() => Problem::NoToken,
            Some(at_ms) if at_ms <= now_ms => Problem::TokenExpired { at_ms: Some(at_ms) },
            _ => Problem::TokenRevoked { detail: "the server no longer knows this token".to_owned() },
        }
    }

    /// One application as it is now.
    ///
    /// `None`: there is no such application. Argo CD says so only when `project` names the right one;
    /// with an empty `project` a missing application is `Forbidden`, as one that may not be seen.
    pub async fn get(&self, app: &AppId, project: &str) -> Result<Option<AppSnapshot>, Problem> {
        self.read_app(app, project, None).await
    }

    /// As [`Client::get`], after Argo CD compared the application with Git anew (`refresh=normal`).
    /// Takes as long as the comparison, at most a minute. A missing application is `Forbidden` here.
    pub async fn refresh(&self, app: &AppId) -> Result<Option<AppSnapshot>, Problem> {
        self.read_app(app, "", Some(("refresh", "normal".to_owned()))).await
    }

    async fn read_app(
        &self,
        app: &AppId,
        project: &str,
        refresh: Option<(&'static str, String)>,
    ) -> Result<Option<AppSnapshot>, Problem> {
        let path = format!("/api/v1/applications/{}", segment(&app.name));
        let mut ask = Ask::get(&path);
        ask.within = refresh.is_some().then_some(self.patience().refresh);
        for (key, value) in [("appNamespace", &*app.namespace), ("project", project)] {
            if !value.is_empty() {
                ask.query.push((key, value.to_owned()));
            }
        }
        ask.query.extend(refresh);
        let response = self.exchange(&ask).await?;
        if response.status() == 404 {
            let answer = self.read_refusal(response).await?;
            let missing = answer.is_not_found();
            return if missing { Ok(None) } else { Err(answer.problem(&self.asked(true))) };
        }
        let body = self.read_body(self.accept(response).await?, ANSWER_BYTES).await?;
        let text =
            std::str::from_utf8(&body).map_err(|error| Problem::BodyCut { detail: error.to_string() })?;
        let snapshot = summary::snapshot(self.name(), text);
        snapshot.map(Some).map_err(|error| Problem::BodyCut { detail: error.to_string() })
    }

    /// Who made a revision of an application. `source_index`: which of its sources, if it has several.
    ///
    /// Needs the same right as reading the application. A revision that is no commit (a chart's version)
    /// is a `ServerError`.
    pub async fn commit(
        &self,
        app: &AppId,
        project: &str,
        revision: &str,
        source_index: Option<usize>,
    ) -> Result<CommitMetadata, Problem> {
        let (name, revision) = (segment(&app.name), segment(revision));
        let path = format!("/api/v1/applications/{name}/revisions/{revision}/metadata");
        let mut ask = Ask::get(&path);
        for (key, value) in [("appNamespace", &*app.namespace), ("project", project)] {
            if !value.is_empty() {
                ask.query.push((key, value.to_owned()));
            }
        }
        ask.query.extend(source_index.map(|index| ("sourceIndex", index.to_string())));
        let response = self.open(ask).await?;
        self.read_json(response).await
    }

    /// What the repository holds of an application, for its source `source` (JSON as the application has it).
    ///
    /// Needs `repositories, get` for the repository beside the right to read the application; without it `Forbidden`
    /// (`server/repository/repository.go`, GetAppDetails). The server may have to fetch the repository first.
    pub async fn details(&self, app: &AppId, project: &str, source: &str) -> Result<SourceDetails, Problem> {
        match self.details_of(&app.name, project, source).await {
            // The name alone is one in the controller's own namespace.
            Err(Problem::Forbidden { .. }) if !app.namespace.is_empty() => {
                self.details_of(&format!("{}/{}", app.namespace, app.name), project, source).await
            }
            found => found,
        }
    }

    async fn details_of(&self, name: &str, project: &str, source: &str) -> Result<SourceDetails, Problem> {
        let source: serde_json::Value =
            serde_json::from_str(source).map_err(|error| Problem::Other { detail: error.to_string() })?;
        let url = source["repoURL"].as_str().unwrap_or_default();
        let path = format!("/api/v1/repositories/{}/appdetails", segment(url));
        let body = serde_json::json!({"source": source, "appName": name, "appProject": project}).to_string();
        let mut ask = Ask { body: Some(body), ..Ask::post(&path) };
        ask.within = Some(self.patience().refresh);
        let response = self.open(ask).await?;
        self.read_json(response).await
    }

    /// The AppProjects that the account may see, as JSON by name (`GET /api/v1/projects`).
    pub async fn projects(&self) -> Result<BTreeMap<String, String>, Problem> {
        let response = self.open(Ask::get("/api/v1/projects")).await?;
        let list: Projects = self.read_json(response).await?;
        let named = |item: serde_json::Value| {
            let name = item.pointer("/metadata/name")?.as_str()?.to_owned();
            Some((name, item.to_string()))
        };
        Ok(list.items.unwrap_or_default().into_iter().filter_map(named).collect())
    }

    /// The page of an application in the web interface.
    pub fn app_url(base_url: &str, app: &AppId) -> String {
        app_page(base_url, app)
    }

    /// When the token now in use runs out (Unix ms, the JWT's `exp`, read without checking its
    /// signature); `None`: no token yet, or one that does not run out.
    pub fn token_expiry(&self) -> Option<i64> {
        jwt::expiry_ms(self.session().token()?.expose())
    }

    /// When it was made (the JWT's `iat`), likewise.
    pub fn token_issued(&self) -> Option<i64> {
        jwt::issued_ms(self.session().token()?.expose())
    }

    pub(crate) fn name(&self) -> &ServerName {
        &self.0.name
    }

    pub(crate) fn peer(&self) -> &Peer {
        &self.0.peer
    }

    pub(crate) fn session(&self) -> &Session {
        &self.0.session
    }

    pub(crate) fn patience(&self) -> &Patience {
        &self.0.patience
    }

    pub(crate) fn filter(&self) -> Vec<(&'static str, String)> {
        self.0.filter.clone()
    }

    /// Puts a question; the answer is a 2xx that is no HTML page.
    pub(crate) async fn open(&self, ask: Ask<'_>) -> Result<Response, Problem> {
        let response = self.exchange(&ask).await?;
        self.accept(response).await
    }

    /// Puts a question, whatever the answer; a session that ran out is opened again, once.
    async fn exchange(&self, ask: &Ask<'_>) -> Result<Response, Problem> {
        let within = ask.within.unwrap_or(self.patience().headers);
        let token = if ask.signed { self.current_token().await? } else { None };
        let response = self.send(self.request(ask, token.as_ref())?, within).await?;
        if response.status() == 401 && ask.signed && self.session().can_sign_in() {
            let token = self.sign_in(token.as_ref()).await?;
            return self.send(self.request(ask, Some(&token))?, within).await;
        }
        Ok(response)
    }

    pub(crate) fn request(&self, ask: &Ask<'_>, token: Option<&Secret>) -> Result<RequestBuilder, Problem> {
        let url = format!("{}{}", self.0.base_url, ask.path);
        let mut request = self.0.http.request(ask.method.clone(), url).header(ACCEPT, ask.accept);
        for (name, value) in ask.headers {
            request = request.header(name, *value);
        }
        if !ask.query.is_empty() {
            request = request.query(&ask.query);
        }
        if let Some(body) = &ask.body {
            // The server takes this type to the letter, with nothing behind it.
            request = request.header(CONTENT_TYPE, "application/json").body(body.clone());
        }
        if let Some(token) = token {
            let bearer = HeaderValue::try_from(format!("Bearer {}", token.expose()));
            let mut bearer =
                bearer.map_err(|_| Problem::TokenRevoked { detail: "not a token".to_owned() })?;
            bearer.set_sensitive(true);
            request = request.header(AUTHORIZATION, bearer);
        }
        Ok(request)
    }

    pub(crate) async fn send(&self, request: RequestBuilder, within: Duration) -> Result<Response, Problem> {
        let response = tokio::time::timeout(within, request.send())
            .await
            .map_err(|_| Problem::Timeout { host: self.peer().host.clone() })?
            .map_err(|error| problem(error, self.peer()))?;
        self.session().harvest(response.headers());
        Ok(response)
    }

    /// Lets a 2xx pass that is no HTML page; anything else is a problem.
    pub(crate) async fn accept(&self, response: Response) -> Result<Response, Problem> {
        if response.status().is_success() && !is_html(header(response.headers(), CONTENT_TYPE)) {
            return Ok(response);
        }
        let sent_token = self.session().token().is_some();
        Err(self.read_refusal(response).await?.problem(&self.asked(sent_token)))
    }

    pub(crate) fn asked(&self, with_token: bool) -> Asked<'_> {
        Asked {
            base_url: &self.0.base_url,
            host: &self.peer().host,
            username: &self.session().username,
            with_token,
            expiry_ms: self.token_expiry(),
            secrets: self.session().secrets(),
        }
    }

    async fn read_refusal(&self, response: Response) -> Result<Answer, Problem> {
        let text = |name| header(response.headers(), name).to_owned();
        let mut answer = Answer {
            status: response.status().as_u16(),
            content_type: text(CONTENT_TYPE),
            location: text(LOCATION),
            retry_after_s: text(RETRY_AFTER).parse().ok(),
            body: String::new(),
        };
        // The status says enough where the body does not arrive.
        let body = self.read_body(response, REFUSAL_BYTES).await.unwrap_or_default();
        answer.body = String::from_utf8_lossy(&body).into_owned();
        Ok(answer)
    }

    pub(crate) async fn read_json<T: DeserializeOwned>(&self, response: Response) -> Result<T, Problem> {
        let answer = Answer {
            status: response.status().as_u16(),
            content_type: header(response.headers(), CONTENT_TYPE).to_owned(),
            ..Answer::default()
        };
        let body = self.read_body(response, ANSWER_BYTES).await?;
        serde_json::from_slice(&body).map_err(|error| {
            let body = String::from_utf8_lossy(&body).into_owned();
            if error.is_eof() && !body.trim().is_empty() {
                return Problem::BodyCut { detail: error.to_string() };
            }
            Answer { body, ..answer }.problem(&self.asked(true))
        })
    }

    /// At most `limit` bytes of the body; what is longer is cut off.
    async fn read_body(&self, mut response: Response, limit: usize) -> Result<Vec<u8>, Problem> {
        let mut body = Vec::new();
        while let Some(chunk) = self.next_chunk(&mut response).await? {
            body.extend_from_slice(&chunk[..chunk.len().min(limit - body.len())]);
            if body.len() == limit {
                break;
            }
        }
        Ok(body)
    }

    pub(crate) async fn next_chunk(&self, response: &mut Response) -> Result<Option<bytes::Bytes>, Problem> {
        tokio::time::timeout(self.patience().idle, response.chunk())
            .await
            .map_err(|_| Problem::Timeout { host: self.peer().host.clone() })?
            .map_err(|error| problem(error, self.peer()))
    }
}

/// A header as text, empty if absent or not text.
pub(crate) fn header(headers: &HeaderMap, name: HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("name", self.name())
            .field("url", &self.0.base_url)
            .finish_non_exhaustive()
    }
}
