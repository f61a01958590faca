//! The shells, and how each says what a scenario does.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::{cache, clean, is_wine, wine};

/// A family of shells with one syntax.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grammar {
    Posix,
    Fish,
    Csh,
    Nu,
    Xonsh,
    PowerShell,
    Cmd,
    Python,
}

/// A shell.
#[derive(Debug, Clone)]
pub struct Shell {
    /// What tests call it.
    pub name: &'static str,
    pub grammar: Grammar,
    program: Option<PathBuf>,
    arguments: &'static [&'static str],
    /// Whether Wine runs it.
    is_wine: bool,
}

/// All of them, also those that are missing here.
pub fn all() -> Vec<Shell> {
    use Grammar::{Csh, Fish, Nu, Posix, Python, Xonsh};
    let readers = cache().join("readers-2/bin/xonsh");
    let nu = cache().join("nushell/node_modules/.bin/nu");
    let or = |path: PathBuf, name: &str| if path.exists() { Some(path) } else { which::which(name).ok() };
    let shell = |name, grammar, program: Option<PathBuf>, arguments| Shell {
        name,
        grammar,
        program,
        arguments,
        is_wine: false,
    };
    let on_path = |name| which::which(name).ok();
    let mut all = vec![
        shell("bash", Posix, on_path("bash"), &["--norc", "--noprofile"][..]),
        shell("zsh", Posix, on_path("zsh"), &["-f"]),
        shell("fish", Fish, on_path("fish"), &["--no-config"]),
        shell("python", Python, on_path("python3").or_else(|| on_path("python")), &[]),
        shell("xonsh", Xonsh, or(readers, "xonsh"), &["--no-rc"]),
        shell("nu", Nu, or(nu, "nu"), &["--no-config-file"]),
    ];
    if cfg!(unix) {
        all.extend([
            shell("dash", Posix, on_path("dash"), &[]),
            shell("ksh93", Posix, on_path("ksh93").or_else(|| on_path("ksh")), &[]),
            shell("mksh", Posix, on_path("mksh"), &[]),
            shell("busybox", Posix, on_path("busybox"), &["ash"]),
            shell("yash", Posix, on_path("yash"), &["--norcfile"]),
            shell("tcsh", Csh, on_path("tcsh"), &["-f"]),
            shell("bsd-csh", Csh, on_path("bsd-csh"), &["-f"]),
        ]);
    }
    all
}

/// Other versions of bash, from macOS's 3.2 on, as far as they are in the cache: `scripts/test` puts them there
/// from an archive, since no registry has them.
pub fn bashes() -> Vec<Shell> {
    ["bash-3.2", "bash-4.2", "bash-4.3", "bash-4.4", "bash-5.0", "bash-5.1", "bash-5.3"]
        .into_iter()
        .map(|name| Shell {
            name,
            grammar: Grammar::Posix,
            program: Some(cache().join("bash-old").join(name)).filter(|program| program.exists()),
            arguments: &["--norc", "--noprofile"],
            is_wine: false,
        })
        .filter(|shell| shell.program.is_some())
        .collect()
}

/// PowerShell, and on Windows its old version as well. Wine's own powershell.exe is an empty shell.
pub fn windows() -> Vec<Shell> {
    let is_real = cfg!(not(windows)) || !is_wine();
    ["pwsh", "powershell"]
        .into_iter()
        .filter(|name| cfg!(windows) || *name == "pwsh")
        .map(|name| Shell {
            name,
            grammar: Grammar::PowerShell,
            program: which::which(name).ok().filter(|_| is_real),
            arguments: &["-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-File"],
            is_wine: false,
        })
        .collect()
}

/// PowerShell for Windows, run by Wine: `scripts/windows` puts it into the cache.
pub fn wine_powershell() -> Shell {
    Shell {
        name: "pwsh-windows",
        grammar: Grammar::PowerShell,
        program: wine::powershell(),
        arguments: &["-NoLogo", "-NoProfile", "-NonInteractive", "-File"],
        is_wine: true,
    }
}

/// cmd.exe: Windows's own, elsewhere Wine's.
#[allow(dead_code, reason = "the tests of cmd.exe write their own lines")]
pub fn cmd() -> Shell {
    let (program, arguments): (_, &[&str]) = if cfg!(windows) {
        (which::which("cmd").ok(), &["/d", "/c"])
    } else {
        (which::which("wine").ok(), &["cmd", "/d", "/c"])
    };
    Shell { name: "cmd", grammar: Grammar::Cmd, program, arguments, is_wine: false }
}

/// What a scenario does, one thing after the other.
#[derive(Debug, Clone)]
pub enum Step {
    /// Activate this venv.
    Activate(&'static str),
    Deactivate,
    /// Write the environment to a file of this number.
    Dump(usize),
    /// Write what the shell itself knows (variables, functions, aliases) to a file of this number.
    State(usize),
    /// Give an environment variable another value.
    Set(&'static str, &'static str),
    /// The same shell again, inside this one.
    Inside(Vec<Step>),
    /// A line in the shell's own language; `{A}` is the script of the venv A.
    Raw(&'static str),
}

impl Shell {
    /// Whether it is a bash, of whatever version.
    pub fn is_bash(&self) -> bool {
        self.name.starts_with("bash")
    }

    /// Whether it is a bash from before 5.1, which has one prompt command and no list of them.
    pub fn has_one_prompt_command(&self) -> bool {
        matches!(self.name, "bash-3.2" | "bash-4.2" | "bash-4.3" | "bash-4.4" | "bash-5.0")
    }

    /// What is missing to use it.
    pub fn missing(&self) -> Option<String> {
        self.program.is_none().then(|| self.name.to_owned())
    }

    /// The names that the shell's own scripts may have.
    pub fn script_names(&self) -> &'static [&'static str] {
        match self.grammar {
            Grammar::Posix => &["activate"],
            Grammar::Fish => &["activate.fish"],
            Grammar::Csh => &["activate.csh"],
            Grammar::Nu => &["activate.nu"],
            Grammar::Xonsh => &["activate.xsh"],
            Grammar::PowerShell => &["Activate.ps1", "activate.ps1"],
            Grammar::Cmd => &["activate.bat"],
            Grammar::Python => &["activate_this.py"],
        }
    }

    /// The name that venvars gives the shell's scripts.
    pub fn export_name(&self) -> &'static str {
        match self.grammar {
            Grammar::Posix => "sh",
            Grammar::Fish => "fish",
            Grammar::Csh => "csh",
            Grammar::Nu => "nu",
            Grammar::Xonsh => "xonsh",
            Grammar::PowerShell => "powershell",
            Grammar::Cmd => "cmd",
            Grammar::Python => "python",
        }
    }

    /// The activate script of the venv in `folder`, if it has one for this shell.
    pub fn script(&self, folder: &Path) -> Option<PathBuf> {
        ["bin", "Scripts"]
            .iter()
            .flat_map(|bin| self.script_names().iter().map(move |name| folder.join(bin).join(name)))
            .find(|script| script.exists())
    }

    /// The scenario as a script: venvs in `venvs`, dumps and inner scripts in `out`.
    pub fn write(&self, steps: &[Step], venvs: &Path, out: &Path) -> String {
        let mut inner = 0;
        self.write_counting(steps, venvs, out, &mut inner)
    }

    fn write_counting(&self, steps: &[Step], venvs: &Path, out: &Path, inner: &mut usize) -> String {
        let mut text = match self.grammar {
            Grammar::Cmd => "@echo off\r\n".to_owned(),
            _ => String::new(),
        };
        let end = if self.grammar == Grammar::Cmd { "\r\n" } else { "\n" };
        for step in steps {
            let line = match step {
                Step::Activate(venv) => {
                    let folder = venvs.join(venv);
                    let script = self
                        .script(&folder)
                        .unwrap_or_else(|| folder.join("bin").join(self.script_names()[0]));
                    self.activate(&script)
                }
                Step::Deactivate => match self.grammar {
                    Grammar::Cmd => format!("call {}", self.word(&venvs.join("A/bin/deactivate.bat"))),
                    Grammar::Python => continue,
                    _ => "deactivate".to_owned(),
                },
                Step::Dump(number) => self.dump(&out.join(format!("dump{number}"))),
                Step::State(number) => self.state(&out.join(format!("state{number}"))),
                Step::Set(name, value) => match self.grammar {
                    Grammar::Posix => format!("{name}='{value}'; \\export {name}"),
                    Grammar::Fish => format!("set -gx {name} '{value}'"),
                    Grammar::Csh => format!("setenv {name} '{value}'"),
                    Grammar::Nu => format!("$env.{name} = '{value}'"),
                    Grammar::Xonsh => format!("${name} = '{value}'"),
                    Grammar::PowerShell => format!("$env:{name} = '{value}'"),
                    Grammar::Cmd => format!("set \"{name}={value}\""),
                    Grammar::Python => format!("os.environ['{name}'] = '{value}'"),
                },
                Step::Inside(steps) => {
                    *inner += 1;
                    let file = out.join(format!("inner{inner}{}", self.extension()));
                    let script = self.write_counting(steps, venvs, out, inner);
                    fs::write(&file, script).expect("a writable folder");
                    self.inside(&file)
                }
                Step::Raw(line) => {
                    let script = self.script(&venvs.join("A")).unwrap_or_default();
                    line.replace("{A}", self.word(&script).trim_matches('\''))
                }
            };
            text.push_str(&line);
            text.push_str(end);
        }
        text
    }

    fn extension(&self) -> &'static str {
        match self.grammar {
            Grammar::PowerShell => ".ps1",
            Grammar::Cmd => ".bat",
            Grammar::Nu => ".nu",
            Grammar::Xonsh => ".xsh",
            _ => "",
        }
    }

    fn activate(&self, script: &Path) -> String {
        let word = self.word(script);
        match self.grammar {
            Grammar::Posix | Grammar::PowerShell => format!(". {word}"),
            Grammar::Fish | Grammar::Csh | Grammar::Xonsh => format!("source {word}"),
            Grammar::Nu => format!("overlay use {word}"),
            Grammar::Cmd => format!("call {word}"),
            Grammar::Python => format!("exec(open({word}).read(), {{'__file__': {word}}})"),
        }
    }

    fn dump(&self, file: &Path) -> String {
        let word = self.word(file);
        match self.grammar {
            Grammar::Posix => format!("/usr/bin/env -0 >| {word}"),
            Grammar::Fish | Grammar::Csh | Grammar::Xonsh => format!("/usr/bin/env -0 > {word}"),
            Grammar::Nu => format!("^/usr/bin/env -0 | save --raw --force {word}"),
            Grammar::PowerShell => format!(
                "Get-ChildItem Env: | ForEach-Object {{ $_.Name + '=' + $_.Value + \"`0\" }} | Set-Content -NoNewline -Encoding utf8 -WhatIf:$false -Confirm:$false -LiteralPath {word}"
            ),
            Grammar::Cmd => format!("set > {word}"),
            Grammar::Python => format!(
                "import os; open({word}, 'wb').write(b''.join(k + b'=' + v + b'\\0' for k, v in os.environb.items()))"
            ),
        }
    }

    fn state(&self, file: &Path) -> String {
        let word = self.word(file);
        match self.grammar {
            Grammar::Posix => match self.name {
                "dash" | "busybox" => format!("{{ set; alias; }} >| {word}"),
                _ => format!("{{ set; alias; typeset -f; }} >| {word}"),
            },
            Grammar::Fish => format!("begin; set; functions --names; end > {word}"),
            Grammar::Csh => format!("set >! {word}; alias >> {word}"),
            Grammar::Nu => {
                format!("scope variables | get name | sort | str join (char nl) | save --force {word}")
            }
            Grammar::Xonsh => format!(
                "open({word}, 'w').write('\\n'.join(sorted(__xonsh__.ctx) + sorted(aliases) + sorted(vars(__xonsh__)) + sorted(map(str, __xonsh__.env._vars))))"
            ),
            Grammar::PowerShell => format!(
                "(Get-Variable).Name + (Get-ChildItem Function:).Name | Sort-Object | Out-File -WhatIf:$false -Confirm:$false {word}"
            ),
            Grammar::Cmd | Grammar::Python => String::new(),
        }
    }

    fn inside(&self, file: &Path) -> String {
        format!("{} {}", self.words(), self.word(file))
    }

    /// The words that start it, in its own language.
    pub fn words(&self) -> String {
        let program = self.word(self.program.as_deref().unwrap_or(Path::new(self.name)));
        let mut line = match self.grammar {
            Grammar::Nu => format!("^{program}"),
            Grammar::PowerShell => format!("& {program}"),
            Grammar::Cmd => "cmd".to_owned(),
            // A quoted first word would be an expression.
            Grammar::Xonsh => program.trim_matches('\'').to_owned(),
            _ => program,
        };
        let arguments = if self.grammar == Grammar::Cmd { &["/d", "/c"] } else { self.arguments };
        for argument in arguments {
            line.push(' ');
            line.push_str(argument);
        }
        line
    }

    /// A path as a word. The paths of these tests hold no quote.
    fn word(&self, path: &Path) -> String {
        match self.grammar {
            Grammar::Cmd if cfg!(unix) => format!("\"{}\"", wine::path(path)),
            Grammar::Cmd => format!("\"{}\"", path.display()),
            _ if self.is_wine => format!("'{}'", wine::path(path)),
            _ => format!("'{}'", path.display()),
        }
    }

    /// The shell as it is started at a terminal, without anybody's own settings.
    pub fn interactive(&self, home: &Path) -> Command {
        let mut command = Command::new(self.program.as_deref().unwrap_or(Path::new(self.name)));
        clean(&mut command, home);
        command.args(self.arguments).arg("-i");
        command
    }

    /// Runs `text` in a new shell; `before` comes in front of the shell on the command line.
    pub fn run(
        &self,
        before: &[&str],
        text: &str,
        out: &Path,
        home: &Path,
        environment: &[(String, String)],
    ) -> Output {
        let file = out.join(format!("script{}", self.extension()));
        fs::write(&file, text).expect("a writable folder");
        let program = self.program.clone().expect("trials of missing shells are not run");
        if self.is_wine {
            let arguments =
                self.arguments.iter().map(|&argument| argument.to_owned()).chain([wine::path(&file)]);
            return wine::run(&program, &arguments.collect::<Vec<_>>(), out, home, environment);
        }
        #[cfg(unix)]
        if self.grammar == Grammar::PowerShell && before.is_empty() {
            return powershell::run(self, &file, home, environment).expect("PowerShell runs a script");
        }
        let mut words: Vec<std::ffi::OsString> = before.iter().map(Into::into).collect();
        words.push(program.into());
        words.extend(self.arguments.iter().map(Into::into));
        words.push(file.into());
        let mut command = Command::new(&words[0]);
        clean(&mut command, home);
        command
            .args(&words[1..])
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .current_dir(home)
            .output()
            .expect("the shell starts")
    }
}

/// PowerShells that stay and run one script after the other, each in a runspace of its own and in an environment of its own: a
/// start takes more than most of what is tried in them.
#[cfg(unix)]
mod powershell {
    use std::io::{self, BufRead, BufReader, Write};
    use std::os::unix::process::ExitStatusExt;
    use std::path::Path;
    use std::process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio};
    use std::sync::{Mutex, PoisonError};
    use std::{env, fs};

    use super::{Shell, clean};

    struct Host {
        child: Child,
        replies: BufReader<ChildStdout>,
    }

    /// Those that have nothing to do. They end with the tests, at the end of their input.
    static IDLE: Mutex<Vec<Host>> = Mutex::new(Vec::new());

    /// Runs `script` as a new process would that starts in `home`. What it prints is all in `stdout`.
    pub fn run(
        shell: &Shell,
        script: &Path,
        home: &Path,
        environment: &[(String, String)],
    ) -> io::Result<Output> {
        let idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut host = idle.map_or_else(|| start(shell), Ok)?;
        let (printed, variables) = (script.with_extension("out"), script.with_extension("env"));
        let mut clean_one = Command::new("pwsh");
        clean(&mut clean_one, home);
        clean_one.envs(environment.iter().map(|(name, value)| (name, value)));
        let mut text = String::new();
        for (name, value) in clean_one.get_envs() {
            let value = value.unwrap_or_default().to_string_lossy();
            text.push_str(&format!("{}={value}\0", name.to_string_lossy()));
        }
        fs::write(&variables, text)?;
        let job = [home, script, &variables, &printed].map(|path| path.display().to_string()).join("\t");
        writeln!(host.child.stdin.as_mut().expect("piped"), "{job}")?;
        // What its host shows and no stream has, such as what would be done, comes before the answer.
        let mut shown = String::new();
        let status = loop {
            let at = shown.len();
            if host.replies.read_line(&mut shown)? == 0 {
                return Err(io::Error::other(format!("PowerShell has ended:\n{shown}")));
            }
            let status = match shown[at..].trim_end() {
                "venvars-tests: done" => 0,
                "venvars-tests: failed" => 1 << 8,
                _ => continue,
            };
            shown.truncate(at);
            break ExitStatus::from_raw(status);
        };
        IDLE.lock().unwrap_or_else(PoisonError::into_inner).push(host);
        Ok(Output { status, stdout: [shown.into_bytes(), fs::read(printed)?].concat(), stderr: Vec::new() })
    }

    fn start(shell: &Shell) -> io::Result<Host> {
        let mut command =
            Command::new(shell.program.as_deref().expect("trials of missing shells are not run"));
        // A folder that stays as long as it runs.
        clean(&mut command, &env::temp_dir());
        command.args(shell.arguments).arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/support/host.ps1"));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let replies = BufReader::new(child.stdout.take().expect("piped"));
        Ok(Host { child, replies })
    }
}

/// The environment that a shell wrote as this number.
pub fn dumped(out: &Path, number: usize) -> BTreeMap<String, String> {
    let dump = fs::read(out.join(format!("dump{number}"))).unwrap_or_default();
    let text = String::from_utf8_lossy(&dump).into_owned();
    let pairs = text.split('\0').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
