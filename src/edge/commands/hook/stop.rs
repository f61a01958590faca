//! Whether a hook stops git, and what a person does then.

use std::path::Path;

use venvars::engines::search::finding::{Find, Finds, Part};
use venvars::engines::search::matcher::Matcher;
use venvars::model::project::Project;
use venvars::session::environment::Files;
use venvars::session::scan::history::{self, Extent};
use venvars::session::scan::staged;
use venvars::session::scan::tree::{self, Homes};
use venvars::session::selection::{self, Reason};
use venvars::words::error::Result;
use venvars::world::git::repository::Repository;

use super::super::{scan, shown_path};
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
    let selection = selection::of_project(&files, false)?;
    *unasked += selection.left_out.iter().filter(|(_, reason)| *reason == Reason::Unasked).count();
    let matcher = Matcher::new(&selection.known);
    let mut finds = Finds::default();
    match pushed {
        None => finds.append(staged::scan(&matcher, repository)?),
        Some(Pushed { ranges, names }) => {
            for range in ranges {
                finds.append(history::scan(&matcher, repository, &Extent::Revisions(range.clone()))?);
            }
            for name in names {
                finds.append(history::reference(&matcher, name));
            }
        }
    }
    let finds = scan::in_order(finds);
    if !finds.finds.is_empty() {
        console::say(scan::as_text(&finds).trim_end());
    }
    finds.errors.iter().for_each(console::complain);
    // Whoever cannot get at a value has to be able to commit all the same.
    selection.errors.iter().for_each(console::complain);
    if finds.finds.is_empty() && finds.errors.is_empty() {
        return Ok(None);
    }
    let homes = Homes::of(&files);
    let mut ways: Vec<String> = Vec::new();
    for find in &finds.finds {
        let file = repository.folder().join(&find.file);
        let is_home = homes.has(&file) || tree::script_kind(&file).is_some();
        let way = way_out(find, is_home, pushed.is_some());
        if !ways.contains(&way) {
            ways.push(way);
        }
    }
    if !finds.finds.is_empty() && finds.finds.iter().all(|find| find.is_old) {
        ways.push(
            "or, as these are old values: see to it that nothing takes them any longer, and go on all the same"
                .to_owned(),
        );
    }
    Ok(Some(ways))
}

/// What to do about `find` before it is committed or pushed, in a file that holds values because it is to or in
/// any other.
fn way_out(find: &Find, is_home: bool, is_push: bool) -> String {
    let commits = "git rebase -i, or git commit --amend for the last one";
    match (find.part, is_push) {
        (Part::Reference, _) if find.file.starts_with("refs/tags/") => {
            "give the tag another name: git tag NEW OLD; git tag -d OLD".to_owned()
        }
        (Part::Reference, _) => "give the branch another name: git branch -m OLD NEW".to_owned(),
        (Part::Tag, _) => "make the tag anew, without the value: git tag -f -a TAG COMMIT".to_owned(),
        (Part::Content, _) if is_home => {
            let file = shown_path(Path::new(&scan::printable(&find.file)));
            let then = if is_push { format!(", and take it out of the commits ({commits})") } else { String::new() };
            format!("this file is not git's: git rm -f --cached {file}; have git ignore it{then}")
        }
        (_, true) => format!("take the value out of the commits ({commits})"),
        (Part::FileName, false) => "give the file another name: git mv OLD NEW".to_owned(),
        (_, false) => {
            "take the value out of the file, have the code read os.environ[\"NAME\"], and `git add` the file again"
                .to_owned()
        }
    }
}
