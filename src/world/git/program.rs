//! Which git is run.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::LazyLock;

use crate::world::variables;

/// The git on the PATH. On Windows, where there is none, the one that its own installer or GitHub Desktop has put
/// elsewhere.
pub(super) fn git() -> PathBuf {
    static GIT: LazyLock<PathBuf> = LazyLock::new(|| {
        let elsewhere =
            if cfg!(windows) && which::which("git").is_err() { off_the_path(variables::raw) } else { None };
        elsewhere.unwrap_or_else(|| "git".into())
    });
    GIT.clone()
}

/// A git in the folders that these variables of Windows name.
fn off_the_path(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let below = |name: &str, folder: &str| Some(PathBuf::from(variable(name)?).join(folder));
    let desktop = below("LOCALAPPDATA", "GitHubDesktop").into_iter().flat_map(|folder| {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut versions: Vec<(Vec<u64>, PathBuf)> =
            entries.filter_map(|entry| Some((version(&entry.file_name())?, entry.path()))).collect();
        versions.sort();
        versions.into_iter().rev().map(|(_, folder)| folder.join("resources/app/git"))
    });
    let installed = [below("ProgramFiles", "Git"), below("LOCALAPPDATA", "Programs/Git")];
    let all = installed.into_iter().flatten().chain(desktop);
    all.map(|folder| folder.join("cmd").join("git.exe")).find(|git| git.is_file())
}

/// The numbers of `app-3.4.12`, as GitHub Desktop calls the folder of each of its versions.
fn version(folder: &std::ffi::OsStr) -> Option<Vec<u64>> {
    folder.to_str()?.strip_prefix("app-")?.split('.').map(|number| number.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_installed_git_comes_before_github_desktops_newest() {
        let folder = tempfile::tempdir().unwrap();
        let of = |name: &str| Some(folder.path().join(name).into_os_string());
        let make = |git: &str| {
            let git = folder.path().join(git).join("cmd/git.exe");
            std::fs::create_dir_all(git.parent().unwrap()).unwrap();
            std::fs::write(&git, "").unwrap();
            git
        };
        assert_eq!(off_the_path(of), None);
        assert_eq!(off_the_path(|_| None), None);
        make("LOCALAPPDATA/GitHubDesktop/app-3.9.1/resources/app/git");
        let newest = make("LOCALAPPDATA/GitHubDesktop/app-3.10.0/resources/app/git");
        make("LOCALAPPDATA/GitHubDesktop/packages/resources/app/git");
        assert_eq!(off_the_path(of), Some(newest));
        for installed in ["LOCALAPPDATA/Programs/Git", "ProgramFiles/Git"] {
            let git = make(installed);
            assert_eq!(off_the_path(of), Some(git));
        }
    }
}
