//! What git is about to push.

use std::cell::OnceCell;
use std::io;
use std::path::Path;

use crate::engines::search::finding::Findings;
use crate::engines::search::matcher::Matcher;
use crate::session::scan::history::{self, Extent};
use crate::words::error::{Error, Result};
use crate::world::git;
use crate::world::git::repository::Repository;
use crate::world::variables;

/// What git is about to push, and what the place that it goes to has already. Of the remote-tracking branches nobody
/// knows whose they are: `git remote set-url` leaves them, and a remote may have several addresses.
pub struct Pushed {
    /// The commits and tags that are pushed.
    tips: Vec<String>,
    /// What the branches and tags are to be called there.
    names: Vec<String>,
    /// Where they go.
    address: Option<String>,
    /// What is there now in place of them, as far as it is here too.
    replaced: Vec<String>,
    /// Whether something is pushed in place of nothing, or of what is not here.
    is_new: bool,
    /// What else is there: it is asked when that counts.
    there: OnceCell<Vec<String>>,
}

impl Pushed {
    /// What is about to be pushed to `address`: told on standard input, as git tells a pre-push hook (githooks(5)), or
    /// by the variables that the program pre-commit sets.
    ///
    /// # Errors
    /// Standard input cannot be read, or git fails.
    pub fn read(top: &Path, address: Option<&str>) -> Result<Self> {
        let variable = |name| variables::text(name).filter(|value: &String| !value.is_empty());
        let address = address.map(str::to_owned).filter(|address| !address.is_empty());
        let address = address.or_else(|| variable("PRE_COMMIT_REMOTE_URL"));
        let told = match variable("PRE_COMMIT_TO_REF") {
            Some(to) => {
                // In a push it is what the remote of that name is thought to have; else somebody said it.
                let from = variable("PRE_COMMIT_FROM_REF").filter(|_| address.is_none()).unwrap_or_default();
                let name = variable("PRE_COMMIT_REMOTE_BRANCH").unwrap_or_default();
                format!("{to} {to} {name} {from}")
            }
            None => io::read_to_string(io::stdin())
                .map_err(|error| Error::could_not("read what is to be pushed", &error))?,
        };
        let is_none = |id: &str| id.bytes().all(|byte| byte == b'0');
        let (mut tips, mut names, mut replaced) = (Vec::new(), Vec::new(), Vec::new());
        for line in told.lines() {
            // A branch that is deleted brings nothing.
            if let [_, tip, name, there] = line.split(' ').collect::<Vec<_>>()[..]
                && !is_none(tip)
            {
                tips.push(tip.to_owned());
                names.push(name.to_owned());
                replaced.push(there.to_owned());
            }
        }
        replaced.retain(|id| !is_none(id));
        let replaced = git::present(top, &replaced)?;
        let is_new = replaced.len() < tips.len();
        Ok(Self { tips, names, address, replaced, is_new, there: OnceCell::new() })
    }

    /// What lies in what the address may not have yet, and in the new names.
    ///
    /// # Errors
    /// git fails.
    pub fn scan(&self, matcher: &Matcher, repository: &Repository) -> Result<Findings> {
        let mut findings = Findings::default();
        if !self.is_new {
            findings = self.without(&self.replaced, matcher, repository)?;
        }
        // A branch that was merged may be there under its own name.
        if self.is_new || !findings.findings.is_empty() {
            let known = [&self.replaced, self.there(repository.folder())?].concat();
            findings = self.without(&known, matcher, repository)?;
        }
        for name in &self.names {
            findings.append(history::reference(matcher, name));
        }
        Ok(findings)
    }

    /// What lies in what is pushed, and not in what `known` reaches.
    fn without(&self, known: &[String], matcher: &Matcher, repository: &Repository) -> Result<Findings> {
        /// As many as may stand in one command line, also on Windows.
        const MOST: usize = 300;
        let mut findings = Findings::default();
        for tips in self.tips.chunks(MOST) {
            let known = known.iter().take(MOST);
            let range = tips.iter().cloned().chain(["--not".to_owned()]).chain(known.cloned());
            findings.append(history::scan(matcher, repository, &Extent::Revisions(range.collect()))?);
        }
        Ok(findings)
    }

    /// What the address has, as far as it is here too: asked once.
    fn there(&self, top: &Path) -> Result<&[String]> {
        if self.there.get().is_none() {
            let tips = self.address.as_deref().map(|address| git::tips_at(top, address)).unwrap_or_default();
            let _ = self.there.set(git::present(top, &tips)?);
        }
        Ok(self.there.get().map_or(&[], |there| there))
    }
}
