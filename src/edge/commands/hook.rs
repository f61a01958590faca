mod stop;

use std::env;
use std::fs;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use venvars::model::project::Project;
use venvars::session::hooks::{are_of_many, beside, is_run, may_hold_block, place, program};
use venvars::session::ledger;
use venvars::words::cause::Cause;
use venvars::words::error::{Error, Result};
use venvars::world::disk;
use venvars::world::disk::lock::Lock;
use venvars::world::disk::replace::{self, Replacement};
use venvars::world::git;
use venvars::world::git::hook::{self, Hook, KEPT};
use venvars::world::git::repository::Repository;

use self::stop::{Pushed, stops};
use super::project;
use crate::edge::cli::Global;
use crate::edge::console;

/// Where the repository keeps the projects that lie below its top, for the hooks to look for.
const PROJECTS: &str = "venvars.project";

/// `venvars hook install`: the hooks stop what holds a value of this project.
pub fn install(global: &Global) -> Result<ExitCode> {
    let project = project(global)?;
    let places = git::places(&project.folder)?;
    let program = program(&places)?;
    if let Ok(below) = project.folder.strip_prefix(&places.top)
        && let Some(below) = below.to_str().filter(|below| !below.is_empty())
    {
        let mut projects = git::settings(&places.top, PROJECTS)?;
        if !projects.iter().any(|known| known == below) {
            projects.push(below.to_owned());
            git::set_settings(&places.top, PROJECTS, &projects)?;
        }
    }
    fs::create_dir_all(&places.hooks).map_err(|error| {
        Error::io("make", &places.hooks, &error)
            .hint("`git config --show-origin core.hooksPath` says who wants the hooks there")
    })?;
    if are_of_many(&places) && !global.quiet {
        console::say(&format!(
            "{}: these are the hooks of every repository that has this core.hooksPath",
            places.hooks.display()
        ));
    }
    for hook in Hook::ALL {
        let file = place(&places, hook);
        let _lock = Lock::take(file.parent().unwrap_or(&places.top))?;
        let before = disk::read(&file)?;
        let is_link = file.is_symlink();
        let (content, kept) = match before.as_deref().map(str::from_utf8) {
            None if !is_link => (hook.with_block("", &program), None),
            Some(Ok(text)) if !is_link && may_hold_block(&places, &file, text) => {
                (hook.with_block(text, &program), None)
            }
            // What is no shell script runs after ours, from beside it; so does what a link leads to, which
            // is others' as well, and what its owner has switched off stays off.
            _ => (hook.before_another(&program), Some(beside(&file, KEPT))),
        };
        if before.as_deref() == Some(content.as_bytes()) && is_run(&places, &file) {
            say(global, &project, &file, "is there already");
            continue;
        }
        if let Some(kept) = &kept {
            if kept.symlink_metadata().is_ok() {
                return Err(Error::conflict("there is a hook of this name already")
                    .in_file(kept)
                    .hint("move it away"));
            }
            fs::rename(&file, kept).map_err(|error| Error::io("rename", &file, &error))?;
        }
        let mode = (before.is_none() || kept.is_some() || !is_run(&places, &file)).then_some(0o755);
        replace::all(&[Replacement { file: &file, content: content.as_bytes(), mode }])?;
        say(global, &project, &file, "installed");
    }
    Ok(ExitCode::SUCCESS)
}

/// `venvars hook remove`: the hooks are as they were.
pub fn remove(global: &Global) -> Result<ExitCode> {
    let project = project(global)?;
    let places = git::places(&project.folder)?;
    for hook in Hook::ALL {
        let usual = places.hooks.join(hook.name());
        let mut files = vec![place(&places, hook), usual.clone(), beside(&usual, hook::LEGACY)];
        files.sort();
        files.dedup();
        for file in files {
            let Some(before) = disk::read(&file)? else {
                continue;
            };
            let Some(after) = str::from_utf8(&before).ok().and_then(hook::without_block) else {
                continue;
            };
            let _lock = Lock::take(file.parent().unwrap_or(&places.top))?;
            let kept = beside(&file, KEPT);
            if kept.symlink_metadata().is_ok() && after.contains(KEPT) {
                fs::rename(&kept, &file).map_err(|error| Error::io("rename", &kept, &error))?;
            } else if after.is_empty() {
                fs::remove_file(&file).map_err(|error| Error::io("delete", &file, &error))?;
            } else {
                replace::all(&[Replacement { file: &file, content: after.as_bytes(), mode: None }])?;
            }
            say(global, &project, &file, "removed");
        }
    }
    git::set_settings(&places.top, PROJECTS, &[])?;
    Ok(ExitCode::SUCCESS)
}

/// `venvars hook run`, which the hooks call: looks at what is to be committed or pushed. Exit code 1
/// stops it.
///
/// `remote` is the name of the remote that git gives a pre-push hook, or its address if it has no name.
pub fn run(global: &Global, hook: Hook, remote: Option<&str>) -> Result<ExitCode> {
    let here = global.directory.as_deref().unwrap_or(Path::new("."));
    let repository = Repository::around(here)
        .ok_or_else(|| Error::from(Cause::NoRepository).in_file(here))?
        .at_top()
        .of_hook();
    let top = repository.folder();
    let pushed = match hook {
        Hook::PreCommit => None,
        Hook::PrePush => Some(pushed(top, remote)?),
    };
    let main = git::main_worktree(top)?;
    let mut below = vec![String::new()];
    below.extend(git::settings(top, PROJECTS)?);
    let mut stopped: Option<Vec<String>> = None;
    let (mut expects, mut is_looked_for, mut unasked) = (false, false, 0);
    for below in below {
        // A file that git ignores lies in one working tree; its values leak from all of them.
        for top in [Some(top), main.as_deref()].into_iter().flatten() {
            let folder = top.join(&below);
            if !folder.is_dir() {
                continue;
            }
            let project = Project::find(&folder, global.secrets.as_deref())?;
            expects |= !project.settings.declared.is_empty() || project.folder.join(ledger::FILE).exists();
            if project.secrets.symlink_metadata().is_ok() {
                is_looked_for = true;
                if let Some(ways) = stops(global, project, &repository, pushed.as_ref(), &mut unasked)? {
                    stopped.get_or_insert_default().extend(ways);
                }
                break;
            }
        }
    }
    if unasked > 0 && !global.quiet {
        let (values, scan) = (
            if unasked == 1 { "value" } else { "values" },
            match hook {
                Hook::PreCommit => "venvars scan --staged --ask",
                Hook::PrePush => "venvars scan --history --ask",
            },
        );
        console::say(&format!(
            "venvars: {unasked} {values} not looked for, because a hook asks no command, keyring or passphrase: {scan}"
        ));
    }
    let Some(mut ways) = stopped else {
        // Who works on a project without its secrets has none to lose.
        if expects && !is_looked_for && !global.quiet {
            console::say("venvars: there is no secrets.toml here, so nothing was looked for");
        }
        return Ok(ExitCode::SUCCESS);
    };
    if !ways.is_empty() {
        ways.push(
            "if a value is no secret, say so: `secret = false` of its variable in the settings".to_owned(),
        );
    }
    let skip = match hook {
        Hook::PreCommit => "commit",
        Hook::PrePush => "push",
    };
    ways.push(format!("to go on all the same: git {skip} --no-verify"));
    console::say(&format!("venvars has stopped git\n  {}", ways.join("\n  ")));
    Ok(ExitCode::FAILURE)
}

/// What is about to be pushed to `remote`: told on standard input, as git tells a pre-push hook
/// (githooks(5)), or by the variables that the program pre-commit sets.
fn pushed(top: &Path, remote: Option<&str>) -> Result<Pushed> {
    let is_none = |id: &str| id.bytes().all(|byte| byte == b'0');
    let variable = |name| env::var(name).ok().filter(|value: &String| !value.is_empty());
    let remote = remote.map(str::to_owned).filter(|name| !name.is_empty());
    // What this remote has is not pushed now; what another one has may be.
    let known = match remote.or_else(|| variable("PRE_COMMIT_REMOTE_NAME")) {
        None => "--remotes".to_owned(),
        Some(name) => format!("--remotes={name}"),
    };
    let range = |local: &str, remote: &str| {
        // A branch that is deleted brings nothing.
        if is_none(local) {
            return None;
        }
        let mut range: Vec<String> = [local, "--not", &known].map(str::to_owned).into();
        if !is_none(remote) && git::has(top, remote) {
            range.push(remote.to_owned());
        }
        Some(range)
    };
    if let Ok(to) = env::var("PRE_COMMIT_TO_REF") {
        let from = env::var("PRE_COMMIT_FROM_REF").unwrap_or_default();
        return Ok(Pushed {
            ranges: range(&to, &from).into_iter().collect(),
            names: variable("PRE_COMMIT_REMOTE_BRANCH").into_iter().collect(),
        });
    }
    let told = io::read_to_string(io::stdin())
        .map_err(|error| Error::could_not("read what is to be pushed", &error))?;
    let mut pushed = Pushed::default();
    for line in told.lines() {
        if let [_, local, name, remote] = line.split(' ').collect::<Vec<_>>()[..]
            && let Some(range) = range(local, remote)
        {
            pushed.ranges.push(range);
            pushed.names.push(name.to_owned());
        }
    }
    Ok(pushed)
}

fn say(global: &Global, project: &Project, file: &Path, what: &str) {
    if !global.quiet {
        console::say(&format!("{}: {what}", project.shown(file).display()));
    }
}
