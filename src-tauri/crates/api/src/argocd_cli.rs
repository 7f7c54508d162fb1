//! Servers taken over from the `argocd` command line: its contexts, with their tokens for the keychain.
//!
//! The file is argo-cd's `util/localconfig/localconfig.go` (`LocalConfig`). It is only read. A context without a server,
//! or of the core mode, is none for Dinghy. Certificates given there are not taken over.

use std::path::Path;
use std::time::Duration;

use dinghy_engine::check;
use dinghy_model::{Auth, Problem, Secret, ServerConfig, ServerName};
use serde_json::Value;

use crate::Api;
use crate::wire::{ApiError, FoundServer};

/// How often a server is asked where there is no stream, as a new one of the form.
const POLL: Duration = Duration::from_secs(30);

/// One context.
struct Context {
    config: ServerConfig,
    token: Option<Secret>,
}

impl Api {
    /// What the command line's configuration file has; nothing if there is no such file.
    pub fn servers_found(&self, file: &Path) -> Result<Vec<FoundServer>, ApiError> {
        let contexts = self.contexts(file)?;
        let status = self.engine.status();
        let known = &status.borrow().servers;
        Ok(contexts
            .into_iter()
            .map(|Context { config, token }| FoundServer {
                known: known.iter().any(|one| one.name == config.name || one.config.url == config.url),
                expires_ms: token.as_ref().and_then(check::token_expiry_ms),
                token: token.is_some(),
                insecure: config.insecure_skip_verify,
                name: config.name.0,
                url: config.url,
            })
            .collect())
    }

    /// Adds the servers of these names, with their tokens in the keychain. Those that are there already stay as they are.
    pub async fn servers_import(&self, file: &Path, names: &[String]) -> Result<usize, ApiError> {
        let mut added = 0;
        for Context { config, token } in self.contexts(file)? {
            let known = self.engine.status().borrow().servers.iter().any(|server| server.name == config.name);
            if known || !names.contains(&config.name.0) {
                continue;
            }
            self.keep_secret(&config.name, token).await?;
            self.settings_file().add_server(&config).map_err(|problem| self.error(&problem))?;
            added += 1;
        }
        self.reload().await;
        Ok(added)
    }

    fn contexts(&self, file: &Path) -> Result<Vec<Context>, ApiError> {
        match std::fs::read_to_string(file) {
            Ok(text) => Ok(read(&text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => {
                let problem = Problem::Io { path: file.display().to_string(), detail: error.to_string() };
                Err(self.error(&problem))
            }
        }
    }
}

/// The contexts in the order of the file; what cannot be read is left out.
fn read(text: &str) -> Vec<Context> {
    let config = dinghy_rules::json_of(text).unwrap_or_default();
    let list = |key: &str| config[key].as_array().map_or(&[][..], Vec::as_slice);
    let find = |key: &str, field: &str, wanted: &str| {
        list(key).iter().find(|one| one[field] == wanted).unwrap_or(&Value::Null)
    };
    let context = |context: &Value| {
        let name = context["name"].as_str()?.replace('/', "-");
        let server = find("servers", "server", context["server"].as_str()?);
        if name.is_empty() || server["core"] == true {
            return None;
        }
        let host = server["server"].as_str()?;
        let scheme = if server["plain-text"] == true { "http" } else { "https" };
        let root = server["grpc-web-root-path"].as_str().unwrap_or_default().trim_matches('/');
        let url = check::parse_base_url(&format!("{scheme}://{host}/{root}")).ok()?;
        let user = find("users", "name", context["user"].as_str().unwrap_or_default());
        let token = user["auth-token"].as_str().filter(|token| !token.is_empty()).map(Secret::new);
        Some(Context {
            config: ServerConfig {
                name: ServerName(name),
                url,
                auth: Auth::Token,
                username: String::new(),
                watch: true,
                poll_interval: POLL,
                projects: Vec::new(),
                selector: String::new(),
                ca_file: None,
                certificate_sha256: None,
                insecure_skip_verify: server["insecure"] == true,
                proxy: None,
            },
            token,
        })
    };
    list("contexts").iter().filter_map(context).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contexts_of_the_command_line() {
        let text = "
contexts:
- {name: prod, server: argocd.example.com, user: prod}
- name: team/lab
  server: lab.example.com:8443
  user: nobody
- {name: kubernetes, server: kubernetes, user: kubernetes}
- {name: lost, server: gone.example.com, user: prod}
- name:
current-context: prod
servers:
- {server: argocd.example.com, grpc-web: true, grpc-web-root-path: argo}
- {server: 'lab.example.com:8443', insecure: true, plain-text: true}
- {server: kubernetes, core: true}
users:
- {name: prod, auth-token: eyJ.e30.x, refresh-token: never-read}
";
        let found: Vec<_> = read(text)
            .into_iter()
            .map(|one| {
                (one.config.name.0, one.config.url, one.token.is_some(), one.config.insecure_skip_verify)
            })
            .collect();
        let row = |name: &str, url: &str, token, insecure| (name.to_owned(), url.to_owned(), token, insecure);
        assert_eq!(
            found,
            [
                row("prod", "https://argocd.example.com/argo", true, false),
                row("team-lab", "http://lab.example.com:8443", false, true),
            ]
        );
        for odd in ["", "[]", "{", "contexts: 3", "contexts: [1, {name: x}]", "\u{0}"] {
            assert_eq!(read(odd).len(), 0, "{odd}");
        }
    }
}
