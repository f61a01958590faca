//! What a scan has found, for programs to read. No value is in it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use crate::engines::search::Encoding;
use crate::engines::search::finding::{Area, Commit, Commits, Finding, Findings};
use crate::engines::search::matcher::Matcher;
use crate::session::selection::Selection;

/// What needs no escape in a path: RFC 3986, sections 2.3 and 3.3.
pub(in crate::session) const PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The findings as one document with stable keys.
#[must_use]
pub fn json(findings: &Findings, matcher: &Matcher, selection: &Selection) -> Json {
    let left_out: Vec<Json> = selection
        .left_out
        .iter()
        .map(|(name, reason)| json!({ "name": name.as_str(), "reason": reason.name() }))
        .collect();
    json!({
        "finds": findings.findings.iter().map(find).collect::<Vec<_>>(),
        "more": findings.more,
        "unreachable": findings.unreachable,
        "shallow": findings.is_shallow,
        "partial": findings.is_partial,
        "values": matcher.values(),
        "left_out": left_out,
        "errors": findings.errors.iter().chain(&selection.errors).map(ToString::to_string).collect::<Vec<_>>(),
    })
}

fn find(finding: &Finding) -> Json {
    let mut shown = json!({
        "name": finding.name.as_str(),
        "old": finding.is_old,
        "profile": finding.profile.as_deref(),
        "encoding": finding.encoding.name(),
        "in": finding.part.name(),
        "file": finding.file,
        "line": finding.position.map(|position| position.line),
        "column": finding.position.map(|position| position.column),
    });
    if let Some(Commits { added, removed, is_pushed }) = &finding.commits {
        shown["pushed"] = (*is_pushed).into();
        shown["added"] = added.iter().map(commit).collect();
        shown["removed"] = removed.iter().map(commit).collect();
    }
    shown
}

fn commit(commit: &Commit) -> Json {
    json!({ "commit": commit.id, "author": commit.author, "email": commit.email, "date": commit.date })
}

/// A finding as a sentence. The usual encoding is not mentioned.
#[must_use]
pub fn sentence(finding: &Finding) -> String {
    let old = if finding.is_old { "an old value of " } else { "" };
    let profile = finding.profile.iter().map(|profile| format!(" (profile {profile})")).collect::<String>();
    let form = match finding.encoding {
        Encoding::Plain => String::new(),
        form => format!(", {}", form.words()),
    };
    let pushed =
        if finding.commits.as_ref().is_some_and(|commits| commits.is_pushed) { ", pushed" } else { "" };
    format!("{old}{}{profile}{form}{}{pushed}", finding.name, finding.part.words())
}

/// The findings in the Static Analysis Results Interchange Format, version 2.1.0, as GitHub reads it.
/// <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>
#[must_use]
pub fn sarif(findings: &Findings) -> Json {
    const RULE: &str = "venvars/leaked-value";
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "venvars",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": [{
                    "id": RULE,
                    "name": "LeakedValue",
                    "shortDescription": { "text": "A secret is where it does not belong" },
                    "fullDescription": { "text": "The project's secrets belong in secrets.toml, which git ignores. One of them is in another file or in the history." },
                    "help": { "text": "Remove the value from the file. If it was pushed, consider it compromised and rotate it." },
                    "defaultConfiguration": { "level": "error" },
                    "properties": { "tags": ["security"], "security-severity": "9.0", "precision": "very-high" },
                }],
            } },
            "columnKind": "unicodeCodePoints",
            "results": findings.findings.iter().map(|finding| result(finding, RULE)).collect::<Vec<_>>(),
        }],
    })
}

fn result(finding: &Finding, rule: &str) -> Json {
    let sentence = format!("the value of {}", sentence(finding));
    let sentence =
        if finding.is_old { format!("It holds {}", &sentence["the value of ".len()..]) } else { sentence };
    // The same find has the same print in the next run, wherever in the file it has moved to.
    let print = Sha256::digest(format!(
        "{}\0{}\0{}\0{}",
        finding.name,
        finding.encoding.name(),
        finding.part.name(),
        finding.file
    ));
    let print: String = print.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let mut physical =
        json!({ "artifactLocation": { "uri": utf8_percent_encode(&finding.file, PATH).to_string() } });
    if let Some(position) = finding.position {
        physical["region"] = json!({ "startLine": position.line, "startColumn": position.column });
    }
    let location = match finding.part {
        Area::Content | Area::FileName => json!({ "physicalLocation": physical }),
        Area::Commit | Area::Tag | Area::Reference => json!({ "logicalLocations": [{
            "fullyQualifiedName": format!("{} {}", finding.part.name(), finding.file),
            "kind": finding.part.name(),
        }] }),
    };
    let mut result = json!({
        "ruleId": rule,
        "ruleIndex": 0,
        "level": "error",
        "message": { "text": sentence },
        "locations": [location],
        "partialFingerprints": { "venvarsFind/v1": print },
    });
    if let Some(Commits { added, removed, is_pushed }) = &finding.commits {
        result["properties"] = json!({
            "pushed": is_pushed,
            "added": added.iter().map(commit).collect::<Vec<_>>(),
            "removed": removed.iter().map(commit).collect::<Vec<_>>(),
        });
    }
    result
}
