//! What a scan found, for a person to read.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::engines::search::finding::{Area, Commit, Commits, Finding, Findings, short};
use crate::engines::search::matcher::Matcher;
use crate::session::scan::report;
use crate::session::selection::{Reason, Selection};
use crate::words::message::{counted, one_line};
use crate::words::name::Name;

/// What stands for the file where standard input is searched.
pub(super) const STDIN: &str = "standard input";

/// `findings` by file and place.
#[must_use]
pub fn in_order(mut findings: Findings) -> Findings {
    findings.findings.sort_by(|one, other| {
        let place = |finding: &Finding| {
            (finding.position.map(|position| (position.line, position.column)), finding.part)
        };
        (&one.file, place(one), &one.name).cmp(&(&other.file, place(other), &other.name))
    });
    findings
}

/// A finding for a person.
pub struct Description {
    /// The file, with the line and the column.
    pub place: String,
    /// What lies there.
    pub sentence: String,
    /// A line for each of its commits.
    pub commits: Vec<String>,
}

impl Description {
    fn of(finding: &Finding) -> Self {
        let kind = match finding.part {
            Area::Commit => "commit ",
            Area::Tag => "tag ",
            Area::Content | Area::FileName | Area::Reference => "",
        };
        let position = finding.position.map(|position| format!(":{position}")).unwrap_or_default();
        let line = |word: &str, Commit { id, author, email, date }: &Commit| {
            format!("{word:7} {} {date} {} <{}>", short(id), one_line(author), one_line(email))
        };
        let commits = finding.commits.iter().flat_map(|Commits { added, removed, .. }| {
            let added = added.iter().map(|commit| line("added", commit));
            added.chain(removed.iter().map(|commit| line("removed", commit)))
        });
        Self {
            place: format!("{kind}{}{position}", one_line(&finding.file)),
            sentence: report::sentence(finding),
            commits: commits.collect(),
        }
    }
}

/// `findings` for a person.
pub fn described(findings: &Findings) -> impl Iterator<Item = Description> {
    findings.findings.iter().map(Description::of)
}

/// What was looked for, and what was not.
#[must_use]
pub fn summary(findings: &Findings, matcher: &Matcher, selection: &Selection, took: Duration) -> String {
    /// How many names of a kind are shown.
    const SHOWN: usize = 8;
    let left_out = |reasons: &[Reason]| {
        let of = |(name, reason): &'_ (Name, Reason)| reasons.contains(reason).then(|| name.to_string());
        selection.left_out.iter().filter_map(of).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>()
    };
    let found = match findings.findings.len() {
        0 => "no secrets found".to_owned(),
        count => {
            let files: BTreeSet<&str> = findings.findings.iter().map(|finding| &*finding.file).collect();
            let names: BTreeSet<&str> =
                findings.findings.iter().map(|finding| finding.name.as_str()).collect();
            let is_in_file = |finding: &Finding| {
                matches!(finding.part, Area::Content | Area::FileName) && finding.file != STDIN
            };
            let place = if findings.findings.iter().all(is_in_file) { "file" } else { "place" };
            let (count, files) = (counted(count, "finding"), counted(files.len(), place));
            format!("{count} of {} in {files}", counted(names.len(), "variable"))
        }
    };
    let searched: Vec<String> = [(findings.files, "file"), (findings.commits, "commit")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, noun)| counted(count, noun))
        .collect();
    let searched =
        if searched.is_empty() { String::new() } else { format!(" in {}", searched.join(" and ")) };
    let seconds = took.as_secs_f64();
    let values = counted(matcher.values(), "value");
    let mut parts = vec![found, format!("searched for {values}{searched} ({seconds:.1} s)")];
    for (reasons, what) in [
        (&[Reason::Short, Reason::Common][..], ["too short or too common"; 2]),
        (&[Reason::NoSecret], ["not a secret", "not secrets"]),
        (&[Reason::Failed], ["its source failed", "their sources failed"]),
    ] {
        let names = left_out(reasons);
        let what = what[usize::from(names.len() > 1)];
        if !names.is_empty() {
            let (count, more) = (names.len(), if names.len() > SHOWN { ", …" } else { "" });
            let names = names[..count.min(SHOWN)].join(", ");
            parts.push(format!("{count} left out: {what} ({names}{more})"));
        }
    }
    for (reason, way) in [(Reason::Unasked, "--ask"), (Reason::NotAllowed, "venvars allow")] {
        let names = left_out(&[reason]);
        if !names.is_empty() {
            parts.push(format!("not looked up: {} ({way})", names.join(", ")));
        }
    }
    if findings.more > 0 {
        parts.push(format!("{} more of the same kind not shown", findings.more));
    }
    let lacks = [
        (findings.is_shallow, "shallow clone: older commits were not scanned (git fetch --unshallow)"),
        (findings.is_partial, "partial clone: objects that were never fetched were not scanned"),
    ];
    parts.extend(lacks.into_iter().filter(|(lacks, _)| *lacks).map(|(_, what)| what.to_owned()));
    if findings.unreachable > 0 {
        let count = findings.unreachable;
        parts.push(format!("{count} in unreachable objects (git gc --prune=now deletes them)"));
    }
    parts.join("; ")
}
