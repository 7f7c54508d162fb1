//! Secrets from the environment and from programs such as `pass`. Knows no keychain.

use std::process::Stdio;
use std::time::Duration;

use dinghy_model::{Problem, Secret};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;
use zeroize::Zeroizing;

/// How long a program may take. A hardware key that wants a touch needs some seconds.
const TIME: Duration = Duration::from_secs(10);
/// More than any token; a program that prints more is not printing a secret.
const MAX_OUTPUT: u64 = 64 * 1024;
/// Of the first line of stderr, what goes into a problem.
const MAX_DETAIL: usize = 200;

/// The value of an environment variable. Unset, empty and not UTF-8 are the same: not usable.
pub(crate) fn from_env(name: &str, variable: &str) -> Result<Secret, Problem> {
    match std::env::var(variable) {
        Ok(value) if !value.is_empty() => Ok(Secret::new(value)),
        _ => Err(Problem::SecretEnvUnset { name: name.to_owned(), variable: variable.to_owned() }),
    }
}

/// What a program prints, less one newline at the end. stdin is empty, and no shell takes part.
pub(crate) async fn from_command(name: &str, argv: &[String]) -> Result<Secret, Problem> {
    from_command_within(name, argv, TIME).await
}

async fn from_command_within(name: &str, argv: &[String], time: Duration) -> Result<Secret, Problem> {
    // Arguments stay out of the problem: somebody may have put a password among them.
    let program = argv.first().map(String::as_str).unwrap_or_default();
    match tokio::time::timeout(time, run(argv)).await {
        Ok(Ok(secret)) => Ok(secret),
        Ok(Err(detail)) => Err(detail),
        Err(_) => Err(format!("no end after {} s", time.as_secs_f32())),
    }
    .map_err(|detail| Problem::SecretCommand {
        name: name.to_owned(),
        command: program.to_owned(),
        detail,
    })
}

async fn run(argv: &[String]) -> Result<Secret, String> {
    let (program, arguments) = argv.split_first().ok_or("the command is empty")?;
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| error.to_string())?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (output, complaint) = tokio::join!(read(stdout), read(stderr));
    let status = child.wait().await.map_err(|error| error.to_string())?;
    if !status.success() {
        let complaint = String::from_utf8_lossy(&complaint);
        let line: String = complaint.lines().next().unwrap_or_default().chars().take(MAX_DETAIL).collect();
        return Err(if line.is_empty() { status.to_string() } else { format!("{status}: {line}") });
    }
    if output.len() as u64 > MAX_OUTPUT {
        return Err(format!("printed more than {MAX_OUTPUT} bytes"));
    }
    let text = std::str::from_utf8(&output).map_err(|_| "printed something that is not UTF-8")?;
    let text = text.strip_suffix('\n').map_or(text, |text| text.strip_suffix('\r').unwrap_or(text));
    if text.is_empty() { Err("printed nothing".to_owned()) } else { Ok(Secret::new(text)) }
}

/// Reads to the end, one byte past the limit at most; what was read before an error counts.
async fn read(pipe: Option<impl AsyncRead + Unpin>) -> Zeroizing<Vec<u8>> {
    // Room for all of it at once: a buffer that grows leaves copies behind that nobody wipes.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_OUTPUT as usize + 64));
    if let Some(pipe) = pipe {
        let _ = pipe.take(MAX_OUTPUT + 1).read_to_end(&mut bytes).await;
    }
    bytes
}
