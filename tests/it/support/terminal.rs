//! A shell at a terminal, with somebody who types.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use libtest_mimic::Failed;
#[cfg(unix)]
use serde_json::{Value, json};

#[cfg(unix)]
use super::clean;

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

/// What a person saw at a terminal.
#[cfg(unix)]
pub struct Seen {
    /// What the terminal showed.
    pub shown: String,
    /// The exit code of the command, or the negative of the signal that ended it.
    pub code: i64,
}

/// Runs `command` on a terminal of its own, as a person who does `steps`, each as terminal.py
/// says. The terminal's settings have to be the same before and after.
#[cfg(unix)]
#[track_caller]
pub fn at_terminal(folder: &Path, command: &[&str], steps: &[Value]) -> Seen {
    let mut person = Command::new("python3");
    clean(&mut person, folder);
    let mut person = person
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/support/terminal.py"))
        .current_dir(folder)
        .env("VENVARS", env!("CARGO_BIN_EXE_venvars"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let order = json!({ "command": command, "steps": steps });
    person.stdin.take().unwrap().write_all(order.to_string().as_bytes()).unwrap();
    let output = person.wait_with_output().unwrap();
    let seen: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(seen["failed"], Value::Null, "{seen}");
    assert_eq!(seen["same"], true, "the terminal's settings: {seen}");
    Seen { shown: seen["shown"].as_str().unwrap().to_owned(), code: seen["code"].as_i64().unwrap() }
}
