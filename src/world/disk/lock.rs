//! One venvars at a time in a folder. The system drops the lock when the process ends, however.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use crate::words::error::{Error, Result};
use crate::world::state;

/// How long the holder of a lock is waited for.
const PATIENCE: Duration = Duration::from_mins(1);

/// What this process holds: each locked file, with its path. The system would let it wait for itself.
static HELD: Mutex<Vec<(PathBuf, Weak<File>)>> = Mutex::new(Vec::new());

/// A lock on a folder, held until it is dropped. Within a process it can be taken again.
#[derive(Debug)]
pub struct Lock {
    _file: Arc<File>,
}

impl Lock {
    /// Waits until nobody else holds `folder`.
    ///
    /// What is locked (flock(2), `LockFileEx`) is a file of our own in the user's state folder, which nobody else can
    /// open; nothing is left in the folder itself. Where there can be none, it is the folder.
    ///
    /// # Errors
    /// It cannot be locked, or somebody holds it for longer than a minute.
    pub fn take(folder: &Path) -> Result<Self> {
        Self::take_saying(folder, || ())
    }

    /// The same; `say` is called once if somebody else holds it for longer than a write takes, as
    /// `venvars edit` does while the editor is open.
    ///
    /// # Errors
    /// As for [`Self::take`].
    pub fn take_saying(folder: &Path, say: impl Fn()) -> Result<Self> {
        let failed = |error| Error::io("lock", folder, &error);
        let (path, mut file) = match stand_in(folder) {
            Ok(stand_in) => stand_in,
            Err(error) => (folder.to_owned(), File::open(folder).map_err(|_| error)?),
        };
        if let Some(file) = held(&path) {
            return Ok(Self { _file: file });
        }
        if !lock(&file, &say).map_err(failed)? {
            let mut holder = String::new();
            let _ = (&file).take(20).read_to_string(&mut holder);
            let holder = if holder.is_empty() { String::new() } else { format!(" (process {holder})") };
            let seconds = PATIENCE.as_secs();
            return Err(Error::conflict(format!(
                "another venvars{holder} has had this locked for {seconds} s"
            ))
            .in_file(folder)
            .hint("stop it: it may be an editor opened by `venvars edit`"));
        }
        // For whoever waits. The folder, where it is that, takes none.
        let _ = file.set_len(0).and_then(|()| file.rewind());
        let _ = file.write_all(std::process::id().to_string().as_bytes());
        let file = Arc::new(file);
        HELD.lock().unwrap_or_else(PoisonError::into_inner).push((path, Arc::downgrade(&file)));
        Ok(Self { _file: file })
    }
}

/// The file at `path`, if this process holds it.
fn held(path: &Path) -> Option<Arc<File>> {
    let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
    held.retain(|(_, file)| file.strong_count() > 0);
    held.iter().find(|(one, _)| one == path).and_then(|(_, file)| file.upgrade())
}

/// Waits for `file`, and says so after a second; tells whether it has it after [`PATIENCE`].
fn lock(file: &File, say: &impl Fn()) -> io::Result<bool> {
    const STEP: Duration = Duration::from_millis(5);
    let begin = Instant::now();
    let mut is_said = false;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) => {}
        }
        let waited = begin.elapsed();
        if waited >= PATIENCE {
            return Ok(false);
        }
        if !is_said && waited >= Duration::from_secs(1) {
            say();
            is_said = true;
        }
        // Whoever waits for long looks less often.
        thread::sleep(STEP.max(waited / 50));
    }
}

fn open(file: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map_err(|error| Error::io("lock", file, &error))
}

/// The file that stands for `folder`, opened, and its path. It is named after the folder's device and its number there: it has several paths, it may be.
#[cfg(unix)]
fn stand_in(folder: &Path) -> Result<(PathBuf, File)> {
    use std::os::unix::fs::MetadataExt;

    use crate::world::disk::user;

    let metadata = std::fs::metadata(folder).map_err(|error| Error::io("lock", folder, &error))?;
    let name = format!("{:x}-{:x}", metadata.dev(), metadata.ino());
    // Whom sudo was called by has the lock of his own folders, so that he and root wait for each other.
    let user =
        user::sudo_user().filter(|user| rustix::process::geteuid().is_root() && *user == metadata.uid());
    let Some(user) = user.and_then(uzers::get_user_by_uid) else {
        let locks = state::folder()?.join("locks");
        state::make(&locks)?;
        let file = locks.join(name);
        return open(&file).map(|opened| (file, opened));
    };
    let home = uzers::os::unix::UserExt::home_dir(&user);
    let file = LOCKS.iter().fold(home.to_owned(), |folder, part| folder.join(part)).join(&name);
    let opened = open_in_home(home, user.uid(), &name).map_err(|error| Error::io("lock", &file, &error))?;
    Ok((file, opened))
}

/// Where the locks are in a user's home.
#[cfg(unix)]
const LOCKS: [&str; 4] = [".local", "state", "venvars", "locks"];

/// Opens the lock called `name` in `home`, where the user `uid` can put whatever he wants, as a link to what is root's:
/// no link is followed, and everything has to be his or to be made for him now.
#[cfg(unix)]
fn open_in_home(home: &Path, uid: u32, name: &str) -> io::Result<File> {
    use std::os::unix::fs::MetadataExt;

    use rustix::fs::{CWD, Mode, OFlags, mkdirat, openat};
    use rustix::io::Errno;

    let mut folder = File::from(openat(CWD, home, OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?);
    give(&folder, uid, false)?;
    for part in LOCKS {
        let is_new = mkdirat(&folder, part, Mode::RWXU).is_ok();
        let how = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        folder = File::from(openat(&folder, part, how, Mode::empty())?);
        give(&folder, uid, is_new)?;
    }
    let open = |more: OFlags| {
        let how = OFlags::RDWR | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC | more;
        openat(&folder, name, how, Mode::RUSR | Mode::WUSR).map(File::from)
    };
    let (file, is_new) = match open(OFlags::CREATE | OFlags::EXCL) {
        Err(Errno::EXIST) => (open(OFlags::empty())?, false),
        new => (new?, true),
    };
    give(&file, uid, is_new)?;
    let metadata = file.metadata()?;
    let is_plain = metadata.is_file() && metadata.nlink() == 1;
    if is_plain { Ok(file) } else { Err(io::Error::other("it is not a file of its own")) }
}

/// Gives `opened` to the user `uid` if it is new; what is not has to be his.
#[cfg(unix)]
fn give(opened: &File, uid: u32, is_new: bool) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};

    if is_new {
        fchown(opened, Some(uid), None)?;
    }
    let is_his = opened.metadata()?.uid() == uid;
    if is_his { Ok(()) } else { Err(io::Error::other("it belongs to another user")) }
}

#[cfg(not(unix))]
fn stand_in(folder: &Path) -> Result<(PathBuf, File)> {
    let file = state::place("locks", &super::canonical(folder).unwrap_or_else(|_| folder.to_owned()))?;
    state::make(file.parent().unwrap_or(&file))?;
    open(&file).map(|opened| (file, opened))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_waits_for_himself() {
        let folder = tempfile::tempdir().unwrap();
        let begin = Instant::now();
        let first = Lock::take(folder.path()).unwrap();
        let second = Lock::take(&folder.path().join(".")).unwrap();
        assert!(begin.elapsed() < PATIENCE / 2);
        // It is held until the last of them is gone.
        drop(first);
        let (_, other) = stand_in(folder.path()).unwrap();
        assert!(matches!(other.try_lock(), Err(TryLockError::WouldBlock)));
        drop(second);
        other.try_lock().unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_home_leads_root_nowhere_else() {
        use std::fs;
        use std::os::unix::fs::{MetadataExt, chown, symlink};

        // As root for another user, else for oneself.
        let uid =
            if rustix::process::geteuid().is_root() { 12345 } else { rustix::process::geteuid().as_raw() };
        let folder = tempfile::tempdir().unwrap();
        let (home, roots) = (folder.path().join("home"), folder.path().join("roots"));
        let locks = home.join(".local/state/venvars/locks");
        let begin = || {
            let _ = fs::remove_dir_all(&home);
            fs::create_dir(&home).unwrap();
            chown(&home, Some(uid), None).unwrap();
            fs::write(&roots, "roots").unwrap();
        };
        begin();
        open_in_home(&home, uid, "lock").unwrap();
        open_in_home(&home, uid, "lock").unwrap();
        for path in [locks.join("lock"), locks.clone(), home.join(".local")] {
            assert_eq!(fs::metadata(path).unwrap().uid(), uid);
        }
        fs::remove_file(locks.join("lock")).unwrap();
        for target in [&roots, &folder.path().join("none")] {
            symlink(target, locks.join("lock")).unwrap();
            assert!(open_in_home(&home, uid, "lock").is_err());
            fs::remove_file(locks.join("lock")).unwrap();
        }
        fs::hard_link(&roots, locks.join("lock")).unwrap();
        assert!(open_in_home(&home, uid, "lock").is_err());
        // A folder that is linked: the last one, and the first.
        for part in [&locks, &home.join(".local")] {
            begin();
            let elsewhere = folder.path().join("elsewhere");
            fs::create_dir_all(elsewhere.join("state/venvars/locks")).unwrap();
            fs::create_dir_all(part.parent().unwrap()).unwrap();
            for made in part.ancestors().skip(1).take_while(|made| *made != folder.path()) {
                chown(made, Some(uid), None).unwrap();
            }
            symlink(&elsewhere, part).unwrap();
            assert!(open_in_home(&home, uid, "lock").is_err());
            assert!(!elsewhere.join("lock").exists());
        }
        assert_eq!(fs::read(&roots).unwrap(), b"roots");
        assert!(!folder.path().join("none").exists());
    }
}
