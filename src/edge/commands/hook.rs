use std::path::Path;
use std::process::ExitCode;

use venvars::session::gate::Gate;
use venvars::session::hooks;
use venvars::words::error::Result;
use venvars::words::message::counted;
use venvars::world::disk::from_here;
use venvars::world::git;
use venvars::world::git::hook::Hook;

use crate::edge::cli::Global;
use crate::edge::console;
use crate::edge::opening::tell_of_new;
use crate::edge::views::hook::{remedies, stopped};
use crate::edge::views::scan::rows;

/// `venvars hook install`: the hooks stop what holds a value of this project.
pub fn install(global: &Global, outside: bool, recurse: bool) -> Result<()> {
    let project = global.project()?;
    let places = git::places(&project.folder)?;
    if hooks::are_of_many(&places) {
        global.say(&format!(
            "{}: these hooks apply to every repository that uses this core.hooksPath",
            places.hooks.display()
        ));
    }
    hooks::install(&project, &places, outside, |file, what| say(global, file, what))?;
    let submodules = hooks::submodules(&places.top)?;
    if recurse {
        for inner in &submodules {
            hooks::install(&project, inner, outside, |file, what| say(global, file, what))?;
        }
    } else if !submodules.iter().all(hooks::are_installed) {
        global.say("commits in submodules are not scanned: venvars hook install --recurse-submodules");
    }
    Ok(())
}

/// `venvars hook remove`: the hooks are as they were.
pub fn remove(global: &Global) -> Result<()> {
    let project = global.project()?;
    let places = git::places(&project.folder)?;
    for places in std::iter::once(&places).chain(&hooks::submodules(&places.top)?) {
        hooks::remove(places, |file, what| say(global, file, what))?;
    }
    Ok(())
}

fn say(global: &Global, file: &Path, what: &str) {
    global.say(&format!("{}: {what}", from_here(file)));
}

/// `venvars hook run`, which the hooks call: looks at what is to be committed or pushed. Exit code 1 stops it.
pub fn run(global: &Global, hook: Hook, address: Option<&str>) -> Result<ExitCode> {
    let gate = Gate::of(global.start(), hook, address, global.secrets.as_deref())?;
    let (command, scan) = match hook {
        Hook::PreCommit | Hook::PreMergeCommit => ("commit", "--staged"),
        Hook::PrePush => ("push", "--history"),
    };
    let (mut ways, mut stops, mut unasked, mut failed) = (Vec::new(), false, 0, None);
    for project in &gate.projects {
        global.keep(project);
        let look = match gate.look(project, &global.sources) {
            Ok(look) => look,
            // Another one's values may be there.
            Err(error) => {
                failed = failed.or(Some(error));
                continue;
            }
        };
        tell_of_new(&look.files);
        let found = &look.findings.findings;
        if !found.is_empty() {
            console::say_table(&rows(&look.findings));
        }
        // Whoever cannot get at a value has to be able to commit all the same.
        look.findings.errors.iter().chain(&look.errors).for_each(console::complain);
        stops |= !found.is_empty() || !look.findings.errors.is_empty();
        unasked += look.unasked;
        for what in &look.taken_out {
            console::warn(&format!("after this commit, {what}"));
        }
        ways.extend(remedies(&look, hook == Hook::PrePush));
    }
    if unasked > 0 {
        let values = counted(unasked, "value");
        global.say(&format!("venvars: {values} not searched for, because a hook never asks a command, a keyring or for a passphrase: venvars scan {scan} --ask"));
    }
    match failed {
        Some(error) if stops => console::complain(&error),
        Some(error) => return Err(error),
        None => {}
    }
    if stops {
        console::say(&stopped(ways, command));
    } else if gate.is_blind {
        global.say("venvars: no secrets.toml here, so nothing was searched for");
    }
    Ok(u8::from(stops).into())
}
