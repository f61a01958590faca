//! The ways out that a hook shows who is stopped.

use std::path::Path;

use venvars::engines::search::finding::{Area, Finding};
use venvars::session::gate::Look;
use venvars::words::message::{one_line, shown_path};

/// What to do about what was found, each way once.
pub fn remedies(look: &Look, is_push: bool) -> Vec<String> {
    let found = &look.findings.findings;
    let mut ways = Vec::new();
    for (finding, is_home) in found.iter().zip(&look.are_home) {
        let way = remedy(finding, *is_home, is_push);
        if !ways.contains(&way) {
            ways.push(way);
        }
    }
    if !found.is_empty() && found.iter().all(|finding| finding.is_old) {
        ways.push("or, as these are old values: make sure they are revoked, and continue anyway".to_owned());
    }
    ways
}

/// That git's `command` was stopped, and the `ways` out.
pub fn stopped(mut ways: Vec<String>, command: &str) -> String {
    let what = if ways.is_empty() { "could not be scanned" } else { "contains a secret" };
    if !ways.is_empty() {
        ways.push(
            "if the value is not a secret, set `secret = false` for the variable in the settings".to_owned(),
        );
    }
    ways.push(format!("to continue anyway: git {command} --no-verify"));
    format!("blocked by venvars: this {command} {what}\n  {}", ways.join("\n  "))
}

/// What to do about `finding` before it is committed or pushed, in a file meant to hold values or
/// in any other.
fn remedy(finding: &Finding, is_home: bool, is_push: bool) -> String {
    let commits = "git rebase -i, or git commit --amend for the last one";
    match (finding.part, is_push) {
        (Area::Reference, _) if finding.file.starts_with("refs/tags/") => {
            "rename the tag: git tag NEW OLD; git tag -d OLD".to_owned()
        }
        (Area::Reference, _) => "rename the branch: git branch -m OLD NEW".to_owned(),
        (Area::Tag, _) => "recreate the tag without the value: git tag -f -a TAG COMMIT".to_owned(),
        (Area::Content, _) if is_home => {
            let file = shown_path(Path::new(&one_line(&finding.file)));
            let then =
                if is_push { format!(", and remove it from the commits ({commits})") } else { String::new() };
            format!("untrack the file and add it to .gitignore: git rm -f --cached {file}{then}")
        }
        (_, true) => format!("remove the value from the commits ({commits})"),
        (Area::FileName, false) => "rename the file: git mv OLD NEW".to_owned(),
        (_, false) => {
            "remove the value from the file, read it from os.environ instead, and `git add` the file again"
                .to_owned()
        }
    }
}
