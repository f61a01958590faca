//! One venvars at a time in a folder. The system drops the lock when the process ends, however.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use crate::words::error::{Error, Result};
use crate::world::state;

/// How long the holder of a lock is waited for.
const PATIENCE: Duration = Duration::from_mins(1);

/// A lock on a folder, held until it is dropped.
#[derive(Debug)]
pub struct Lock {
    _file: File,
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
        let mut file = match stand_in(folder).and_then(|file| open(&file)) {
            Ok(file) => file,
            Err(error) => File::open(folder).map_err(|_| error)?,
        };
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
        Ok(Self { _file: file })
    }
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

/// The file that stands for `folder`, named after its device and its number there: it has several paths, it may be.
#[cfg(unix)]
fn stand_in(folder: &Path) -> Result<PathBuf> {
    use std::os::unix::fs::{MetadataExt, chown};

    use crate::world::disk::user;

    let metadata = std::fs::metadata(folder).map_err(|error| Error::io("lock", folder, &error))?;
    let name = format!("{:x}-{:x}", metadata.dev(), metadata.ino());
    // Whom sudo was called by has the lock of his own folders, so that he and root wait for each other.
    let user =
        user::sudo_user().filter(|user| rustix::process::geteuid().is_root() && *user == metadata.uid());
    let Some(user) = user.and_then(uzers::get_user_by_uid) else {
        let locks = state::folder()?.join("locks");
        state::make(&locks)?;
        return Ok(locks.join(name));
    };
    let home = uzers::os::unix::UserExt::home_dir(&user);
    let mut folder = home.to_owned();
    for part in [".local", "state", "venvars", "locks"] {
        folder.push(part);
        if !folder.is_dir() {
            let made = std::fs::create_dir(&folder).and_then(|()| chown(&folder, Some(user.uid()), None));
            made.map_err(|error| Error::io("make", &folder, &error))?;
        }
    }
    let file = folder.join(name);
    open(&file)?;
    chown(&file, Some(user.uid()), None).map_err(|error| Error::io("lock", &file, &error))?;
    Ok(file)
}

#[cfg(not(unix))]
fn stand_in(folder: &Path) -> Result<PathBuf> {
    let file = state::place("locks", &super::canonical(folder).unwrap_or_else(|_| folder.to_owned()))?;
    state::make(file.parent().unwrap_or(&file))?;
    Ok(file)
}
