//! Where Dinghy's files are. Knows the names of the files and not what is in them.

use std::path::{Path, PathBuf};

use dinghy_model::Problem;

/// The two folders that everything on disk is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dirs {
    /// `settings.toml` and `notifications.yaml`: written by people too.
    pub config: PathBuf,
    /// `dinghy.db` and the log: nobody's but ours.
    pub data: PathBuf,
}

impl Dirs {
    /// For each folder: the argument, else `$DINGHY_CONFIG_DIR` or `$DINGHY_DATA_DIR`, else the platform's
    /// (on Linux `~/.config/dinghy` and `~/.local/share/dinghy`). Creates nothing.
    ///
    /// Fails with [`Problem::Other`] if nothing of this is known, as for an account without a home.
    pub fn resolve(config: Option<PathBuf>, data: Option<PathBuf>) -> Result<Self, Problem> {
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        Self::choose(
            [config, variable("DINGHY_CONFIG_DIR"), dirs::config_dir().map(|dir| dir.join("dinghy"))],
            // On Windows this one stays on the machine: a database must not roam.
            [data, variable("DINGHY_DATA_DIR"), dirs::data_local_dir().map(|dir| dir.join("dinghy"))],
        )
    }

    fn choose(config: [Option<PathBuf>; 3], data: [Option<PathBuf>; 3]) -> Result<Self, Problem> {
        let first = |choices: [Option<PathBuf>; 3], variable| {
            choices.into_iter().flatten().next().ok_or_else(|| Problem::Other {
                detail: format!("this account has no home folder: set {variable}"),
            })
        };
        Ok(Self { config: first(config, "DINGHY_CONFIG_DIR")?, data: first(data, "DINGHY_DATA_DIR")? })
    }

    /// Creates both folders, readable by the user alone where the system knows that.
    pub fn create(&self) -> Result<(), Problem> {
        for dir in [&self.config, &self.data] {
            create_private(dir).map_err(|error| crate::atomic::io_problem(dir, &error))?;
        }
        Ok(())
    }

    /// `settings.toml`.
    pub fn settings(&self) -> PathBuf {
        self.config.join("settings.toml")
    }

    /// `notifications.yaml`.
    pub fn rules(&self) -> PathBuf {
        self.config.join("notifications.yaml")
    }

    /// `dinghy.db`.
    pub fn database(&self) -> PathBuf {
        self.data.join("dinghy.db")
    }
}

/// Where the `argocd` command line keeps its contexts (argo-cd `util/localconfig/localconfig.go`, `DefaultLocalConfigPath`):
/// `$ARGOCD_CONFIG_DIR`, else `~/.argocd` if it is there, else `$XDG_CONFIG_HOME/argocd` or `~/.config/argocd`; on every
/// platform.
pub fn argocd_cli_config() -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = || dirs::home_dir();
    let folder = variable("ARGOCD_CONFIG_DIR")
        .or_else(|| home().map(|home| home.join(".argocd")).filter(|old| old.is_dir()))
        .or_else(|| variable("XDG_CONFIG_HOME").map(|config| config.join("argocd")))
        .or_else(|| home().map(|home| home.join(".config/argocd")))?;
    Some(folder.join("config"))
}

/// Where the user finds what programs save: the downloads folder, else the home folder, else the folder for
/// temporary files.
pub fn downloads() -> PathBuf {
    dirs::download_dir().or_else(dirs::home_dir).unwrap_or_else(std::env::temp_dir)
}

fn create_private(dir: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_argument_wins_then_the_variable_then_the_platform() {
        let some = |text: &str| Some(PathBuf::from(text));
        let chosen = Dirs::choose(
            [some("/arg"), some("/env"), some("/home/c")],
            [None, some("/env"), some("/home/d")],
        );
        assert_eq!(chosen, Ok(Dirs { config: "/arg".into(), data: "/env".into() }));
        let chosen = Dirs::choose([None, None, some("/home/c")], [None, None, some("/home/d")]);
        assert_eq!(chosen, Ok(Dirs { config: "/home/c".into(), data: "/home/d".into() }));
    }

    #[test]
    fn no_home_says_what_to_set() {
        let problem = Dirs::choose([None, None, None], [None, None, None]).unwrap_err();
        assert!(format!("{problem:?}").contains("set DINGHY_CONFIG_DIR"), "{problem:?}");
    }

    #[cfg(unix)]
    #[test]
    fn created_folders_are_the_users_alone() {
        use std::os::unix::fs::PermissionsExt;
        let temp = tempfile::tempdir().unwrap();
        let dirs = Dirs { config: temp.path().join("a/config"), data: temp.path().join("a/data") };
        dirs.create().unwrap();
        dirs.create().unwrap();
        assert_eq!(dirs.data.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    }
}
