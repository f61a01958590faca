//! Ways past the hooks that were tried: each is stopped.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use libtest_mimic::{Failed, Trial};

use super::{Repository, SECRET};
use crate::support::trial;

/// A value that other programs write in another form.
const ODD: &str = "q9/x+Ä z&k=7%w\"v<8";

/// The lines of a value that has several.
const LINES: [&str; 3] = ["first-line-Xq7", "second-line-Rt9", "third-line-Pz4"];

/// What is done first, and then the command that is to be stopped; what is said names the place. `$S` is the value, and
/// `$F` the folder of files that hold it in some form.
type Way = (&'static str, &'static str, &'static str, &'static str);

const COMMITS: &[Way] = &[
    ("plain", "echo $S > a.py; git add a.py", "git commit -m x", "a.py:1"),
    ("taken out of the file again", "echo $S > a.py; git add a.py; : > a.py", "git commit -m x", "a.py:1"),
    ("deleted again", "echo $S > a.py; git add a.py; rm a.py", "git commit -m x", "a.py:1"),
    (
        "one hunk of a file",
        "echo $S > app.py; git diff > $F/patch; git checkout -q app.py; git apply --cached $F/patch",
        "git commit -m x",
        "app.py:1",
    ),
    ("a renamed file", "git mv app.py b.py; echo $S >> b.py; git add b.py", "git commit -m x", "b.py"),
    ("a file's name", "git mv app.py $S.py", "git commit -m x", "API_KEY"),
    ("a folder's name", "mkdir $S; echo > $S/a; git add .", "git commit -m x", "API_KEY"),
    ("a name with a line end", "mv app.py \"a\n$S\"; git add .", "git commit -m x", "API_KEY"),
    ("a link", "ln -s /x/$S link; git add link", "git commit -m x", "link"),
    ("a file that is only announced", "echo $S > a.py; git add -N a.py", "git commit -a -m x", "a.py:1"),
    ("the secrets themselves", "git add -f secrets.toml", "git commit -m x", "secrets.toml:1"),
    ("commit -a", "echo $S > app.py", "git commit -a -m x", "app.py:1"),
    ("commit FILE", "echo $S > app.py", "git commit -m x app.py", "app.py:1"),
    (
        "commit --include",
        "echo $S > app.py; echo > b; git add b",
        "git commit -m x --include app.py",
        "app.py:1",
    ),
    ("commit --amend", "echo $S > app.py; git add app.py", "git commit --amend --no-edit", "app.py:1"),
    ("commit --fixup", "echo $S > app.py; git add app.py", "git commit --fixup HEAD", "app.py:1"),
    ("from a subfolder", "mkdir sub; echo $S > sub/a; git add sub", "cd sub && git commit -m x", "sub/a:1"),
    (
        "from elsewhere",
        "echo $S > app.py; git add app.py",
        "R=$PWD; cd / && git --git-dir=$R/.git --work-tree=$R commit -m x",
        "app.py:1",
    ),
    (
        "another index",
        "export GIT_INDEX_FILE=.git/other; git read-tree HEAD; echo $S > app.py; git add app.py",
        "GIT_INDEX_FILE=.git/other git commit -m x",
        "app.py:1",
    ),
    (
        "a split index",
        "git update-index --split-index; echo $S > app.py; git add app.py",
        "git commit -m x",
        "app.py:1",
    ),
    (
        "an entry without a file",
        "git update-index --add --cacheinfo 100644,$(echo $S | git hash-object -w --stdin),a",
        "git commit -m x",
        "a:1",
    ),
    (
        "a file that git is not to look at",
        "echo $S > app.py; git add app.py; git update-index --skip-worktree app.py",
        "git commit -m x",
        "app.py:1",
    ),
    (
        "an object that is replaced",
        "echo $S > app.py; git add app.py; git replace $(git rev-parse :app.py) $(git rev-parse HEAD:app.py)",
        "git commit -m x",
        "app.py:1",
    ),
    (
        "attributes",
        "echo '*.py binary -diff filter=none export-ignore' > .gitattributes; echo $S > app.py; git add .",
        "git commit -m x",
        "app.py:1",
    ),
    (
        "settings of diff",
        "git config diff.external true; git config diff.ignoreSubmodules all; git config core.pager true; git config diff.relative true; mkdir d; echo $S > app.py; git add app.py",
        "cd d && git commit -m x",
        "app.py:1",
    ),
    (
        "a first commit",
        "git checkout -q --orphan new; echo $S > app.py; git add .",
        "git commit -m x",
        "app.py:1",
    ),
    ("no branch", "git checkout -q --detach; echo $S > app.py", "git commit -a -m x", "app.py:1"),
    (
        "a conflict",
        "git checkout -q -b b; echo 1 > app.py; git commit -q -a -m 1; git checkout -q main; echo 2 > app.py; git commit -q -a -m 2; git merge b || echo $S > app.py; git add app.py",
        "git commit -m x",
        "app.py:1",
    ),
    (
        "a merge",
        "git checkout -q -b b; echo $S > b; git add b; git commit -q -n -m b; git checkout -q main; echo > c; git add c; git commit -q -m c",
        "git merge b",
        "b:1",
    ),
    (
        "a linked working tree",
        "git worktree add -q tree; echo $S > tree/app.py",
        "git -C tree commit -a -m x",
        "app.py:1",
    ),
    (
        "what looks like a pointer of LFS",
        "printf 'version https://git-lfs.github.com/spec/v1\\noid sha256:%064d\\nsize 12\\nx %s\\n' 0 $S > a; git add a",
        "git commit -m x",
        "a:4",
    ),
    ("between NULs", "cp $F/nul a; git add a", "git commit -m x", "a"),
    ("a binary file", "cp $F/binary a; git add a", "git commit -m x", "a"),
    ("UTF-16", "cp $F/utf16 a; git add a", "git commit -m x", "a:1"),
    ("a long line", "cp $F/long a; git add a", "git commit -m x", "a:1"),
    ("base64", "cp $F/base64 a; git add a", "git commit -m x", "a:1"),
    ("base64 in lines", "cp $F/lines a; git add a", "git commit -m x", "a:1"),
    ("hex", "cp $F/hex a; git add a", "git commit -m x", "a:1"),
    ("a URL", "cp $F/url a; git add a", "git commit -m x", "a:1"),
    ("JSON", "cp $F/json a; git add a", "git commit -m x", "a:1"),
    ("HTML", "cp $F/html a; git add a", "git commit -m x", "a:1"),
    ("lines in quotes", "cp $F/quoted a; git add a", "git commit -m x", "a:1"),
    (
        "many files",
        "for i in $(seq 300); do echo $i > f$i; done; echo $S >> f299; git add .",
        "git commit -m x",
        "f299:2",
    ),
];

const PUSHES: &[Way] = &[
    ("the last commit", "", "git push origin main", "app.py:1"),
    ("a new branch", "git checkout -q -b new", "git push -u origin new", "app.py:1"),
    ("a new name", "", "git push origin main:refs/heads/other", "app.py:1"),
    ("a commit without a branch", "", "git push origin $(git rev-parse HEAD):refs/heads/other", "app.py:1"),
    ("force", "git commit -q --amend -m y", "git push --force origin main", "app.py:1"),
    ("a lease", "git commit -q --amend -m y", "git push --force-with-lease origin main", "app.py:1"),
    ("taken out again", "echo > app.py; git commit -q -a -m y", "git push origin main", "app.py:1"),
    ("reverted", "git revert -n HEAD; git commit -q -m y", "git push origin main", "app.py:1"),
    ("a tag", "git tag v1", "git push origin v1", "app.py:1"),
    ("all tags", "git tag v1", "git push --tags", "app.py:1"),
    ("tags that follow", "git tag -a -m x v1", "git push --follow-tags origin main", "app.py:1"),
    ("a tag's message", "git reset -q --hard HEAD^; git tag -a -m $S v1", "git push origin v1", "v1"),
    ("a tag's name", "git reset -q --hard HEAD^; git tag v-$S", "git push origin --tags", "refs/tags/v-"),
    ("a tag of a file", "git tag v1 HEAD:app.py; git reset -q --hard HEAD^", "git push origin v1", "API_KEY"),
    (
        "a tag of a tag",
        "git tag -a -m x one; git tag -a -m y two one; git reset -q --hard HEAD^",
        "git push origin two",
        "app.py:1",
    ),
    (
        "a branch's name",
        "git reset -q --hard HEAD^; git branch b-$S",
        "git push --all origin",
        "refs/heads/b-",
    ),
    ("a name over there", "git reset -q --hard HEAD^", "git push origin main:refs/heads/$S", "refs/heads/"),
    ("all branches", "git branch b; git reset -q --hard HEAD^", "git push --all origin", "app.py:1"),
    ("matching branches", "", "git -c push.default=matching push origin", "app.py:1"),
    ("a mirror", "git branch b; git reset -q --hard HEAD^", "git push --mirror ./other", "app.py:1"),
    ("an address", "", "git push ./remote main", "app.py:1"),
    ("a whole path", "", "git push file://$PWD/remote main", "app.py:1"),
    ("another repository", "", "git push other main", "app.py:1"),
    (
        "what the first has, to another",
        "git push -q --no-verify origin main",
        "git push other main",
        "app.py:1",
    ),
    (
        "another address",
        "git push -q --no-verify origin main; git remote set-url origin other",
        "git push origin main",
        "app.py:1",
    ),
    (
        "a second address",
        "git push -q --no-verify origin main; git remote set-url --add --push origin remote; git remote set-url --add --push origin other",
        "git push origin main",
        "app.py:1",
    ),
    (
        "notes",
        "git reset -q --hard HEAD^; git notes add -m $S",
        "git push origin refs/notes/commits",
        "API_KEY",
    ),
    (
        "a stash",
        "git reset -q --hard HEAD^; echo $S > app.py; git stash -q",
        "git push origin refs/stash:refs/heads/s",
        "app.py:1",
    ),
    (
        "a message",
        "git reset -q --hard HEAD^; git commit -q --allow-empty -m $S",
        "git push origin main",
        "API_KEY",
    ),
    (
        "an author",
        "git reset -q --hard HEAD^; git commit -q --allow-empty -m x --author \"$S <a@b>\"",
        "git push origin main",
        "API_KEY",
    ),
    (
        "one side of a merge",
        "git checkout -q -b b; git checkout -q main; git reset -q --hard HEAD^; git commit -q --allow-empty -m y; git merge -q --no-verify -s ours b",
        "git push origin main",
        "app.py:1",
    ),
    (
        "only in a merge",
        "git reset -q --hard HEAD^; git checkout -q -b b; git commit -q --allow-empty -m b; git checkout -q main; git merge -q --no-ff --no-commit b; echo $S > evil; git add evil; git commit -q --no-verify -m m",
        "git push origin main",
        "evil:1",
    ),
    (
        "a history of its own",
        "git checkout -q --orphan o; git commit -q --no-verify -m o",
        "git push origin o",
        "app.py:1",
    ),
    (
        "cherry-pick",
        "git branch b; git reset -q --hard HEAD^; git commit -q --allow-empty -m y; git cherry-pick b",
        "git push origin main",
        "app.py:1",
    ),
    (
        "rebase",
        "git branch up HEAD^; git checkout -q up; git commit -q --allow-empty -m u; git checkout -q main; git rebase -q up",
        "git push origin main",
        "app.py:1",
    ),
    (
        "am",
        "git format-patch -q -o $F -1; git reset -q --hard HEAD^; git am -q $F/*.patch",
        "git push origin main",
        "app.py:1",
    ),
    (
        "a merge that moves the branch",
        "git branch b; git reset -q --hard HEAD^; git merge -q b",
        "git push origin main",
        "app.py:1",
    ),
    ("from a subfolder", "mkdir sub", "cd sub && git push origin main", "app.py:1"),
    (
        "from another repository",
        "git init -q $F/r; printf 'A = 1\\n' > $F/r/secrets.toml",
        "R=$PWD; cd $F/r && git --git-dir=$R/.git --work-tree=$R push file://$R/remote main",
        "app.py:1",
    ),
    (
        "from elsewhere",
        "",
        "R=$PWD; cd / && git --git-dir=$R/.git --work-tree=$R push file://$R/remote main",
        "app.py:1",
    ),
    (
        "from a linked working tree",
        "git worktree add -q tree",
        "cd tree && git push file://$PWD/../remote HEAD:refs/heads/x",
        "app.py:1",
    ),
    ("a replaced commit", "git replace HEAD HEAD^", "git push --force origin main", "app.py:1"),
    (
        "a graft",
        "git replace --graft HEAD; git commit -q --allow-empty -m y",
        "git push --force origin main",
        "app.py:1",
    ),
    (
        "beside one that is deleted",
        "git push -q origin main^:refs/heads/gone",
        "git push origin :gone main",
        "app.py:1",
    ),
    ("with options", "", "git push --atomic --quiet --porcelain origin main", "app.py:1"),
    (
        "a shallow clone",
        "git fetch -q --depth 1 file://$PWD/remote main; git rev-parse FETCH_HEAD > .git/shallow",
        "git push origin main",
        "app.py:1",
    ),
];

pub fn trials() -> Vec<Trial> {
    let of = |kind: &'static str, ways: &'static [Way]| {
        ways.iter()
            .map(move |way| trial(format!("ways::{kind}: {}", way.0), None, move || stopped(kind, way)))
    };
    of("commit", COMMITS).chain(of("push", PUSHES)).collect()
}

fn stopped(kind: &str, (_, before, act, place): &Way) -> Result<(), Failed> {
    let repository = Repository::new()?;
    fs::write(repository.path(".git/info/exclude"), "/.local\n/tree\n")?;
    let odd = ODD.replace('"', "\\\"");
    fs::write(
        repository.path("secrets.toml"),
        format!("API_KEY = \"{SECRET}\"\nAPI_KEY_2 = \"{odd}\"\nAPI_KEY_3 = \"{}\"\n", LINES.join("\\n")),
    )?;
    repository.remote("origin", "remote")?;
    repository.remote("other", "other")?;
    repository.git(&["push", "--quiet", "-u", "origin", "main"])?;
    let forms = tempfile::tempdir()?;
    write_forms(forms.path())?;
    let shell = |text: &str| {
        let mut command = repository.command("sh");
        command.args(["-e", "-c", text]).env("S", SECRET).env("F", forms.path());
        command.output()
    };
    repository.venvars(&["hook", "install"])?;
    if kind == "push" {
        shell("echo $S > app.py; git commit -q -a --no-verify -m leak")?;
    }
    let done = shell(before)?;
    if !done.status.success() {
        return Err(format!("before: {done:?}").into());
    }
    let refs = || -> Result<String, Failed> {
        let all =
            shell("git rev-parse HEAD; git --git-dir=other for-each-ref; git --git-dir=remote for-each-ref")?;
        Ok(String::from_utf8_lossy(&all.stdout).into_owned())
    };
    let were = refs()?;
    let output = shell(act)?;
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    let is_told = said.contains("API_KEY") && said.contains(place) && said.contains("blocked by venvars");
    if output.status.success() || !is_told || said.contains(SECRET) || said.contains(ODD) {
        return Err(format!("{}\n{said}", output.status).into());
    }
    // A second address may be told of after the first, which has it already.
    if refs()? == were { Ok(()) } else { Err(format!("it went through\n{said}").into()) }
}

/// Files that hold the values in other forms.
fn write_forms(folder: &Path) -> Result<(), Failed> {
    let base64 = |text: &str| {
        use base64::Engine;
        base64::engine::general_purpose::STANDARD.encode(text)
    };
    let lines = |text: String| -> String {
        text.chars()
            .enumerate()
            .flat_map(|(at, c)| (at % 12 == 11).then_some('\n').into_iter().chain([c]))
            .collect()
    };
    let utf16: Vec<u8> =
        "\u{feff}x = ".encode_utf16().chain(SECRET.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let hex: String = SECRET.bytes().map(|byte| format!("{byte:02x}")).collect();
    let url: String =
        ODD.bytes()
            .map(|byte| {
                if byte.is_ascii_alphanumeric() { (byte as char).to_string() } else { format!("%{byte:02X}") }
            })
            .collect();
    let html = ODD.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    let forms: [(&str, Vec<u8>); 11] = [
        ("nul", format!("\0\0{SECRET}\0").into_bytes()),
        ("binary", [&[0x7f, b'E', b'L', b'F', 0, 0xff, 0xfe][..], SECRET.as_bytes(), &[0; 9]].concat()),
        ("utf16", utf16),
        ("long", format!("{}{SECRET}{}", "x".repeat(3_000_000), "y".repeat(3_000_000)).into_bytes()),
        ("base64", base64(&format!("user:{SECRET}!")).into_bytes()),
        ("lines", lines(base64(SECRET)).into_bytes()),
        ("hex", hex.into_bytes()),
        ("url", url.into_bytes()),
        ("json", serde_json::to_vec(ODD)?),
        ("html", html.into_bytes()),
        ("quoted", LINES.map(|line| format!("    \"{line}\\n\"\n")).concat().into_bytes()),
    ];
    for (name, text) in forms {
        fs::write(folder.join(name), text)?;
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}
