//! One file a command.

mod activation;
mod apply;
mod ask;
mod check;
mod compromised;
mod doctor;
mod edit;
mod example;
mod explain;
mod export;
mod get;
mod heroku;
mod hook;
mod import;
mod init;
mod list;
mod manual;
mod masked;
mod rotate;
mod run;
mod scan;
mod schema;
mod set;
mod status;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use venvars::engines::shell::block::{Content, Question};
use venvars::model::project::{Mode, Project};
use venvars::model::secrets::Secrets;
use venvars::model::venv::{self, Venv};
use venvars::session::environment::{Environment, Files};
use venvars::session::plan::{Scripts, Wanted};
use venvars::words::error::{Error, Result, system_words};
use venvars::words::profile::{Choice, TOP};
use venvars::words::variable::Variable;
use venvars::world::disk;
use venvars::world::disk::lock::Lock;
use venvars::world::git::{self, Standing};

use crate::edge::cli::{Arguments, Command, Global, HookCommand};
use crate::edge::console;

/// Carries out what the command line asks for.
pub fn run(arguments: Arguments) -> Result<ExitCode> {
    let global = arguments.global;
    match arguments.command {
        Command::Init => init::run(&global),
        Command::Set { assignment, generate, keyring, age } => {
            let how = set::How { generate, keyring, age };
            match assignment {
                Some(assignment) => set::set(&global, assignment, how),
                None => set::missing(&global, &how),
            }
        }
        Command::Unset { name } => set::unset(&global, &name),
        Command::Get { name } => get::run(&global, &name),
        Command::List { reveal, json } => list::run(&global, reveal, json),
        Command::Edit => edit::run(&global),
        Command::Apply { scripts, strict, force } => apply::apply(&global, &scripts, strict, force),
        Command::Remove { scripts } => apply::remove(&global, &scripts),
        Command::Status { venvs, json } => status::run(&global, &venvs, json),
        Command::Check { json } => check::run(&global, json),
        Command::Explain { name, json } => explain::run(&global, &name, json),
        Command::Example { stdout, force } => example::run(&global, stdout, force),
        Command::Schema { file } => schema::run(file),
        Command::Activation { shell, bsd } => activation::run(&global, shell, bsd),
        #[cfg(unix)]
        Command::Session { foreground, command } => masked::session::run(foreground, &command),
        #[cfg(unix)]
        Command::Start { foreground, command } => masked::session::start(foreground, &command),
        Command::Run { venvs, no_venv, mask, no_mask, command } => {
            let is_masked = mask || !no_mask && masked::is_wanted();
            run::run(&global, &venvs, no_venv, is_masked, &command)
        }
        Command::Scan(scan) => scan::run(&global, &scan),
        Command::Hook { command } => match command {
            HookCommand::Install => hook::install(&global),
            HookCommand::Remove => hook::remove(&global),
            HookCommand::Run { hook, remote } => hook::run(&global, hook, remote.as_deref()),
        },
        Command::Doctor { venvs, fix, json } => doctor::run(&global, &venvs, fix, json),
        Command::Export { format } => export::run(&global, format),
        Command::Heroku { command } => heroku::run(&global, &command),
        Command::Rotate(options) => rotate::run(&global, &options),
        Command::Compromised(options) => compromised::run(&global, &options),
        Command::Import(import) => import::run(&global, &import),
        Command::Completions { shell } => manual::completions(shell),
        Command::Man => manual::man(),
    }
}

/// The project that the options name.
fn project(global: &Global) -> Result<Project> {
    let start = global.directory.as_deref().unwrap_or(Path::new("."));
    Project::find(start, global.secrets.as_deref())
}

/// The same with no settings in place of wrong ones; second, what is wrong with them.
fn project_in_part(global: &Global) -> Result<(Project, Vec<Error>)> {
    let start = global.directory.as_deref().unwrap_or(Path::new("."));
    Project::find_in_part(start, global.secrets.as_deref())
}

/// The project's files, with a warning for each that others can read.
fn files(global: &Global, project: Project) -> Result<Files> {
    let files = Files::read(project, &global.sources)?;
    for secrets in files.all() {
        if let Some(warning) = exposed_to_others(secrets) {
            console::warn(&warning);
        }
    }
    Ok(files)
}

/// What to say of a secrets file that group or others can read; nothing if they learn nothing from it.
fn exposed_to_others(secrets: &Secrets) -> Option<String> {
    if secrets.is_encrypted() { None } else { readable_by_others(&secrets.file) }
}

/// What to say of a file that group or others can read.
#[cfg(unix)]
fn readable_by_others(file: &Path) -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    let mode = file.metadata().ok()?.mode() & 0o7777;
    (mode & 0o077 != 0).then(|| {
        format!("{}: others can read it (mode {mode:04o}); chmod 600 {}", file.display(), shown_path(file))
    })
}

#[cfg(not(unix))]
fn readable_by_others(_file: &Path) -> Option<String> {
    None
}

/// `file` as one word of a command to type.
fn shown_path(file: &Path) -> String {
    shell_escape::escape(file.to_string_lossy()).into_owned()
}

/// Refuses to go on where git would take the secrets, unless every one of them is encrypted.
fn guard<'a>(all: impl IntoIterator<Item = &'a Secrets>) -> Result<()> {
    for secrets in all {
        if !secrets.is_encrypted()
            && let Some(error) = exposure(&secrets.file)?
        {
            return Err(error);
        }
    }
    Ok(())
}

/// What is wrong with how the secrets file stands with git, if anything is.
fn exposure(file: &Path) -> Result<Option<Error>> {
    let name = shown_path(Path::new(file.file_name().unwrap_or_default()));
    let folder = shown_path(file.parent().unwrap_or(Path::new(".")));
    Ok(match git::standing(file)? {
        Standing::Outside | Standing::Ignored => None,
        Standing::Exposed => Some(
            Error::new("git does not ignore this file of secrets")
                .in_file(file)
                .hint(format!("run: echo {} >> {}", shell_escape::escape(format!("/{}", file.file_name().unwrap_or_default().to_string_lossy()).into()), shown_path(&file.with_file_name(".gitignore")))),
        ),
        Standing::Tracked => Some(
            Error::new("git tracks this file of secrets")
                .in_file(file)
                .hint(format!("run: git -C {folder} rm -f --cached {name} (and have it ignored); if it was ever pushed, change every value")),
        ),
    })
}

/// What the scripts of each of `venvs` are to do: in the profile that is asked for, else in the one
/// that they remember, else in the settings' own.
fn wanted(
    global: &Global,
    files: &Files,
    venvs: &[Venv],
    scripts: &Scripts,
    mut content: impl FnMut(&Environment<'_>) -> Result<Content>,
) -> Result<Vec<Wanted>> {
    let mut made: Vec<(Choice, Content)> = Vec::new();
    let mut wanted = Vec::with_capacity(venvs.len());
    for index in 0..venvs.len() {
        let profile = global.profile.or(&scripts.profile(index)).clone();
        let known = made.iter().position(|(known, _)| *known == profile);
        let content = match known {
            Some(at) => made[at].1.clone(),
            None => {
                let new = content(&files.environment(&profile)?)?;
                made.push((profile.clone(), new.clone()));
                new
            }
        };
        wanted.push(Wanted { content, project: files.project.folder.clone(), profile });
    }
    Ok(wanted)
}

/// Whether the scripts of `environment` are to ask for its values at activation.
fn is_live(environment: &Environment<'_>) -> bool {
    match environment.files.project.settings.mode {
        Mode::Live => true,
        Mode::Embed => false,
        Mode::Auto => !environment.is_plain(),
    }
}

/// The path of venvars: the name on the PATH if it leads here, as that outlives an update better.
fn ourselves() -> Result<PathBuf> {
    let running = std::env::current_exe()
        .map_err(|error| Error::new(format!("could not find venvars itself: {}", system_words(&error))))?;
    Ok(which::which("venvars")
        .ok()
        .filter(|found| found.is_absolute() && disk::canonical(found).ok() == disk::canonical(&running).ok())
        .unwrap_or(running))
}

/// How a live script asks for the values of `environment`.
fn question(environment: &Environment<'_>) -> Result<Question> {
    let program = ourselves()?;
    let text = |path: &Path| {
        path.to_str().map(str::to_owned).ok_or_else(|| {
            Error::new("a live script cannot hold a path that is no UTF-8").in_file(path).hint("rename it")
        })
    };
    text(&program)?;
    let project = &environment.files.project;
    let arguments = vec![
        "-C".to_owned(),
        text(&project.folder)?,
        "--secrets".to_owned(),
        text(&project.secrets)?,
        "--profile".to_owned(),
        environment.profile.as_deref().unwrap_or(TOP).to_owned(),
        "activation".to_owned(),
    ];
    Ok(Question { program, arguments, guard: project.settings.guard })
}

/// The content of scripts that hold `variables`, the values of `environment`.
fn holding(environment: &Environment<'_>, variables: Vec<Variable>) -> Content {
    let project = &environment.files.project;
    Content::Embedded { variables, secrets: Some(project.secrets.clone()), guard: project.settings.guard }
}

/// The project's venvs, each locked until the locks are dropped.
fn locked_venvs(project: &Project, given: &[PathBuf]) -> Result<(Vec<Venv>, Vec<Lock>)> {
    let venvs = venv::of_project(project, given)?;
    // In one order for all, so that two of us never wait for each other.
    let mut folders: Vec<&Path> = venvs.iter().map(|venv| venv.folder.as_path()).collect();
    folders.sort_unstable();
    folders.dedup();
    let locks = folders.into_iter().map(Lock::take).collect::<Result<_>>()?;
    Ok((venvs, locks))
}

/// The project's secrets file, as [`real`], locked until the lock is dropped.
fn locked_secrets(project: &Project) -> Result<(PathBuf, Lock)> {
    let file = real(&project.secrets);
    let lock = Lock::take_saying(file.parent().unwrap_or(&project.folder), || {
        let shown = project.shown(&project.secrets);
        console::say(&format!("waiting for another venvars, which has {} open", shown.display()));
    })?;
    Ok((file, lock))
}

/// The secrets file that a link leads to, so that an edit replaces the file and not the link.
fn real(file: &Path) -> PathBuf {
    disk::canonical(file).unwrap_or_else(|_| file.to_owned())
}
