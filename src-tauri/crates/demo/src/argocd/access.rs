//! Accounts and what they may do.

/// A local account (`accounts.NAME`) with its rights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its name.
    pub name: String,
    /// None: API tokens only.
    pub password: Option<String>,
    /// The projects whose applications it sees; None: all.
    pub projects: Option<Vec<String>>,
    /// It may sync what it sees.
    pub may_sync: bool,
    /// False: `accounts.NAME.enabled: "false"`.
    pub enabled: bool,
}

impl Account {
    /// An account that sees and syncs everything, with API tokens only.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), password: None, projects: None, may_sync: true, enabled: true }
    }

    /// It can sign in with this password.
    #[must_use]
    pub fn password(mut self, password: &str) -> Self {
        self.password = Some(password.to_owned());
        self
    }

    /// It sees these projects only.
    #[must_use]
    pub fn projects(mut self, projects: &[&str]) -> Self {
        self.projects = Some(projects.iter().map(|&project| project.to_owned()).collect());
        self
    }

    /// It may look, not sync.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.may_sync = false;
        self
    }

    /// It is switched off.
    #[must_use]
    pub fn disabled(mut self) -> Self {
        self.enabled = false;
        self
    }
}

/// Who sends a request, and what they may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Caller {
    /// `sub` as error texts show it; empty for anonymous.
    pub(super) subject: String,
    /// As `userinfo` shows it; empty for anonymous.
    pub(super) username: String,
    /// RFC 3339, empty for anonymous.
    pub(super) issued_at: String,
    /// See [`Account::projects`].
    pub(super) projects: Option<Vec<String>>,
    /// See [`Account::may_sync`].
    pub(super) may_sync: bool,
    /// A session that replaces the one that is about to end.
    pub(super) renewed: Option<String>,
}

impl Caller {
    /// Whether it sees applications of a project.
    pub(super) fn sees(&self, project: &str) -> bool {
        self.projects.as_ref().is_none_or(|projects| projects.iter().any(|seen| seen == project))
    }

    /// Whether it is signed in.
    pub(super) fn logged_in(&self) -> bool {
        !self.subject.is_empty()
    }
}
