//! Secrets from the environment and from programs such as `pass`. Knows no keychain.

use std::process::Stdio;
use std::time::Duration;

use dinghy_model::{Problem, Secret};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;
use zeroize::Zeroizing;

/// How long a program may take. A hardware key that wants a touch needs some seconds.
const TIME: Duration = Duration::from_secs(10);
/// How long to wait for the last words of a program that has ended.
const GRACE: Duration = Duration::from_millis(300);
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
    let (mut output, mut complaint) = (buffer(), buffer());
    let status = {
        let reading = async { tokio::join!(read(stdout, &mut output), read(stderr, &mut complaint)) };
        tokio::pin!(reading);
        tokio::select! {
            _ = &mut reading => child.wait().await,
            status = child.wait() => {
                // An agent that the program left running may hold the pipes open for ever.
                let _ = tokio::time::timeout(GRACE, reading).await;
                status
            }
        }
    }
    .map_err(|error| error.to_string())?;
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

/// Room for all that is read, at once: a buffer that grows leaves copies behind that nobody wipes.
fn buffer() -> Zeroizing<Vec<u8>> {
    Zeroizing::new(Vec::with_capacity(MAX_OUTPUT as usize + 64))
}

/// Reads to the end and keeps one byte past the limit at most; what was read before an error counts.
async fn read(pipe: Option<impl AsyncRead + Unpin>, bytes: &mut Vec<u8>) {
    let Some(mut pipe) = pipe else { return };
    if (&mut pipe).take(MAX_OUTPUT + 1).read_to_end(bytes).await.is_ok() {
        // A closed pipe would end the program before it has said what it has to say.
        let _ = tokio::io::copy(&mut pipe, &mut tokio::io::sink()).await;
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    #[track_caller]
    fn check(argv: &[&str], expected: Expect) {
        let argv: Vec<_> = argv.iter().map(|word| (*word).to_owned()).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let result = runtime.block_on(from_command_within("x", &argv, Duration::from_secs(2)));
        expected.assert_eq(&match result {
            Ok(secret) => format!("{:?}", secret.expose()),
            Err(Problem::SecretCommand { name, command, detail }) => format!("{name} {command}: {detail}"),
            Err(problem) => format!("{problem:?}"),
        });
    }

    #[test]
    fn one_newline_at_the_end_goes() {
        check(&["printf", "token"], expect![[r#""token""#]]);
        check(&["printf", "token\\n"], expect![[r#""token""#]]);
        check(&["printf", " to ken \\n\\n"], expect![[r#"" to ken \n""#]]);
        check(&["printf", "token\\r\\n"], expect![[r#""token""#]]);
        // No shell takes part.
        check(&["printf", "%s", "$HOME;*"], expect![[r#""$HOME;*""#]]);
    }

    #[test]
    fn failures_show_the_program_and_its_complaint_and_no_output() {
        check(
            &["sh", "-c", "echo hunter2; echo 'gpg: no key' >&2; echo more >&2; exit 3"],
            expect!["x sh: exit status: 3: gpg: no key"],
        );
        check(&["sh", "-c", "echo hunter2; exit 1"], expect!["x sh: exit status: 1"]);
        check(&["sh", "-c", "kill -9 $$"], expect!["x sh: signal: 9 (SIGKILL)"]);
        check(
            &["/nowhere/pass", "hunter2"],
            expect!["x /nowhere/pass: No such file or directory (os error 2)"],
        );
        check(&["true"], expect!["x true: printed nothing"]);
        check(&["printf", "\\n"], expect!["x printf: printed nothing"]);
        check(&["printf", "\\377"], expect!["x printf: printed something that is not UTF-8"]);
        check(&["head", "-c", "700000", "/dev/zero"], expect!["x head: printed more than 65536 bytes"]);
        check(&[], expect!["x : the command is empty"]);
    }

    #[test]
    fn a_program_that_does_not_end_is_stopped() {
        check(&["sleep", "60"], expect!["x sleep: no end after 2 s"]);
        // It waits for nothing on stdin, and a flood on stderr does not stop it.
        check(&["sh", "-c", "cat; head -c 300000 /dev/zero >&2; echo token"], expect![[r#""token""#]]);
    }

    #[test]
    fn an_agent_left_behind_is_not_waited_for() {
        check(&["sh", "-c", "sleep 3 & echo token"], expect![[r#""token""#]]);
    }

    #[test]
    fn a_variable_that_is_not_set() {
        let unset = Problem::SecretEnvUnset { name: "x".to_owned(), variable: "DINGHY_NO_SUCH".to_owned() };
        assert_eq!(from_env("x", "DINGHY_NO_SUCH"), Err(unset));
        // Neither of these can be the name of a variable.
        assert!(from_env("x", "").is_err());
        assert!(from_env("x", "A=B\0").is_err());
    }
}
