//! `cargo xtask screenshots`: the window in both languages and themes, for the documentation.

use anyhow::Result;

use crate::workspace::Workspace;
use crate::{app, command, packages};

/// Languages and themes as the window's settings name them.
const VIEWS: [(&str, &str); 4] = [("zh-CN", "light"), ("zh-CN", "dark"), ("en", "light"), ("en", "dark")];

/// Each picture shows the embedded demo after it has had time to get busy.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    packages::ensure(&[packages::BUILD, packages::DESKTOP])?;
    app::build_ui(workspace)?;
    app::build(workspace, true)?;
    let folder = workspace.root().join("docs/screenshots");
    for (language, theme) in VIEWS {
        let mut screen = app::tests_program(workspace, false, "screen")?;
        screen.arg("--app").arg(workspace.binary(true, app::NAME));
        screen.arg("--screenshot").arg(folder.join(format!("window-{language}-{theme}.png")));
        screen.args([
            "--language",
            language,
            "--theme",
            theme,
            "--after",
            "12",
            "--seconds",
            "0",
            "--",
            "--demo",
        ]);
        command::run(&mut screen)?;
    }
    Ok(())
}
