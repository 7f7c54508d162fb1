//! Signing in to a server that settings.toml has: what the server refuses is not stored.

use dinghy_engine::check;
use dinghy_model::{Auth, Problem, Secret, ServerConfig, secret_name};
use serde::Serialize;

use crate::wire::{ApiError, ProblemView};
use crate::{Api, words};

/// How a sign-in went.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SignInView {
    /// The secret is in the keychain now. False: the server refused it, and the former one stays.
    pub stored: bool,
    /// Signed in as; empty if that is not known.
    pub account: String,
    /// What the server, or the way to it, says against it.
    pub problem: Option<ProblemView>,
}

impl Api {
    /// Tries a token or password (`kind` says which) on its server and stores it unless the server refuses it.
    /// A server that cannot be reached now does not keep it from being stored.
    pub async fn sign_in(&self, server: &str, kind: Auth, secret: Secret) -> Result<SignInView, ApiError> {
        let config = self.configured(server)?;
        self.fits(&config, &kind)?;
        if secret.is_empty() {
            return Err(self.form_error("secret", "Nothing came in on stdin.", "标准输入中没有内容。"));
        }
        let mut view = SignInView { stored: false, account: String::new(), problem: None };
        for step in check::probe(&self.by_its_way(&config), Some(secret.clone()), drop).await {
            match step.outcome {
                Ok(found) if step.name == "sign_in" => view.account = found,
                Ok(_) => {}
                Err(problem) => {
                    view.problem = Some(words::view(&problem, self.lang()));
                    if is_refusal(&problem) {
                        return Ok(view);
                    }
                }
            }
        }
        self.keep_named(&secret_name(&config.name), secret).await?;
        Ok(SignInView { stored: true, ..view })
    }

    /// Forgets the secret of a server that settings.toml has.
    pub async fn sign_out(&self, server: &str) -> Result<(), ApiError> {
        let config = self.configured(server)?;
        self.server_sign_out(&config.name.0).await
    }

    fn configured(&self, server: &str) -> Result<ServerConfig, ApiError> {
        let parsed = dinghy_store::SettingsFile::new(self.dirs.settings()).load();
        let parsed = parsed.map_err(|problem| self.error(&problem))?;
        let Some(settings) = parsed.settings else {
            return Err(parsed
                .problems
                .first()
                .map_or_else(|| self.no_server(server), |first| self.error(first)));
        };
        let found = settings.servers.into_iter().find(|config| config.name.0 == server);
        found.ok_or_else(|| self.no_server(server))
    }

    fn no_server(&self, server: &str) -> ApiError {
        let file = self.dirs.settings();
        let (en, zh) = (
            format!("There is no server “{server}” in {}, or its entry is broken.", file.display()),
            format!("{} 中没有名为“{server}”的服务器，或其配置有误。", file.display()),
        );
        self.form_error("name", &en, &zh)
    }

    fn fits(&self, config: &ServerConfig, kind: &Auth) -> Result<(), ApiError> {
        if config.auth == *kind {
            return Ok(());
        }
        let (en, zh) = match config.auth {
            Auth::Token => (
                "This server takes a token (auth = \"token\").",
                "该服务器使用令牌登录（auth = \"token\"）。",
            ),
            Auth::Password => (
                "This server takes a password (auth = \"password\").",
                "该服务器使用密码登录（auth = \"password\"）。",
            ),
            Auth::None => {
                ("Nobody signs in to this server (auth = \"none\").", "该服务器无需登录（auth = \"none\"）。")
            }
            Auth::Sso => return Err(self.error(&Problem::SsoUnsupported)),
        };
        Err(self.form_error("secret", en, zh))
    }
}

/// The server was asked and said no: trying again would not help.
fn is_refusal(problem: &Problem) -> bool {
    matches!(
        problem,
        Problem::NoToken
            | Problem::TokenExpired { .. }
            | Problem::TokenRevoked { .. }
            | Problem::BadPassword { .. }
    )
}
