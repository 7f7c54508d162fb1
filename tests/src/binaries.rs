//! The real binaries, freshly built.

use std::env;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context, Result, bail};

/// Set by `cargo xtask test`, which has built everything: the folder of the binaries as they are.
const BUILT: &str = "DINGHY_TEST_BINARIES";

/// As xtask builds the application: with its window embedded, which is a program of its own on Linux.
const FEATURES: &[&str] = if cfg!(target_os = "linux") {
    &["--features", "tauri/custom-protocol,window-process"]
} else {
    &["--features", "tauri/custom-protocol"]
};

/// `dinghyctl`.
pub fn ctl_binary() -> Result<PathBuf> {
    static PATH: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    once(&PATH, "dinghyctl", &[])
}

/// The application, with its window embedded. `ui/dist` must have been built.
pub fn app_binary() -> Result<PathBuf> {
    static PATH: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    once(&PATH, "dinghy", FEATURES)
}

fn once(path: &OnceLock<Result<PathBuf, String>>, package: &str, features: &[&str]) -> Result<PathBuf> {
    let built = path.get_or_init(|| find(package, features).map_err(|error| format!("{error:#}")));
    built.clone().map_err(anyhow::Error::msg)
}

/// Outside of `cargo xtask test` the binary is built first, so that a test never talks to last week's.
fn find(package: &str, features: &[&str]) -> Result<PathBuf> {
    let file = format!("{package}{}", env::consts::EXE_SUFFIX);
    if let Some(folder) = env::var_os(BUILT) {
        let binary = PathBuf::from(folder).join(file);
        if !binary.is_file() {
            bail!(
                "{} is missing. Run cargo xtask test, which builds it, or unset {BUILT} to have it built here",
                binary.display()
            );
        }
        return Ok(binary);
    }
    // A test runs as target/<profile>/deps/<name>-<hash>.
    let test = env::current_exe()?;
    let folder = test.ancestors().nth(2).context("the test does not run from cargo's target folder")?;
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["build", "--quiet", "--package", package])
        .args(features);
    if folder.ends_with("release") {
        cargo.arg("--release");
    }
    let output = cargo.output().context("cannot start cargo")?;
    if !output.status.success() {
        bail!("cannot build {package}:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(folder.join(file))
}
