//! git's hooks: real commits and real pushes, beside the hooks of others.

mod ways;

use std::env;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use libtest_mimic::{Failed, Trial};

use crate::support::{cache, clean, fed, private, succeed, trial, venvars};

const SECRET: &str = "hunter2-hunter2-hunter2";

pub fn trials() -> Vec<Trial> {
    let mut trials: Vec<Trial> = Vec::new();
    let own: [(&str, fn() -> Result<(), Failed>); 27] = [
        ("commit", commit),
        ("push", push),
        ("the-way-out-fits", the_remedy_fits),
        ("without-venvars", without_venvars),
        ("beside-a-shell-script", beside_a_shell_script),
        ("beside-another-program", beside_another_program),
        ("a-hook-that-reads-the-push", reads_the_push),
        ("hooks-path", hooks_path),
        ("worktree", worktree),
        ("switched-off", switched_off),
        ("a-link", a_link),
        ("names-that-are-pushed", names_that_are_pushed),
        ("another-remote", another_remote),
        ("another-address", another_address),
        ("what-is-there-already", what_is_there_already),
        ("merge", merge),
        ("staged-settings", staged_settings),
        ("settings-that-are-not-allowed", settings_that_are_not_allowed),
        ("submodule", submodule),
        ("a-hooks-folder-that-is-gone", a_folder_that_is_gone),
        ("secrets-that-are-gone", secrets_that_are_gone),
        ("what-is-wrong-with-backups-is-said", what_is_wrong_with_backups),
        ("a-secrets-file-that-is-given", given),
        ("a-value-from-a-file-in-the-settings", from_a_file),
        ("hooks-outside", hooks_outside),
        ("project-below", project_below),
        ("changed-while-remove-waits", changed_while_remove_waits),
    ];
    for (name, run) in own {
        trials.push(trial(name.to_owned(), None, run));
    }
    let pre_commit = (!program("pre-commit").exists()).then(|| "pre-commit".to_owned());
    trials.push(trial("pre-commit::ours-first".to_owned(), pre_commit.clone(), || with_pre_commit(true)));
    trials.push(trial("pre-commit::theirs-first".to_owned(), pre_commit.clone(), || with_pre_commit(false)));
    trials.push(trial("pre-commit::as-a-hook-of-theirs".to_owned(), pre_commit, of_pre_commit));
    let husky = (!program("husky").exists()).then(|| "husky".to_owned());
    trials.push(trial("husky".to_owned(), husky, husky_runs_ours));
    trials.extend(ways::trials());
    trials
}

fn program(name: &str) -> PathBuf {
    match name {
        "husky" => cache().join("husky/node_modules/.bin/husky"),
        _ => cache().join("pre-commit/bin").join(name),
    }
}

/// A repository with a project in it, and its secret.
struct Repository(tempfile::TempDir);

impl Repository {
    fn new() -> Result<Self, Failed> {
        let repository = Self(tempfile::tempdir()?);
        // `venvars` on the PATH is the one under test.
        fs::create_dir(repository.path(".bin"))?;
        symlink(env!("CARGO_BIN_EXE_venvars"), repository.path(".bin/venvars"))?;
        repository.git(&["init", "--quiet", "--initial-branch=main"])?;
        fs::write(repository.path(".gitignore"), "secrets.toml\n/.bin\n/.cache\n/.npm\n/remote\n/other\n")?;
        repository.secrets("secrets.toml")?;
        repository.write("app.py", "print()\n")?;
        repository.git(&["add", "."])?;
        repository.git(&["commit", "--quiet", "-m", "first"])?;
        Ok(repository)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn secrets(&self, name: &str) -> Result<(), Failed> {
        fs::write(self.path(name), format!("API_KEY = \"{SECRET}\"\n"))?;
        private(&self.path(name));
        Ok(())
    }

    fn write(&self, name: &str, text: &str) -> Result<(), Failed> {
        if let Some(folder) = self.path(name).parent() {
            fs::create_dir_all(folder)?;
        }
        Ok(fs::write(self.path(name), text)?)
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        clean(&mut command, self.0.path());
        let path = env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(self.path(".bin")).chain(env::split_paths(&path));
        command.env("PATH", env::join_paths(folders).expect("no colon in it"));
        for name in ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"] {
            command.env(name, "t@t");
        }
        command.current_dir(self.0.path());
        command
    }

    fn git(&self, arguments: &[&str]) -> Result<Output, Failed> {
        succeed(self.command("git").args(arguments))
    }

    /// A new repository in `folder`, as the remote `name`.
    fn remote(&self, name: &str, folder: &str) -> Result<(), Failed> {
        self.git(&["init", "--quiet", "--bare", folder])?;
        self.git(&["remote", "add", name, folder])?;
        Ok(())
    }

    fn venvars(&self, arguments: &[&str]) -> Result<Output, Failed> {
        succeed(venvars(self.0.path()).args(arguments))
    }

    /// git is stopped, by us: the variable and the place are named, and the value is not shown.
    fn is_stopped(&self, arguments: &[&str], place: &str) -> Result<(), Failed> {
        let output = self.command("git").args(arguments).output()?;
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text);
        if output.status.success()
            || !text.contains("API_KEY")
            || !text.contains(place)
            || text.contains(SECRET)
        {
            return Err(format!("git {arguments:?}: {}\n{text}", output.status).into());
        }
        Ok(())
    }

    /// A commit that holds the secret is stopped, and one that does not is made.
    fn stops_commits(&self) -> Result<(), Failed> {
        self.write("config.py", &format!("KEY = '{SECRET}'\n"))?;
        self.git(&["add", "config.py"])?;
        self.is_stopped(&["commit", "-m", "leak"], "config.py:1")?;
        // What counts is the index, and not the file.
        self.write("config.py", "KEY = ''\n")?;
        self.is_stopped(&["commit", "-m", "leak"], "config.py:1")?;
        self.git(&["add", "config.py"])?;
        self.write("config.py", &format!("KEY = '{SECRET}'\n"))?;
        self.git(&["commit", "-m", "no leak"])?;
        self.write("config.py", "")?;
        self.git(&["commit", "-a", "-m", "clean"])?;
        Ok(())
    }

    fn hook(&self, name: &str, text: &str) -> Result<(), Failed> {
        self.write(name, text)?;
        Ok(fs::set_permissions(self.path(name), fs::Permissions::from_mode(0o755))?)
    }

    fn has(&self, name: &str, text: &str) -> Result<(), Failed> {
        let found = fs::read_to_string(self.path(name))?;
        if found == text { Ok(()) } else { Err(format!("{name} holds {found}").into()) }
    }
}

fn commit() -> Result<(), Failed> {
    let repository = Repository::new()?;
    repository.venvars(&["hook", "install"])?;
    repository.venvars(&["hook", "install"])?;
    repository.stops_commits()?;
    // With an index of its own, which git names to the hook.
    repository.write("app.py", SECRET)?;
    repository.is_stopped(&["commit", "-a", "-m", "leak"], "app.py:1")?;
    repository.is_stopped(&["commit", "-m", "leak", "app.py"], "app.py:1")?;
    repository.git(&["commit", "-a", "--no-verify", "-m", "leak"])?;
    repository.venvars(&["hook", "remove"])?;
    for name in ["pre-commit", "pre-merge-commit", "pre-push"] {
        if repository.path(".git/hooks").join(name).exists() {
            return Err("a hook is left".into());
        }
    }
    Ok(())
}

fn the_remedy_fits() -> Result<(), Failed> {
    let repository = Repository::new()?;
    repository.remote("origin", "remote")?;
    repository.git(&["push", "-u", "origin", "main"])?;
    repository.venvars(&["hook", "install"])?;
    let commit = ["commit", "-m", "leak"];
    repository.git(&["add", "--force", "secrets.toml"])?;
    repository.is_stopped(&commit, "git rm -f --cached secrets.toml")?;
    repository.git(&["rm", "--cached", "secrets.toml"])?;
    repository.write(&format!("{SECRET}.txt"), "harmless")?;
    repository.git(&["add", "."])?;
    repository.is_stopped(&commit, "git mv OLD NEW")?;
    repository.git(&["rm", "--quiet", "-f", "*.txt"])?;
    let push = ["push", "--all"];
    repository.git(&["branch", SECRET])?;
    repository.is_stopped(&push, "git branch -m OLD NEW")?;
    repository.git(&["branch", "-D", SECRET])?;
    repository.git(&["tag", SECRET])?;
    repository.is_stopped(&["push", "--tags"], "git tag -d OLD")?;
    repository.git(&["tag", "-d", SECRET])?;
    repository.git(&["tag", "v1", "-m", SECRET])?;
    repository.is_stopped(&["push", "--tags"], "git tag -f -a TAG")?;
    repository.write("app.py", SECRET)?;
    repository.git(&["commit", "-a", "--no-verify", "-m", "leak"])?;
    repository.is_stopped(&push, "git rebase -i")?;
    repository.venvars(&["rotate", "API_KEY", "--generate=hex32"])?;
    repository.is_stopped(&push, "or, as these are old values")
}

/// A folder of hooks for all repositories, and venvars gone.
fn without_venvars() -> Result<(), Failed> {
    let repository = Repository::new()?;
    repository.git(&["config", "core.hooksPath", "/dev/null"])?;
    let output = venvars(&repository.path(".")).args(["hook", "install"]).output()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() || !said.contains("core.hooksPath") {
        return Err(said.into());
    }
    repository.git(&["config", "--unset", "core.hooksPath"])?;
    let many = tempfile::tempdir()?;
    let program = fs::read_link(repository.path(".bin/venvars"))?;
    for (hooks, is_of_many) in [(many.path().to_path_buf(), true), (repository.path(".git/hooks"), false)] {
        repository.git(&["config", "--global", "core.hooksPath", hooks.to_str().ok_or("a path")?])?;
        let output = repository.venvars(&["hook", "install"])?;
        if String::from_utf8_lossy(&output.stderr).contains("every repository") != is_of_many {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
        }
        let file = hooks.join("pre-commit");
        let gone = fs::read_to_string(&file)?.replace(&*program.to_string_lossy(), "/gone/venvars");
        fs::write(&file, gone.replace(&*repository.path(".bin/venvars").to_string_lossy(), "/gone/venvars"))?;
        fs::rename(repository.path(".bin/venvars"), repository.path(".bin/away"))?;
        let commit = || repository.command("git").args(["commit", "--allow-empty", "-m", "x"]).output();
        let stopped = commit()?;
        let said = String::from_utf8_lossy(&stopped.stderr).into_owned();
        if stopped.status.success() || !said.contains("install it, or delete its lines in ") {
            return Err(said.into());
        }
        fs::rename(repository.path("secrets.toml"), repository.path("away"))?;
        if commit()?.status.success() != is_of_many {
            return Err("in a repository without secrets".into());
        }
        fs::rename(repository.path("away"), repository.path("secrets.toml"))?;
        fs::rename(repository.path(".bin/away"), repository.path(".bin/venvars"))?;
    }
    // Who has the ledger and no secrets is told that nothing was looked for, unless there are backups.
    repository.git(&["config", "--global", "--unset", "core.hooksPath"])?;
    repository.venvars(&["compromised", "API_KEY"])?;
    repository.venvars(&["hook", "install"])?;
    fs::remove_file(repository.path("secrets.toml"))?;
    for has_backups in [true, false] {
        let said = repository.git(&["commit", "--allow-empty", "-m", "x"])?.stderr;
        let said = String::from_utf8_lossy(&said).into_owned();
        if said.contains("venvars restore") != has_backups
            || said.contains("nothing was searched for") == has_backups
        {
            return Err(said.into());
        }
        repository.venvars(&["backups", "clear", "--yes"])?;
    }
    Ok(())
}

fn push() -> Result<(), Failed> {
    let repository = Repository::new()?;
    repository.remote("origin", "remote")?;
    repository.venvars(&["hook", "install"])?;
    repository.git(&["push", "-u", "origin", "main"])?;
    repository.git(&["push"])?;
    repository.write("app.py", SECRET)?;
    repository.git(&["commit", "-a", "--no-verify", "-m", "leak"])?;
    repository.is_stopped(&["push"], "app.py")?;
    // Taken out again, it is in the history all the same.
    repository.write("app.py", "")?;
    repository.git(&["commit", "-a", "-m", "clean"])?;
    repository.is_stopped(&["push"], "app.py")?;
    repository.is_stopped(&["push", "origin", "main:other"], "app.py")?;
    repository.git(&["tag", "v1"])?;
    repository.is_stopped(&["push", "--tags"], "app.py")?;
    repository.git(&["tag", "-d", "v1"])?;
    repository.git(&["reset", "--hard", "HEAD~2"])?;
    repository.git(&["push", "origin", "main:other"])?;
    repository.git(&["push", "origin", ":other"])?;
    repository.git(&["commit", "--allow-empty", "-m", &format!("with {SECRET}")])?;
    repository.is_stopped(&["push"], "commit")?;
    repository.git(&["push", "--no-verify"])?;
    Ok(())
}

fn beside_a_shell_script() -> Result<(), Failed> {
    for text in ["#!/bin/sh\ntouch ran\nexit 0\n", "touch ran", "#!/usr/bin/env bash\nset -eu\ntouch ran\n"] {
        let repository = Repository::new()?;
        repository.hook(".git/hooks/pre-commit", text)?;
        repository.venvars(&["hook", "install"])?;
        repository.stops_commits()?;
        if !repository.path("ran").exists() {
            return Err("the other hook did not run".into());
        }
        repository.venvars(&["hook", "remove"])?;
        repository.has(".git/hooks/pre-commit", text)?;
    }
    Ok(())
}

fn beside_another_program() -> Result<(), Failed> {
    let text = "#!/usr/bin/env python3\nimport sys\nopen('ran', 'w').write(repr(sys.argv[1:]))\n";
    let repository = Repository::new()?;
    repository.hook(".git/hooks/pre-commit", text)?;
    repository.venvars(&["hook", "install"])?;
    repository.venvars(&["hook", "install"])?;
    repository.stops_commits()?;
    repository.has("ran", "[]")?;
    repository.venvars(&["hook", "remove"])?;
    repository.has(".git/hooks/pre-commit", text)
}

fn reads_the_push() -> Result<(), Failed> {
    let repository = Repository::new()?;
    repository.remote("origin", "remote")?;
    let text = "#!/bin/sh\ncat > told\necho \"$1 $2\" >> told\n";
    repository.hook(".git/hooks/pre-push", text)?;
    repository.git(&["push", "--dry-run", "origin", "main"])?;
    let untouched = fs::read_to_string(repository.path("told"))?;
    repository.venvars(&["hook", "install"])?;
    repository.git(&["push", "--dry-run", "origin", "main"])?;
    repository.has("told", &untouched)
}

fn hooks_path() -> Result<(), Failed> {
    let repository = Repository::new()?;
    repository.git(&["config", "core.hooksPath", ".githooks"])?;
    repository.venvars(&["hook", "install"])?;
    let text = fs::read_to_string(repository.path(".githooks/pre-commit"))?;
    if text.contains(env!("CARGO_BIN_EXE_venvars")) {
        return Err("a hook for everybody names this machine's path".into());
    }
    repository.stops_commits()?;
    // Who has no venvars is told of it, and kept from committing where there are secrets.
    fs::remove_file(repository.path(".bin/venvars"))?;
    repository.write("app.py", "x = 1\n")?;
    let commit = || repository.command("git").args(["commit", "-a", "-m", "without"]).output();
    let stopped = commit()?;
    fs::remove_file(repository.path("secrets.toml"))?;
    let passed = commit()?;
    let is_told = |output: &Output| String::from_utf8_lossy(&output.stderr).contains("not on the PATH");
    if stopped.status.success() || !passed.status.success() || !is_told(&stopped) || !is_told(&passed) {
        return Err(format!("{stopped:?} {passed:?}").into());
    }
    Ok(())
}

/// git runs no hook that is not executable: ours does run, and what its owner switched off does not.
fn switched_off() -> Result<(), Failed> {
    for text in ["#!/bin/sh\ntouch ran\n", "#!/usr/bin/env python3\nopen('ran', 'w')\n"] {
        let repository = Repository::new()?;
        repository.write(".git/hooks/pre-commit", text)?;
        repository.venvars(&["hook", "install"])?;
        repository.stops_commits()?;
        if repository.path("ran").exists() {
            return Err("a hook that is switched off ran".into());
        }
        repository.venvars(&["hook", "remove"])?;
        repository.has(".git/hooks/pre-commit", text)?;
        if repository.path(".git/hooks/pre-commit").metadata()?.permissions().mode() & 0o111 != 0 {
            return Err("the hook is switched on".into());
        }
        // Ours, without the mode, is put right.
        fs::remove_file(repository.path(".git/hooks/pre-commit"))?;
        repository.venvars(&["hook", "install"])?;
        fs::set_permissions(repository.path(".git/hooks/pre-commit"), fs::Permissions::from_mode(0o644))?;
        repository.venvars(&["hook", "install"])?;
        repository.stops_commits()?;
    }
    Ok(())
}

/// What a link leads to is others' too, and stays as it is.
fn a_link() -> Result<(), Failed> {
    let repository = Repository::new()?;
    let text = "#!/bin/sh\ntouch ran\n";
    repository.hook("shared/hook", text)?;
    let link = repository.path(".git/hooks/pre-commit");
    symlink("../../shared/hook", &link)?;
    symlink("nowhere", repository.path(".git/hooks/pre-push"))?;
    repository.venvars(&["hook", "install"])?;
    repository.venvars(&["hook", "install"])?;
    repository.has("shared/hook", text)?;
    repository.stops_commits()?;
    if !repository.path("ran").exists() {
        return Err("the other hook did not run".into());
    }
    repository.git(&["init", "--quiet", "--bare", "remote"])?;
    repository.git(&["push", "remote", "main"])?;
    repository.venvars(&["hook", "remove"])?;
    let push = fs::read_link(repository.path(".git/hooks/pre-push"))?;
    if fs::read_link(&link)? != Path::new("../../shared/hook") || push != Path::new("nowhere") {
        return Err("a link is lost".into());
    }
    Ok(())
}

fn names_that_are_pushed() -> Result<(), Failed> {
    let repository = Repository::new()?;
    repository.remote("origin", "remote")?;
    repository.venvars(&["hook", "install"])?;
    repository.git(&["push", "origin", "main"])?;
    repository.is_stopped(&["push", "origin", &format!("HEAD:refs/heads/{SECRET}")], "refs/heads/")?;
    let tag = format!("t-{SECRET}");
    repository.git(&["tag", &tag])?;
    repository.is_stopped(&["push", "origin", &tag], "refs/tags/t-")?;
    repository.git(&["push", "--no-verify", "origin", &tag])?;
    // Taken away, it brings nothing.
    repository.git(&["push", "origin", &format!(":{tag}")])?;
    Ok(())
}

/// What one remote has is news to another.
fn another_remote() -> Result<(), Failed> {
    let repository = Repository::new()?;
    repository.remote("remote", "remote")?;
    repository.remote("other", "other")?;
    repository.write("app.py", SECRET)?;
    repository.git(&["commit", "-a", "-m", "leak"])?;
    repository.git(&["push", "remote", "main"])?;
    repository.venvars(&["hook", "install"])?;
    repository.git(&["push", "remote", "main:again"])?;
    repository.is_stopped(&["push", "other", "main"], "app.py")?;
    repository.is_stopped(&["push", "./other", "main"], "app.py")?;
    repository.git(&["push", "--no-verify", "other", "main"])?;
    repository.git(&["push", "other", "main:again"])?;
    Ok(())
}

/// A remote's name says nothing: what it led to before is not what it leads to now.
fn another_address() -> Result<(), Failed> {
    let commands: [&[&str]; 6] = [
        &["remote", "set-url", "origin", "other"],
        &["remote", "set-url", "--push", "origin", "other"],
        &["config", "url.other.insteadOf", "remote"],
        &["config", "url.other.pushInsteadOf", "remote"],
        &["config", "--add", "remote.origin.url", "other"],
        &["remote", "set-url", "--add", "--push", "origin", "other"],
    ];
    for (number, command) in commands.into_iter().enumerate() {
        for is_before in [false, true] {
            let repository = Repository::new()?;
            repository.remote("origin", "remote")?;
            repository.git(&["init", "--quiet", "--bare", "other"])?;
            repository.write("app.py", SECRET)?;
            repository.git(&["commit", "-a", "-m", "leak"])?;
            repository.git(&["push", "-u", "origin", "main"])?;
            if is_before {
                repository.git(command)?;
            }
            repository.venvars(&["hook", "install"])?;
            if !is_before {
                repository.git(&["push", "origin", "main:again"])?;
                repository.git(command)?;
            }
            if number == 5 {
                // Both, one after the other.
                repository.git(&["remote", "set-url", "--add", "--push", "origin", "remote"])?;
            }
            let shown = |error| format!("{command:?} {is_before}: {error:?}");
            repository.is_stopped(&["push", "origin", "main"], "app.py").map_err(shown)?;
            repository.is_stopped(&["push", "origin", "main:new"], "app.py").map_err(shown)?;
            let refs = repository.git(&["--git-dir=other", "for-each-ref"])?.stdout;
            if !refs.is_empty() {
                return Err(format!("{command:?}: {}", String::from_utf8_lossy(&refs)).into());
            }
        }
    }
    // pre-commit thinks that it knows by the name what is there.
    let repository = Repository::new()?;
    repository.remote("origin", "remote")?;
    repository.write("app.py", SECRET)?;
    repository.git(&["commit", "-a", "-m", "leak"])?;
    let head = String::from_utf8(repository.git(&["rev-parse", "HEAD"])?.stdout)?;
    let run = |address: &str| {
        let mut command = venvars(&repository.path("."));
        command.args(["hook", "run", "pre-push"]).env("PRE_COMMIT_TO_REF", head.trim());
        command.env("PRE_COMMIT_FROM_REF", head.trim()).env("PRE_COMMIT_REMOTE_URL", address);
        command.env("PRE_COMMIT_REMOTE_NAME", "origin").output()
    };
    let stopped = run("remote")?;
    repository.git(&["push", "origin", "main"])?;
    if stopped.status.code() != Some(1) || !run("remote")?.status.success() || !run("")?.status.success() {
        return Err(format!("{stopped:?}").into());
    }
    Ok(())
}

/// What others have pushed there is not held against who merges it.
fn what_is_there_already() -> Result<(), Failed> {
    let repository = Repository::new()?;
    repository.remote("origin", "remote")?;
    repository.git(&["push", "-u", "origin", "main"])?;
    repository.git(&["checkout", "--quiet", "-b", "theirs"])?;
    repository.write("theirs.py", SECRET)?;
    repository.git(&["add", "theirs.py"])?;
    repository.git(&["commit", "-m", "leak"])?;
    repository.git(&["push", "origin", "theirs"])?;
    repository.git(&["checkout", "--quiet", "main"])?;
    repository.git(&["merge", "--no-ff", "theirs"])?;
    repository.venvars(&["hook", "install"])?;
    repository.git(&["push", "origin", "main"])?;
    repository.git(&["push", "origin", "main:new"])?;
    repository.git(&["push", "./remote", "main:newer"])?;
    repository.write("mine.py", &format!("mine {SECRET}"))?;
    repository.git(&["add", "mine.py"])?;
    repository.git(&["commit", "--no-verify", "-m", "leak"])?;
    repository.is_stopped(&["push", "origin", "main"], "mine.py")?;
    // An address that does not answer has nothing.
    fs::rename(repository.path("remote"), repository.path("other"))?;
    let mut run = venvars(&repository.path("."));
    let head = String::from_utf8(repository.git(&["rev-parse", "theirs"])?.stdout)?;
    let told = format!("refs/heads/a {} refs/heads/a {}\n", head.trim(), "0".repeat(40));
    let output = fed(run.args(["hook", "run", "pre-push", "origin", "remote"]), told.as_bytes())?;
    if output.status.code() == Some(1) { Ok(()) } else { Err(format!("{output:?}").into()) }
}

/// git does not run pre-commit for a merge.
fn merge() -> Result<(), Failed> {
    let repository = Repository::new()?;
    repository.git(&["checkout", "--quiet", "-b", "theirs"])?;
    repository.write("theirs.py", SECRET)?;
    repository.git(&["add", "theirs.py"])?;
    repository.git(&["commit", "-m", "leak"])?;
    repository.git(&["checkout", "--quiet", "main"])?;
    repository.venvars(&["hook", "install"])?;
    repository.is_stopped(&["merge", "--no-ff", "theirs"], "theirs.py:1")?;
    repository.is_stopped(&["commit", "-m", "merge"], "theirs.py:1")?;
    repository.git(&["merge", "--abort"])?;
    repository.is_stopped(&["pull", "--no-rebase", "--no-ff", ".", "theirs"], "theirs.py:1")?;
    repository.git(&["merge", "--abort"])?;
    repository.git(&["merge", "--no-ff", "--no-verify", "theirs"])?;
    Ok(())
}

/// Settings that are committed together with a value do not hide it, and it is said what they would hide.
fn staged_settings() -> Result<(), Failed> {
    for (file, before, after) in [
        ("venvars.toml", "", "secrets = \"nope.toml\"\n"),
        ("venvars.toml", "secrets = \"conf/mine.toml\"\n", "secrets = \"nope.toml\"\n"),
        ("venvars.toml", "secrets = \"conf/mine.toml\"\n", "secrets = \"decoy.toml\"\n"),
        ("venvars.toml", "secrets = \"conf/mine.toml\"\n", ""),
        (
            "pyproject.toml",
            "[tool.venvars]\nsecrets = \"conf/mine.toml\"\n",
            "[tool.venvars]\nsecrets = \"/dev/null\"\n",
        ),
        ("pyproject.toml", "[tool.venvars]\nsecrets = \"conf/mine.toml\"\n", "[project]\n"),
    ] {
        let repository = Repository::new()?;
        repository.venvars(&["hook", "install"])?;
        if before.contains("mine.toml") {
            fs::create_dir(repository.path("conf"))?;
            fs::rename(repository.path("secrets.toml"), repository.path("conf/mine.toml"))?;
        }
        repository.write("decoy.toml", "OTHER = \"nothing-of-interest\"\n")?;
        private(&repository.path("decoy.toml"));
        repository.write(".git/info/exclude", "mine.toml\ndecoy.toml\n/.local\n")?;
        repository.write(file, before)?;
        repository.git(&["add", "."])?;
        repository.git(&["commit", "--allow-empty", "-m", "settings"])?;
        repository.write(file, after)?;
        repository.write("app.py", SECRET)?;
        repository.git(&["add", "."])?;
        let shown = |error| format!("{before:?} {after:?}: {error:?}");
        repository.is_stopped(&["commit", "-m", "leak"], "app.py:1").map_err(shown)?;
        repository.is_stopped(&["commit", "-m", "leak"], "the secrets file is").map_err(shown)?;
    }
    // Another way of hiding is said, also where there is no value beside it.
    for hides in ["secret = false", "choices = [\"a\", \"hunter2-hunter2-hunter2\"]"] {
        let repository = Repository::new()?;
        repository.venvars(&["hook", "install"])?;
        repository.write("venvars.toml", &format!("[variables.API_KEY]\n{hides}\n"))?;
        repository.git(&["add", "venvars.toml"])?;
        let said = repository.command("git").args(["commit", "-m", "settings"]).output()?.stderr;
        let said = String::from_utf8_lossy(&said).into_owned();
        if !said.contains("API_KEY is no longer searched for") || said.contains(SECRET) {
            return Err(said.into());
        }
    }
    Ok(())
}

/// Settings that search less, which a pull has brought and nobody has allowed, hide nothing from a hook.
fn settings_that_are_not_allowed() -> Result<(), Failed> {
    let declared = "[variables.API_KEY]\n";
    for hides in [
        "[scan]\nmin_length = 99\n".to_owned(),
        format!("{declared}secret = false\n"),
        format!("{declared}example = \"{SECRET}\"\n"),
        format!("{declared}choices = [\"a\", \"{SECRET}\"]\n"),
    ] {
        let repository = Repository::new()?;
        repository.venvars(&["hook", "install"])?;
        let commit = |repository: &Repository| -> Result<(bool, String), Failed> {
            repository.write("app.py", SECRET)?;
            repository.git(&["add", "app.py"])?;
            let mut commit = repository.command("git");
            let output = commit.env_remove("VENVARS_TRUST").args(["commit", "-m", "leak"]).output()?;
            Ok((output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned()))
        };
        repository.write("venvars.toml", &hides)?;
        repository.git(&["add", "venvars.toml"])?;
        repository.git(&["commit", "--no-verify", "-m", "settings"])?;
        let (passed, said) = commit(&repository)?;
        if passed || !said.contains("app.py:1") || said.contains(SECRET) {
            return Err(format!("{hides}{said}").into());
        }
        succeed(
            repository
                .command(env!("CARGO_BIN_EXE_venvars"))
                .env_remove("VENVARS_TRUST")
                .args(["allow", "--yes"]),
        )?;
        let (passed, said) = commit(&repository)?;
        if !passed {
            return Err(format!("allowed: {hides}{said}").into());
        }
    }
    Ok(())
}

/// The values of a project leak from a submodule of it too.
fn submodule() -> Result<(), Failed> {
    let inner = Repository::new()?;
    let repository = Repository::new()?;
    let from = inner.path(".");
    let add = ["-c", "protocol.file.allow=always", "submodule", "--quiet", "add"];
    repository.git(&[&add[..], &[from.to_str().ok_or("a path")?, "in/side"]].concat())?;
    // One that keeps its repository itself.
    repository.git(&["clone", "--quiet", from.to_str().ok_or("a path")?, "own"])?;
    repository.git(&[&add[..], &["./own"]].concat())?;
    repository.git(&["commit", "--quiet", "-m", "submodules"])?;
    let said = repository.venvars(&["hook", "install"])?.stderr;
    let said = String::from_utf8_lossy(&said).into_owned();
    if said.matches("venvars hook install --recurse-submodules").count() != 1 {
        return Err(said.into());
    }
    repository.venvars(&["hook", "install", "--recurse-submodules"])?;
    for below in ["in/side", "own"] {
        repository.write(&format!("{below}/app.py"), SECRET)?;
        repository.is_stopped(&["-C", below, "commit", "-a", "-m", "leak"], "app.py:1")?;
        repository.git(&["-C", below, "commit", "-a", "--no-verify", "-m", "leak"])?;
        repository.git(&["init", "--quiet", "--bare", "remote"])?;
        let remote = repository.path("remote");
        let push = ["-C", below, "push", remote.to_str().ok_or("a path")?, "HEAD:refs/heads/x"];
        repository.is_stopped(&push, "app.py")?;
    }
    repository.venvars(&["hook", "remove"])?;
    for hooks in [".git/modules/in/side/hooks", "own/.git/hooks", ".git/hooks"] {
        if repository.path(hooks).join("pre-commit").exists() {
            return Err(format!("{hooks}: a hook is left").into());
        }
    }
    Ok(())
}

/// The values of a file that is gone are those of its backups, until these are cleared.
fn secrets_that_are_gone() -> Result<(), Failed> {
    let repository = Repository::new()?;
    repository.venvars(&["hook", "install"])?;
    repository.venvars(&["list"])?;
    fs::remove_file(repository.path("secrets.toml"))?;
    repository.stops_commits()?;
    repository.write("app.py", "print(1)\n")?;
    let passed = repository.git(&["commit", "-a", "-m", "no leak"])?;
    let said = String::from_utf8_lossy(&passed.stderr);
    if !said.contains("venvars restore") {
        return Err(said.into());
    }
    repository.venvars(&["backups", "clear", "--yes"])?;
    repository.write("app.py", SECRET)?;
    repository.git(&["commit", "-a", "-m", "unknown"])?;
    Ok(())
}

/// Backups that cannot be read are not taken for none, and what else is wrong is said too.
fn what_is_wrong_with_backups() -> Result<(), Failed> {
    let repository = Repository::new()?;
    repository.venvars(&["hook", "install"])?;
    repository.write("venvars.toml", "[variables.API_KEY]\n")?;
    repository.venvars(&["list"])?;
    fs::remove_file(repository.path("secrets.toml"))?;
    let says = |text: &str| -> Result<(), Failed> {
        let commit = repository.git(&["commit", "--allow-empty", "-m", "no leak"])?;
        let said = String::from_utf8_lossy(&commit.stderr).into_owned();
        if said.contains(text) && !said.contains("no such file") { Ok(()) } else { Err(said.into()) }
    };
    let own = repository.path(".config/venvars/secrets.toml");
    repository.write(".config/venvars/secrets.toml", "this is not TOML\n")?;
    private(&own);
    says(".config/venvars/secrets.toml:1")?;
    fs::remove_file(own)?;
    let backups =
        fs::read_dir(repository.path(".local/state/venvars/backups"))?.next().ok_or("no backups")??;
    fs::remove_dir_all(backups.path())?;
    fs::write(backups.path(), "")?;
    says(&backups.path().display().to_string())
}

/// Another secrets file that is asked for does not keep the project's own from being searched for.
fn given() -> Result<(), Failed> {
    let repository = Repository::new()?;
    repository.venvars(&["hook", "install"])?;
    repository.write("app.py", SECRET)?;
    repository.git(&["add", "app.py"])?;
    let elsewhere = tempfile::tempdir()?;
    let other = elsewhere.path().join("secrets.toml");
    for file in ["config/secrets.toml", other.to_str().ok_or("a path")?] {
        let mut commit = repository.command("git");
        let commit = commit.env("VENVARS_SECRETS", file).args(["commit", "-m", "leak"]).output()?;
        let said = String::from_utf8_lossy(&commit.stderr).into_owned();
        if commit.status.success() || !said.contains("app.py:1") {
            return Err(format!("{file}: {said}").into());
        }
        fs::write(&other, "OTHER = \"app-py-is-no-secret\"\n")?;
        private(&other);
    }
    // Its own values are searched for as well.
    repository.write("app.py", "app-py-is-no-secret")?;
    repository.git(&["add", "app.py"])?;
    let mut commit = repository.command("git");
    let commit = commit.env("VENVARS_SECRETS", &other).args(["commit", "-m", "leak"]).output()?;
    let said = String::from_utf8_lossy(&commit.stderr).into_owned();
    if commit.status.success() || !said.contains("OTHER") { Err(said.into()) } else { Ok(()) }
}

/// A value that comes from a file is searched for until a commit has it in the settings.
fn from_a_file() -> Result<(), Failed> {
    for settings in [format!("example = \"{SECRET}\""), format!("choices = [\"a\", \"{SECRET}\"]")] {
        let repository = Repository::new()?;
        repository.venvars(&["hook", "install"])?;
        repository.write(".git/info/exclude", "key.txt\n/.local\n")?;
        repository.write("key.txt", SECRET)?;
        repository.write("secrets.toml", "API_KEY = { file = \"key.txt\" }\n")?;
        repository.write("venvars.toml", &format!("[variables.API_KEY]\n{settings}\n"))?;
        repository.git(&["add", "venvars.toml"])?;
        repository.is_stopped(&["commit", "-m", "leak"], "venvars.toml:2")?;
        repository.git(&["commit", "--no-verify", "-m", "not secret"])?;
        repository.write("app.py", SECRET)?;
        repository.git(&["commit", "-a", "-m", "an example"])?;
    }
    Ok(())
}

/// Where husky's own folder is gone, git runs none of its hooks.
fn a_folder_that_is_gone() -> Result<(), Failed> {
    let advice = |repository: &Repository| -> Result<bool, Failed> {
        let output = venvars(&repository.path(".")).arg("doctor").output()?;
        Ok(String::from_utf8_lossy(&[output.stdout, output.stderr].concat())
            .contains("do not look for secrets"))
    };
    // What husky 9 writes.
    let husky = |repository: &Repository, folder: &str| -> Result<(), Failed> {
        for name in ["pre-commit", "pre-merge-commit", "pre-push"] {
            repository.hook(&format!("{folder}/{name}"), "#!/usr/bin/env sh\n. \"$(dirname \"$0\")/h\"\n")?;
        }
        let h = "n=$(basename \"$0\")\ns=$(dirname \"$(dirname \"$0\")\")/$n\n[ ! -f \"$s\" ] && exit 0\nsh -e \"$s\" \"$@\"\nexit $?\n";
        repository.write(&format!("{folder}/h"), h)
    };
    for folder in [".husky/_", "tools/husky/_"] {
        let repository = Repository::new()?;
        repository.git(&["config", "core.hooksPath", folder])?;
        husky(&repository, folder)?;
        let mine = repository.path(folder).with_file_name("pre-commit");
        fs::write(&mine, "touch ran\n")?;
        if !advice(&repository)? {
            return Err("doctor says nothing before".into());
        }
        repository.venvars(&["hook", "install"])?;
        if !fs::read_to_string(&mine)?.contains("venvars hook run") || advice(&repository)? {
            return Err(format!("{folder}: {}", fs::read_to_string(&mine)?).into());
        }
        repository.stops_commits()?;
        if !repository.path("ran").exists() {
            return Err("the other hook did not run".into());
        }
        for broken in 0..4 {
            match broken {
                0 => fs::remove_dir_all(repository.path(folder))?,
                1 => fs::remove_file(repository.path(folder).join("h"))?,
                2 => fs::remove_file(repository.path(folder).join("pre-commit"))?,
                _ => fs::set_permissions(
                    repository.path(folder).join("pre-commit"),
                    fs::Permissions::from_mode(0o644),
                )?,
            }
            if !advice(&repository)? {
                return Err(format!("{folder} {broken}: doctor says nothing").into());
            }
            repository.venvars(&["hook", "install"])?;
            if advice(&repository)? {
                return Err(format!("{folder} {broken}: not installed").into());
            }
            // Without `h` husky's own line fails.
            if broken != 1 {
                repository.stops_commits()?;
            }
            // It comes again, and ours stays.
            fs::remove_dir_all(repository.path(folder))?;
            husky(&repository, folder)?;
            if advice(&repository)? {
                repository.venvars(&["hook", "install"])?;
            }
            repository.stops_commits()?;
        }
        repository.venvars(&["hook", "remove"])?;
        if fs::read_to_string(&mine)?.contains("venvars") {
            return Err("a hook is left".into());
        }
    }
    // A block of the version before, one that no shell reads, one behind pre-commit's that is switched off.
    let repository = Repository::new()?;
    repository.venvars(&["hook", "install"])?;
    let file = repository.path(".git/hooks/pre-push");
    let block = fs::read_to_string(&file)?;
    for other in [block.replace(" \"${2-}\"", ""), block.replace("/bin/sh", "/usr/bin/python3")] {
        fs::write(&file, other)?;
        if !advice(&repository)? {
            return Err("doctor says nothing of a hook that does not look".into());
        }
    }
    Ok(())
}

/// What leads out of the repository, and came with it, is not written to unasked.
fn hooks_outside() -> Result<(), Failed> {
    for way in 0..5 {
        let repository = Repository::new()?;
        let others = tempfile::tempdir()?;
        let outside = others.path().to_str().ok_or("a path")?;
        let link = |at: &str| symlink(others.path(), repository.path(at));
        match way {
            0 => repository.git(&["config", "core.hooksPath", outside]).map(drop)?,
            1 => {
                fs::remove_dir_all(repository.path(".git/hooks"))?;
                link(".git/hooks")?;
            }
            2 => {
                repository.git(&["config", "core.hooksPath", ".githooks"])?;
                link(".githooks")?;
            }
            3 => {
                repository.git(&["config", "core.hooksPath", ".husky/_"])?;
                link(".husky")?;
            }
            _ => {
                repository.write(".git/more", &format!("[core]\nhooksPath = {outside}/a/b\n"))?;
                repository.git(&["config", "include.path", "more"])?;
            }
        }
        let output = venvars(&repository.path(".")).args(["hook", "install"]).output()?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let is_untouched = fs::read_dir(others.path())?.next().is_none();
        if output.status.code() != Some(2) || !said.contains("hook install --outside") || !is_untouched {
            return Err(format!("{way}: {output:?}").into());
        }
        repository.venvars(&["hook", "install", "--outside"])?;
        repository.stops_commits()?;
    }
    Ok(())
}

fn worktree() -> Result<(), Failed> {
    let repository = Repository::new()?;
    repository.venvars(&["hook", "install"])?;
    repository.git(&["worktree", "add", "other"])?;
    repository.write("other/app.py", SECRET)?;
    // It has no secrets of its own, and the main one has.
    repository.is_stopped(&["-C", "other", "commit", "-a", "-m", "leak"], "app.py:1")?;
    fs::rename(repository.path("secrets.toml"), repository.path("other/secrets.toml"))?;
    repository.write("other/app.py", &format!("{SECRET}\n"))?;
    repository.is_stopped(&["-C", "other", "commit", "-a", "-m", "leak"], "app.py:1")?;
    // A file that it had once does not stand for the main one's.
    let repository = Repository::new()?;
    repository.venvars(&["hook", "install"])?;
    repository.git(&["worktree", "add", "other"])?;
    repository.write("other/app.py", SECRET)?;
    repository.write("other/secrets.toml", "OWN = \"own-value-9231-zz\"\n")?;
    private(&repository.path("other/secrets.toml"));
    repository.venvars(&["-C", "other", "list"])?;
    fs::remove_file(repository.path("other/secrets.toml"))?;
    repository.is_stopped(&["-C", "other", "commit", "-a", "-m", "leak"], "app.py:1")
}

fn project_below() -> Result<(), Failed> {
    let repository = Repository::new()?;
    fs::remove_file(repository.path("secrets.toml"))?;
    repository.write("b c/main.py", "")?;
    repository.secrets("b c/secrets.toml")?;
    repository.venvars(&["-C", "b c", "hook", "install"])?;
    repository.stops_commits()
}

fn with_pre_commit(ours_first: bool) -> Result<(), Failed> {
    let repository = Repository::new()?;
    let config = "repos:\n- repo: local\n  hooks:\n  - {id: mine, name: mine, entry: touch ran, language: system, always_run: true, pass_filenames: false}\n";
    repository.write(".pre-commit-config.yaml", config)?;
    repository.git(&["add", ".pre-commit-config.yaml"])?;
    let install = || succeed(repository.command(program("pre-commit")).args(["install"]));
    if ours_first {
        repository.venvars(&["hook", "install"])?;
        install()?;
    } else {
        install()?;
        repository.venvars(&["hook", "install"])?;
        // It writes its hook anew, and ours stays.
        install()?;
    }
    repository.stops_commits()?;
    if !repository.path("ran").exists() {
        return Err("the other hook did not run".into());
    }
    repository.venvars(&["hook", "remove"])?;
    if repository.path(".git/hooks/pre-commit.legacy").exists() {
        return Err("a hook is left".into());
    }
    Ok(())
}

/// What `.pre-commit-hooks.yaml` offers.
fn of_pre_commit() -> Result<(), Failed> {
    let offers = Repository::new()?;
    fs::copy(
        Path::new(env!("CARGO_MANIFEST_DIR")).join(".pre-commit-hooks.yaml"),
        offers.path(".pre-commit-hooks.yaml"),
    )?;
    offers.git(&["add", ".pre-commit-hooks.yaml"])?;
    offers.git(&["commit", "-m", "hooks"])?;
    let head = String::from_utf8(offers.git(&["rev-parse", "HEAD"])?.stdout)?;
    let repository = Repository::new()?;
    let config = format!(
        "repos:\n- repo: {}\n  rev: {}\n  hooks:\n  - id: venvars-commit\n  - id: venvars-push\n",
        offers.0.path().display(),
        head.trim()
    );
    repository.write(".pre-commit-config.yaml", &config)?;
    repository.git(&["add", ".pre-commit-config.yaml"])?;
    let types = ["install", "--hook-type", "pre-commit", "--hook-type", "pre-push"];
    succeed(repository.command(program("pre-commit")).args(types))?;
    repository.stops_commits()?;
    repository.remote("origin", "remote")?;
    repository.git(&["push", "-u", "origin", "main"])?;
    repository.write("app.py", SECRET)?;
    repository.git(&["commit", "-a", "--no-verify", "-m", "leak"])?;
    repository.is_stopped(&["push"], "app.py")
}

fn husky_runs_ours() -> Result<(), Failed> {
    let repository = Repository::new()?;
    succeed(&mut repository.command(program("husky")))?;
    repository.write(".husky/pre-commit", "touch ran\n")?;
    repository.venvars(&["hook", "install"])?;
    // husky writes its own folder anew, and ours stays.
    succeed(&mut repository.command(program("husky")))?;
    repository.stops_commits()?;
    if !repository.path("ran").exists() {
        return Err("the other hook did not run".into());
    }
    repository.venvars(&["hook", "remove"])?;
    repository.has(".husky/pre-commit", "touch ran\n")
}

/// What another of us writes into a hook while this one waits for it is not lost.
fn changed_while_remove_waits() -> Result<(), Failed> {
    let repository = Repository::new()?;
    repository.venvars(&["hook", "install"])?;
    let hooks = repository.path(".git/hooks");
    let found = fs::metadata(&hooks)?;
    let name = format!(".local/state/venvars/locks/{:x}-{:x}", found.dev(), found.ino());
    let held = fs::File::options().write(true).open(repository.path(&name))?;
    held.lock()?;
    let mut remove = venvars(repository.0.path());
    let mut remove = remove.args(["hook", "remove"]).spawn()?;
    std::thread::sleep(std::time::Duration::from_millis(700));
    let hook = hooks.join("pre-commit");
    fs::write(&hook, fs::read_to_string(&hook)? + "echo mine\n")?;
    drop(held);
    assert!(remove.wait()?.success());
    assert!(fs::read_to_string(&hook)?.contains("echo mine"));
    Ok(())
}
