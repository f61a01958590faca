//! What venvars says of files in a repository, beside what git says.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::support::{clean, fed, private, venvars};
use libtest_mimic::Trial;
use venvars::world::git::{Standing, standings};

pub fn trials() -> Vec<Trial> {
    trials![random_repositories_are_read_as_git_reads_them, no_git_is_started_where_all_is_plain]
}

/// Numbers that look random: the same for every run (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % bound as u64).unwrap()
    }

    fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }
}

const NAMES: [&str; 12] =
    ["a", "b", "A", "secrets.toml", "Secrets.toml", ".venv", "bin", "x.py", "x.pyc", "é", "a b", "#x"];

const PLAIN: [&str; 16] = [
    "a",
    "b",
    "A",
    "secrets.toml",
    "SECRETS.toml",
    "*",
    "*.toml",
    "?",
    "sec*",
    ".venv",
    "bin",
    "**",
    "*.py[co]",
    "*.*",
    "a b",
    "é",
];

const ODD: [&str; 14] = [
    "[!a]",
    "[^a]",
    "[a-b]",
    "[[:alpha:]]",
    "[]a]",
    "[",
    "\\",
    "\\#x",
    "\\!x",
    "a\\ b",
    "**a",
    "a**",
    "$x",
    "",
];

fn pattern(random: &mut Random, odd: usize) -> String {
    let words = 1 + [0, 0, 0, 1, 2][random.below(5)];
    let word = |random: &mut Random| {
        if random.percent(odd) { random.of(&ODD) } else { random.of(&PLAIN) }
    };
    let path: Vec<&str> = (0..words).map(|_| word(random)).collect();
    let mut text = path.join("/");
    for (percent, before, after) in
        [(25, "/", ""), (20, "", "/"), (25, "!", ""), (odd / 4, "", " "), (odd / 4, "", "\r")]
    {
        if random.percent(percent) {
            text = format!("{before}{text}{after}");
        }
    }
    text
}

fn ignore_file(random: &mut Random, odd: usize) -> Vec<u8> {
    let lines: Vec<String> = (0..=random.below(7)).map(|_| pattern(random, odd)).collect();
    let mut text = lines.join("\n");
    if random.percent(80) {
        text.push('\n');
    }
    let first: &[u8] = match random.below(60) {
        0 => b"\xef\xbb\xbf",
        1 => b"\xff\xfe",
        2 => b"+/v",
        3 => b"\0",
        _ => b"",
    };
    [first, text.as_bytes()].concat()
}

/// Fills `folder` with files, folders, links and ignore files.
fn fill(random: &mut Random, folder: &Path, odd: usize, depth: usize) {
    for name in (0..4).map(|_| random.of(&NAMES)).collect::<BTreeSet<_>>() {
        let path = folder.join(name);
        if path.symlink_metadata().is_ok() {
            continue;
        }
        if depth < 3 && !name.contains(".toml") && random.percent(45) {
            fs::create_dir(&path).unwrap();
            fill(random, &path, odd, depth + 1);
        } else if random.percent(5) {
            symlink(random.of(&["a", "nowhere", "/etc/passwd"]), &path).unwrap();
        } else {
            fs::write(&path, "x").unwrap();
        }
    }
    let ignore = folder.join(".gitignore");
    if random.percent(50) && ignore.symlink_metadata().is_err() {
        match random.below(30) {
            0 => symlink("a", &ignore).unwrap(),
            1 => fs::create_dir(&ignore).unwrap(),
            _ => fs::write(&ignore, ignore_file(random, odd)).unwrap(),
        }
    }
}

fn git(folder: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args([
        "-c",
        "user.name=t",
        "-c",
        "user.email=t@t",
        "-c",
        "protocol.file.allow=always",
    ]);
    fed(command.args(arguments), input).unwrap()
}

/// Every file below `folder` but git's own and those of repositories inside, and one that is not there.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = BTreeSet::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        found.insert(folder.join("secrets.toml"));
        for entry in fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            if !entry.file_type().unwrap().is_dir() {
                found.insert(entry.path());
            } else if entry.file_name() != ".git" && entry.path().join(".git").symlink_metadata().is_err() {
                folders.push(entry.path());
            }
        }
    }
    found.retain(|path| !path.ends_with(".git"));
    found.into_iter().collect()
}

/// Compares what is said of every file in the working tree at `top`; the number of those that are ignored.
fn compare(top: &Path, seed: u64) -> usize {
    let paths = files(top);
    let input: Vec<u8> =
        paths.iter().flat_map(|path| [path.as_os_str().as_bytes(), b"\0"].concat()).collect();
    let asked = git(top, &["check-ignore", "--stdin", "-z", "--verbose", "--non-matching"], &input);
    let said = standings(&paths);
    if !matches!(asked.status.code(), Some(0 | 1)) {
        // What git does not answer, nobody does.
        assert!(said.is_err(), "{seed}: {said:?}");
        return 0;
    }
    let listed = git(top, &["ls-files", "-z"], b"").stdout;
    let tracked: BTreeSet<&[u8]> = listed.split(|byte| *byte == 0).collect();
    let fields: Vec<&[u8]> = asked.stdout.split(|byte| *byte == 0).collect();
    let truth = paths.iter().zip(fields.chunks(4)).map(|(path, fields)| {
        if !fields[0].is_empty() && !fields[2].starts_with(b"!") {
            Standing::Ignored
        } else if tracked.contains(path.strip_prefix(top).unwrap().as_os_str().as_bytes()) {
            Standing::Tracked
        } else {
            Standing::Exposed
        }
    });
    let mut ignored = 0;
    for ((path, truth), said) in paths.iter().zip(truth).zip(said.unwrap()) {
        assert_eq!(said, truth, "{seed}: {}", path.display());
        ignored += usize::from(said == Standing::Ignored);
    }
    ignored
}

/// A repository of a random kind in `folder`; the number of its files that are ignored.
fn judge(folder: &Path, seed: u64) -> usize {
    let random = &mut Random(seed);
    let odd = [0, 3, 3, 40][random.below(4)];
    let top = &folder.join("top");
    fs::create_dir(top).unwrap();
    git(
        top,
        &["init", "-q", ["--object-format=sha1", "--object-format=sha256"][usize::from(random.percent(10))]],
        b"",
    );
    fill(random, top, odd, 0);
    if random.percent(40) {
        fs::create_dir_all(top.join(".git/info")).unwrap();
        fs::write(top.join(".git/info/exclude"), ignore_file(random, odd)).unwrap();
    }
    if random.percent(30) {
        let file = folder.join("excludes");
        fs::write(&file, ignore_file(random, odd)).unwrap();
        git(top, &["config", "core.excludesFile", file.to_str().unwrap()], b"");
    }
    if random.percent(20) {
        git(top, &["config", "core.ignoreCase", "true"], b"");
    }
    git(top, &["config", "index.version", random.of(&["2", "3", "4"])], b"");
    let all = files(top);
    let picked: Vec<&str> =
        (0..random.below(6)).filter_map(|_| all[random.below(all.len())].to_str()).collect();
    if !picked.is_empty() {
        git(top, &[&["--literal-pathspecs", "add", "-f", "--"], &picked[..]].concat(), b"");
    }
    if random.percent(30) {
        git(top, &["add", "."], b"");
    }
    let mut ignored = 0;
    match random.below(14) {
        0 => drop(git(top, &["update-index", "--split-index"], b"")),
        1 => {
            git(top, &[&["update-index", "--skip-worktree", "--"], &picked[..]].concat(), b"");
            for file in &picked {
                let _ = fs::remove_file(file);
            }
        }
        2 => {
            git(top, &["commit", "-q", "--allow-empty", "-m", "x"], b"");
            git(top, &["sparse-checkout", "set", "--cone", "--sparse-index", "a"], b"");
        }
        3 => {
            let tree = folder.join("tree");
            git(top, &["commit", "-q", "--allow-empty", "-m", "x"], b"");
            git(top, &["worktree", "add", "-q", tree.to_str().unwrap()], b"");
            fill(random, &tree, odd, 0);
            ignored += compare(&tree, seed);
        }
        4 => {
            let around = folder.join("around");
            fs::create_dir(&around).unwrap();
            git(top, &["commit", "-q", "--allow-empty", "-m", "x"], b"");
            git(&around, &["init", "-q"], b"");
            git(&around, &["submodule", "add", "-q", top.to_str().unwrap(), "a"], b"");
            fill(random, &around, odd, 0);
            ignored += compare(&around, seed);
            if around.join("a/.git").exists() {
                fill(random, &around.join("a"), odd, 0);
                ignored += compare(&around.join("a"), seed);
                git(&around, &["submodule", "deinit", "-qf", "a"], b"");
                fs::create_dir_all(around.join("a")).unwrap();
                fill(random, &around.join("a"), odd, 0);
                ignored += compare(&around, seed);
            }
        }
        5 => drop(git(top, &["update-index", "--untracked-cache"], b"")),
        _ => {}
    }
    ignored + compare(top, seed)
}

/// `VENVARS_TEST_REPOSITORIES` says how many.
fn random_repositories_are_read_as_git_reads_them() {
    let wanted = std::env::var("VENVARS_TEST_REPOSITORIES").ok().and_then(|count| count.parse().ok());
    let mut ignored = 0;
    let count = wanted.unwrap_or(40);
    for seed in 0..count {
        let folder = tempfile::tempdir().unwrap();
        ignored += judge(&dunce::canonicalize(folder.path()).unwrap(), seed);
    }
    assert!(ignored as u64 > count, "only {ignored} files are ignored: nothing was tried");
}

fn no_git_is_started_where_all_is_plain() {
    let folder = tempfile::tempdir().unwrap();
    let top = dunce::canonicalize(folder.path()).unwrap();
    let git_of_ours = top.join("programs/git");
    fs::create_dir_all(top.join("programs")).unwrap();
    fs::write(&git_of_ours, "#!/bin/sh\n: > \"$HOME/started\"\nexit 3\n").unwrap();
    fs::set_permissions(&git_of_ours, fs::Permissions::from_mode(0o755)).unwrap();
    git(&top, &["init", "-q"], b"");
    fs::write(top.join("secrets.toml"), "KEY = 'hunter2-hunter2'\n").unwrap();
    private(&top.join("secrets.toml"));
    let run = || {
        let mut command = venvars(&top);
        clean(&mut command, &top);
        let output = command
            .env("PATH", top.join("programs"))
            .args(["run", "--no-venv", "--", "/bin/true"])
            .output()
            .unwrap();
        (output.status.code(), fs::remove_file(top.join("started")).is_ok())
    };
    fs::write(top.join(".gitignore"), "*.py[codz]\n.venv/\nsecrets.toml\n").unwrap();
    assert_eq!(run(), (Some(0), false));
    // What is not plain, git is asked.
    fs::write(top.join(".gitignore"), "secrets[.]toml\n!sec\\rets.toml\n").unwrap();
    assert_eq!(run(), (Some(2), true));
    fs::write(top.join(".gitignore"), "secrets.toml\n").unwrap();
    git(&top, &["add", "-f", "secrets.toml"], b"");
    assert_eq!(run(), (Some(2), true));
}
