//! Folders that are copied to somebody else's computer.

use std::path::Path;

use crate::session::doctor::names::is_named;
use crate::world::disk;

/// Names of folders by what copies them; a name that ends in `*` is a beginning.
const FOLDERS: [(&str, &str); 21] = [
    ("Dropbox", "Dropbox"),
    ("Dropbox (*", "Dropbox"),
    ("OneDrive", "OneDrive"),
    ("OneDrive -*", "OneDrive"),
    ("OneDrive-*", "OneDrive"),
    ("Google Drive", "Google Drive"),
    ("GoogleDrive-*", "Google Drive"),
    ("My Drive", "Google Drive"),
    ("Mobile Documents", "iCloud"),
    ("iCloudDrive", "iCloud"),
    ("Nextcloud", "Nextcloud"),
    ("ownCloud", "ownCloud"),
    ("pCloudDrive", "pCloud"),
    ("pCloud Drive", "pCloud"),
    ("MEGA", "MEGA"),
    ("MEGAsync", "MEGA"),
    ("Box Sync", "Box"),
    ("Box-Box", "Box"),
    ("Seafile", "Seafile"),
    ("Yandex.Disk", "Yandex Disk"),
    ("Syncthing", "Syncthing"),
];

/// Files and folders that lie at the top of what is copied.
const MARKS: [(&str, &str); 6] = [
    (".dropbox", "Dropbox"),
    (".dropbox.cache", "Dropbox"),
    (".stfolder", "Syncthing"),
    (".nextcloudsync.log", "Nextcloud"),
    (".owncloudsync.log", "ownCloud"),
    (".seafile-data", "Seafile"),
];

/// What copies `path` elsewhere, if it lies in such a folder.
pub(super) fn copies(path: &Path) -> Option<&'static str> {
    let path = disk::canonical(path).unwrap_or_else(|_| path.to_owned());
    path.ancestors().skip(1).find_map(|folder| {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let named = FOLDERS.iter().find(|(known, _)| is_named(&name, known));
        // A home folder has marks of its own in it, which say nothing of all that is below.
        let is_home = dirs::home_dir().is_some_and(|home| home == folder);
        let marked = || MARKS.iter().find(|(mark, _)| !is_home && folder.join(mark).exists());
        named.or_else(marked).map(|(_, who)| *who)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_that_are_copied_are_known_by_name_or_mark() {
        let folder = tempfile::tempdir().unwrap();
        for (path, who) in [
            ("Dropbox/a/secrets.toml", Some("Dropbox")),
            ("OneDrive - Firm/secrets.toml", Some("OneDrive")),
            ("Dropboxes/secrets.toml", None),
            ("a/Dropbox", None),
        ] {
            let file = folder.path().join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(&file, "").unwrap();
            assert_eq!(copies(&file), who, "{path}");
        }
        std::fs::create_dir(folder.path().join("a/.stfolder")).unwrap();
        assert_eq!(copies(&folder.path().join("a/Dropbox")), Some("Syncthing"));
    }
}
