use std::path::Path;
use std::process::ExitCode;

use venvars::model::project::Project;
use venvars::session::gate::Gate;
use venvars::session::hooks;
use venvars::session::scan::text::as_text;
use venvars::world::git;
use venvars::world::git::hook::Hook;

use super::{Global, Result, console};
use crate::edge::views::hook::{stopped, ways_out};

/// `venvars hook install`: the hooks stop what holds a value of this project.
pub fn install(global: &Global) -> Result<()> {
    let project = global.project()?;
    let places = git::places(&project.folder)?;
    if hooks::are_of_many(&places) {
        global.say(&format!(
            "{}: these are the hooks of every repository that has this core.hooksPath",
            places.hooks.display()
        ));
    }
    hooks::install(&project, &places, |file, what| say(global, &project, file, what))
}

/// `venvars hook remove`: the hooks are as they were.
pub fn remove(global: &Global) -> Result<()> {
    let project = global.project()?;
    hooks::remove(&git::places(&project.folder)?, |file, what| say(global, &project, file, what))
}

fn say(global: &Global, project: &Project, file: &Path, what: &str) {
    global.say(&format!("{}: {what}", project.shown(file).display()));
}

/// `venvars hook run`, which the hooks call: looks at what is to be committed or pushed. Exit code 1 stops it.
pub fn run(global: &Global, hook: Hook, address: Option<&str>) -> Result<ExitCode> {
    let gate = Gate::of(global.start(), hook, address, global.secrets.as_deref())?;
    let (command, scan) = match hook {
        Hook::PreCommit | Hook::PreMergeCommit => ("commit", "--staged"),
        Hook::PrePush => ("push", "--history"),
    };
    let (mut ways, mut stops, mut unasked) = (Vec::new(), false, 0);
    for project in &gate.projects {
        global.keep(project);
        let look = gate.look(project, &global.sources)?;
        let found = &look.findings.findings;
        if !found.is_empty() {
            console::say(as_text(&look.findings).trim_end());
        }
        // Whoever cannot get at a value has to be able to commit all the same.
        look.findings.errors.iter().chain(&look.errors).for_each(console::complain);
        stops |= !found.is_empty() || !look.findings.errors.is_empty();
        unasked += look.unasked;
        ways.extend(ways_out(&look, hook == Hook::PrePush));
    }
    if unasked > 0 {
        let values = if unasked == 1 { "value" } else { "values" };
        global.say(&format!("venvars: {unasked} {values} not looked for, because a hook asks no command, keyring or passphrase: venvars scan {scan} --ask"));
    }
    if stops {
        console::say(&stopped(ways, command));
    } else if gate.is_blind {
        global.say("venvars: there is no secrets.toml here, so nothing was looked for");
    }
    Ok(u8::from(stops).into())
}
