//! What the tests share: the program under test, generators, shells, values.

pub mod generators;
#[cfg(unix)]
pub mod heroku;
#[cfg(target_os = "linux")]
pub mod keyring;
#[cfg(target_os = "linux")]
pub mod pass;
pub mod shells;
pub mod terminal;
pub mod unix;
pub mod values;
pub mod wine;

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::{self, Write};
use std::num::NonZero;
use std::panic::Location;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, Conclusion, Failed, Trial};

/// Whether everything is tried, as `scripts/test` does. A plain `cargo test` tries what is quick and needs
/// nothing that has to be installed first: no server, and of the generators the newest venv only.
pub fn whole() -> bool {
    env::var_os("VENVARS_TEST_ALL").is_some()
}

/// What a trial lacks that needs a server.
#[cfg(unix)]
pub fn no_servers() -> Option<String> {
    (!whole()).then(|| "servers: scripts/test starts them".to_owned())
}

/// Where `scripts/test` installs what it has to. Nothing is there for a plain `cargo test`.
pub fn cache() -> PathBuf {
    if !whole() {
        return PathBuf::from("/nonexistent");
    }
    env::var_os("VENVARS_TEST_CACHE")
        .map_or_else(|| dirs::home_dir().unwrap_or_default().join(".cache/venvars-test"), PathBuf::from)
}

/// Whether something that is missing is a failure and no skip.
pub fn strict() -> bool {
    env::var_os("VENVARS_TEST_STRICT").is_some()
}

/// A trial that needs what `missing` says is not there: shown as ignored, failed in strict mode.
#[track_caller]
pub fn trial(
    name: String,
    missing: Option<String>,
    run: impl FnOnce() -> Result<(), Failed> + Send + 'static,
) -> Trial {
    let file = Location::caller().file();
    match missing {
        None => Trial::test(name.clone(), move || {
            let start = Instant::now();
            let result = run();
            let mut times = TIMES.lock().unwrap_or_else(PoisonError::into_inner);
            times.push((start.elapsed(), format!("{file} {name}")));
            result
        }),
        Some(what) if strict() => Trial::test(name, move || Err(format!("missing: {what}").into())),
        Some(what) => Trial::test(format!("{name} (no {what})"), || Ok(())).with_ignored_flag(true),
    }
}

/// A trial that only Unix can pass: shown as ignored elsewhere, also in strict mode.
#[track_caller]
pub fn on_unix(name: String, run: impl FnOnce() -> Result<(), Failed> + Send + 'static) -> Trial {
    if cfg!(unix) {
        trial(name, None, run)
    } else {
        Trial::test(format!("{name} (not on Windows)"), || Ok(())).with_ignored_flag(true)
    }
}

/// The folder of a venv's scripts.
pub const BIN: &str = if cfg!(windows) { "Scripts" } else { "bin" };

static TIMES: Mutex<Vec<(Duration, String)>> = Mutex::new(Vec::new());

/// Runs all trials: a mark for each, unless some are asked for by name. What is missing is said.
/// `VENVARS_TEST_SLOWEST=N` shows the N slowest.
pub fn run(trials: Vec<Trial>) -> Conclusion {
    let mut arguments = Arguments::from_args();
    arguments.quiet |= arguments.filter.is_none() && !arguments.list;
    // Many of them wait for a shell at a terminal, and leave the processor to others.
    let processors = available_parallelism().map_or(1, NonZero::get);
    arguments.test_threads.get_or_insert(2 * processors);
    if arguments.quiet {
        let mut skipped: BTreeMap<&str, usize> = BTreeMap::new();
        for trial in trials.iter().filter(|trial| trial.has_ignored_flag()) {
            *skipped.entry(trial.name().rsplit_once(" (").map_or("", |(_, missing)| missing)).or_default() +=
                1;
        }
        for (missing, count) in skipped {
            println!("skipped: {count} ({missing}");
        }
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    if let Some(count) = env::var("VENVARS_TEST_SLOWEST").ok().and_then(|count| count.parse().ok()) {
        let mut times = TIMES.lock().unwrap_or_else(PoisonError::into_inner);
        times.sort_unstable_by(|one, other| other.cmp(one));
        for (time, name) in times.iter().take(count) {
            eprintln!("{:7.2} s {name}", time.as_secs_f64());
        }
    }
    conclusion
}

/// The environment that every command of a test starts from.
pub fn clean(command: &mut Command, home: &Path) {
    hear_signals();
    command.env_clear();
    let path = env::var_os("PATH").unwrap_or_default();
    for (name, value) in [("LANG", "C.UTF-8"), ("TERM", "dumb"), ("UV_OFFLINE", "1"), ("WINEDEBUG", "-all")] {
        command.env(name, value);
    }
    for name in ["SystemRoot", "ComSpec", "PATHEXT", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "TEMP", "TMP"]
    {
        if let Some(value) = env::var_os(name) {
            command.env(name, value);
        }
    }
    at_home(command, home)
        .env("PATH", path)
        // What a test writes into its own folder is allowed; the tests of `allow` take this away.
        .env("VENVARS_TRUST", env::temp_dir())
        .env("WINEPREFIX", cache().join("wine"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        // A PowerShell that lives for a second gains nothing from what .NET learns to make it faster.
        .env("DOTNET_TieredPGO", "0")
        .env("DOTNET_TC_CallCounting", "0")
        .stdin(Stdio::null());
}

/// Gives `command` the home `home`. Windows asks no variable where its own folders are.
pub fn at_home<'a>(command: &'a mut Command, home: &Path) -> &'a mut Command {
    if cfg!(windows) {
        command.env("XDG_CONFIG_HOME", home.join(".config"));
        command.env("XDG_STATE_HOME", home.join(".local").join("state"));
    }
    command.env("HOME", home)
}

/// What `&` or nohup has made this process ignore, its children would ignore too, and a shell cannot even
/// trap what it was started to ignore (POSIX, 2.11). A signal with a handler, though, is back at its default
/// in a program that is started.
fn hear_signals() {
    #[cfg(unix)]
    {
        use std::sync::{Arc, Once};

        use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT};
        static HEARD: Once = Once::new();
        HEARD.call_once(|| {
            for signal in [SIGHUP, SIGINT, SIGQUIT].into_iter().filter(|signal| is_ignored(*signal)) {
                signal_hook::flag::register(signal, Arc::default()).unwrap();
            }
        });
    }
}

/// Whether this process ignores `signal`, as far as the system tells: proc(5), `SigIgn`.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    fs::read_to_string("/proc/self/status")
        .unwrap_or_default()
        .lines()
        .find_map(|line| u64::from_str_radix(line.strip_prefix("SigIgn:")?.trim(), 16).ok())
        .is_some_and(|ignored| ignored & (1 << (signal - 1)) != 0)
}

/// Whether Windows is Wine here.
pub fn is_wine() -> bool {
    cfg!(not(windows)) || env::var_os("VENVARS_TEST_WINE").is_some()
}

/// `path`, which was written down at build time: Wine has the files of the system that built it on a drive of its own.
pub fn built(path: &str) -> PathBuf {
    if cfg!(windows) && path.starts_with('/') { format!("Z:{path}").into() } else { path.into() }
}

/// The path of the program under test.
pub fn program() -> PathBuf {
    built(env!("CARGO_BIN_EXE_venvars"))
}

/// The program under test, started in `folder`.
pub fn venvars(folder: &Path) -> Command {
    let mut command = Command::new(program());
    clean(&mut command, folder);
    command.current_dir(folder);
    command
}

/// An editor that puts what `file` holds, in the folder where it is started, in the place of all that was there.
pub fn copying(file: &str) -> String {
    if cfg!(windows) { format!("copy /y {file}") } else { format!("cp {file}") }
}

/// What `make` gives, made once for all trials that share `made`. Where it fails, they all do.
pub fn once<T: Clone>(
    made: &OnceLock<Result<T, String>>,
    make: impl FnOnce() -> Result<T, Failed>,
) -> Result<T, Failed> {
    let make = || make().map_err(|failed| failed.message().unwrap_or("failed").to_owned());
    made.get_or_init(make).clone().map_err(Into::into)
}

/// Runs `command` and expects it to succeed.
pub fn succeed(command: &mut Command) -> Result<Output, Failed> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        Ok(output)
    } else {
        Err(format!(
            "{command:?}: {}\n{}{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )
        .into())
    }
}

/// Runs git with `arguments` in `folder`, which is its home too, and expects it to succeed.
pub fn git(folder: &Path, arguments: &[&str]) -> Result<(), Failed> {
    let mut command = Command::new("git");
    clean(&mut command, folder);
    succeed(command.args(arguments).current_dir(folder)).map(|_| ())
}

/// Runs `command` with `input` on its standard input. It may end before it has read all of that.
pub fn fed(command: &mut Command, input: &[u8]) -> io::Result<Output> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        let _ = stdin.write_all(input);
    }
    child.wait_with_output()
}

/// Writes a secrets file that only its owner can read.
pub fn write_secrets(file: &Path, variables: &[(String, String)]) {
    let text: String =
        variables.iter().map(|(name, value)| format!("{name} = {}\n", toml_string(value))).collect();
    fs::write(file, text).expect("a writable folder");
    private(file);
}

#[cfg(unix)]
pub fn private(file: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(file, fs::Permissions::from_mode(0o600)).expect("our own file");
}

#[cfg(not(unix))]
pub fn private(_file: &Path) {}

/// A basic string of TOML 1.0, every character that may not stand for itself escaped.
pub fn toml_string(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            ' '..='~' => quoted.push(c),
            _ => quoted.push_str(&format!("\\U{:08X}", u32::from(c))),
        }
    }
    quoted + "\""
}
