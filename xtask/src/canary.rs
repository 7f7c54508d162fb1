//! Looks for secrets in everything that a test run wrote.
//!
//! Every secret that the tests make up begins with one word, new in each run (see `dinghy_tests::secret`). Where that
//! word turns up in a file, a secret did, also when it was encoded on the way.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// How the tests learn the word.
pub(crate) const VARIABLE: &str = "DINGHY_TEST_CANARY";

/// A word that stands nowhere by chance and reads the same in a URL.
pub(crate) fn new_word() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    format!("canary{now:x}x{:x}x", std::process::id())
}

/// Fails with the name of each file under `folders` that holds the word in any of its forms, and when there is no file
/// at all: then nothing was proven.
pub(crate) fn search(word: &str, folders: &[&Path]) -> Result<String> {
    let needles = forms(word);
    let mut found = Vec::new();
    let (mut files, mut bytes) = (0_usize, 0_usize);
    let mut to_visit: Vec<PathBuf> = folders.iter().map(|folder| folder.to_path_buf()).collect();
    while let Some(path) = to_visit.pop() {
        let kind = fs::symlink_metadata(&path)
            .with_context(|| format!("cannot look at {}", path.display()))?
            .file_type();
        if kind.is_dir() {
            for entry in fs::read_dir(&path).with_context(|| format!("cannot list {}", path.display()))? {
                to_visit.push(entry?.path());
            }
        } else if kind.is_file() {
            let content = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            files += 1;
            bytes += content.len();
            let form = needles.iter().find(|(_, needle)| contains(&content, needle));
            found.extend(form.map(|(form, _)| format!("{}: a secret, {form}", path.display())));
        }
    }
    if !found.is_empty() {
        bail!("{}", found.join("\n"));
    }
    if files == 0 {
        bail!("the run wrote no file, so that no secret was found proves nothing");
    }
    Ok(format!("no secret in {files} files, {} KB", bytes / 1024))
}

fn contains(content: &[u8], needle: &[u8]) -> bool {
    let Some(&first) = needle.first() else { return false };
    let mut from = 0;
    while let Some(at) = content[from..].iter().position(|byte| *byte == first) {
        from += at;
        if content[from..].starts_with(needle) {
            return true;
        }
        from += 1;
    }
    false
}

/// The ways in which the word may have been written, each with its name.
fn forms(word: &str) -> Vec<(&'static str, Vec<u8>)> {
    let hex: String = word.bytes().map(|byte| format!("{byte:02x}")).collect();
    let mut forms = vec![
        ("as it is", word.into()),
        ("in UTF-16", word.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("in hexadecimal", hex.to_uppercase().into()),
        ("in hexadecimal", hex.into()),
    ];
    // Where the word begins inside a base64 text decides how it reads: three bytes make four characters. The characters
    // that also hold a bit of a neighbour are cut off.
    for before in 0..3 {
        let text = [&[0; 2][..before], word.as_bytes()].concat();
        let shared_start = (before * 8).div_ceil(6);
        let whole = text.len() * 8 / 6;
        for encoded in [STANDARD_NO_PAD.encode(&text), URL_SAFE_NO_PAD.encode(&text)] {
            forms.push(("in base64", encoded.as_bytes()[shared_start..whole].to_vec()));
        }
    }
    forms
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    fn find(content: &[u8]) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("deep")).unwrap();
        fs::write(folder.path().join("deep/file"), content).unwrap();
        let result = search("canary7f", &[folder.path()]);
        result.map_err(|error| error.to_string().rsplit("deep/").next().unwrap_or_default().to_owned())
    }

    #[test]
    fn a_secret_is_found_in_every_form() {
        let secret = "canary7f-token";
        assert_eq!(find(secret.as_bytes()), Err("file: a secret, as it is".to_owned()));
        assert_eq!(find(b"Y2FuYXJ5N2YtdG9rZW4="), Err("file: a secret, in base64".to_owned()));
        for prefix in ["", "a", "ab", "abc", "admin:"] {
            let text = STANDARD.encode(format!("{prefix}{secret}"));
            assert_eq!(find(text.as_bytes()), Err("file: a secret, in base64".to_owned()), "{text}");
        }
        let wide: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(find(&wide), Err("file: a secret, in UTF-16".to_owned()));
        assert_eq!(find(b"63616e6172793766"), Err("file: a secret, in hexadecimal".to_owned()));
    }

    #[test]
    fn files_without_a_secret_are_counted() {
        assert_eq!(find(b"canary8 canar"), Ok("no secret in 1 files, 0 KB".to_owned()));
    }

    #[test]
    fn nothing_to_search_is_no_proof() {
        let folder = tempfile::tempdir().unwrap();
        assert!(search("canary", &[folder.path()]).is_err());
    }
}
