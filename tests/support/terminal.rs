//! A shell at a terminal, with somebody who types.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use libtest_mimic::Failed;

/// Runs the command in its arguments at a new pseudo-terminal, types its standard input there and prints
/// what appears on it. What is typed ahead waits for the next prompt, as with a person.
const TYPIST: &str = r"
import os, pty, signal, sys

signal.alarm(120)
text = sys.stdin.buffer.read()
# The kernel keeps so much of what nobody reads yet.
assert len(text) < 4000, len(text)
child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
os.write(terminal, text)
while True:
    try:
        shown = os.read(terminal, 65536)
    except OSError:
        break
    if not shown:
        break
    sys.stdout.buffer.write(shown)
_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status) & 255)
";

/// What is missing for it.
pub fn missing() -> Option<String> {
    (cfg!(windows) || which::which("python3").is_err()).then(|| "python3 with pty".to_owned())
}

/// Runs `command` (its program, arguments and environment) at a terminal and types `lines`; what appears
/// there.
///
/// # Errors
/// It could not be started, or went on for two minutes.
pub fn typed(command: &Command, lines: &str) -> Result<String, Failed> {
    let mut typist = Command::new("python3");
    typist.args(["-c", TYPIST]).arg(command.get_program()).args(command.get_args()).env_clear();
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            typist.env(name, value);
        }
    }
    typist.current_dir(command.get_current_dir().unwrap_or(Path::new("/")));
    let mut typist = typist.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    typist.stdin.take().ok_or("no input")?.write_all(lines.as_bytes())?;
    let output = typist.wait_with_output()?;
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.code().is_none() || !output.stderr.is_empty() {
        return Err(format!("{}\n{shown}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(shown)
}
