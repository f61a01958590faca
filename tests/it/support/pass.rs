//! A real store of `pass`, with a key of GnuPG that nobody else has, for as long as a test runs.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use libtest_mimic::Failed;
use tempfile::TempDir;

use super::{clean, keyring::private_folder, no_servers, succeed};

/// What is missing for it.
pub fn missing() -> Option<String> {
    let missing = ["pass", "gpg", "gpgconf"].into_iter().find(|program| which::which(program).is_err());
    no_servers().or_else(|| missing.map(str::to_owned))
}

/// A password store. Its gpg-agent ends, and nothing is left behind, when it is dropped.
pub struct Store {
    folder: TempDir,
}

impl Store {
    /// A store in which `name` is `value`.
    pub fn with(name: &str, value: &str) -> Result<Self, Failed> {
        // Not in $TMPDIR: the agent's socket lies in it, whose path has at most 108 bytes.
        let store = Self { folder: tempfile::Builder::new().prefix("vv").tempdir_in("/tmp")? };
        for part in ["gpg", "home"] {
            private_folder(&store.folder.path().join(part))?;
        }
        let parameters = store.folder.path().join("key");
        fs::write(
            &parameters,
            "%no-protection\nKey-Type: eddsa\nKey-Curve: ed25519\nSubkey-Type: ecdh\nSubkey-Curve: cv25519\n\
             Name-Real: venvars\nName-Email: venvars@localhost\nExpire-Date: 0\n%commit\n",
        )?;
        succeed(store.command("gpg").args(["--batch", "--quiet", "--gen-key"]).arg(&parameters))?;
        succeed(store.command("pass").args(["init", "venvars@localhost"]))?;
        let mut insert = store.command("pass");
        let mut child = insert
            .args(["insert", "--multiline", name])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        child.stdin.take().ok_or("no input")?.write_all(value.as_bytes())?;
        let done = child.wait_with_output()?;
        if done.status.success() {
            Ok(store)
        } else {
            Err(format!("pass insert: {}", String::from_utf8_lossy(&done.stderr)).into())
        }
    }

    /// The variables with which `pass` finds this store.
    pub fn environment(&self) -> Vec<(&'static str, PathBuf)> {
        let folder = self.folder.path();
        vec![("GNUPGHOME", folder.join("gpg")), ("PASSWORD_STORE_DIR", folder.join("store"))]
    }

    /// A command that uses this store.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        clean(&mut command, &self.folder.path().join("home"));
        command.envs(self.environment());
        command
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        let _ = self.command("gpgconf").args(["--kill", "all"]).output();
    }
}
