//! Programs of Windows, run by Wine.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use super::{cache, clean};

/// A path as Windows has it there.
pub fn path(path: &Path) -> String {
    format!("Z:{}", path.display().to_string().replace('/', "\\"))
}

/// Whether what Wine runs is tried: `scripts/test --windows` asks for it, since it takes minutes.
pub fn is_asked_for() -> bool {
    env::var_os("VENVARS_TEST_WINDOWS").is_some()
}

/// Our program for Windows, whose path is in that variable.
pub fn exe() -> Option<PathBuf> {
    PathBuf::from(env::var_os("VENVARS_TEST_WINDOWS")?).canonicalize().ok().filter(|exe| exe.is_file())
}

/// PowerShell for Windows in the cache, if it can be run. It needs a terminal.
pub fn powershell() -> Option<PathBuf> {
    which::which("wine").and_then(|_| which::which("script")).ok()?;
    let entries = fs::read_dir(cache()).ok()?;
    let is_it = |folder: &PathBuf| {
        folder.file_name().is_some_and(|name| {
            let name = name.to_string_lossy();
            name.starts_with("powershell-") && name.ends_with("-win-x64")
        })
    };
    let program = entries.flatten().map(|entry| entry.path()).find(is_it)?.join("pwsh.exe");
    program.exists().then_some(program)
}

/// Wine's own folder, which says that it is Windows 10: `scripts/windows` makes it, with what our program needs there.
pub fn prefix() -> &'static Path {
    static PREFIX: LazyLock<PathBuf> = LazyLock::new(|| {
        let prefix = cache().join("windows/prefix");
        let run = |program: &str, arguments: &[&str]| {
            let mut command = Command::new(program);
            clean(&mut command, &cache());
            command.args(arguments).env("WINEPREFIX", &prefix);
            // Without mscoree it does not look for a .NET of its own to install.
            command.env("WINEDLLOVERRIDES", "mscoree=;mshtml=").status().expect("Wine starts")
        };
        if !prefix.join("complete").exists() {
            fs::create_dir_all(&prefix).expect("a writable folder");
            run("wineboot", &["-i"]);
        }
        // A server that stays for a while saves each start over a second.
        run("wineserver", &["-p30"]);
        run("wine", &["winecfg", "-v", "win10"]);
        prefix
    });
    &PREFIX
}

/// Our program for Windows, started in `folder`: `scripts/windows` builds it and says where it is.
pub fn venvars(exe: &Path, folder: &Path) -> Command {
    let mut command = Command::new("wine");
    clean(&mut command, folder);
    command.arg(exe).env("WINEPREFIX", prefix()).env("WINEDLLOVERRIDES", "mscoree=;mshtml=");
    command.env("VENVARS_TRUST", path(&env::temp_dir())).current_dir(folder);
    command
}

/// Runs PowerShell at a terminal: without a console it does nothing and succeeds. What it prints goes by way of files in
/// `out`.
///
/// # Panics
/// Its script does not come to its end.
pub fn run(
    program: &Path,
    arguments: &[String],
    out: &Path,
    home: &Path,
    environment: &[(String, String)],
) -> Output {
    let (stdout, stderr) = (out.join("stdout"), out.join("stderr"));
    let quoted = |text: &str| shell_escape::unix::escape(text.to_owned().into()).into_owned();
    let mut line = format!("exec wine {}", quoted(&program.display().to_string()));
    for argument in arguments {
        line.push_str(&format!(" {}", quoted(argument)));
    }
    line.push_str(&format!(
        " >{} 2>{}",
        quoted(&stdout.display().to_string()),
        quoted(&stderr.display().to_string())
    ));
    let mut command = Command::new("timeout");
    clean(&mut command, home);
    command
        .args(["120", "script", "-qec", &line, "/dev/null"])
        .env("WINEPREFIX", prefix())
        .env("WINEDLLOVERRIDES", "mshtml=")
        // Wine 8 has no memory that is writable here and executable there.
        .env("DOTNET_EnableWriteXorExecute", "0")
        .env("POWERSHELL_TELEMETRY_OPTOUT", "1")
        .env("POWERSHELL_UPDATECHECK", "Off")
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .current_dir(home);
    let ended = command.output().expect("script(1) starts");
    let printed = |file: &Path| fs::read(file).unwrap_or_default();
    let errors = String::from_utf8_lossy(&printed(&stderr)).into_owned();
    let errors: String = errors
        .lines()
        .filter(|line| !line.contains("FS volume label"))
        .map(|line| format!("{line}\n"))
        .collect();
    Output { status: ended.status, stdout: printed(&stdout), stderr: errors.into_bytes() }
}
