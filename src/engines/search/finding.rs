//! What a scan has found, without any value.

use std::collections::HashMap;

use crate::engines::search::Encoding;
use crate::engines::search::matcher::{Label, Matcher};
use crate::engines::search::scanner::Hit;
use crate::words::error::{Error, Position};
use crate::words::name::Name;
use crate::words::profile::ProfileName;
use crate::words::table;

/// How often one value in one file or object is told of in one form: a file may hold nothing else.
pub(crate) const MOST: usize = 1000;

/// A value where it does not belong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which of the values that the matcher was made of.
    pub known: usize,
    /// The variable.
    pub name: Name,
    /// Whether the variable has another value by now.
    pub is_old: bool,
    /// The profile that the value is or was in, if it is in one alone.
    pub profile: Option<ProfileName>,
    /// The form that the value lies in.
    pub encoding: Encoding,
    /// Where in the file it lies, or elsewhere in git.
    pub part: Area,
    /// The file as a person in the project would write it; of a message, what it belongs to. A value
    /// in it is replaced by its variable's name.
    pub file: String,
    /// Where in the text; nothing for a name.
    pub position: Option<Position>,
    /// What is known of its commits, if it was looked for in the history.
    pub commits: Option<Commits>,
}

impl Finding {
    /// The value `known` of `matcher` in `part` of `file`; nothing is known of its place and its commits.
    pub(crate) fn new(matcher: &Matcher, known: usize, encoding: Encoding, part: Area, file: String) -> Self {
        let Label { name, is_old, profile, given } = matcher.label(known);
        let (name, profile) = (name.clone(), profile.clone());
        let (known, is_old, position, commits) = (*given, *is_old, None, None);
        Self { known, name, is_old, profile, encoding, part, file, position, commits }
    }
}

table! {
    /// Which part of a project a value lies in.
    #[derive(PartialOrd, Ord, Hash)]
    pub enum Area {
        /// The content of a file.
        Content = "content", "";
        /// The name of a file, or of a folder that it is in.
        FileName = "file_name", ", in the file's name";
        /// The message of a commit.
        Commit = "commit", ", in the commit itself";
        /// The message of a tag.
        Tag = "tag", ", in the tag itself";
        /// The name of a branch, a tag or another reference.
        Reference = "reference", ", in the reference's name";
    }
    /// Its name, in what programs read.
    name: &'static str = 0;
    /// How it is told to a person, after the form; nothing for the usual one.
    words: &'static str = 1;
}

/// The commits of a find.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Commits {
    /// Those that brought the value, the oldest first.
    pub added: Vec<Commit>,
    /// Those that took it away again, the oldest first.
    pub removed: Vec<Commit>,
    /// Whether a branch that is known to be on a remote has one of those that brought it, now or before.
    pub is_pushed: bool,
}

/// A commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its id, all of it.
    pub id: String,
    /// Who wrote it.
    pub author: String,
    /// Their mail address.
    pub email: String,
    /// When, as ISO 8601 has it.
    pub date: String,
}

/// So much of the id of an object as a person needs.
#[must_use]
pub fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}

/// Everything that a scan has found.
#[derive(Debug, Default)]
pub struct Findings {
    /// What was found, by file and place.
    pub findings: Vec<Finding>,
    /// How many more are in places of which [`Findings::findings`] has a thousand of the same kind.
    pub more: usize,
    /// How many values lie in objects of git that nothing leads to any more.
    pub unreachable: usize,
    /// Whether older commits are not there, in a shallow clone.
    pub is_shallow: bool,
    /// Whether objects are not there, in a partial clone.
    pub is_partial: bool,
    /// How many files were looked into.
    pub files: usize,
    /// How many commits were.
    pub commits: usize,
    /// What could not be looked into.
    pub errors: Vec<Error>,
}

impl Findings {
    /// Takes over what another scan has found.
    pub fn append(&mut self, mut other: Self) {
        self.files += other.files;
        self.commits += other.commits;
        self.findings.append(&mut other.findings);
        self.errors.append(&mut other.errors);
        self.more += other.more;
        self.unreachable += other.unreachable;
        self.is_shallow |= other.is_shallow;
        self.is_partial |= other.is_partial;
    }

    /// Adds `hits` in the content of `file`.
    pub fn add(&mut self, matcher: &Matcher, file: &str, hits: &Hits) {
        self.more += hits.more;
        self.findings.extend(hits.list.iter().map(|hit| Finding {
            position: Some(hit.position),
            ..Finding::new(matcher, hit.known, hit.encoding, Area::Content, file.to_owned())
        }));
    }

    /// Adds the values that lie in `path`, which is shown as `file`.
    pub(crate) fn add_names(&mut self, matcher: &Matcher, path: &[u8], file: &str) {
        let found = matcher.find(path).into_iter();
        self.findings.extend(
            found.map(|one| Finding::new(matcher, one.known, one.encoding, Area::FileName, file.to_owned())),
        );
    }
}

/// What lies in one text, up to a bound.
#[derive(Debug, Clone, Default)]
pub struct Hits {
    pub(crate) list: Vec<Hit>,
    pub(crate) more: usize,
    /// How often each value is on the list in each form.
    counts: HashMap<(usize, Encoding), usize>,
}

impl Hits {
    /// Adds `hit`, or only counts it where the same value is there often enough in the same form.
    pub fn push(&mut self, hit: Hit) {
        let count = self.counts.entry((hit.known, hit.encoding)).or_default();
        if *count < MOST {
            *count += 1;
            self.list.push(hit);
        } else {
            self.more += 1;
        }
    }
}
