//! Who can read the files that hold values: other users, git, somebody else's computer.

use std::path::{Path, PathBuf};

use crate::session::doctor::{Fix, Trouble, cloud};
use crate::session::exposure::{pattern, readable_by_others, unread};
use crate::session::ignore::exposed_copies;
use crate::words::error::Result;
use crate::words::message::shown_path;
use crate::words::system::HERE;
use crate::world::disk::real;
use crate::world::disk::replace;
use crate::world::git::{self, Standing};

/// Those of `files` that group or others can read; `shown` is how a person writes a path.
/// Those outside of `folder`, the project's, are not fixed: the settings may name any file.
pub fn modes(files: &[PathBuf], folder: &Path, shown: impl Fn(&Path) -> String) -> Vec<Trouble> {
    let open = files.iter().filter(|file| readable_by_others(file).is_some());
    open.map(|file| {
        let file_shown = shown(file);
        let what = format!("{file_shown}: others can read it");
        let trouble = Trouble::new(what, format!("chmod 600 {}", shown_path(Path::new(&file_shown))));
        if real(file).starts_with(folder) { trouble.fixed_by(Fix::Private(file.clone())) } else { trouble }
    })
    .collect()
}

/// Those of `paths`, files and folders that hold values, that git has or would take.
///
/// # Errors
/// As for [`git::standings`].
pub fn standings(paths: &[PathBuf], shown: impl Fn(&Path) -> String) -> Result<Vec<Trouble>> {
    let standings = git::standings(paths)?;
    let found = paths.iter().zip(standings).filter_map(|(path, standing)| {
        let name = shown(path);
        match standing {
            Standing::Outside | Standing::Ignored => None,
            Standing::Exposed => {
                let list = path.with_file_name(".gitignore");
                let add = || format!("add {} to {}", pattern(path, false), shown(&list));
                let remedy = unread(&list, &shown).unwrap_or_else(add);
                let trouble = Trouble::new(format!("{name}: git does not ignore it"), remedy);
                Some(trouble.fixed_by(Fix::Ignore(path.clone())))
            }
            Standing::Tracked => Some(Trouble::new(
                format!("{name}: git tracks it"),
                format!(
                    "git rm -r -f --cached {}, and add it to .gitignore; if it was ever pushed, rotate every value",
                    shown_path(Path::new(&name))
                ),
            )),
        }
    });
    Ok(found.collect())
}

/// What a process left that was killed while it wrote `file`; and the copies of it that git would take.
///
/// # Errors
/// As for [`git::standings`].
pub fn remains(file: &Path, shown: impl Fn(&Path) -> String) -> Result<Option<Trouble>> {
    let left = replace::temporary(file);
    if left.exists() {
        let name = shown(&left);
        let what = format!("{name}: left behind with values in it by a killed process");
        let remedy = HERE.deletion(Path::new(&name));
        return Ok(Some(Trouble::new(what, remedy).fixed_by(Fix::Delete(left))));
    }
    let exposed = exposed_copies(file)?;
    let names: Vec<String> = exposed.iter().map(|copy| shown(copy)).collect();
    Ok((!names.is_empty()).then(|| {
        let what =
            format!("{}: git would commit what editors and killed processes leave behind", names.join(", "));
        let remedy = format!("add {} to .gitignore", pattern(file, true));
        Trouble::new(what, remedy).fixed_by(Fix::IgnoreCopies(file.to_owned())).as_advice()
    }))
}

/// Those of `paths` that lie in a folder that is copied to somebody else's computer, each with what else can be
/// done than to have it left out.
pub fn synced(paths: &[PathBuf], shown: impl Fn(&Path) -> String, or: &str) -> Vec<Trouble> {
    let copied = paths.iter().filter_map(|path| Some((path, cloud::copies(path)?)));
    copied
        .map(|(path, who)| {
            Trouble::new(
                format!("{}: {who} copies it elsewhere", shown(path)),
                format!("exclude it from {who}, or {or}"),
            )
        })
        .collect()
}

/// Lets only its owner read `file`.
///
/// # Errors
/// It is not ours to change.
#[cfg(unix)]
pub fn private(file: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;

    use crate::words::error::Error;
    use crate::world::disk::{open, owner};

    let (opened, metadata) = open::regular(file)?.ok_or_else(|| Error::no_file(file))?;
    owner::check(file, &metadata)?;
    let mode = metadata.permissions().mode() & 0o700;
    let done = opened.set_permissions(std::fs::Permissions::from_mode(mode));
    done.map_err(|error| Error::io("change who can read", file, &error))
}

/// The same: on Windows a file has what its folder has.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn private(_file: &Path) -> Result<()> {
    Ok(())
}
