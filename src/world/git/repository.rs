//! A repository, and what git prints of it.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::words::error::Result;
use crate::world::disk;
use crate::world::git::runner::{Git, RunningGit};

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
        let is_top = |folder: &&Path| is_working_tree(folder) || is_gits_own(folder);
        let around = disk::canonical(folder).ok()?;
        let top = around.ancestors().find(is_top)?.to_owned();
        Some(Self { folder: around, top, is_of_hook: false })
    }

    /// The paths of the submodules that are in the working tree, seen from its top.
    ///
    /// # Errors
    /// As for [`Repository::output`].
    pub fn submodules(&self) -> Result<Vec<String>> {
        let list = self.output(&["ls-files", "-z", "--stage"], b"")?;
        let entries = list.split(|byte| *byte == 0).filter_map(|entry| entry.strip_prefix(b"160000 "));
        let paths = entries.filter_map(|entry| {
            Some(String::from_utf8_lossy(entry.splitn(2, |b| *b == b'\t').nth(1)?).into_owned())
        });
        Ok(paths.filter(|path| is_working_tree(&self.folder.join(path))).collect())
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
        let lines = self.lines(&["rev-parse", what], b"")?;
        let folder = self.folder.join(lines.first().map_or("", |line| line));
        Ok(disk::canonical(&folder).unwrap_or(folder))
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
        !is_working_tree(&self.top)
    }

    /// Whether `folder` is the top of its working tree, or the bare repository itself.
    #[must_use]
    pub fn is_at(&self, folder: &Path) -> bool {
        disk::canonical(folder).is_ok_and(|folder| folder == self.top)
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

    /// A git that does not run yet.
    fn git(&self, arguments: &[&str]) -> Git {
        let new = if self.is_of_hook { Git::of_hook } else { Git::new };
        let mut git = new(&self.folder).options(SETTINGS.iter().flat_map(|setting| ["-c", setting]));
        if is_gits_own(&self.folder) {
            // Its working tree may be gone, and git would look for it. The repository itself is not named: git finds
            // it, and judges whose it is (safe.directory, safe.bareRepository).
            git = git.options(["--work-tree=."]);
        }
        // What is stored, as it is stored: nothing put in its place.
        let as_stored = ["GIT_NO_REPLACE_OBJECTS", "GIT_LITERAL_PATHSPECS"];
        git.environment(&as_stored.map(|name| (name, "1"))).arguments(arguments)
    }

    /// Starts git with `arguments`; `input` is what it reads.
    ///
    /// # Errors
    /// There is no git, or it cannot be started.
    pub(crate) fn start(&self, arguments: &[&str], input: Stdio) -> Result<RunningGit> {
        self.git(arguments).start(input)
    }

    /// What git prints that is run with `arguments` and reads `input`.
    ///
    /// # Errors
    /// There is no git, or it fails: its own first line says why.
    pub fn output(&self, arguments: &[&str], input: &[u8]) -> Result<Vec<u8>> {
        self.output_and_warnings(arguments, input).map(|(text, _)| text)
    }

    /// The same, and what git warns of: it leaves out a folder that it cannot read, and only says so.
    ///
    /// # Errors
    /// As for [`Repository::output`].
    pub fn output_and_warnings(&self, arguments: &[&str], input: &[u8]) -> Result<(Vec<u8>, Vec<String>)> {
        let done = self.git(arguments).run(input)?.good()?;
        let warnings = done.said.lines().filter_map(|line| line.strip_prefix("warning: ")).map(str::to_owned);
        Ok((done.text, warnings.collect()))
    }

    /// The text of `file`, a path from the top, in `tree`: in the commit `HEAD`, or in the index, which is "".
    ///
    /// # Errors
    /// There is none, or git fails.
    pub fn text_in(&self, tree: &str, file: &Path) -> Result<String> {
        let path = file.to_string_lossy().replace('\\', "/");
        let text = self.output(&["cat-file", "blob", &format!("{tree}:{path}")], b"")?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    /// The same as lines of text.
    ///
    /// # Errors
    /// As for [`Repository::output`].
    pub fn lines(&self, arguments: &[&str], input: &[u8]) -> Result<Vec<String>> {
        let text = self.output(arguments, input)?;
        Ok(String::from_utf8_lossy(&text).lines().map(str::to_owned).collect())
    }
}

/// The top of the working tree that `folder`, a path without links, is in.
#[must_use]
pub fn top(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().find(|folder| is_working_tree(folder)).map(Path::to_owned)
}

/// Whether `folder` holds a `.git`, which is a file in a submodule and in a working tree that was added.
#[must_use]
pub fn is_working_tree(folder: &Path) -> bool {
    folder.join(".git").symlink_metadata().is_ok()
}

/// Whether git keeps a repository in `folder` itself: gitrepository-layout(5).
fn is_gits_own(folder: &Path) -> bool {
    let is_head =
        |text: &str| text.starts_with("ref: ") || text.trim().bytes().all(|byte| byte.is_ascii_hexdigit());
    ["objects", "refs"].iter().all(|name| folder.join(name).is_dir())
        && !is_working_tree(folder)
        && std::fs::read_to_string(folder.join("HEAD")).is_ok_and(|text| is_head(&text))
}
