//! A real GNOME Keyring in a D-Bus session of its own, without a display, for as long as a test runs.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use libtest_mimic::Failed;
use tempfile::TempDir;

use super::{clean, no_servers, succeed};

/// The password of the login keyring.
const PASSWORD: &str = "correct horse";

/// What is missing for it.
pub fn missing() -> Option<String> {
    let programs = ["dbus-daemon", "gnome-keyring-daemon", "secret-tool", "gdbus"];
    let missing = programs.into_iter().find(|program| which::which(program).is_err());
    no_servers().or_else(|| missing.map(str::to_owned))
}

/// A D-Bus session, with a keyring or without. It ends, and leaves nothing behind, when it is dropped.
pub struct Session {
    // In this order: the daemon goes before its bus, and both before their folder.
    daemon: Option<Child>,
    bus: Child,
    address: String,
    folder: TempDir,
}

impl Session {
    /// A session with an unlocked, empty keyring.
    pub fn unlocked() -> Result<Self, Failed> {
        let mut session = Self::bare()?;
        session.start_keyring()?;
        Ok(session)
    }

    /// A session in which nobody offers the Secret Service.
    pub fn bare() -> Result<Self, Failed> {
        // Not in $TMPDIR: the path of a socket has at most 108 bytes, see unix(7).
        let folder = tempfile::Builder::new().prefix("vv").tempdir_in("/tmp")?;
        for name in ["home", "run", "data"] {
            private_folder(&folder.path().join(name))?;
        }
        // Without service files: what is not started here must not start by itself.
        let config = folder.path().join("bus.conf");
        fs::write(
            &config,
            format!(
                "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN\" \
                 \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">\n<busconfig><type>session</type>\
                 <listen>unix:path={}</listen><policy context=\"default\"><allow send_destination=\"*\" \
                 eavesdrop=\"true\"/><allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>\n",
                folder.path().join("run/bus").display()
            ),
        )?;
        let mut command = Command::new("dbus-daemon");
        clean(&mut command, &folder.path().join("home"));
        let mut bus = command
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--print-address=1"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut address = String::new();
        if let Some(out) = bus.stdout.take() {
            BufReader::new(out).read_line(&mut address)?;
        }
        let session = Self { daemon: None, bus, address: address.trim().to_owned(), folder };
        if session.address.is_empty() { Err("dbus-daemon gave no address".into()) } else { Ok(session) }
    }

    fn start_keyring(&mut self) -> Result<(), Failed> {
        let mut command = self.command("gnome-keyring-daemon");
        let mut daemon = command
            .args(["--unlock", "--components=secrets", "--foreground"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        // The password ends with the input.
        daemon.stdin.take().ok_or("no input")?.write_all(PASSWORD.as_bytes())?;
        self.daemon = Some(daemon);
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let alias =
                self.call("/org/freedesktop/secrets", "org.freedesktop.Secret.Service.ReadAlias", "default");
            if alias.is_ok_and(|path| path.contains("collection")) {
                return Ok(());
            }
            if Instant::now() > deadline {
                return Err("gnome-keyring-daemon did not start".into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn call(&self, path: &str, method: &str, argument: &str) -> Result<String, Failed> {
        let mut command = self.command("gdbus");
        command.args(["call", "--session", "--dest", "org.freedesktop.secrets", "--object-path", path]);
        Ok(String::from_utf8_lossy(&succeed(command.args(["--method", method, argument]))?.stdout)
            .into_owned())
    }

    /// Locks the keyring. Nobody can unlock it: there is no display to ask on.
    pub fn lock(&self) -> Result<(), Failed> {
        let login = "['/org/freedesktop/secrets/aliases/default']";
        self.call("/org/freedesktop/secrets", "org.freedesktop.Secret.Service.Lock", login).map(|_| ())
    }

    /// The variables that put a command into this session.
    pub fn environment(&self) -> Vec<(&'static str, PathBuf)> {
        let folder = self.folder.path();
        vec![
            ("DBUS_SESSION_BUS_ADDRESS", PathBuf::from(&self.address)),
            ("XDG_RUNTIME_DIR", folder.join("run")),
            ("XDG_DATA_HOME", folder.join("data")),
        ]
    }

    /// The home folder of this session.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// A command in this session.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        clean(&mut command, &self.home());
        command.envs(self.environment());
        command
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        for child in self.daemon.iter_mut().chain([&mut self.bus]) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

pub(super) fn private_folder(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().mode(0o700).create(folder)
}
