//! The generators of virtual environments, each in several versions.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use libtest_mimic::Failed;

use super::shells::Grammar;
use super::{cache, clean, succeed, whole};

#[derive(Clone)]
enum Tool {
    Venv,
    Virtualenv,
    Uv,
    /// What a generator writes on Windows, in a folder: `scripts/windows` makes it where none of them runs.
    Written,
}

/// The path of the venv in what was [written][Tool::Written], and its name.
const HERE: (&str, &str) = ("C:\\venvars-here", "venvars-here");

/// One version of a generator.
#[derive(Clone)]
pub struct Generator {
    /// What tests call it.
    pub name: String,
    tool: Tool,
    /// The program, if it is there.
    program: Option<PathBuf>,
    /// Whether what it makes becomes what it makes on Windows.
    is_for_windows: bool,
}

const VIRTUALENVS: [&str; 11] = [
    "20.0.35", "20.4.7", "20.13.4", "20.16.7", "20.21.1", "20.24.7", "20.26.6", "20.29.3", "20.35.4",
    "21.15.8", "newest",
];
const UVS: [&str; 4] = ["0.1.45", "0.4.30", "0.7.22", "newest"];

/// All of them, also those that are missing here, or for a plain `cargo test` the first. CPythons beside the one on the PATH are tested
/// where they happen to be.
pub fn all() -> Vec<Generator> {
    static ALL: LazyLock<Vec<Generator>> = LazyLock::new(look);
    ALL.clone()
}

fn look() -> Vec<Generator> {
    if cfg!(windows)
        && let Some(folder) = env::var_os("VENVARS_TEST_WINDOWS_VENVS")
    {
        return written(Path::new(&folder));
    }
    let in_cache = |name: &str, program: &str| {
        let folder = cache().join(name);
        let bin = if cfg!(windows) { "Scripts" } else { "bin" };
        let program = folder.join(bin).join(format!("{program}{}", std::env::consts::EXE_SUFFIX));
        (folder.join("complete").exists() && program.exists()).then_some(program)
    };
    let mut all = vec![Generator {
        name: "venv".to_owned(),
        tool: Tool::Venv,
        program: which::which("python3").or_else(|_| which::which("python")).ok(),
        is_for_windows: false,
    }];
    if !whole() {
        return all;
    }
    let newest = all[0].program.as_ref().and_then(|program| program.canonicalize().ok());
    for minor in 6..=15 {
        let pyenv = dirs::home_dir().unwrap_or_default().join(".pyenv/versions");
        let found = fs::read_dir(pyenv).into_iter().flatten().flatten().map(|entry| entry.path());
        let prefix = format!("3.{minor}.");
        let python = found
            .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&prefix)))
            .map(|path| path.join("bin/python3"))
            .chain(std::iter::once_with(|| runs(&format!("python3.{minor}"))).flatten())
            .find(|python| python.canonicalize().is_ok_and(|python| Some(python) != newest));
        if let Some(python) = python {
            let name = format!("venv-3.{minor}");
            all.push(Generator { name, tool: Tool::Venv, program: Some(python), is_for_windows: false });
        }
    }
    for version in VIRTUALENVS {
        let name = format!("virtualenv-{version}");
        let program = in_cache(&name, "python");
        all.push(Generator { name, tool: Tool::Virtualenv, program, is_for_windows: false });
    }
    for version in UVS {
        let name = format!("uv-{version}");
        let program = in_cache(&name, "uv");
        all.push(Generator { name, tool: Tool::Uv, program, is_for_windows: false });
    }
    all
}

/// What was [written][Tool::Written] into `folder`, the newest `venv` first.
fn written(folder: &Path) -> Vec<Generator> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut all: Vec<Generator> = entries
        .map(|entry| Generator {
            name: entry.file_name().to_string_lossy().into_owned(),
            tool: Tool::Written,
            program: Some(entry.path()),
            is_for_windows: false,
        })
        .collect();
    all.sort_by(|one, other| one.name.cmp(&other.name));
    let newest = all.iter().rposition(|generator| generator.name.starts_with("venv-")).expect("a venv");
    let newest = all.remove(newest);
    all.insert(0, newest);
    all
}

/// Copies the folder `from`, in which a venv's path stands as [`HERE`], to `to`.
fn copy_written(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to.join("Scripts"))?;
    fs::copy(from.join("pyvenv.cfg"), to.join("pyvenv.cfg"))?;
    let name = to.file_name().unwrap_or_default().to_string_lossy();
    for entry in fs::read_dir(from.join("Scripts"))? {
        let entry = entry?;
        let text = fs::read_to_string(entry.path())?.replace(HERE.0, &to.display().to_string());
        fs::write(to.join("Scripts").join(entry.file_name()), text.replace(HERE.1, &name))?;
    }
    Ok(())
}

/// The Python that runs as `name`, if one does: a shim of pyenv's on the PATH may stand for none.
fn runs(name: &str) -> Option<PathBuf> {
    let output =
        Command::new(which::which(name).ok()?).args(["-c", "import sys; print(sys.executable)"]).output();
    let output = output.ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim_end().into())
}

/// Makes a venv called `.venv` in `folder`, as the newest `venv` does.
pub fn venv_in(folder: &Path) {
    let venv = all().swap_remove(0);
    venv.make(&folder.join(".venv"), folder).unwrap_or_else(|failed| panic!("{:?}", failed.message()));
}

impl Generator {
    /// What is missing to use it.
    pub fn missing(&self) -> Option<String> {
        self.program.is_none().then(|| self.name.clone())
    }

    /// Whether it writes a script in this language: what it does not write has no trials.
    pub fn writes(&self, grammar: Grammar) -> bool {
        let one_of = |names: &[&str]| names.contains(&self.name.as_str());
        match grammar {
            Grammar::Posix | Grammar::Fish | Grammar::Csh => true,
            Grammar::PowerShell => !one_of(&["venv-3.6", "venv-3.7"]),
            Grammar::Nu => {
                !matches!(self.tool, Tool::Venv) && !one_of(&["virtualenv-20.0.35", "virtualenv-20.4.7"])
            }
            // virtualenv 20.5 dropped it, 21 has it again.
            Grammar::Xonsh => one_of(&[
                "virtualenv-20.0.35",
                "virtualenv-20.4.7",
                "virtualenv-21.15.8",
                "virtualenv-newest",
                "uv-newest",
            ]),
            Grammar::Cmd => matches!(self.tool, Tool::Uv) || cfg!(windows),
            Grammar::Python => !matches!(self.tool, Tool::Venv),
        }
    }

    /// Makes a venv without pip in `folder`.
    pub fn make(&self, folder: &Path, home: &Path) -> Result<(), Failed> {
        let program = self.program.as_ref().ok_or("the generator is missing")?;
        let mut command = Command::new(program);
        clean(&mut command, home);
        match self.tool {
            Tool::Venv => command.args(["-m", "venv", "--without-pip"]),
            Tool::Virtualenv => command.args(["-m", "virtualenv", "--quiet", "--without-pip"]),
            Tool::Uv => command.args(["venv", "--quiet", "--python", "python3"]),
            Tool::Written => return Ok(copy_written(program, folder)?),
        };
        succeed(command.arg(folder))?;
        if self.is_for_windows { as_on_windows(folder, matches!(self.tool, Tool::Uv)) } else { Ok(()) }
    }

    /// Whether it makes venvs for Windows.
    pub fn is_for_windows(&self) -> bool {
        self.is_for_windows
    }

    /// The same, for Windows: its venvs have their PowerShell scripts alone, in `Scripts`.
    pub fn for_windows(self) -> Self {
        Self { is_for_windows: true, ..self }
    }
}

/// Makes the venv in `folder` what its generator makes of the same templates on Windows. One with
/// `has_crlf` gets CRLF.
fn as_on_windows(folder: &Path, has_crlf: bool) -> Result<(), Failed> {
    let (bin, scripts) = (folder.join("bin"), folder.join("Scripts"));
    fs::create_dir_all(&scripts)?;
    for entry in fs::read_dir(&bin)? {
        let file = entry?.path();
        if file.extension().is_none_or(|extension| extension != "ps1") {
            continue;
        }
        let mut text = fs::read_to_string(&file)?;
        for (here, there) in [
            ("/bin:\"", "/Scripts;\""),
            ("'bin'", "'Scripts'"),
            ("\"bin\"", "\"Scripts\""),
            ("\":\"", "\";\""),
            ("':'", "';'"),
        ] {
            text = text.replace(here, there);
        }
        if has_crlf {
            text = text.replace('\n', "\r\n");
        }
        fs::write(scripts.join(file.file_name().unwrap_or_default()), text)?;
    }
    Ok(fs::remove_dir_all(bin)?)
}
