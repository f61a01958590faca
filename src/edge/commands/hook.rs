use std::path::Path;
use std::process::ExitCode;

use venvars::engines::search::finding::{Area, Finding};
use venvars::model::project::Project;
use venvars::session::gate::Gate;
use venvars::session::hooks;
use venvars::session::scan::text::as_text;
use venvars::words::message::{one_line, shown_path};
use venvars::world::git;
use venvars::world::git::hook::Hook;

use super::{Global, Result, console};

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
pub fn run(global: &Global, hook: Hook, remote: Option<&str>) -> Result<ExitCode> {
    let gate = Gate::of(global.start(), hook, remote, global.secrets.as_deref())?;
    let (command, scan) = match hook {
        Hook::PreCommit => ("commit", "--staged"),
        Hook::PrePush => ("push", "--history"),
    };
    let (mut ways, mut stops, mut unasked) = (Vec::new(), false, 0);
    for project in &gate.projects {
        let look = gate.look(project, &global.sources)?;
        let found = &look.findings.findings;
        if !found.is_empty() {
            console::say(as_text(&look.findings).trim_end());
        }
        // Whoever cannot get at a value has to be able to commit all the same.
        look.findings.errors.iter().chain(&look.errors).for_each(console::complain);
        stops |= !found.is_empty() || !look.findings.errors.is_empty();
        unasked += look.unasked;
        let begin = ways.len();
        for (finding, is_home) in found.iter().zip(look.are_home) {
            let way = way_out(finding, is_home, hook == Hook::PrePush);
            if !ways[begin..].contains(&way) {
                ways.push(way);
            }
        }
        if !found.is_empty() && found.iter().all(|finding| finding.is_old) {
            ways.push("or, as these are old values: see to it that nothing takes them any longer, and go on all the same".to_owned());
        }
    }
    if unasked > 0 {
        let values = if unasked == 1 { "value" } else { "values" };
        global.say(&format!("venvars: {unasked} {values} not looked for, because a hook asks no command, keyring or passphrase: venvars scan {scan} --ask"));
    }
    if stops {
        if !ways.is_empty() {
            ways.push(
                "if a value is no secret, say so: `secret = false` of its variable in the settings"
                    .to_owned(),
            );
        }
        ways.push(format!("to go on all the same: git {command} --no-verify"));
        console::say(&format!("venvars has stopped git\n  {}", ways.join("\n  ")));
    } else if gate.is_blind {
        global.say("venvars: there is no secrets.toml here, so nothing was looked for");
    }
    Ok(u8::from(stops).into())
}

/// What to do about `finding` before it is committed or pushed, in a file that holds values because it is to or
/// in any other.
fn way_out(finding: &Finding, is_home: bool, is_push: bool) -> String {
    let commits = "git rebase -i, or git commit --amend for the last one";
    match (finding.part, is_push) {
        (Area::Reference, _) if finding.file.starts_with("refs/tags/") => {
            "give the tag another name: git tag NEW OLD; git tag -d OLD".to_owned()
        }
        (Area::Reference, _) => "give the branch another name: git branch -m OLD NEW".to_owned(),
        (Area::Tag, _) => "make the tag anew, without the value: git tag -f -a TAG COMMIT".to_owned(),
        (Area::Content, _) if is_home => {
            let file = shown_path(Path::new(&one_line(&finding.file)));
            let then = if is_push { format!(", and take it out of the commits ({commits})") } else { String::new() };
            format!("this file is not git's: git rm -f --cached {file}; have git ignore it{then}")
        }
        (_, true) => format!("take the value out of the commits ({commits})"),
        (Area::FileName, false) => "give the file another name: git mv OLD NEW".to_owned(),
        (_, false) => {
            "take the value out of the file, have the code read os.environ[\"NAME\"], and `git add` the file again"
                .to_owned()
        }
    }
}
