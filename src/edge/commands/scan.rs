use std::collections::BTreeSet;
use std::process::ExitCode;

use venvars::engines::search::Known;
use venvars::engines::search::finding::{Findings, short};
use venvars::engines::search::matcher::Matcher;
use venvars::session::environment::Files;
use venvars::session::ledger;
use venvars::session::ledger::compromised;
use venvars::session::ledger::entry::Leak;
use venvars::session::scan::report;
use venvars::session::scan::search::{Where, search};
use venvars::session::scan::text::{as_text, in_order, summary};
use venvars::session::selection::{self, Selection};
use venvars::session::sources::Reach;
use venvars::session::worktree::with_secrets;
use venvars::words::error::Result;
use venvars::words::name::Name;
use venvars::words::secret::Secret;

use super::{list, project};
use crate::edge::cli::{Global, ScanOptions};
use crate::edge::console;

/// `venvars scan`: exit code 1 if there is a value where it does not belong.
pub fn run(global: &Global, options: &ScanOptions) -> Result<ExitCode> {
    let mut project = project(global)?;
    if global.secrets.is_none() {
        project = with_secrets(project)?;
    }
    let files = Files::read(project, &global.sources)?;
    let selection = selection::of_project(&files, if options.ask { Reach::All } else { Reach::Quiet })?;
    let matcher = Matcher::new(&selection.known);
    let place = Where {
        start: global.directory.as_deref(),
        paths: &options.paths,
        staged: options.staged,
        history: options.history,
        stdin: options.stdin,
        ignored: options.ignored,
    };
    let findings = in_order(search(&place, &files, &matcher)?);
    let text = if options.json {
        list::print_json(&report::json(&findings, &matcher, &selection))?
    } else if options.sarif {
        list::print_json(&report::sarif(&findings))?
    } else {
        as_text(&findings)
    };
    console::answer(&text)?;
    remember(&files, &selection, &findings)?;
    findings.errors.iter().for_each(console::complain);
    for error in &selection.errors {
        console::warn(&format!("not looked for: {error}"));
    }
    if !global.quiet {
        console::say(&summary(&findings, &matcher, &selection));
    }
    Ok(ExitCode::from(match (findings.findings.len(), findings.errors.len()) {
        (0, 0) => 0,
        (0, _) => 2,
        _ => 1,
    }))
}

/// Puts the values that were pushed on the ledger: others may know them.
fn remember(files: &Files, selection: &Selection, findings: &Findings) -> Result<()> {
    let mut pushed: Vec<(&Known, String)> = Vec::new();
    for finding in &findings.findings {
        if let (Some(commits), Some(whole)) = (&finding.commits, selection.whole(finding.known))
            && commits.is_pushed
            && whole.value.chars().count() >= ledger::SHORTEST
            && pushed.iter().all(|(known, _)| (&known.name, &known.value) != (&whole.name, &whole.value))
        {
            let commit = commits.added.first().map(|commit| format!(" in {}", short(&commit.id)));
            pushed.push((whole, format!("pushed{}", commit.unwrap_or_default())));
        }
    }
    let values: Vec<(Name, Secret, String)> = pushed
        .iter()
        .filter_map(|(known, reason)| Some((known, Secret::new(known.value.to_string())?, reason)))
        .flat_map(|(known, value, reason)| {
            let owned = compromised::whose(&files.project.settings, known.name.clone(), value);
            owned.into_iter().map(move |(name, value)| (name, value, reason.clone()))
        })
        .collect();
    if values.is_empty() {
        return Ok(());
    }
    let leaks: Vec<Leak<'_>> =
        values.iter().map(|(name, value, reason)| Leak { name, value, reason: reason.clone() }).collect();
    let are_new = ledger::remember(&files.project.folder, &leaks)?;
    let new: BTreeSet<&Name> =
        leaks.iter().zip(are_new).filter(|(_, new)| *new).map(|(leak, _)| leak.name).collect();
    for name in new {
        let definitions: Vec<_> = files.secrets.all().filter(|one| one.name == *name).collect();
        let way = match definitions[..] {
            _ if pushed.iter().all(|(known, _)| known.name != *name || known.is_old) => {
                "it has another value already".to_owned()
            }
            [definition] => format!("give it a new value: {}", compromised::way_out(definition, None)),
            _ => "`venvars compromised` says how to give it a new value".to_owned(),
        };
        console::warn(&format!(
            "{name} was pushed, so others may know it: remembered in {}; {way}",
            ledger::FILE
        ));
    }
    Ok(())
}
