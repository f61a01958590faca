//! Whether a hook stops git, and what a person does then.

use std::path::Path;

use venvars::engines::search::finding::{Area, Finding, Findings};
use venvars::engines::search::matcher::Matcher;
use venvars::model::project::Project;
use venvars::session::environment::Files;
use venvars::session::scan::history::{self, Extent};
use venvars::session::scan::staged;
use venvars::session::scan::text::{as_text, in_order};
use venvars::session::scan::tree::{self, Homes};
use venvars::session::selection::{self, Reason};
use venvars::session::sources::Reach;
use venvars::words::error::Result;
use venvars::words::message::{one_line, shown_path};
use venvars::world::git::repository::Repository;

use crate::edge::cli::Global;
use crate::edge::console;

/// What is about to be pushed.
#[derive(Default)]
pub struct Pushed {
    /// Commits, each as arguments of git rev-list.
    pub ranges: Vec<Vec<String>>,
    /// What the branches and tags are to be called there.
    pub names: Vec<String>,
}

/// Whether there is a value of `project` in what `repository` is about to commit or, where that is given, to
/// push. It is told of, and the ways out are given, each once; none, if something could not be looked into. A hook asks
/// nobody: `unasked` counts the values that it could not look for.
pub fn stops(
    global: &Global,
    project: Project,
    repository: &Repository,
    pushed: Option<&Pushed>,
    unasked: &mut usize,
) -> Result<Option<Vec<String>>> {
    let files = Files::read(project, &global.sources)?;
    let selection = selection::of_project(&files, Reach::Quiet)?;
    *unasked += selection.left_out.iter().filter(|(_, reason)| *reason == Reason::Unasked).count();
    let matcher = Matcher::new(&selection.known);
    let mut findings = Findings::default();
    match pushed {
        None => findings.append(staged::scan(&matcher, repository)?),
        Some(Pushed { ranges, names }) => {
            for range in ranges {
                findings.append(history::scan(&matcher, repository, &Extent::Revisions(range.clone()))?);
            }
            for name in names {
                findings.append(history::reference(&matcher, name));
            }
        }
    }
    let findings = in_order(findings);
    if !findings.findings.is_empty() {
        console::say(as_text(&findings).trim_end());
    }
    findings.errors.iter().for_each(console::complain);
    // Whoever cannot get at a value has to be able to commit all the same.
    selection.errors.iter().for_each(console::complain);
    if findings.findings.is_empty() && findings.errors.is_empty() {
        return Ok(None);
    }
    let homes = Homes::of(&files);
    let mut ways: Vec<String> = Vec::new();
    for finding in &findings.findings {
        let file = repository.folder().join(&finding.file);
        let is_home = homes.has(&file) || tree::script_kind(&file).is_some();
        let way = way_out(finding, is_home, pushed.is_some());
        if !ways.contains(&way) {
            ways.push(way);
        }
    }
    if !findings.findings.is_empty() && findings.findings.iter().all(|finding| finding.is_old) {
        ways.push(
            "or, as these are old values: see to it that nothing takes them any longer, and go on all the same"
                .to_owned(),
        );
    }
    Ok(Some(ways))
}

/// What to do about `find` before it is committed or pushed, in a file that holds values because it is to or in
/// any other.
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
