//! Running git to read a repository, and reading what it prints.

use std::ffi::OsStr;
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;

use crate::words::error::{Error, Result, system_words};
use crate::world::git::OF_HOOK;

/// A repository, bare or with a working tree.
#[derive(Debug, Clone)]
pub struct Repository {
    folder: PathBuf,
    top: PathBuf,
    is_of_hook: bool,
}

/// Given to every git: none of it changes what is stored.
const SETTINGS: &[&str] = &[
    "core.quotePath=false",
    // Larger ones are handed on as they are read, and never wholly in memory.
    "core.bigFileThreshold=8m",
    "diff.relative=false",
    "log.showRoot=true",
    "log.showSignature=false",
    "log.mailmap=false",
];

impl Repository {
    /// The repository that `folder` is in, if it is in one.
    #[must_use]
    pub fn around(folder: &Path) -> Option<Self> {
        let is_top = |folder: &&Path| folder.join(".git").symlink_metadata().is_ok() || is_gits_own(folder);
        let around = folder.canonicalize().ok()?;
        let top = around.ancestors().find(is_top)?.to_owned();
        Some(Self { folder: around, top, is_of_hook: false })
    }

    /// What git keeps of submodules of this repository that may not be in the working tree any more, each
    /// with its name. See gitsubmodules(7).
    ///
    /// # Errors
    /// As for [`Repository::output`].
    pub fn modules(&self) -> Result<Vec<(String, Self)>> {
        let common = self.place("--git-common-dir")?;
        // What cannot be listed holds none that git could read; a link leads to what is told of elsewhere.
        let below = |folder: &Path| {
            let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
            let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
            folders.map(|entry| entry.path()).collect::<Vec<_>>()
        };
        let mut found = Vec::new();
        // A working tree that was added keeps its own.
        for keeper in std::iter::once(common.clone()).chain(below(&common.join("worktrees"))) {
            let modules = keeper.join("modules");
            let mut folders = below(&modules);
            while let Some(folder) = folders.pop() {
                if is_gits_own(&folder) {
                    let name = folder.strip_prefix(&modules).unwrap_or(&folder).display().to_string();
                    found.push((name, Self { top: folder.clone(), folder, is_of_hook: false }));
                } else {
                    folders.extend(below(&folder));
                }
            }
        }
        Ok(found)
    }

    /// The folder that `git rev-parse` names when it is asked for `what`, without links.
    fn place(&self, what: &str) -> Result<PathBuf> {
        let lines = self.lines(&["rev-parse", what], Vec::new())?;
        let folder = self.folder.join(lines.first().map_or("", |line| line));
        Ok(folder.canonicalize().unwrap_or(folder))
    }

    /// Whether it is a clone without the older commits; and whether it is one without objects that git
    /// would fetch when it needs them. See git-clone(1), `--depth` and `--filter`.
    ///
    /// # Errors
    /// As for [`Repository::output`].
    pub fn lacks(&self) -> Result<[bool; 2]> {
        let common = self.place("--git-common-dir")?;
        let packs = std::fs::read_dir(common.join("objects/pack")).into_iter().flatten().flatten();
        let is_partial =
            packs.into_iter().any(|entry| entry.path().extension().is_some_and(|end| end == "promisor"));
        Ok([common.join("shallow").exists(), is_partial])
    }

    /// The folder in which git keeps this repository, without links.
    ///
    /// # Errors
    /// As for [`Repository::output`].
    pub fn gits_own(&self) -> Result<PathBuf> {
        self.place("--absolute-git-dir")
    }

    /// Whether it has no working tree; so has the folder `.git` in one, seen by itself.
    #[must_use]
    pub fn is_bare(&self) -> bool {
        self.top.join(".git").symlink_metadata().is_err()
    }

    /// Whether `folder` is the top of its working tree, or the bare repository itself.
    #[must_use]
    pub fn is_at(&self, folder: &Path) -> bool {
        folder.canonicalize().is_ok_and(|folder| folder == self.top)
    }

    /// The same repository from the top of its working tree, if it has one.
    #[must_use]
    pub fn at_top(self) -> Self {
        Self { folder: self.top.clone(), ..self }
    }

    /// The same repository as a hook sees it: with the index that the commit at hand is made of.
    #[must_use]
    pub fn of_hook(self) -> Self {
        Self { is_of_hook: true, ..self }
    }

    /// The folder that git is run in.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A git command, not started yet.
    fn command<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new("git");
        for setting in SETTINGS {
            command.arg("-c").arg(setting);
        }
        command.arg("-C").arg(&self.folder);
        if is_gits_own(&self.folder) {
            // Its working tree may be gone, and git would look for it.
            command.arg("--git-dir=.").arg("--work-tree=.");
        }
        command.args(arguments);
        if !self.is_of_hook {
            for name in OF_HOOK {
                command.env_remove(name);
            }
        }
        // What is stored, as it is stored: nothing put in its place, nothing fetched from elsewhere.
        for name in ["GIT_NO_REPLACE_OBJECTS", "GIT_NO_LAZY_FETCH", "GIT_LITERAL_PATHSPECS"] {
            command.env(name, "1");
        }
        command.env("GIT_OPTIONAL_LOCKS", "0").env("LC_ALL", "C");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Starts git with `arguments`; `input` is what it reads.
    ///
    /// # Errors
    /// There is no git, or it cannot be started.
    pub fn start(&self, arguments: &[&str], input: Stdio) -> Result<Running> {
        let mut child = self.command(arguments).stdin(input).spawn().map_err(|error| self.no_git(&error))?;
        let stderr = child.stderr.take();
        // Read beside the output, so that git never waits for it.
        let said = thread::spawn(move || {
            let mut text = Vec::new();
            if let Some(stderr) = stderr {
                // More than that nobody reads.
                let _ = stderr.take(1 << 16).read_to_end(&mut text);
            }
            String::from_utf8_lossy(&text).into_owned()
        });
        Ok(Running { what: arguments[0].to_owned(), folder: self.folder.clone(), child, said })
    }

    /// What git prints that is run with `arguments` and reads `input`.
    ///
    /// # Errors
    /// There is no git, or it fails: its own first line says why.
    pub fn output(&self, arguments: &[&str], input: Vec<u8>) -> Result<Vec<u8>> {
        self.output_and_warnings(arguments, input).map(|(text, _)| text)
    }

    /// The same, and what git warns of: it leaves out a folder that it cannot read, and only says so.
    ///
    /// # Errors
    /// As for [`Repository::output`].
    pub fn output_and_warnings(&self, arguments: &[&str], input: Vec<u8>) -> Result<(Vec<u8>, Vec<String>)> {
        let mut running = self.start(arguments, Stdio::piped())?;
        let stdin = running.child.stdin.take();
        let writer = thread::spawn(move || {
            // git may stop reading when it fails; its status says so.
            let _ = stdin.map(|mut stdin| stdin.write_all(&input));
        });
        let mut text = Vec::new();
        let read = running.stdout().read_to_end(&mut text);
        let _ = writer.join();
        let said = running.end_if(|_| true)?;
        read.map_err(|error| Error::io("read what git prints about", &self.folder, &error))?;
        let warnings = said.lines().filter_map(|line| line.strip_prefix("warning: ")).map(str::to_owned);
        Ok((text, warnings.collect()))
    }

    /// The same as lines of text.
    ///
    /// # Errors
    /// As for [`Repository::output`].
    pub fn lines(&self, arguments: &[&str], input: Vec<u8>) -> Result<Vec<String>> {
        let text = self.output(arguments, input)?;
        Ok(String::from_utf8_lossy(&text).lines().map(str::to_owned).collect())
    }

    fn no_git(&self, error: &io::Error) -> Error {
        let message = match error.kind() {
            ErrorKind::NotFound => "this is a git repository, but there is no git on the PATH".to_owned(),
            _ => format!("could not start git: {}", system_words(error)),
        };
        Error::new(message).in_file(&self.folder).hint("install git")
    }
}

/// Whether git keeps a repository in `folder` itself: gitrepository-layout(5).
fn is_gits_own(folder: &Path) -> bool {
    let is_head =
        |text: &str| text.starts_with("ref: ") || text.trim().bytes().all(|byte| byte.is_ascii_hexdigit());
    ["objects", "refs"].iter().all(|name| folder.join(name).is_dir())
        && folder.join(".git").symlink_metadata().is_err()
        && std::fs::read_to_string(folder.join("HEAD")).is_ok_and(|text| is_head(&text))
}

/// A git that runs.
pub struct Running {
    what: String,
    folder: PathBuf,
    child: Child,
    said: thread::JoinHandle<String>,
}

impl Running {
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
        self.end_if(|_| true).map(drop)
    }

    /// Waits for its end, as one that reads all of a repository: git leaves out a pack that it cannot read,
    /// and only says so.
    ///
    /// # Errors
    /// It failed, or told of an error.
    pub fn end_whole(self) -> Result<()> {
        self.end_if(|said| !said.lines().any(|line| line.starts_with("error: "))).map(drop)
    }

    /// Waits for its end; what it said besides.
    fn end_if(mut self, is_good: impl Fn(&str) -> bool) -> Result<String> {
        // A git that still wants to print ends by the closed pipe.
        drop(self.child.stdout.take());
        drop(self.child.stdin.take());
        let status = self.child.wait();
        let said = self.said.join().unwrap_or_default();
        match status {
            Ok(status) if status.success() && is_good(&said) => Ok(said),
            _ => {
                let line = said.lines().find(|line| !line.trim().is_empty()).unwrap_or("no word");
                let line = line.trim_start_matches("fatal: ").trim_start_matches("error: ");
                let shown: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
                Err(Error::new(format!("git {}: {shown}", self.what)).in_file(&self.folder))
            }
        }
    }
}

/// What a git prints, as it comes.
pub struct Output(Option<ChildStdout>);

impl Output {
    /// It as the input of another process.
    #[must_use]
    pub fn into_stdio(self) -> Stdio {
        self.0.map_or_else(Stdio::null, Stdio::from)
    }
}

impl Read for Output {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.as_mut().map_or(Ok(0), |stdout| stdout.read(buffer))
    }
}
