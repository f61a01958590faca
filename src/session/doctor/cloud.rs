//! Folders that are copied to somebody else's computer.

use std::path::Path;

use crate::words::name::is_named;
use crate::world::disk;

/// What copies folders elsewhere, the names of these folders (one that ends in `*` is a beginning), and the files and
/// folders that lie at the top of them.
const CLOUDS: [(&str, &[&str], &[&str]); 12] = [
    ("Dropbox", &["Dropbox", "Dropbox (*"], &[".dropbox", ".dropbox.cache"]),
    ("Syncthing", &["Syncthing"], &[".stfolder"]),
    ("OneDrive", &["OneDrive", "OneDrive -*", "OneDrive-*"], &[]),
    ("Google Drive", &["Google Drive", "GoogleDrive-*", "My Drive"], &[]),
    ("iCloud", &["Mobile Documents", "iCloudDrive"], &[]),
    ("Nextcloud", &["Nextcloud"], &[".nextcloudsync.log"]),
    ("ownCloud", &["ownCloud"], &[".owncloudsync.log"]),
    ("pCloud", &["pCloudDrive", "pCloud Drive"], &[]),
    ("MEGA", &["MEGA", "MEGAsync"], &[]),
    ("Box", &["Box Sync", "Box-Box"], &[]),
    ("Seafile", &["Seafile"], &[".seafile-data"]),
    ("Yandex Disk", &["Yandex.Disk"], &[]),
];

/// What copies `path` elsewhere, if it lies in such a folder.
pub(super) fn copies(path: &Path) -> Option<&'static str> {
    let path = disk::canonical(path).unwrap_or_else(|_| path.to_owned());
    path.ancestors().skip(1).find_map(|folder| {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let named = CLOUDS.iter().find(|(_, names, _)| names.iter().any(|known| is_named(&name, known)));
        // A home folder has marks of its own in it, which say nothing of all that is below.
        let is_home = dirs::home_dir().is_some_and(|home| home == folder);
        let has_mark = |marks: &[&str]| !is_home && marks.iter().any(|mark| folder.join(mark).exists());
        let marked = || CLOUDS.iter().find(|(.., marks)| has_mark(marks));
        named.or_else(marked).map(|(who, ..)| *who)
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
