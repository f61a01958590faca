//! The user's own Python, for what only Python reads right. It gets nothing in its arguments but a
//! constant program, and runs no code of the venv or the folder that it is started in.

use std::io::{ErrorKind, Write};
use std::process::{Child, Stdio};
use std::thread;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::words::cause::Cause;
use crate::words::error::{Error, Result};
use crate::words::system::HERE;
use crate::world::command;
use crate::world::program::child;

/// What Python is called. On Windows `python` may be a stub that only opens the store.
const NAMES: &[&str] = if cfg!(windows) { &["py", "python"] } else { &["python3"] };

/// How long Python may take: much longer than for anything that a person wrote.
const TIMEOUT: Duration = Duration::from_secs(20);

/// The most that it may print, in bytes.
const MOST: usize = 64 << 20;

/// What `program` prints when its standard input is `input`.
///
/// # Errors
/// There is no Python, or it fails, takes too long or prints too much.
pub fn run(program: &str, input: &str) -> Result<Zeroizing<Vec<u8>>> {
    run_in(NAMES, TIMEOUT, program, input)
}

fn run_in(names: &[&str], timeout: Duration, program: &str, input: &str) -> Result<Zeroizing<Vec<u8>>> {
    let mut python = start(names, program)?;
    if let Some(mut pipe) = python.0.stdin.take() {
        let input = Zeroizing::new(input.as_bytes().to_vec());
        // On a thread, so that neither waits for the other. One that ends early reads no more.
        thread::spawn(move || drop(pipe.write_all(&input)));
    }
    let out = command::read(python.0.stdout.take(), MOST, false);
    let (status, bytes) = command::wait(&mut python.0, &out, "Python", timeout, (MOST, "too much"))?;
    if status.success() {
        return Ok(bytes);
    }
    Err(Error::program(format!("Python failed: {status}"))
        .hint(format!("Python 3.8 or newer is needed; see what `{} --version` says", HERE.python())))
}

fn start(names: &[&str], program: &str) -> Result<RunningPython> {
    for name in names {
        let mut command = child(name);
        // Without -S it would run the .pth files of the venv that comes first on the PATH.
        command
            .args(["-I", "-S", "-X", "utf8", "-c", program])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        match command.spawn() {
            Ok(child) => return Ok(RunningPython(child)),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => {
                return Err(Error::could_not(format!("start {name}"), &error));
            }
        }
    }
    Err(Error::from(Cause::NoProgram(names.join(" or "))).hint("install Python 3.8 or newer"))
}

/// A Python that ends with its children when it is no longer waited for.
struct RunningPython(Child);

impl Drop for RunningPython {
    fn drop(&mut self) {
        // The number of one that has ended may be another's.
        if !matches!(self.0.try_wait(), Ok(None)) {
            return;
        }
        #[cfg(unix)]
        let _ = rustix::process::kill_process_group(
            rustix::process::Pid::from_child(&self.0),
            rustix::process::Signal::KILL,
        );
        #[cfg(windows)]
        let _ = child("taskkill")
            .args(["/T", "/F", "/PID", &self.0.id().to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[track_caller]
    fn fails(names: &[&str], program: &str, expected: &str) -> Error {
        let error = run_in(names, Duration::from_secs(2), program, "hunter2").unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert!(!format!("{error:?}").contains("hunter2"));
        error
    }

    #[test]
    fn a_long_text_goes_through_both_pipes() {
        let text = "é".repeat(1 << 20);
        let program = "import sys\nfor line in sys.stdin: print(line, end='')";
        assert_eq!(*run(program, &text).unwrap(), text.into_bytes());
    }

    #[test]
    fn no_python_and_one_that_fails_are_said() {
        let error = fails(&["no-such-python"], "", "no-such-python is not on the PATH");
        assert_eq!(error.remedy(), Some("install Python 3.8 or newer"));
        fails(NAMES, "import os, sys; os.write(1, sys.stdin.buffer.read()); os._exit(3)", "exit status: 3");
        fails(NAMES, "import os; os.kill(os.getpid(), 11)", "signal: 11");
    }

    #[test]
    fn one_that_hangs_is_ended_with_its_children() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let program = format!(
            "import subprocess, time\n\
             child = subprocess.Popen(['sleep', '60'])\n\
             open({:?}, 'w').write(str(child.pid))\n\
             time.sleep(60)",
            file.path()
        );
        let error = fails(NAMES, &program, "took longer than 2 s");
        assert_eq!(error.remedy(), None);
        let number = std::fs::read_to_string(file.path()).unwrap();
        let state = child("ps").args(["-o", "stat=", "-p", &number]).output().unwrap().stdout;
        assert!(state.is_empty() || state.starts_with(b"Z"), "{}", String::from_utf8_lossy(&state));
    }

    #[test]
    fn no_code_of_the_folder_or_the_environment_runs() {
        let printed =
            run("import json, sys; print(json.__file__, sys.flags.no_site, sys.flags.isolated)", "");
        let printed = String::from_utf8(printed.unwrap().to_vec()).unwrap();
        assert!(printed.trim_end().ends_with("json/__init__.py 1 1"), "{printed}");
    }
}
