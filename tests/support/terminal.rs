//! A shell at a terminal, with somebody who types.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use libtest_mimic::Failed;

/// Runs the command in its arguments at a new pseudo-terminal, types its standard input there and prints
/// what appears on it. What is typed ahead waits for the next prompt, as with a person. A shell that asks
/// the terminal where the cursor stands takes what comes for the answer: it is typed to a line a prompt.
const TYPIST: &str = r"
import os, pty, signal, sys

ASKS, PROMPTS = b'\x1b[6n', b'\x1b[?2004h'

signal.alarm(120)
text = sys.stdin.buffer.read()
waits, command = sys.argv[1] == 'wait', sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(command[0], command)
lines = text.splitlines(True) if waits else [text]
# The kernel keeps so much of what nobody reads yet.
assert all(len(line) < 4000 for line in lines)
if not waits:
    os.write(terminal, lines.pop())
news = b''
while True:
    try:
        shown = os.read(terminal, 65536)
    except OSError:
        break
    if not shown:
        break
    sys.stdout.buffer.write(shown)
    news += shown
    while ASKS in news:
        news = news.replace(ASKS, b'', 1)
        os.write(terminal, b'\x1b[1;1R')
    while PROMPTS in news:
        news = news.partition(PROMPTS)[2]
        if lines:
            os.write(terminal, lines.pop(0))
_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status) & 255)
";

/// What is missing for it.
pub fn missing() -> Option<String> {
    (cfg!(windows) || which::which("python3").is_err()).then(|| "python3 with pty".to_owned())
}

/// Runs `command` (its program, arguments and environment) at a terminal and types `lines`, if `waits` only
/// as it prompts for each; what appears there.
///
/// # Errors
/// It could not be started, or went on for two minutes.
pub fn typed(command: &Command, lines: &str, waits: bool) -> Result<String, Failed> {
    let mut typist = Command::new("python3");
    let mode = if waits { "wait" } else { "ahead" };
    typist.args(["-c", TYPIST, mode]).arg(command.get_program()).args(command.get_args()).env_clear();
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
