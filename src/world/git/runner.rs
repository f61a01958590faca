//! Starting git: the only place that does.

use std::ffi::OsStr;
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;

use crate::words::error::{Error, Result};
use crate::words::message::shown_path;
use crate::world::command;
use crate::world::git::program::git;
use crate::world::program::child;

/// What names the repository and the index that a hook runs for: a question about another repository
/// would be answered for this one. See githooks(5).
const OF_HOOK: [&str; 6] =
    ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY"];

/// A git that is to run in a folder.
pub(crate) struct Git {
    command: Command,
    folder: Box<Path>,
    what: String,
}

impl Git {
    /// A git in `folder` that asks for nothing, runs no program that a repository names (also none that would fetch
    /// what a partial clone lacks), and does not see
    /// the repository of the hook that runs us.
    pub fn new(folder: &Path) -> Self {
        let mut git = Self::of_hook(folder);
        for name in OF_HOOK {
            git.command.env_remove(name);
        }
        git
    }

    /// The same that sees what a hook sees.
    pub fn of_hook(folder: &Path) -> Self {
        let mut command = child(git());
        command.arg("-C").arg(folder).args(["-c", "core.fsmonitor=false"]);
        command.env("GIT_OPTIONAL_LOCKS", "0").env("GIT_NO_LAZY_FETCH", "1").env("LC_ALL", "C");
        Self { command, folder: folder.into(), what: String::new() }
    }

    /// Adds options that stand before the name of a command.
    pub fn options<A: AsRef<OsStr>>(mut self, options: impl IntoIterator<Item = A>) -> Self {
        self.command.args(options);
        self
    }

    /// Adds the name of a command, and what it is given.
    pub fn arguments(mut self, arguments: &[&str]) -> Self {
        self.what = arguments.first().map_or_else(String::new, |what| (*what).to_owned());
        self.command.args(arguments);
        self
    }

    /// Sets variables of its environment.
    pub fn environment(mut self, variables: &[(&str, &str)]) -> Self {
        self.command.envs(variables.iter().copied());
        self
    }

    /// Starts it; `input` is what it reads.
    ///
    /// # Errors
    /// There is no git, or it cannot be started.
    pub fn start(mut self, input: Stdio) -> Result<RunningGit> {
        self.command.stdin(input).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.command.spawn().map_err(|error| {
            let failed = match error.kind() {
                ErrorKind::NotFound => Error::missing("git is not on the PATH"),
                _ => Error::could_not("start git", &error),
            };
            failed.in_file(&self.folder).hint("install git")
        })?;
        // Read beside the output, so that git never waits for it. More than that nobody reads.
        let said = command::read(child.stderr.take(), 1 << 16, true);
        Ok(RunningGit { what: self.what, folder: self.folder, child, said })
    }

    /// Runs it to its end, writing `input` and reading what it prints side by side: a git that answers line by line
    /// stops reading when nobody reads its answers.
    ///
    /// # Errors
    /// As for [`Git::start`].
    pub fn run(self, input: &[u8]) -> Result<Done> {
        let mut running = self.start(if input.is_empty() { Stdio::null() } else { Stdio::piped() })?;
        let stdin = running.stdin();
        let mut text = Vec::new();
        let read = thread::scope(|scope| {
            if let Some(mut stdin) = stdin {
                // git may stop reading when it fails; its status says so.
                scope.spawn(move || drop(stdin.write_all(input)));
            }
            running.stdout().read_to_end(&mut text)
        });
        let RunningGit { what, folder, mut child, said } = running;
        let status = child.wait();
        let said = told(&said);
        let status =
            read.and(status).map_err(|error| Error::io("read what git prints about", &folder, &error))?;
        Ok(Done { code: status.code(), text, said, what, folder })
    }
}

/// A git that has ended.
pub(crate) struct Done {
    /// Its exit status; none if a signal ended it.
    pub code: Option<i32>,
    /// What it printed.
    pub text: Vec<u8>,
    /// What it said besides.
    pub said: String,
    what: String,
    folder: Box<Path>,
}

impl Done {
    /// Whether it did what it was to.
    pub fn is_good(&self) -> bool {
        self.code == Some(0)
    }

    /// Itself, if it did what it was to.
    ///
    /// # Errors
    /// It failed: its own first line says why.
    pub fn good(self) -> Result<Self> {
        if self.is_good() { Ok(self) } else { Err(self.failed()) }
    }

    /// What is said of one that failed.
    pub fn failed(&self) -> Error {
        failed(&self.what, &self.folder, &self.said)
    }
}

fn failed(what: &str, folder: &Path, said: &str) -> Error {
    let line = said.lines().find(|line| !line.trim().is_empty()).unwrap_or("no word");
    let line = line.trim_start_matches("fatal: ").trim_start_matches("error: ");
    let shown: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let error = Error::program(format!("git {what}: {shown}")).in_file(folder);
    if line.contains("dubious ownership") {
        let folder = shown_path(folder);
        return error
            .hint(format!("if you trust its owner: git config --global --add safe.directory {folder}"));
    }
    error
}

/// A git that runs.
pub(crate) struct RunningGit {
    what: String,
    folder: Box<Path>,
    child: Child,
    said: command::Captured,
}

/// What a git said besides what it printed, when it has ended.
fn told(said: &command::Captured) -> String {
    String::from_utf8_lossy(&said.whole.recv().unwrap_or_default()).into_owned()
}

impl RunningGit {
    /// What it prints; nothing the second time.
    pub fn stdout(&mut self) -> Output {
        Output(self.child.stdout.take())
    }

    /// What writes to it; nothing the second time.
    pub fn stdin(&mut self) -> Option<ChildStdin> {
        self.child.stdin.take()
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// It failed.
    pub fn end(self) -> Result<()> {
        self.end_if(|_| true)
    }

    /// Waits for its end, as one that reads all of a repository: git leaves out a pack that it cannot read,
    /// and only says so.
    ///
    /// # Errors
    /// It failed, or told of an error.
    pub fn end_whole(self) -> Result<()> {
        self.end_if(|said| !said.lines().any(|line| line.starts_with("error: ")))
    }

    fn end_if(mut self, is_good: impl Fn(&str) -> bool) -> Result<()> {
        // A git that still wants to print ends by the closed pipe.
        drop(self.child.stdout.take());
        drop(self.child.stdin.take());
        let status = self.child.wait();
        let said = told(&self.said);
        match status {
            Ok(status) if status.success() && is_good(&said) => Ok(()),
            _ => Err(failed(&self.what, &self.folder, &said)),
        }
    }
}

/// What a git prints, as it comes.
pub(crate) struct Output(Option<ChildStdout>);

impl Output {
    /// It as the input of another process.
    pub fn into_stdio(self) -> Stdio {
        self.0.map_or_else(Stdio::null, Stdio::from)
    }
}

impl Read for Output {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.as_mut().map_or(Ok(0), |stdout| stdout.read(buffer))
    }
}
