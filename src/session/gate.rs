//! What a hook looks at: whether git is about to commit or push a value.

use std::io;
use std::path::Path;

use crate::engines::search::finding::Findings;
use crate::engines::search::matcher::Matcher;
use crate::model::project::Project;
use crate::session::environment::Files;
use crate::session::hooks::PROJECTS;
use crate::session::ledger;
use crate::session::scan::history::{self, Extent};
use crate::session::scan::staged;
use crate::session::scan::text::in_order;
use crate::session::scan::tree::{self, Homes};
use crate::session::selection::{self, Reason};
use crate::session::sources::{Reach, Sources};
use crate::words::cause::Cause;
use crate::words::error::{Error, Result};
use crate::world::git;
use crate::world::git::hook::Hook;
use crate::world::git::repository::Repository;
use crate::world::variables;

/// What git is about to do, and the projects whose values it must not hold.
pub struct Gate {
    /// The projects of the repository that have secrets.
    pub projects: Vec<Project>,
    /// Whether a project has no secrets here to look for, and should have some.
    pub is_blind: bool,
    repository: Repository,
    /// What is about to be pushed; nothing if something is to be committed.
    pushed: Option<Pushed>,
}

/// What is about to be pushed.
#[derive(Default)]
struct Pushed {
    /// Commits, each as arguments of git rev-list.
    ranges: Vec<Vec<String>>,
    /// What the branches and tags are to be called there.
    names: Vec<String>,
}

/// What was found of one project's values.
pub struct Look {
    /// What was found, in order.
    pub findings: Findings,
    /// For each of them, whether it lies in a file that holds values because it is to.
    pub are_home: Vec<bool>,
    /// What went wrong with values that could not be had.
    pub errors: Vec<Error>,
    /// How many values were not looked for, because a hook asks nobody.
    pub unasked: usize,
}

impl Gate {
    /// The gate of the repository around `here`, whose `hook` git calls. `remote` is the name of the remote that
    /// git gives a pre-push hook, or its address if it has no name; `secrets` is the file that was asked for.
    ///
    /// # Errors
    /// There is no repository, or a project's settings are not as they have to be.
    pub fn of(here: &Path, hook: Hook, remote: Option<&str>, secrets: Option<&Path>) -> Result<Self> {
        let around = Repository::around(here).map(|around| around.at_top().of_hook());
        let repository = around.ok_or_else(|| Error::from(Cause::NoRepository).in_file(here))?;
        let top = repository.folder();
        let pushed = (hook == Hook::PrePush).then(|| pushed(top, remote)).transpose()?;
        let main = git::main_worktree(top)?;
        let (mut projects, mut expects) = (Vec::new(), false);
        for below in [String::new()].into_iter().chain(git::settings(top, PROJECTS)?) {
            // A file that git ignores lies in one working tree; its values leak from all of them.
            let tops = [Some(top), main.as_deref()].into_iter().flatten();
            for folder in tops.map(|top| top.join(&below)).filter(|folder| folder.is_dir()) {
                let project = Project::find(&folder, secrets)?;
                expects |=
                    !project.settings.declared.is_empty() || project.folder.join(ledger::FILE).exists();
                if project.secrets.symlink_metadata().is_ok() {
                    projects.push(project);
                    break;
                }
            }
        }
        // Who works on a project without its secrets has none to lose.
        Ok(Self { is_blind: expects && projects.is_empty(), projects, repository, pushed })
    }

    /// Looks for the values of `project`.
    ///
    /// # Errors
    /// The project's files are not as they have to be, or git fails.
    pub fn look(&self, project: &Project, sources: &Sources) -> Result<Look> {
        let files = Files::read(project.clone(), sources)?;
        let selection = selection::of_project(&files, Reach::Quiet)?;
        let matcher = Matcher::new(&selection.known);
        let mut findings = Findings::default();
        if let Some(Pushed { ranges, names }) = &self.pushed {
            for range in ranges {
                let extent = Extent::Revisions(range.clone());
                findings.append(history::scan(&matcher, &self.repository, &extent)?);
            }
            for name in names {
                findings.append(history::reference(&matcher, name));
            }
        } else {
            findings.append(staged::scan(&matcher, &self.repository)?);
        }
        let findings = in_order(findings);
        let homes = Homes::of(&files);
        let is_home = |file: &Path| homes.has(file) || tree::script_kind(file).is_some();
        let files = findings.findings.iter().map(|finding| self.repository.folder().join(&finding.file));
        Ok(Look {
            are_home: files.map(|file| is_home(&file)).collect(),
            findings,
            errors: selection.errors,
            unasked: selection.left_out.iter().filter(|(_, reason)| *reason == Reason::Unasked).count(),
        })
    }
}

/// What is about to be pushed to `remote`: told on standard input, as git tells a pre-push hook
/// (githooks(5)), or by the variables that the program pre-commit sets.
fn pushed(top: &Path, remote: Option<&str>) -> Result<Pushed> {
    let is_none = |id: &str| id.bytes().all(|byte| byte == b'0');
    let variable = |name| variables::text(name).filter(|value: &String| !value.is_empty());
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
        range.extend((!is_none(remote) && git::has(top, remote)).then(|| remote.to_owned()));
        Some(range)
    };
    if let Some(to) = variables::text("PRE_COMMIT_TO_REF") {
        let from = variables::text("PRE_COMMIT_FROM_REF").unwrap_or_default();
        return Ok(Pushed {
            ranges: range(&to, &from).into_iter().collect(),
            names: variable("PRE_COMMIT_REMOTE_BRANCH").into_iter().collect(),
        });
    }
    let told = io::read_to_string(io::stdin())
        .map_err(|error| Error::could_not("read what is to be pushed", &error))?;
    let refs = told.lines().filter_map(|line| match line.split(' ').collect::<Vec<_>>()[..] {
        [_, local, name, remote] => Some((range(local, remote)?, name.to_owned())),
        _ => None,
    });
    let (ranges, names) = refs.unzip();
    Ok(Pushed { ranges, names })
}
