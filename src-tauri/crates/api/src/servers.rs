//! Servers: testing a connection, adding, changing, signing in, removing.

use std::path::PathBuf;
use std::time::Duration;

use dinghy_engine::{Command, check};
use dinghy_model::{
    Auth, Fingerprint, Secret, ServerConfig, ServerName, ServerStatus, Severity, Status, secret_name,
};
use dinghy_store::SettingsFile;

use crate::wire::{ApiError, ServerForm, ServerView};
use crate::{Api, now_ms, words};

impl Api {
    /// Adds a server; its secret goes to the keychain first, so that a server is never without it.
    pub async fn server_add(&self, form: ServerForm) -> Result<(), ApiError> {
        let (config, secret) = self.read_server(form)?;
        let taken = self.engine.status().borrow().servers.iter().any(|server| server.name == config.name);
        if taken {
            return Err(self.form_error("name", "There is a server of this name.", "已有同名的服务器。"));
        }
        if matches!(config.auth, Auth::Token | Auth::Password) && secret.is_none() {
            return Err(self.form_error("secret", "Enter the token or password.", "请填写令牌或密码。"));
        }
        self.keep_secret(&config.name, secret).await?;
        self.settings_file().add_server(&config).map_err(|problem| self.error(&problem))?;
        self.reload().await;
        Ok(())
    }

    /// Changes a server, its name included.
    pub async fn server_update(&self, name: &str, form: ServerForm) -> Result<(), ApiError> {
        let (config, secret) = self.read_server(form)?;
        let old = ServerName(name.to_owned());
        if config.name != old {
            let taken = self.engine.status().borrow().servers.iter().any(|server| server.name == config.name);
            if taken {
                return Err(self.form_error("name", "There is a server of this name.", "已有同名的服务器。"));
            }
            if secret.is_none()
                && let Ok(kept) = self.vault.get(&secret_name(&old)).await
            {
                self.keep_secret(&config.name, Some(kept)).await?;
            }
        }
        self.keep_secret(&config.name, secret).await?;
        self.settings_file().update_server(&old, &config).map_err(|problem| self.error(&problem))?;
        if config.name != old {
            // Nobody reads it any more; that it cannot be deleted now is no reason to fail.
            let _ = self.vault.delete(&secret_name(&old)).await;
        }
        self.reload().await;
        Ok(())
    }

    /// Removes a server and its secret.
    pub async fn server_remove(&self, name: &str) -> Result<(), ApiError> {
        let name = ServerName(name.to_owned());
        self.settings_file().remove_server(&name).map_err(|problem| self.error(&problem))?;
        // A keychain that cannot be reached now keeps a token of no use to anyone but its server.
        if let Err(problem) = self.vault.delete(&secret_name(&name)).await {
            tracing::warn!(?problem, server = %name, "the secret of a removed server could not be deleted");
        }
        self.reload().await;
        Ok(())
    }

    /// Accepts one certificate from a server from now on, and no other; connects again. `fingerprint`: its SHA-256
    /// digest, which the user has compared.
    pub async fn server_trust(&self, name: &str, fingerprint: &str) -> Result<(), ApiError> {
        let pin = self.read_fingerprint(fingerprint)?;
        let name = ServerName(name.to_owned());
        let config = self
            .engine
            .status()
            .borrow()
            .servers
            .iter()
            .find(|server| server.name == name)
            .map(|s| s.config.clone());
        let Some(config) = config else {
            return Err(self.form_error(
                "name",
                "There is no server of this name.",
                "没有这个名称的服务器。",
            ));
        };
        let config =
            ServerConfig { certificate_sha256: Some(pin), insecure_skip_verify: false, ..(*config).clone() };
        self.settings_file().update_server(&name, &config).map_err(|problem| self.error(&problem))?;
        self.reload().await;
        Ok(())
    }

    /// Stores a new token or password for a server and connects again.
    pub async fn server_sign_in(
        &self,
        name: &str,
        secret: Secret,
        username: Option<String>,
    ) -> Result<(), ApiError> {
        let name = ServerName(name.to_owned());
        if let Some(username) = username {
            let parsed = self.settings_file().load().map_err(|problem| self.error(&problem))?;
            let servers = parsed.settings.map(|settings| settings.servers).unwrap_or_default();
            if let Some(mut config) = servers.into_iter().find(|server| server.name == name)
                && config.username != username
            {
                config.username = username;
                self.settings_file().update_server(&name, &config).map_err(|problem| self.error(&problem))?;
            }
        }
        self.keep_secret(&name, Some(secret)).await?;
        self.reload().await;
        self.engine.send(Command::Reconnect(name)).await;
        Ok(())
    }

    /// Forgets a server's secret and connects without it, so that it is not used any more.
    pub async fn server_sign_out(&self, name: &str) -> Result<(), ApiError> {
        let name = ServerName(name.to_owned());
        self.vault.delete(&secret_name(&name)).await.map_err(|problem| self.error(&problem))?;
        self.reload().await;
        self.engine.send(Command::Reconnect(name)).await;
        Ok(())
    }

    /// When the stored token of a server runs out; None: never, not known, or no token. Asks the keychain.
    pub async fn server_token_expiry(&self, name: &str) -> Option<i64> {
        let token = self.vault.get(&secret_name(&ServerName(name.to_owned()))).await.ok()?;
        check::token_expiry_ms(&token)
    }

    /// What the window shows of a server.
    pub(crate) fn server_view(&self, status: &Status, server: &ServerStatus) -> ServerView {
        let lang = self.lang();
        ServerView {
            name: server.name.0.clone(),
            url: server.config.url.clone(),
            state: server.state,
            state_word: words::server_state(server.state, server.problem.as_ref(), lang).to_owned(),
            problem: server.problem.as_ref().map(|problem| words::view(problem, lang)),
            version: server.version.clone(),
            account: server.account.clone(),
            fresh_ms: server.fresh_ms,
            next_try_ms: server.next_try_ms,
            token_ends_ms: server.token_ends_ms,
            apps: server.apps.len(),
            attention: server
                .apps
                .iter()
                .filter(|app| status.severity(app) == Some(Severity::Attention))
                .count(),
            insecure: server.config.is_unchecked(),
            certificate: server
                .problem
                .as_ref()
                .and_then(|problem| words::certificate(problem, now_ms(), lang)),
            form: form_of(&server.config),
        }
    }

    pub(crate) async fn keep_secret(
        &self,
        name: &ServerName,
        secret: Option<Secret>,
    ) -> Result<(), ApiError> {
        let Some(secret) = secret else { return Ok(()) };
        let name = secret_name(name);
        self.vault.set(&name, secret).await.map_err(|problem| self.error(&problem))
    }

    pub(crate) fn settings_file(&self) -> SettingsFile {
        SettingsFile::new(self.dirs.settings())
    }

    fn read_fingerprint(&self, text: &str) -> Result<Fingerprint, ApiError> {
        text.parse().map_err(|_| {
            self.form_error(
                "certificate_sha256",
                "A SHA-256 fingerprint has 32 bytes, written as AB:CD:…",
                "SHA-256 指纹为 32 字节，写作 AB:CD:…",
            )
        })
    }

    /// A form → settings and secret; mistakes are told with their field.
    pub(crate) fn read_server(&self, form: ServerForm) -> Result<(ServerConfig, Option<Secret>), ApiError> {
        let secret = form.secret.map(|secret| Secret::new(secret.trim())).filter(|secret| !secret.is_empty());
        let name = form.name.trim();
        if name.is_empty() {
            return Err(self.form_error("name", "Enter a name.", "请填写名称。"));
        }
        if name.contains(['/', '\n']) {
            return Err(self.form_error("name", "A name has no “/”.", "名称中不能有“/”。"));
        }
        let url = check::parse_base_url(&form.url)
            .map_err(|problem| ApiError { field: Some("url".to_owned()), ..self.error(&problem) })?;
        if form.auth == Auth::Password && form.username.trim().is_empty() {
            return Err(self.form_error("username", "Enter the user name.", "请填写用户名。"));
        }
        if form.poll_interval_s == 0 {
            return Err(self.form_error("poll_interval_s", "At least 1 second.", "至少 1 秒。"));
        }
        let optional = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let pin = optional(&form.certificate_sha256).map(|pin| self.read_fingerprint(&pin)).transpose()?;
        let config = ServerConfig {
            name: ServerName(name.to_owned()),
            url,
            auth: form.auth,
            username: form.username.trim().to_owned(),
            watch: form.watch,
            poll_interval: Duration::from_secs(form.poll_interval_s.into()),
            projects: form.projects.into_iter().filter(|project| !project.trim().is_empty()).collect(),
            selector: form.selector.trim().to_owned(),
            ca_file: optional(&form.ca_file).map(PathBuf::from),
            certificate_sha256: pin,
            insecure_skip_verify: form.insecure_skip_verify,
            proxy: optional(&form.proxy),
        };
        Ok((config, secret))
    }
}

fn form_of(config: &ServerConfig) -> ServerForm {
    ServerForm {
        name: config.name.0.clone(),
        url: config.url.clone(),
        auth: config.auth.clone(),
        username: config.username.clone(),
        secret: None,
        watch: config.watch,
        poll_interval_s: u32::try_from(config.poll_interval.as_secs()).unwrap_or(u32::MAX),
        projects: config.projects.clone(),
        selector: config.selector.clone(),
        ca_file: config.ca_file.as_ref().map(|path| path.display().to_string()).unwrap_or_default(),
        certificate_sha256: config.certificate_sha256.map(|pin| pin.to_string()).unwrap_or_default(),
        insecure_skip_verify: config.insecure_skip_verify,
        proxy: config.proxy.clone().unwrap_or_default(),
    }
}
