use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::json;
use venvars::engines::search::matcher::Matcher;
use venvars::engines::shell::block::Content;
use venvars::engines::shell::script::Kind;
use venvars::model::venv::{self, Venv};
use venvars::session::doctor::{self, Finding, Fix};
use venvars::session::environment::Files;
use venvars::session::ledger::Ledger;
use venvars::session::ledger::compromised::{self, Burnt};
use venvars::session::plan::{Scripts, State};
use venvars::session::scan::tree::{self, Homes};
use venvars::session::selection;
use venvars::words::error::{Error, Result};
use venvars::world::disk::lock::Lock;
use venvars::world::disk::replace;
use venvars::world::git;

use super::{apply, hook, init, is_live, list, project_in_part, question, real, scan, shown_path, wanted};
use crate::edge::cli::{self, Global, Venvs};
use crate::edge::console;

/// `venvars doctor`: exit code 1 while there is anything that could leak or break.
pub fn run(global: &Global, options: &Venvs, fix: bool, json: bool) -> Result<ExitCode> {
    let mut findings = examine(global, options)?;
    let mut mended = Vec::new();
    if fix {
        // Each once: several findings may have the same mend.
        let mut done = Vec::new();
        let mut errors = Vec::new();
        for finding in &findings {
            if let Some(fix) = &finding.fix
                && !done.contains(fix)
            {
                errors.extend(mend(global, options, fix).err());
                done.push(fix.clone());
            }
        }
        let before = std::mem::replace(&mut findings, examine(global, options)?);
        let is_found = |what: &str| findings.iter().any(|finding| finding.what == what);
        mended.extend(before.into_iter().map(|finding| finding.what).filter(|what| !is_found(what)));
        // What cannot be mended is found again; what is new in that is told as well.
        errors.iter().filter(|error| !is_found(&error.to_string())).for_each(console::complain);
    }
    let is_well = findings.iter().all(|finding| finding.is_advice);
    if json {
        let list: Vec<_> = findings
            .iter()
            .map(|finding| {
                json!({
                    "what": finding.what,
                    "mend": finding.mend,
                    "fixable": finding.fix.is_some(),
                    "advice": finding.is_advice,
                })
            })
            .collect();
        console::answer(&list::print_json(&json!({ "findings": list, "mended": mended, "well": is_well }))?)?;
    } else {
        for what in &mended {
            console::answer(&format!("mended: {what}\n"))?;
        }
        for finding in &findings {
            let word = if finding.is_advice { "advice: " } else { "" };
            console::answer(&format!("{word}{}\n    {}\n", finding.what, finding.mend))?;
        }
        if !fix && findings.iter().any(|finding| finding.fix.is_some()) {
            console::say("`venvars doctor --fix` mends what needs nobody's judgement");
        } else if is_well && !global.quiet {
            console::say("nothing leaks or is broken that venvars knows of");
        }
    }
    Ok(ExitCode::from(u8::from(!is_well)))
}

/// Everything that is found, the worst first.
fn examine(global: &Global, options: &Venvs) -> Result<Vec<Finding>> {
    // What is wrong in a file hides nothing else.
    let (project, mut errors) = project_in_part(global)?;
    let (files, wrong) = Files::read_in_part(project, &global.sources);
    errors.extend(wrong);
    let project = &files.project;
    let shown = |path: &Path| project.shown(path).display().to_string();
    // A file in which every value is encrypted may be read by anybody.
    let is_open = |file: &Path| files.secrets.is_encrypted() && *file == project.secrets;
    let plain: Vec<PathBuf> =
        files.holders().into_iter().filter(|file| file.exists() && !is_open(file)).collect();
    let venvs = match venv::of_project(project, &options.venv) {
        Ok(venvs) => venvs,
        Err(error) if !options.venv.is_empty() => return Err(error),
        // A project may have none yet.
        Err(_) => Vec::new(),
    };
    let mut findings = doctor::standings(&plain, shown)?;
    findings.extend(doctor::modes(&plain, shown));
    let elsewhere = "keep it elsewhere (`secrets = \"/another/place/secrets.toml\"` in the settings), or encrypt its values with age";
    findings.extend(doctor::synced(&plain, shown, elsewhere));
    if !is_open(&project.secrets) {
        findings.extend(doctor::remains(&real(&project.secrets), shown)?);
    }
    findings.extend(errors.iter().map(Finding::of));
    let scripts = Scripts::read(&venvs, &[]);
    let broken: Vec<&Path> = scripts.iter().flat_map(Scripts::broken).collect();
    findings.extend(self::elsewhere(&files, &broken, &venvs)?);
    findings.extend(sources(&files, errors.is_empty())?);
    match scripts.and_then(|scripts| self::scripts(global, &files, &venvs, scripts)) {
        // Nothing is applied of files that are wrong.
        Ok(found) => found
            .into_iter()
            .filter(|one| errors.is_empty() || one.fix != Some(Fix::Apply))
            .for_each(|one| add(&mut findings, one)),
        Err(error) => add(&mut findings, Finding::of(&error)),
    }
    match files.environment(&global.profile) {
        Ok(environment) => findings.extend(doctor::hiding(&environment)),
        Err(error) => add(&mut findings, Finding::of(&error)),
    }
    // Where there is a repository, its hooks can stop what would leak.
    if let Ok(places) = git::places(&project.folder)
        && !hook::are_installed(&places)?
    {
        findings
            .push(Finding::new("git's hooks do not look for secrets", "venvars hook install").as_advice());
    }
    Ok(findings)
}

/// What is missing, wrong, compromised or cannot be had, in any profile: also where a source's own program is not
/// there. Where a file was read in part, nobody knows what is missing.
fn sources(files: &Files, is_whole: bool) -> Result<Vec<Finding>> {
    let mut found = Vec::new();
    let ledger = Ledger::read(&files.project.folder).unwrap_or_else(|error| {
        found.push(Finding::of(&error));
        Ledger::default()
    });
    for profile in files.profiles() {
        let environment = files.environment(&profile)?;
        let (variables, findings, errors) = environment.check();
        let findings = findings.into_iter().filter(|finding| is_whole || finding.problem.is_some());
        let findings = findings.map(venvars::session::environment::Finding::into_error);
        let burnt = compromised::of_environment(&ledger, &environment, &variables)?;
        for error in findings.chain(errors).chain(burnt.into_iter().map(Burnt::into_error)) {
            add(&mut found, Finding::of(&error));
        }
    }
    Ok(found)
}

fn add(findings: &mut Vec<Finding>, new: Finding) {
    if !findings.contains(&new) {
        findings.push(new);
    }
}

/// How the activate scripts stand, and who can read those that hold values, or are to.
fn scripts(global: &Global, files: &Files, venvs: &[Venv], scripts: Scripts) -> Result<Vec<Finding>> {
    let shown = |path: &Path| files.project.shown(path).display().to_string();
    let asks = |index: usize| {
        let remembered = scripts.profile(index);
        files.environment(global.profile.or(&remembered)).is_ok_and(|environment| is_live(&environment))
    };
    let holding: Vec<PathBuf> = (0..venvs.len())
        .filter(|index| !asks(*index) || scripts.holding(*index).next().is_some())
        .map(|index| venvs[index].folder.clone())
        .collect();
    let mut findings = doctor::standings(&holding, shown)?;
    let elsewhere = "keep it elsewhere (`venv = \"/another/place\"` in the settings), or have its scripts ask: `mode = \"live\"`";
    findings.extend(doctor::synced(&holding, shown, elsewhere));
    let open: Vec<PathBuf> =
        (0..venvs.len()).flat_map(|index| scripts.holding(index)).map(Path::to_owned).collect();
    findings.extend(doctor::modes(&open, shown));
    let wanted = wanted(global, files, venvs, &scripts, |environment| {
        if is_live(environment) {
            question(environment).map(Content::Live)
        } else {
            environment.variables().map(|variables| super::holding(environment, variables))
        }
    });
    let plan = match wanted.and_then(|wanted| scripts.plan(&wanted)) {
        Ok(plan) => plan,
        // A value that cannot be had, and is told of already.
        Err(error) => {
            findings.push(Finding::of(&error));
            return Ok(findings);
        }
    };
    findings.extend(plan.scripts.iter().filter_map(|script| {
        let out_of_step = |how: &str| {
            Finding::new(format!("{}: {how}", shown(&script.file)), "venvars apply").fixed_by(Fix::Apply)
        };
        match &script.state {
            State::InSync | State::LeftAlone(_) => None,
            State::OutOfDate => Some(out_of_step("out of date")),
            State::NotApplied => Some(out_of_step("has no variables in it")),
            State::Broken(error) => Some(Finding::of(error)),
        }
    }));
    Ok(findings)
}

/// Values that lie also where they do not belong: in other files of the project, and in what shells
/// remember of what was typed. The `broken` activate scripts are told of as such, and so is that git tracks what
/// holds values because it is to.
fn elsewhere(files: &Files, broken: &[&Path], venvs: &[Venv]) -> Result<Vec<Finding>> {
    let project = &files.project;
    let selection = selection::of_project(files, false)?;
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
    let mut finds =
        tree::scan(&matcher, &project.folder, std::slice::from_ref(&project.folder), true, &homes)?;
    let histories = doctor::histories();
    if !histories.is_empty() {
        finds.append(tree::scan(&matcher, &project.folder, &histories, true, &Homes::default())?);
    }
    // git is asked once, however many values are in how many files.
    let holders = Homes::of(files);
    let of_venvs: BTreeSet<PathBuf> = finds
        .finds
        .iter()
        .map(|find| project.folder.join(&find.file))
        .filter(|file| venvs.iter().any(|venv| file.starts_with(&venv.folder)))
        .collect();
    let of_venvs: Vec<PathBuf> = of_venvs.into_iter().collect();
    let standings = git::standings(&of_venvs)?;
    let is_tracked = |file: &PathBuf| {
        let mut both = of_venvs.iter().zip(&standings);
        both.any(|(known, standing)| known == file && *standing == git::Standing::Tracked)
    };
    finds.finds.retain(|find| {
        let file = project.folder.join(&find.file);
        !(holders.has(&file) || is_tracked(&file))
    });
    let mut by_file: BTreeMap<&str, BTreeMap<String, Option<usize>>> = BTreeMap::new();
    for find in &finds.finds {
        let line = find.position.map(|position| position.line);
        let old = if find.is_old { "an old value of " } else { "" };
        by_file.entry(&find.file).or_default().entry(format!("{old}{}", find.name)).or_insert(line);
    }
    let told = by_file.into_iter().map(|(file, names)| {
        let places: Vec<String> = names
            .into_iter()
            .map(|(name, line)| line.map_or(name.clone(), |line| format!("{name} (line {line})")))
            .collect();
        Finding::new(format!("{}: holds {}", scan::printable(file), places.join(", ")), mend_of(file))
    });
    Ok(told.chain(finds.errors.iter().map(Finding::of)).collect())
}

/// What to do about a file that holds values.
fn mend_of(file: &str) -> String {
    let name = Path::new(file).file_name().unwrap_or_default().to_string_lossy().into_owned();
    if name.contains("hist") {
        "delete the line there; `venvars set NAME` asks for a value, so that no shell remembers it".to_owned()
    } else if Kind::of(&name).is_some() {
        format!(
            "venvars import {} --take moves what it exports to secrets.toml",
            shown_path(Path::new(&scan::printable(file)))
        )
    } else if name == "secrets.py" || name == ".env" || name.starts_with(".env.") {
        format!(
            "venvars import {} takes over what is missing; delete the file then",
            shown_path(Path::new(&scan::printable(file)))
        )
    } else {
        "take it out, and have the code read the environment; `venvars scan --history` says whether git has it".to_owned()
    }
}

fn mend(global: &Global, options: &Venvs, fix: &Fix) -> Result<()> {
    match fix {
        Fix::Private(file) => private(file),
        Fix::Ignore(path) => init::ignore(path).map(|_| ()),
        Fix::Delete(left) => {
            // Whoever holds the lock is writing it.
            let _lock = Lock::take(left.parent().unwrap_or(Path::new(".")))?;
            std::fs::remove_file(left).map_err(|error| Error::io("delete", left, &error))
        }
        Fix::Apply => {
            let venvs = Venvs { venv: options.venv.clone() };
            let scripts = cli::Scripts { venvs, ..cli::Scripts::default() };
            // The answer is what was mended.
            apply::past_broken(&Global { quiet: true, ..global.clone() }, &scripts)
        }
    }
}

/// Lets only its owner read `file`.
#[cfg(unix)]
fn private(file: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let failed = |error| Error::io("change who can read", file, &error);
    let mode = std::fs::metadata(file).map_err(failed)?.permissions().mode() & 0o700;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(mode)).map_err(failed)
}

#[cfg(not(unix))]
fn private(_file: &Path) -> Result<()> {
    Ok(())
}
