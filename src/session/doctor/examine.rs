//! Looking for everything that could leak or break.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::engines::search::matcher::Matcher;
use crate::engines::shell::Shell;
use crate::engines::shell::script::ScriptKind;
use crate::model::venv::Venv;
use crate::session::Session;
use crate::session::allow;
use crate::session::apply::{Desired, Purpose, is_live};
use crate::session::doctor::histories::histories;
use crate::session::doctor::names::hiding;
use crate::session::doctor::places::{modes, remains, standings, synced};
use crate::session::doctor::{Fix, Trouble};
use crate::session::environment::{self, Files};
use crate::session::exposure::{self, unprotected};
use crate::session::hooks;
use crate::session::inventory::{Inventory, Resolved};
use crate::session::ledger::Ledger;
use crate::session::ledger::compromised;
use crate::session::plan::file::FileState;
use crate::session::plan::found::Scripts;
use crate::session::scan::tree::{self, Homes};
use crate::session::selection;
use crate::session::sources::Reach;
use crate::words::cause::Cause;
use crate::words::error::{Error, Result};
use crate::words::message::{one_line, shown_path};
use crate::words::system::HERE;
use crate::world::disk::from_here;
use crate::world::disk::real;
use crate::world::disk::replace;
use crate::world::execution_policy;
use crate::world::git;

/// Everything that is found, the worst first; `errors` is what is wrong in the project's files, and `given` are the
/// venvs to look at, if not those of the project.
///
/// # Errors
/// git or a folder cannot be looked into.
pub fn examine(session: &Session, errors: &[Error], given: &[PathBuf]) -> Result<Vec<Trouble>> {
    let files = &session.files;
    let project = session.project();
    let shown = from_here;
    // A file in which every value is encrypted may be read by anybody.
    let is_open = |file: &Path| files.secrets.is_encrypted() && *file == project.secrets;
    let plain: Vec<PathBuf> =
        files.holders().into_iter().filter(|file| file.exists() && !is_open(file)).collect();
    let (venvs, unfit) = match allow::venvs(project, given) {
        Ok(venvs) => (venvs, None),
        Err(error) if !given.is_empty() => return Err(error),
        Err(error) if matches!(error.cause(), Cause::Foreign { .. } | Cause::NotAllowed(_)) => {
            (Vec::new(), Some(error))
        }
        // A project may have none yet.
        Err(_) => (Vec::new(), None),
    };
    let mut findings = standings(&plain, shown)?;
    for finding in &mut findings {
        if finding.fix == Some(Fix::Ignore(project.secrets.clone())) {
            finding.fix = Some(Fix::IgnoreCopies(real(&project.secrets)));
        }
    }
    findings.extend(
        plain
            .iter()
            .find_map(|file| unprotected(file))
            .map(|what| Trouble::new(what, "keep the project on a drive of Linux's own")),
    );
    findings.extend(modes(&plain, &real(&project.folder), shown));
    let elsewhere = "keep it elsewhere (`secrets = \"/another/place/secrets.toml\"` in the settings), or encrypt its values with age";
    findings.extend(synced(&plain, shown, elsewhere));
    if !is_open(&project.secrets) {
        findings.extend(remains(&real(&project.secrets), shown)?);
    }
    findings.extend(errors.iter().map(Trouble::of));
    findings.extend(files.permission.require(project).err().as_ref().map(Trouble::of));
    findings.extend(unfit.as_ref().map(Trouble::of));
    findings.extend(venvs.iter().filter_map(|venv| {
        let (name, from) = (shown(&venv.folder), venv.moved_from()?);
        let what =
            format!("{name}: moved from {}, which no longer exists", one_line(&from.display().to_string()));
        Some(Trouble::new(what, format!("recreate it: {}", HERE.new_venv(Path::new(&name), true))))
    }));
    let scripts = Scripts::read(&venvs, &[]);
    let broken: Vec<&Path> = scripts.iter().flat_map(Scripts::broken).collect();
    findings.extend(self::elsewhere(files, &broken, &venvs)?);
    findings.extend(sources(files, errors.is_empty())?);
    match scripts.and_then(|scripts| self::scripts(session, &venvs, scripts)) {
        // Nothing is applied of files that are wrong.
        Ok(found) => found
            .into_iter()
            .filter(|one| errors.is_empty() || one.fix != Some(Fix::Apply))
            .for_each(|one| add(&mut findings, one)),
        Err(error) => add(&mut findings, Trouble::of(&error)),
    }
    match session.environment() {
        Ok(environment) => findings.extend(hiding(&environment)),
        Err(error) => add(&mut findings, Trouble::of(&error)),
    }
    if let Some(obstacle) = execution_policy::obstacle().filter(|_| !venvs.is_empty()) {
        findings.push(Trouble::new(obstacle.to_string(), obstacle.remedy()).as_advice());
    }
    // As long as git has the secrets, no script is written, and git cannot be told to ignore them.
    if exposure::guard_tracked(files.all()).is_err() {
        let waits = |one: &&mut Trouble| matches!(one.fix, Some(Fix::Apply | Fix::IgnoreCopies(_)));
        findings.iter_mut().filter(waits).for_each(|one| one.fix = None);
    }
    // Where there is a repository, its hooks can stop what would leak.
    if let Ok(places) = git::places(&project.folder)
        && !hooks::are_installed(&places)
    {
        findings
            .push(Trouble::new("the git hooks do not look for secrets", "venvars hook install").as_advice());
    }
    Ok(findings)
}

/// What is missing, wrong, compromised or cannot be had, in any profile: also where a source's own program is not
/// there. Where a file was read in part, it is not known what is missing.
fn sources(files: &Files, is_whole: bool) -> Result<Vec<Trouble>> {
    let mut found = Vec::new();
    let ledger = Ledger::read(&files.project.folder).unwrap_or_else(|error| {
        found.push(Trouble::of(&error));
        Ledger::default()
    });
    let inventory = Inventory::of(files, Reach::All)?;
    for Resolved { environment, outcome } in &inventory.profiles {
        let findings = environment.findings(&outcome.variables);
        let findings = findings.into_iter().filter(|finding| is_whole || finding.problem.is_some());
        for error in findings.map(environment::Flaw::into_error) {
            add(&mut found, Trouble::of(&error));
        }
        outcome.errors.iter().for_each(|error| add(&mut found, Trouble::of(error)));
    }
    for compromised in compromised::of(&ledger, &files.project.settings, inventory.values())? {
        add(&mut found, Trouble::of(compromised.error()));
    }
    Ok(found)
}

fn add(findings: &mut Vec<Trouble>, new: Trouble) {
    if !findings.contains(&new) {
        findings.push(new);
    }
}

/// How the activate scripts stand, and who can read those that hold values, or are to.
fn scripts(session: &Session, venvs: &[Venv], scripts: Scripts) -> Result<Vec<Trouble>> {
    let shown = from_here;
    let asks = |index: usize| {
        let remembered = scripts.profile(index);
        session
            .files
            .environment(session.choice.or(&remembered))
            .is_ok_and(|environment| is_live(&environment))
    };
    let holding: Vec<PathBuf> = (0..venvs.len())
        .filter(|index| !asks(*index) || scripts.holding(*index).next().is_some())
        .map(|index| venvs[index].folder.clone())
        .collect();
    let mut findings = standings(&holding, shown)?;
    let elsewhere = "keep it elsewhere (`venv = \"/another/place\"` in the settings), or have its scripts ask: `mode = \"live\"`";
    findings.extend(synced(&holding, shown, elsewhere));
    let open: Vec<PathBuf> =
        (0..venvs.len()).flat_map(|index| scripts.holding(index)).map(Path::to_owned).collect();
    findings.extend(modes(&open, &real(&session.project().folder), shown));
    let desired = Desired::of(session, &scripts, Purpose::Compare);
    let plan = match desired.and_then(|desired| scripts.plan(&desired.wanted)) {
        Ok(plan) => plan,
        // A value that cannot be had, and is told of already.
        Err(error) => {
            findings.push(Trouble::of(&error));
            return Ok(findings);
        }
    };
    let mut behind: BTreeMap<(usize, &str), BTreeSet<Shell>> = BTreeMap::new();
    for script in &plan.scripts {
        let how = match &script.file.state {
            FileState::InSync | FileState::LeftAlone(_) => continue,
            FileState::OutOfDate => "out of date",
            FileState::NotApplied => "not applied",
            FileState::Broken(error) => {
                findings.push(Trouble::of(error));
                continue;
            }
        };
        behind.entry((script.file.venv, how)).or_default().insert(script.shell);
    }
    findings.extend(behind.into_iter().map(|((venv, how), shells)| {
        let shells: Vec<&str> = shells.into_iter().map(Shell::title).collect();
        let what = format!("{}: {how}: {}", shown(&plan.venvs[venv]), shells.join(", "));
        Trouble::new(what, "venvars apply").fixed_by(Fix::Apply)
    }));
    Ok(findings)
}

/// Values that lie also where they do not belong: in other files of the project, and in what shells
/// remember of what was typed. The `broken` activate scripts are reported as such, and so is a file meant to hold
/// values that git tracks.
fn elsewhere(files: &Files, broken: &[&Path], venvs: &[Venv]) -> Result<Vec<Trouble>> {
    let project = &files.project;
    let selection = selection::of_project(files, Reach::Quiet)?;
    let matcher = Matcher::new(&selection.known);
    if matcher.is_empty() {
        return Ok(Vec::new());
    }
    let mut homes = Homes::of(files);
    // What a killed process left of it is told of as that.
    homes.add(&replace::temporary(&real(&project.secrets)));
    for script in broken {
        homes.add(script);
    }
    let mut findings =
        tree::scan(&matcher, &project.folder, std::slice::from_ref(&project.folder), true, &homes)?;
    let histories = histories();
    if !histories.is_empty() {
        findings.append(tree::scan(&matcher, &project.folder, &histories, true, &Homes::default())?);
    }
    // git is asked once, however many values are in how many files.
    let holders = Homes::of(files);
    let of_venvs: BTreeSet<PathBuf> = findings
        .findings
        .iter()
        .map(|finding| project.folder.join(&finding.file))
        .filter(|file| venvs.iter().any(|venv| file.starts_with(&venv.folder)))
        .collect();
    let of_venvs: Vec<PathBuf> = of_venvs.into_iter().collect();
    let standings = git::standings(&of_venvs)?.into_iter().zip(&of_venvs);
    let tracked = standings.filter(|(standing, _)| *standing == git::Standing::Tracked);
    let tracked: BTreeSet<&PathBuf> = tracked.map(|(_, file)| file).collect();
    findings.findings.retain(|finding| {
        let file = project.folder.join(&finding.file);
        !holders.has(&file) && !tracked.contains(&file)
    });
    let mut by_file: BTreeMap<&str, BTreeMap<String, Option<usize>>> = BTreeMap::new();
    for finding in &findings.findings {
        let line = finding.position.map(|position| position.line);
        let old = if finding.is_old { "an old value of " } else { "" };
        by_file.entry(&finding.file).or_default().entry(format!("{old}{}", finding.name)).or_insert(line);
    }
    let told = by_file.into_iter().map(|(file, names)| {
        let places: Vec<String> = names
            .into_iter()
            .map(|(name, line)| line.map_or(name.clone(), |line| format!("{name} (line {line})")))
            .collect();
        let file = from_here(&project.folder.join(file));
        Trouble::new(format!("{}: holds {}", one_line(&file), places.join(", ")), mend_of(&file))
    });
    Ok(told.chain(findings.errors.iter().map(Trouble::of)).collect())
}

/// What to do about a file that holds values.
fn mend_of(file: &str) -> String {
    let name = Path::new(file).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let shown = one_line(file);
    let shown = shown_path(Path::new(&shown));
    if name.contains("hist") {
        "delete that line; `venvars set NAME` prompts for a value, so that it stays out of the history"
            .to_owned()
    } else if ScriptKind::of(&name).is_some() {
        format!("venvars import {shown} --take moves what it exports to secrets.toml")
    } else if name == "secrets.py" || name == ".env" || name.starts_with(".env.") {
        format!("venvars import {shown} imports what is missing; then delete the file")
    } else {
        "remove it and read the environment in the code; `venvars scan --history` shows whether git has it"
            .to_owned()
    }
}
