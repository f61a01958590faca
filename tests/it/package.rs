//! The Python package around the binary: how it finds that, `python -m venvars`, and virtualenv's plugin with the
//! `apply --created` that it runs.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

use libtest_mimic::{Failed, Trial};

use crate::support::{cache, clean, succeed, trial, venvars, whole, write_secrets};

const PROGRAM: &str = env!("CARGO_BIN_EXE_venvars");
const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/python/venvars");

pub fn trials() -> Vec<Trial> {
    let mut trials = trials![
        the_binary_is_found_in_every_layout,
        the_module_is_the_binary,
        on_windows_the_child_decides_what_ctrl_c_does,
        what_is_created_is_left_alone_unless_it_is_the_projects,
        what_is_created_elsewhere_has_to_be_allowed
    ];
    let versions = fs::read_dir(cache()).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut versions: Vec<PathBuf> = versions.filter(|path| name(path).starts_with("virtualenv-")).collect();
    versions.sort();
    for folder in versions {
        let missing = (!folder.join("complete").exists()).then(|| name(&folder));
        trials.push(trial(format!("plugin::{}", name(&folder)), missing, move || plugin(&folder)));
    }
    if whole() && trials.len() < 5 {
        trials.push(trial("plugin".to_owned(), Some("virtualenv".to_owned()), || Ok(())));
    }
    trials
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The Python of the PATH, with the package in `folder`.
fn python(home: &Path, folder: &Path) -> Command {
    let mut command = Command::new("python3");
    clean(&mut command, home);
    command.env("PYTHONPATH", folder).current_dir(home);
    command
}

/// Puts the package into `folder`, and the binary into `bin`.
fn install(folder: &Path, bin: &Path) {
    fs::create_dir_all(folder).unwrap();
    symlink(SOURCE, folder.join("venvars")).unwrap();
    fs::create_dir_all(bin).unwrap();
    symlink(PROGRAM, bin.join("venvars")).unwrap();
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn the_binary_is_found_in_every_layout() {
    const FIND: &str =
        "import sys; sys.base_prefix = sys.argv[1]; import venvars; print(venvars.find_venvars())";
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    // A link to the package would lead the way to the sources.
    let copy = |folder: &Path| {
        fs::create_dir_all(folder.join("venvars")).unwrap();
        for file in
            fs::read_dir(SOURCE).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file())
        {
            fs::copy(&file, folder.join("venvars").join(file.file_name().unwrap())).unwrap();
        }
    };
    let binary = |folder: &str| {
        fs::create_dir_all(root.join(folder)).unwrap();
        fs::write(root.join(folder).join("venvars"), "").unwrap();
    };
    let (packages, base) = (root.join("prefix/lib/python3.9/site-packages"), root.join("base"));
    copy(&packages);
    let mut venv = Command::new("python3");
    clean(&mut venv, &root);
    succeed(venv.args(["-m", "venv", "--without-pip"]).arg(root.join("venv"))).unwrap();
    let find = || {
        let mut command = Command::new(root.join("venv/bin/python"));
        clean(&mut command, &root);
        let output = command.env("PYTHONPATH", &packages).args(["-c", FIND]).arg(&base).output().unwrap();
        (text(&output.stdout).trim().to_owned(), text(&output.stderr))
    };
    let (found, said) = find();
    assert!(found.is_empty() && said.contains("FileNotFoundError: there is no venvars in "), "{found}{said}");
    assert!(said.trim().ends_with("; install venvars again"), "{said}");
    // From the last place to the first.
    for bin in [".local/bin", "prefix/lib/python3.9/site-packages/bin", "prefix/bin", "base/bin", "venv/bin"]
    {
        binary(bin);
        let (found, said) = find();
        assert_eq!(Path::new(&found), root.join(bin).join("venvars"), "{said}");
    }
}

fn the_module_is_the_binary() {
    let folder = tempfile::tempdir().unwrap();
    install(folder.path(), &folder.path().join("bin"));
    let run = |arguments: &[&str]| -> Output {
        python(folder.path(), folder.path()).args(["-m", "venvars"]).args(arguments).output().unwrap()
    };
    let version = run(&["--version"]);
    assert_eq!(text(&version.stdout), concat!("venvars ", env!("CARGO_PKG_VERSION"), "\n"));
    assert_eq!(run(&["no-such-command"]).status.code(), Some(2));
    fs::remove_dir_all(folder.path().join("bin")).unwrap();
    let gone = run(&["--version"]);
    assert_eq!(gone.status.code(), Some(2));
    let said = text(&gone.stderr);
    assert!(said.starts_with("error: there is no venvars in ") && said.lines().count() == 1, "{said}");
}

/// Where the module starts a child, as on Windows.
fn on_windows_the_child_decides_what_ctrl_c_does() {
    const RUN: &str = "import types; from venvars import __main__ as module; \
        module.os = types.SimpleNamespace(name='nt'); module.sys.exit(module.main())";
    let folder = tempfile::tempdir().unwrap();
    let bin = folder.path().join("bin");
    install(folder.path(), &bin);
    fs::remove_file(bin.join("venvars")).unwrap();
    // It interrupts its parent, as somebody at the console does with both, and goes on for a while.
    let child = "#!/bin/sh\nkill -INT $PPID\nsleep 0.2\ntouch ended\nexit 7\n";
    fs::write(bin.join("venvars"), child).unwrap();
    succeed(Command::new("chmod").arg("+x").arg(bin.join("venvars"))).unwrap();
    let output = python(folder.path(), folder.path()).args(["-c", RUN]).output().unwrap();
    assert_eq!(output.status.code(), Some(7), "{}", text(&output.stderr));
    assert!(folder.path().join("ended").exists());
}

/// A project with secrets, and how `apply --created` ends there.
struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        write_secrets(&folder.path().join("secrets.toml"), &[("SECRET_KEY".to_owned(), "of it".to_owned())]);
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn make(&self, name: &str) -> &Self {
        let mut command = Command::new("python3");
        clean(&mut command, self.folder.path());
        succeed(command.args(["-m", "venv", "--without-pip"]).arg(self.path(name))).unwrap();
        self
    }

    /// The exit code and what was said.
    fn created(&self, name: &str) -> (Option<i32>, String) {
        let mut command = venvars(self.folder.path());
        let output = command
            .env_remove("VENVARS_TRUST")
            .args(["--quiet", "apply", "--created", name])
            .output()
            .unwrap();
        (output.status.code(), text(&[output.stdout, output.stderr].concat()))
    }

    fn is_applied(&self, name: &str) -> bool {
        fs::read_to_string(self.path(name).join("bin/activate")).unwrap().contains("of it")
    }
}

fn what_is_created_is_left_alone_unless_it_is_the_projects() {
    let silent = (Some(0), String::new());
    let project = Project::new();
    project.make(".venv").make("env").make(".tox/py");
    assert_eq!(project.created(".venv"), silent);
    assert!(project.is_applied(".venv"));
    assert!(!project.is_applied("env"), "that was not asked for");
    for foreign in [".tox/py", "no-such-folder", ".", "/"] {
        assert_eq!(project.created(foreign), silent, "{foreign}");
    }
    assert!(!project.is_applied(".tox/py"));
    // By another name of the folder; and by an error that is the project's own.
    assert_eq!(project.created("./.tox/../env"), silent);
    assert!(project.is_applied("env"));
    fs::write(project.path("venvars.toml"), "moed = 1\n").unwrap();
    assert_eq!(project.created(".tox/py"), silent);
    let (code, said) = project.created(".venv");
    assert!(code == Some(2) && said.contains("moed"), "{said}");
    fs::remove_file(project.path("venvars.toml")).unwrap();
    let other =
        venvars(&project.path(".")).args(["apply", "--created", "env", "--venv", "env"]).output().unwrap();
    assert_eq!(other.status.code(), Some(2));
    fs::remove_file(project.path("secrets.toml")).unwrap();
    project.make("new");
    assert_eq!(project.created("new"), silent);
}

fn what_is_created_elsewhere_has_to_be_allowed() {
    let (project, elsewhere) = (Project::new(), Project::new());
    elsewhere.make("venv");
    let venv = elsewhere.path("venv");
    let created = || project.created(venv.to_str().unwrap());
    assert_eq!(created(), (Some(0), String::new()));
    fs::write(project.path("venvars.toml"), format!("venv = [\"missing\", \"{}\"]\n", venv.display()))
        .unwrap();
    let (code, said) = created();
    assert!(code == Some(2) && said.contains("allow"), "{said}");
    assert!(!elsewhere.is_applied("venv"));
    let mut allow = venvars(&project.path("."));
    succeed(allow.env_remove("VENVARS_TRUST").args(["allow", "--yes"])).unwrap();
    assert_eq!(created(), (Some(0), String::new()));
    assert!(elsewhere.is_applied("venv"));
}

/// virtualenv in `tool` with the plugin: what it makes for the project has the values, and it never fails.
fn plugin(tool: &Path) -> Result<(), Failed> {
    let packages = tempfile::tempdir()?;
    install(packages.path(), &packages.path().join("bin"));
    let metadata = packages.path().join(concat!("venvars-", env!("CARGO_PKG_VERSION"), ".dist-info"));
    fs::create_dir(&metadata)?;
    fs::write(metadata.join("METADATA"), "Metadata-Version: 2.1\nName: venvars\nVersion: 0.1.0\n")?;
    let settings: toml::Table =
        toml::from_str(&fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/pyproject.toml"))?)?;
    let plugins = settings["project"]["entry-points"]["virtualenv.activate"].as_table().ok_or("plugins")?;
    let lines: String = plugins
        .iter()
        .map(|(name, place)| format!("{name} = {}\n", place.as_str().unwrap_or_default()))
        .collect();
    fs::write(metadata.join("entry_points.txt"), format!("[virtualenv.activate]\n{lines}"))?;
    let project = Project::new();
    let create = |name: &str| -> Result<String, Failed> {
        let mut command = Command::new(tool.join("bin/python"));
        clean(&mut command, &project.path("."));
        command.env("PYTHONPATH", packages.path()).current_dir(project.path("."));
        let output =
            succeed(command.args(["-W", "ignore", "-m", "virtualenv", "--quiet", "--without-pip", name]))?;
        Ok(text(&output.stderr))
    };
    let is = |condition: bool, what: &str| if condition { Ok(()) } else { Err(Failed::from(what)) };
    is(create(".venv")?.is_empty() && project.is_applied(".venv"), "the project's own")?;
    let status = succeed(venvars(&project.path(".")).arg("status"));
    is(status.is_ok(), "every script, and the venv is complete")?;
    is(create(".venv")?.is_empty() && project.is_applied(".venv"), "made again")?;
    is(create(".tox/py")?.is_empty() && !project.is_applied(".tox/py"), "not the project's")?;
    fs::write(project.path("secrets.toml"), "SECRET_KEY =\n")?;
    is(create("broken")?.contains("secrets.toml"), "an error is said")?;
    is(project.path("broken/pyvenv.cfg").exists(), "and stops nothing")?;
    fs::remove_dir_all(packages.path().join("bin"))?;
    is(create("alone")?.is_empty() && project.path("alone/pyvenv.cfg").exists(), "no binary")
}
