//! Which applications a subscription is about: by server, project and labels.

use dinghy_model::ServerName;

use crate::selector::Selector;

/// The project of an application that names none (Argo CD `AppProject` `default`).
const DEFAULT_PROJECT: &str = "default";

/// Which applications. The empty one is about all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// Names of servers; none: all of them.
    pub servers: Vec<String>,
    /// Names of projects; none: all of them.
    pub projects: Vec<String>,
    /// By their labels.
    pub selector: Selector,
}

impl About {
    /// Whether it is about an application. `server`: None for one from a file, which no server is; `label` gives the
    /// value of a label.
    pub fn accepts(
        &self,
        server: Option<&ServerName>,
        project: &str,
        label: impl Fn(&str) -> Option<String>,
    ) -> bool {
        self.accepts_server(server) && self.accepts_project(project) && self.selector.matches(label)
    }

    pub(crate) fn accepts_server(&self, server: Option<&ServerName>) -> bool {
        self.servers.is_empty() || server.is_some_and(|server| self.servers.contains(&server.0))
    }

    pub(crate) fn accepts_project(&self, project: &str) -> bool {
        let project = if project.is_empty() { DEFAULT_PROJECT } else { project };
        self.projects.is_empty() || self.projects.iter().any(|name| name == project)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_said_must_hold() {
        let names = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let (prod, payments) = (Some("prod"), "payments");
        for (servers, projects, selector, server, project, accepted) in [
            ("", "", "", prod, payments, true),
            ("", "", "", None, "", true),
            ("prod", "", "", prod, payments, true),
            ("staging prod", "", "", prod, payments, true),
            ("staging", "", "", prod, payments, false),
            ("PROD", "", "", prod, payments, false),
            ("prod", "", "", None, payments, false),
            ("", "payments", "", prod, payments, true),
            ("", "search payments", "", None, payments, true),
            ("", "search", "", prod, payments, false),
            ("", "default", "", prod, "", true),
            ("", "payments", "", prod, "", false),
            ("prod", "payments", "env=a", prod, payments, true),
            ("prod", "payments", "env=b", prod, payments, false),
            ("prod", "search", "env=a", prod, payments, false),
            ("staging", "payments", "env=a", prod, payments, false),
        ] {
            let selector = Selector::parse(selector).expect("a selector");
            let about = About { servers: names(servers), projects: names(projects), selector };
            let label = |name: &str| (name == "env").then(|| "a".to_owned());
            let server = server.map(ServerName::from);
            assert_eq!(
                about.accepts(server.as_ref(), project, label),
                accepted,
                "{about:?} {server:?} {project}"
            );
        }
    }
}
