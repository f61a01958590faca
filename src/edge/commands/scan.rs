use std::process::ExitCode;
use std::time::Instant;

use venvars::engines::search::matcher::Matcher;
use venvars::session::environment::Files;
use venvars::session::leaks::remember_pushed;
use venvars::session::ledger;
use venvars::session::scan::report;
use venvars::session::scan::search::{Where, search};
use venvars::session::scan::text::{in_order, summary};
use venvars::session::selection;
use venvars::session::sources::Reach;
use venvars::session::worktree::with_secrets;
use venvars::words::error::Result;

use crate::edge::cli::{Global, ScanOptions};
use crate::edge::console;
use crate::edge::opening::tell_of_new;
use crate::edge::progress::while_waiting;
use crate::edge::views::scan::rows;

/// `venvars scan`: exit code 1 if there is a value where it does not belong.
pub fn run(global: &Global, options: &ScanOptions) -> Result<ExitCode> {
    let mut project = global.project()?;
    if global.secrets.is_none() {
        project = with_secrets(project)?;
        global.keep(&project);
    }
    let files = Files::read(project, &global.sources)?;
    tell_of_new(&files);
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
    let started = Instant::now();
    let findings = in_order(while_waiting("scanning", || search(&place, &files, &matcher))?);
    let took = started.elapsed();
    if options.json {
        console::document(&report::json(&findings, &matcher, &selection))?;
    } else if options.sarif {
        console::document(&report::sarif(&findings))?;
    } else {
        console::table(&rows(&findings))?;
    }
    for (name, way) in remember_pushed(&files, &selection, &findings.findings)? {
        let file = ledger::FILE;
        console::warn(&format!(
            "{name} was pushed and must be considered compromised (recorded in {file}: commit it): {way}"
        ));
    }
    findings.errors.iter().for_each(console::complain);
    for error in &selection.errors {
        console::warn(&format!("not searched for: {error}"));
    }
    global.say(&summary(&findings, &matcher, &selection, took));
    if !findings.findings.is_empty() {
        let it = if findings.findings.len() == 1 { "it" } else { "each" };
        global.say(&format!(
            "next: read {it} from os.environ in the code; `venvars rotate NAME` replaces what others may have seen"
        ));
    }
    Ok(ExitCode::from(match (findings.findings.len(), findings.errors.len()) {
        (0, 0) => 0,
        (0, _) => 2,
        _ => 1,
    }))
}
