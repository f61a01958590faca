//! What a scan found, for a person to read.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::engines::search::finding::{Area, Commit, Commits, Finding, Findings, short};
use crate::engines::search::matcher::Matcher;
use crate::session::scan::report;
use crate::session::selection::{Reason, Selection};
use crate::words::message::one_line;
use crate::words::name::Name;

/// `finds` by file and place.
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

/// `finds` for a person: a line each, and one for each of its commits.
#[must_use]
pub fn as_text(findings: &Findings) -> String {
    let mut text = String::new();
    for finding in &findings.findings {
        let kind = match finding.part {
            Area::Commit => "commit ",
            Area::Tag => "tag ",
            Area::Content | Area::FileName | Area::Reference => "",
        };
        let place = finding.position.map(|position| format!(":{position}")).unwrap_or_default();
        let file = one_line(&finding.file);
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{kind}{file}{place}: {}", report::sentence(finding));
        if let Some(Commits { added, removed, .. }) = &finding.commits {
            for (word, commits) in [("added", added), ("removed", removed)] {
                for Commit { id, author, email, date } in commits {
                    let id = short(id);
                    let _ =
                        writeln!(text, "    {word:7} {id} {date} {} <{}>", one_line(author), one_line(email));
                }
            }
        }
    }
    text
}

/// What was looked for, and what was not.
#[must_use]
pub fn summary(findings: &Findings, matcher: &Matcher, selection: &Selection) -> String {
    /// How many names of a kind are shown.
    const SHOWN: usize = 8;
    let left_out = |reasons: &[Reason]| {
        let of = |(name, reason): &'_ (Name, Reason)| reasons.contains(reason).then(|| name.to_string());
        selection.left_out.iter().filter_map(of).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>()
    };
    let found = match findings.findings.len() {
        0 => "nothing found".to_owned(),
        count => format!("{count} found"),
    };
    let mut parts = vec![found, format!("{} values looked for", matcher.values())];
    for (reasons, what) in [
        (&[Reason::Short, Reason::Common][..], "too short or too common"),
        (&[Reason::NoSecret], "no secret"),
        (&[Reason::Failed], "could not be had"),
    ] {
        let names = left_out(reasons);
        if !names.is_empty() {
            let (count, more) = (names.len(), if names.len() > SHOWN { ", …" } else { "" });
            let names = names[..count.min(SHOWN)].join(", ");
            parts.push(format!("{count} left out: {what} ({names}{more})"));
        }
    }
    for (reason, way) in [(Reason::Unasked, "--ask"), (Reason::NotAllowed, "venvars allow")] {
        let names = left_out(&[reason]);
        if !names.is_empty() {
            parts.push(format!("not asked for: {} ({way})", names.join(", ")));
        }
    }
    if findings.more > 0 {
        parts.push(format!("{} more finds of the same kind are not shown", findings.more));
    }
    let lacks = [
        (findings.is_shallow, "older commits are not here (git fetch --unshallow)"),
        (findings.is_partial, "objects that git has not fetched are not here (clone without --filter)"),
    ];
    parts.extend(lacks.into_iter().filter(|(lacks, _)| *lacks).map(|(_, what)| what.to_owned()));
    if findings.unreachable > 0 {
        let count = findings.unreachable;
        parts.push(format!(
            "{count} in objects that nothing leads to any more (git gc --prune=now deletes them)"
        ));
    }
    parts.join("; ")
}
