//! What a scan has found, for programs to read. No value is in it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use crate::engines::search::finding::{Commit, Commits, Find, Finds, Part};
use crate::engines::search::matcher::Matcher;
use crate::session::selection::Selection;

/// What stands in a path as it is: RFC 3986, sections 2.3 and 3.3.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The finds as one document with stable keys.
#[must_use]
pub fn json(finds: &Finds, matcher: &Matcher, selection: &Selection) -> Json {
    let left_out: Vec<Json> = selection
        .left_out
        .iter()
        .map(|(name, reason)| json!({ "name": name.as_str(), "reason": reason.name() }))
        .collect();
    json!({
        "finds": finds.finds.iter().map(find).collect::<Vec<_>>(),
        "more": finds.more,
        "unreachable": finds.unreachable,
        "shallow": finds.is_shallow,
        "partial": finds.is_partial,
        "values": matcher.values(),
        "left_out": left_out,
        "errors": finds.errors.iter().chain(&selection.errors).map(ToString::to_string).collect::<Vec<_>>(),
    })
}

fn find(find: &Find) -> Json {
    let mut shown = json!({
        "name": find.name.as_str(),
        "old": find.is_old,
        "profile": find.profile.as_deref(),
        "encoding": find.encoding.name(),
        "in": find.part.name(),
        "file": find.file,
        "line": find.position.map(|position| position.line),
        "column": find.position.map(|position| position.column),
    });
    if let Some(Commits { added, removed, is_pushed }) = &find.commits {
        shown["pushed"] = (*is_pushed).into();
        shown["added"] = added.iter().map(commit).collect();
        shown["removed"] = removed.iter().map(commit).collect();
    }
    shown
}

fn commit(commit: &Commit) -> Json {
    json!({ "commit": commit.id, "author": commit.author, "email": commit.email, "date": commit.date })
}

/// What is told of a find in a sentence.
#[must_use]
pub fn sentence(find: &Find) -> String {
    let old = if find.is_old { "an old value of " } else { "" };
    let pushed = if find.commits.as_ref().is_some_and(|commits| commits.is_pushed) { ", pushed" } else { "" };
    let profile = find.profile.iter().map(|profile| format!(" (profile {profile})")).collect::<String>();
    format!("{old}{}{profile}, {}{}{pushed}", find.name, find.encoding.words(), find.part.words())
}

/// The finds in the Static Analysis Results Interchange Format, version 2.1.0, as GitHub reads it.
/// <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>
#[must_use]
pub fn sarif(finds: &Finds) -> Json {
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
                    "shortDescription": { "text": "The value of a variable lies where it does not belong" },
                    "fullDescription": { "text": "The project's own secret values belong into secrets.toml, which git ignores. One of them lies in another file, or in the history." },
                    "help": { "text": "Take the value out of the file. If it was pushed, it has to be assumed that others have read it: change it." },
                    "defaultConfiguration": { "level": "error" },
                    "properties": { "tags": ["security"], "security-severity": "9.0", "precision": "very-high" },
                }],
            } },
            "columnKind": "unicodeCodePoints",
            "results": finds.finds.iter().map(|find| result(find, RULE)).collect::<Vec<_>>(),
        }],
    })
}

fn result(find: &Find, rule: &str) -> Json {
    let sentence = format!("the value of {}", sentence(find));
    let sentence =
        if find.is_old { format!("It holds {}", &sentence["the value of ".len()..]) } else { sentence };
    // The same find has the same print in the next run, wherever in the file it has moved to.
    let print = Sha256::digest(format!(
        "{}\0{}\0{}\0{}",
        find.name,
        find.encoding.name(),
        find.part.name(),
        find.file
    ));
    let print: String = print.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let mut physical =
        json!({ "artifactLocation": { "uri": utf8_percent_encode(&find.file, PATH).to_string() } });
    if let Some(position) = find.position {
        physical["region"] = json!({ "startLine": position.line, "startColumn": position.column });
    }
    let location = match find.part {
        Part::Content | Part::FileName => json!({ "physicalLocation": physical }),
        Part::Commit | Part::Tag | Part::Reference => json!({ "logicalLocations": [{
            "fullyQualifiedName": format!("{} {}", find.part.name(), find.file),
            "kind": find.part.name(),
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
    if let Some(Commits { added, removed, is_pushed }) = &find.commits {
        result["properties"] = json!({
            "pushed": is_pushed,
            "added": added.iter().map(commit).collect::<Vec<_>>(),
            "removed": removed.iter().map(commit).collect::<Vec<_>>(),
        });
    }
    result
}
