//! `import` and `export`: manifests in and out.

use std::path::PathBuf;

use anyhow::Result;
use dinghy_api::wire::ImportView;
use dinghy_api::{Follow, ImportFile, check_rules};
use serde_json::json;

use crate::input;
use crate::output::say;
use crate::shell::{Answer, Shell, refused};

/// Takes manifests over, or says what that would do. The answer is no if something could not be taken over or is
/// not in force afterwards.
pub(crate) async fn import(shell: &Shell, paths: &[PathBuf], dry_run: bool) -> Result<Answer> {
    input::stdin_once(paths.iter().map(PathBuf::as_path));
    let mut texts = Vec::new();
    for path in paths {
        texts.push((path.to_string_lossy().into_owned(), input::read(shell, path)?));
    }
    let files: Vec<ImportFile<'_>> = texts.iter().map(|(name, text)| ImportFile { name, text }).collect();
    let api = shell.beside(Follow::Never)?;
    let view = match dry_run {
        true => api.import_preview_files(&files),
        false => api.import_files(&files).await,
    }
    .map_err(refused)?;
    if shell.out.json() {
        shell.out.value(&json!(view))?;
    } else {
        print(shell, &view)?;
    }
    if dry_run {
        shell.say("Nothing was changed.", "未做任何更改。");
    }
    let rules = check_rules(&view.text, "");
    // All others are about what was not taken over.
    let complete = view.problems.len() == rules.len() && rules.iter().all(|(error, _)| !error);
    Ok(Answer::from(complete))
}

fn print(shell: &Shell, view: &ImportView) -> Result<()> {
    let sections = [
        (shell.lang.pick("added", "新增"), &view.added),
        (shell.lang.pick("replaced", "替换"), &view.replaced),
        (shell.lang.pick("secret to the keychain", "密钥存入密钥环"), &view.secrets),
    ];
    for (what, names) in sections {
        for name in names {
            shell.out.line(&format!("{what}: {name}"))?;
        }
    }
    // The words of a file's problem begin with its place.
    view.problems.iter().try_for_each(|problem| shell.out.line(&problem.what))
}

/// Prints the rules file, byte for byte.
pub(crate) fn export(shell: &Shell) -> Result<Answer> {
    let path = shell.dirs.rules();
    if !path.exists() {
        let path = path.display();
        shell.say(&format!("There are no rules yet: {path}."), &format!("还没有规则：{path}。"));
        return Ok(Answer::No);
    }
    let text = input::read(shell, &path)?;
    shell.out.bytes(text.as_bytes())?;
    Ok(Answer::Yes)
}

/// Prints the rules as the cluster's own controller takes them, and tells what is other there.
pub(crate) fn export_argo(shell: &Shell) -> Result<Answer> {
    let view = dinghy_api::export_argo(&shell.dirs, shell.lang).map_err(|problem| shell.failed(&problem))?;
    if shell.out.json() {
        shell.out.value(&json!(view))?;
        return Ok(Answer::Yes);
    }
    view.notes.iter().for_each(|note| say(note));
    shell.out.bytes(view.text.as_bytes())?;
    Ok(Answer::Yes)
}
