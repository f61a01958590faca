//! What a release is installed by: the scripts for sh and PowerShell, against a server of our own; Homebrew's formula
//! and Scoop's manifest, as far as they can be read here.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::{env, fs, thread};

use libtest_mimic::{Failed, Trial};

use crate::support::{clean, succeed, trial};

const VERSION: &str = env!("CARGO_PKG_VERSION");
const OLD: &str = "the old one";

/// Archives that hold a program of one line, for the targets that are named.
const ARCHIVES: &str = r##"
import io, sys, tarfile, zipfile
version, dist = sys.argv[1:3]
for target in sys.argv[3:]:
    name = f"venvars-{version}-{target}"
    program = b"#!/bin/sh\necho venvars " + version.encode() + b"\n"
    if "windows" in target:
        with zipfile.ZipFile(f"{dist}/{name}.zip", "w") as archive:
            archive.writestr(f"{name}/venvars.exe", program)
    else:
        with tarfile.open(f"{dist}/{name}.tar.gz", "w:gz") as archive:
            entry = tarfile.TarInfo(f"{name}/venvars")
            entry.size, entry.mode = len(program), 0o755
            archive.addfile(entry, io.BytesIO(program))
"##;
const TARGETS: [&str; 6] = [
    "x86_64-unknown-linux-musl",
    "aarch64-unknown-linux-musl",
    "x86_64-apple-darwin",
    "aarch64-apple-darwin",
    "x86_64-pc-windows-msvc",
    "aarch64-pc-windows-msvc",
];

pub fn trials() -> Vec<Trial> {
    let mut trials = trials![
        without_an_address_nothing_needs_it,
        the_manifests_are_whole,
        a_release_is_checked_first,
        a_readme_elsewhere_has_no_dead_link
    ];
    let tools = (which::which("curl").is_err()).then(|| "curl".to_owned());
    for (name, words) in [
        ("sh", &["sh"][..]),
        ("bash", &["bash"]),
        ("dash", &["dash"]),
        ("busybox", &["busybox", "ash"]),
        ("ksh", &["ksh"]),
        ("mksh", &["mksh"]),
        ("yash", &["yash"]),
        ("zsh", &["zsh", "--emulate", "sh"]),
        ("pwsh", &["pwsh", "-NoProfile", "-NonInteractive", "-Command", "-"]),
    ] {
        let missing = which::which(words[0]).is_err().then(|| name.to_owned());
        let missing = missing.or_else(|| tools.clone().filter(|_| name != "pwsh"));
        trials.push(trial(format!("script::{name}"), missing, move || script(words)));
    }
    let missing = which::which("wget").is_err().then(|| "wget".to_owned()).or(tools);
    trials.push(trial("script::wget".to_owned(), missing, with_wget));
    trials
}

/// What `scripts/package` is run with.
fn package(dist: &Path, address: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("python3");
    clean(&mut command, dist);
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/package")).args(arguments);
    command.env("VENVARS_DIST", dist).env("VENVARS_REPOSITORY", address);
    command
}

fn a_release_is_checked_first() {
    let dist = tempfile::tempdir().unwrap();
    let said = |address: &str, tag: &str| {
        let mut check = package(dist.path(), address, &["check", tag]);
        check.env("GITHUB_SERVER_URL", "https://example.org").env("GITHUB_REPOSITORY", "o/venvars");
        String::from_utf8(check.output().unwrap().stderr).unwrap()
    };
    let here = said("https://example.org/o/venvars", "v9");
    assert!(here.contains("the tag is v9") && !here.contains("repository"), "{here}");
    assert!(
        said("https://example.org/p/venvars", "v9").contains("and this one is https://example.org/o/venvars")
    );
    let empty = said("", "v9-rc1");
    assert!(empty.contains("Cargo.toml has no repository"), "{empty}");
    assert!(empty.contains("v9-rc1 is the tag of a pre-release") && !empty.contains("the tag is"), "{empty}");
}

/// Writes the archives, and what a release makes for them.
fn release(dist: &Path, address: &str) {
    let mut archives = Command::new("python3");
    clean(&mut archives, dist);
    succeed(archives.args(["-c", ARCHIVES, VERSION]).arg(dist).args(TARGETS)).unwrap();
    succeed(&mut package(dist, address, &["files"])).unwrap();
}

/// What a server has under the last part of an address: the content, and how much of it arrives.
type Files = Arc<Mutex<BTreeMap<String, (Vec<u8>, usize)>>>;

/// Serves `files`, one request after the other, for as long as the tests run; gives its address.
fn serve(files: Files) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let mut lines =
                BufReader::new(&stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
            let request = lines.next().unwrap_or_default();
            lines.for_each(drop);
            let path = request.split(' ').nth(1).unwrap_or_default();
            let found = files.lock().unwrap().get(path.rsplit('/').next().unwrap_or_default()).cloned();
            let is_release = path.contains(&format!("/releases/download/v{VERSION}/"));
            let (status, (content, arrives)) = match found.filter(|_| is_release) {
                Some(found) => ("200 OK", found),
                None => ("404 Not Found", (Vec::new(), 0)),
            };
            let head = format!(
                "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                content.len()
            );
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&content[..arrives]));
        }
    });
    address
}

/// A release on a server, and somebody who installs it.
struct World {
    root: tempfile::TempDir,
    files: Files,
    text: String,
    words: &'static [&'static str],
}

impl World {
    fn new(words: &'static [&'static str]) -> Self {
        let files = Files::default();
        let address = serve(files.clone());
        let root = tempfile::tempdir().unwrap();
        for folder in ["dist", "tmp", "home"] {
            fs::create_dir(root.path().join(folder)).unwrap();
        }
        let dist = root.path().join("dist");
        release(&dist, &address);
        for file in fs::read_dir(&dist).unwrap().map(|entry| entry.unwrap().path()) {
            let content = fs::read(&file).unwrap();
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            let arrives = content.len();
            files.lock().unwrap().insert(name, (content, arrives));
        }
        let script = if words[0] == "pwsh" { "install.ps1" } else { "install.sh" };
        let text = fs::read_to_string(dist.join(script)).unwrap();
        Self { root, files, text, words }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// Where it is installed, in a folder with a blank in its name.
    fn program(&self) -> PathBuf {
        self.path("my programs").join(if self.words[0] == "pwsh" { "venvars.exe" } else { "venvars" })
    }

    /// Runs `text` as it comes from a pipe; with `first` in front of the PATH.
    fn run(&self, text: &str, first: &Path) -> (bool, String) {
        let mut command = Command::new(self.words[0]);
        clean(&mut command, &self.path("home"));
        let path = env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect::<Vec<_>>();
        let path = env::join_paths(std::iter::once(first.to_owned()).chain(path)).unwrap();
        command.args(&self.words[1..]).env("PATH", path).env("TMPDIR", self.path("tmp"));
        command.env("VENVARS_INSTALL_DIR", self.path("my programs")).env("PROCESSOR_ARCHITECTURE", "AMD64");
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // PowerShell takes what ends with a blank line as one text.
        let _ = child.stdin.take().unwrap().write_all(format!("{text}\n\n").as_bytes());
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        (output.status.success(), said)
    }

    /// Fails to install, says `what`, and leaves all as it was.
    fn refuses(&self, first: &Path, what: &str) -> Result<(), Failed> {
        let (done, said) = self.run(&self.text, first);
        // What comes from a pipe does not end PowerShell with its error.
        if (done && self.words[0] != "pwsh") || !said.contains(what) || said.contains("installed") {
            return Err(format!("{what:?}\n{said}").into());
        }
        self.is_clean()?;
        let is_old = fs::read_to_string(self.program())? == OLD;
        if is_old { Ok(()) } else { Err("the old one is gone".into()) }
    }

    /// Nothing is left but the program.
    fn is_clean(&self) -> Result<(), Failed> {
        let is_left =
            |path: &PathBuf| *path != self.program() && !path.to_string_lossy().contains("clr-debug-pipe");
        for folder in ["tmp", "my programs"] {
            let mut left =
                fs::read_dir(self.path(folder))?.map(|entry| entry.unwrap().path()).filter(is_left);
            // PowerShell's own, while it runs.
            if let Some(left) = left.find(|path| !path.to_string_lossy().contains("dotnet")) {
                return Err(format!("left: {}", left.display()).into());
            }
        }
        Ok(())
    }
}

fn script(words: &'static [&'static str]) -> Result<(), Failed> {
    let world = World::new(words);
    let elsewhere = world.path("home");
    // Of a script that arrives in part, nothing runs.
    let lines: Vec<&str> = world.text.lines().collect();
    for end in (0..lines.len()).filter(|end| words[0] != "pwsh" || *end > 8) {
        if words[0] != "pwsh" {
            let (_, said) = world.run(&lines[..end].join("\n"), &elsewhere);
            if world.path("my programs").exists() {
                return Err(format!("{end} lines of it: {said}").into());
            }
        }
    }
    let (done, said) = world.run(&world.text, &elsewhere);
    let is_hinted = |said: &str| said.contains("not on your PATH") && said.contains("my programs");
    if !done || !said.contains(&format!("installed venvars {VERSION}")) || !is_hinted(&said) {
        return Err(said.into());
    }
    world.is_clean()?;
    if words[0] != "pwsh" && world.program().metadata()?.permissions().mode() & 0o777 != 0o755 {
        return Err("the mode".into());
    }
    let (done, said) = world.run(&world.text, &world.path("my programs"));
    if !done || is_hinted(&said) {
        return Err(format!("on the PATH: {said}").into());
    }
    // What is wrong changes nothing.
    fs::write(world.program(), OLD)?;
    let set = |change: fn(&mut (Vec<u8>, usize))| world.files.lock().unwrap().values_mut().for_each(change);
    set(|(content, _)| {
        let last = content.len() - 1;
        content[last] ^= 1;
    });
    world.refuses(&elsewhere, "is not what was released: its SHA-256 is ")?;
    set(|(_, arrives)| *arrives /= 2);
    world.refuses(&elsewhere, "")?;
    world.files.lock().unwrap().clear();
    world.refuses(&elsewhere, "404")?;
    if words[0] != "pwsh" {
        let uname = world.path("uname");
        fs::create_dir(&uname)?;
        fs::write(uname.join("uname"), "#!/bin/sh\necho Plan9\n")?;
        fs::set_permissions(uname.join("uname"), fs::Permissions::from_mode(0o755))?;
        world.refuses(
            &uname,
            "there is no binary for Plan9 on Plan9; with Rust: cargo install --locked venvars",
        )?;
    }
    Ok(())
}

fn with_wget() -> Result<(), Failed> {
    let world = World::new(&["sh"]);
    let text = world.text.replace("command -v curl", "command -v no-such-program");
    let (done, said) = world.run(&text, &world.path("home"));
    if !done || !said.contains("installed") {
        return Err(said.into());
    }
    world.is_clean()
}

fn without_an_address_nothing_needs_it() {
    let dist = tempfile::tempdir().unwrap();
    release(dist.path(), "");
    let names: Vec<String> = fs::read_dir(dist.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names.len(), TARGETS.len() + 1, "{names:?}");
    let sums = fs::read_to_string(dist.path().join("SHA256SUMS")).unwrap();
    assert_eq!(sums.lines().count(), TARGETS.len());
    let mut check = Command::new("sha256sum");
    clean(&mut check, dist.path());
    succeed(check.args(["--check", "--strict", "SHA256SUMS"]).current_dir(dist.path())).unwrap();
    let output = package(dist.path(), "", &["check", "v0.0.0"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        !output.status.success() && said.contains("the tag is v0.0.0") && said.contains("no repository"),
        "{said}"
    );
}

fn the_manifests_are_whole() {
    const ADDRESS: &str = "https://example.org/o/venvars";
    let dist = tempfile::tempdir().unwrap();
    release(dist.path(), ADDRESS);
    let read = |name: &str| fs::read_to_string(dist.path().join(name)).unwrap();
    let sums = read("SHA256SUMS");
    for name in ["venvars.rb", "venvars.json", "install.sh", "install.ps1"] {
        let text = read(name);
        assert!(text.contains(VERSION) && text.contains(ADDRESS), "{text}");
        let is_placeholder =
            |word: &str| word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_uppercase());
        assert!(!text.split('@').any(is_placeholder), "{text}");
    }
    let scoop: serde_json::Value = serde_json::from_str(&read("venvars.json")).unwrap();
    for (machine, target) in [("64bit", "x86_64-pc-windows-msvc"), ("arm64", "aarch64-pc-windows-msvc")] {
        let of_machine = &scoop["architecture"][machine];
        let (url, hash) = (of_machine["url"].as_str().unwrap(), of_machine["hash"].as_str().unwrap());
        let archive = format!("venvars-{VERSION}-{target}.zip");
        assert_eq!(url, format!("{ADDRESS}/releases/download/v{VERSION}/{archive}"));
        assert!(sums.contains(&format!("{hash}  {archive}\n")));
        assert_eq!(of_machine["extract_dir"], format!("venvars-{VERSION}-{target}"));
    }
    let formula = read("venvars.rb");
    for target in &TARGETS[..4] {
        let archive = format!("venvars-{VERSION}-{target}.tar.gz");
        let sum = sums.lines().find_map(|line| line.strip_suffix(&format!("  {archive}"))).unwrap();
        assert!(formula.contains(&format!("/{archive}\"\n      sha256 \"{sum}\"\n")), "{formula}");
    }
    // cargo binstall looks for the same archives.
    let cargo: toml::Table =
        toml::from_str(&fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).unwrap())
            .unwrap();
    let binstall = &cargo["package"]["metadata"]["binstall"];
    for target in TARGETS {
        let own = binstall.get("overrides").and_then(|all| all.get(target)).unwrap_or(binstall);
        let suffix = match own["pkg-fmt"].as_str().unwrap() {
            "tgz" => ".tar.gz",
            "zip" => ".zip",
            other => panic!("{other}"),
        };
        let url = binstall["pkg-url"].as_str().unwrap();
        let url = [
            ("{ repo }", ADDRESS),
            ("{ version }", VERSION),
            ("{ name }", "venvars"),
            ("{ target }", target),
            ("{ archive-suffix }", suffix),
        ]
        .iter()
        .fold(url.to_owned(), |url, (word, is)| url.replace(word, is));
        let archive = url.rsplit('/').next().unwrap();
        assert!(sums.contains(&format!("  {archive}\n")), "{archive}");
        assert_eq!(url, format!("{ADDRESS}/releases/download/v{VERSION}/{archive}"));
    }
}

/// The sdist's README, which is PyPI's page: a maturin that does nothing shows what it would be given.
fn a_readme_elsewhere_has_no_dead_link() {
    let folder = tempfile::tempdir().unwrap();
    let bin = folder.path().join("bin");
    fs::create_dir(&bin).unwrap();
    for (name, text) in [
        ("maturin", "#!/bin/sh\ncp -r README.md venvars.data \"$3\"\n"),
        // The files of git, where this is no repository.
        ("git", "#!/bin/sh\nprintf 'README.md\\0Cargo.toml\\0'\n"),
    ] {
        fs::write(bin.join(name), text).unwrap();
        fs::set_permissions(bin.join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths(std::iter::once(bin).chain(env::split_paths(&path))).unwrap();
    for address in ["", "https://example.org/o/venvars"] {
        let dist = tempfile::tempdir().unwrap();
        let mut source = package(dist.path(), address, &["source"]);
        succeed(source.env("PATH", &path).env("VENVARS", env!("CARGO_BIN_EXE_venvars"))).unwrap();
        let readme = fs::read_to_string(dist.path().join("README.md")).unwrap();
        let links: Vec<&str> =
            readme.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()).collect();
        let dead = links.iter().find(|link| !link.starts_with("https://") && !link.starts_with('#'));
        assert_eq!(dead, None);
        assert_eq!(
            links.iter().filter(|link| link.contains("/raw/") && link.contains("/docs/session.svg")).count(),
            address.len().min(1)
        );
        assert!(readme.contains("Getting started") && readme.contains("MIT"), "{readme}");
        let share = dist.path().join("venvars.data/data/share");
        for file in [
            "man/man1/venvars.1",
            "man/man1/venvars-apply.1",
            "bash-completion/completions/venvars",
            "zsh/site-functions/_venvars",
            "fish/vendor_completions.d/venvars.fish",
        ] {
            assert!(fs::metadata(share.join(file)).unwrap().len() > 500, "{file}");
        }
    }
}
