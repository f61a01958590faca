//! `venvars scan`, on real repositories with values planted in every place and every form, and as many
//! near misses. Python writes the forms down.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::support::generators;
use crate::support::unix::PermissionsExt;
use crate::support::{self, BIN, cache, clean, succeed, trial, venvars, write_secrets};
use libtest_mimic::{Failed, Trial};
use serde_json::{Value as Json, json};
use tempfile::TempDir;

const KEY: &str = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n\
    MzEfYyjiWA4R4/M2bS1GB4t7NXp98C3SC6dVMvDuictGeurT8jNbvJZHtCSuYEvu\n-----END KEY-----\n";

/// Values of every sort: short, long, of several lines, with what programs escape.
const VALUES: [(&str, &str); 9] = [
    ("PLAIN", "zq7Rk2Lw9xTb4VmN8sPd"),
    ("SHORT", "k9$Wq!2x"),
    ("MARKS", "p@ss/w\"o'r\\d<&>+=%?#"),
    ("SPACES", "four plain words here"),
    ("FOREIGN", "schlüssel-größe-äöü"),
    ("WIDE", "ключ-от-дома-🚒-98"),
    ("KEY", KEY),
    ("URL", "postgres://app:Zx81-Qr77-mm@db.internal/shop"),
    ("BYTES", "Gm+/u9c3Ab//+zzQ0l5Y+w=="),
];

/// Prints every value in every form, and every near miss in every form: name, form, bytes in hex.
const FORMS: &str = r##"
import base64, binascii, html, json, shlex, subprocess, sys, urllib.parse
values = json.load(sys.stdin)
def forms(text):
    raw = text.encode()
    yield "plain", b"x = '" + raw + b"'\n"
    for before in range(3):
        for name, encode in (("standard", base64.b64encode), ("urlsafe", base64.urlsafe_b64encode)):
            yield f"base64", b"data: " + encode(b"~" * before + raw + b"?>~") + b"\n"
        yield "base64", base64.encodebytes(b"." * (37 + before) + raw + b"," * 60)
    yield "base64", base64.b64encode(raw)
    yield "hex", b"0x" + binascii.hexlify(raw) + b" "
    yield "hex", binascii.hexlify(raw).upper()
    for safe in ("", "/", "!*'()"):
        yield "percent", b"?a=" + urllib.parse.quote(raw, safe=safe).encode() + b"&b=1"
    yield "percent", urllib.parse.urlencode({"a": text}).encode()
    yield "json", json.dumps({"a": text}).encode()
    yield "json", json.dumps({"a": text}, ensure_ascii=False).encode()
    yield "json", json.dumps([text]).replace("/", "\\/").encode()
    # Jinja's and Flask's tojson.
    marked = json.dumps(text)
    for mark in "<>&'":
        marked = marked.replace(mark, f"\\u{ord(mark):04x}")
    yield "json", marked.encode()
    yield "utf-16", ("\ufeffx = " + text + "\n").encode("utf-16-le")
    yield "utf-16", ("\ufeffx = " + text + "\n").encode("utf-16-be")
    yield "utf-32", text.encode("utf-32-be")
    try:
        yield "latin-1", text.encode("latin-1")
    except UnicodeEncodeError:
        pass
    lines = text.rstrip("\n").split("\n")
    if len(lines) > 1:
        yield "lines", "".join(lines).encode()
        yield "lines", "\r\n".join(lines).encode()
        yield "lines", " ".join(lines).encode()
        yield "lines", b"key: |\n" + "".join(f"    {line}\n" for line in lines).encode()
        for frame in ("+%s", "- %s", "# %s", "> %s", "// %s", " * %s", '"%s\\n"', "    '%s\\n' +"):
            yield "lines", "".join(frame % line + "\n" for line in lines).encode()
        yield "lines", json.dumps({"a": json.dumps({"b": text})}).encode()
    yield "percent", "".join(f"%{byte:02x}" for byte in raw).encode()
    yield "json", json.dumps({"a": json.dumps({"b": text})}).encode()
    # Dictionaries in a log, and other literals.
    for literal in (repr({"a": text}), ascii([text]), repr(raw), html.escape(text), html.escape(text, quote=False)):
        yield "escaped", literal.encode()
    yield "escaped", html.escape(text).replace("&#x27;", "&#39;").replace("&quot;", "&#34;").encode()
    # Words of a shell.
    yield "escaped", shlex.quote(text).encode()
    for line in ('printf %q "$1"', 'printf %s "${1@Q}"', 'exec 2>&1; set -x; : "$1"'):
        for locale in ("C", "C.UTF-8"):
            run = subprocess.run(["bash", "-c", line, "x", text], env={"LC_ALL": locale}, capture_output=True, check=True)
            yield "escaped", run.stdout
    units = text.encode("utf-16-be").hex().upper()
    yield "json", "".join("\\u" + units[at:at + 4] for at in range(0, len(units), 4)).encode()
def misses(text):
    # A line of a key is a value by itself.
    lines = text.rstrip("\n").split("\n")
    each = lambda change: "\n".join(map(change, lines))
    def other(line, at):
        return line[:at] + chr(ord(line[at]) ^ (1 if ord(line[at]) > 33 else 4)) + line[at + 1:]
    yield each(lambda line: other(line, 0))
    yield each(lambda line: other(line, len(line) // 2))
    yield each(lambda line: other(line, len(line) - 1))
    yield each(lambda line: line[:-1])
    yield each(lambda line: line[1:])
    yield each(str.swapcase)
out = []
for name, text in values:
    out += [[name, form, raw.hex(), True] for form, raw in forms(text)]
    for miss in misses(text):
        # What is left of a URL holds its password still.
        if name != "URL":
            out += [[name, form, raw.hex(), False] for form, raw in forms(miss)]
json.dump(out, sys.stdout)
"##;

/// A value or a near miss, written down.
struct Planted {
    name: String,
    form: String,
    bytes: Vec<u8>,
    is_value: bool,
}

fn planted() -> Result<Vec<Planted>, Failed> {
    let mut child =
        Command::new("python3").args(["-c", FORMS]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    child.stdin.take().ok_or("no input")?.write_all(&serde_json::to_vec(&VALUES)?)?;
    let output = child.wait_with_output()?;
    let all: Vec<(String, String, String, bool)> = serde_json::from_slice(&output.stdout)?;
    let bytes =
        |hex: &str| (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16)).collect();
    all.into_iter()
        .map(|(name, form, hex, is_value)| {
            let bytes: Result<Vec<u8>, _> = bytes(&hex);
            Ok(Planted { name, form, bytes: bytes?, is_value })
        })
        .collect()
}

/// A project in a repository, with the values of the tests as its secrets.
fn project() -> Result<TempDir, Failed> {
    let folder = tempfile::tempdir()?;
    let values: Vec<_> =
        VALUES.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    write_secrets(&folder.path().join("secrets.toml"), &values);
    fs::write(folder.path().join(".gitignore"), "/secrets.toml\n")?;
    git(folder.path(), &["init", "--quiet", "--initial-branch=main"])?;
    git(folder.path(), &["add", "."])?;
    git(folder.path(), &["commit", "--quiet", "--message=first"])?;
    Ok(folder)
}

fn git(folder: &Path, arguments: &[&str]) -> Result<String, Failed> {
    let mut command = Command::new("git");
    clean(&mut command, folder);
    for name in ["GIT_AUTHOR", "GIT_COMMITTER"] {
        command.env(format!("{name}_NAME"), "Ann").env(format!("{name}_EMAIL"), "ann@example.org");
    }
    command.args(["-c", "protocol.file.allow=always", "-c", "core.autocrlf=false"]);
    let output = succeed(command.current_dir(folder).args(arguments))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Runs a scan, makes sure that no value is in what it prints, and gives its JSON.
fn scan(folder: &Path, arguments: &[&str]) -> Result<Json, Failed> {
    scan_input(folder, arguments, b"")
}

fn scan_input(folder: &Path, arguments: &[&str], input: &[u8]) -> Result<Json, Failed> {
    let mut ran = Vec::new();
    for form in ["--json", "--quiet", "--sarif"] {
        let mut command = venvars(folder);
        command.arg("scan").args(arguments).arg(form);
        ran.push(run(&mut command, input)?);
        let output = &ran[ran.len() - 1];
        for (name, value) in VALUES {
            for bytes in [&output.stdout, &output.stderr] {
                let text = String::from_utf8_lossy(bytes);
                if value.lines().any(|line| text.contains(line)) {
                    return Err(format!("the value of {name} is shown: {text}").into());
                }
            }
        }
    }
    let document: Json = serde_json::from_slice(&ran[0].stdout)
        .map_err(|error| format!("{error}: {}", String::from_utf8_lossy(&ran[0].stderr)))?;
    let count = document["finds"].as_array().ok_or("no finds")?.len();
    let expected = i32::from(count > 0);
    for output in &ran {
        if output.status.code() != Some(expected) {
            return Err(format!("{count} finds and {}", output.status).into());
        }
    }
    let sarif: Json = serde_json::from_slice(&ran[2].stdout)?;
    if sarif["runs"][0]["results"].as_array().map(Vec::len) != Some(count) {
        return Err("SARIF has other results".into());
    }
    Ok(document)
}

fn run(command: &mut Command, input: &[u8]) -> Result<Output, Failed> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let mut stdin = child.stdin.take().ok_or("no input")?;
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output()?;
    let _ = writer.join();
    Ok(output)
}

/// Each find in a few words: file, line, column, name, form, part.
fn told(document: &Json) -> Vec<String> {
    let number = |value: &Json| value.as_u64().map(|number| format!(":{number}")).unwrap_or_default();
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let finds = document["finds"].as_array().into_iter().flatten();
    let mut told: Vec<String> = finds
        .map(|find| {
            let place = number(&find["line"]) + &number(&find["column"]);
            format!(
                "{}{place} {} {} {}",
                text(&find["file"]),
                text(&find["name"]),
                text(&find["encoding"]),
                text(&find["in"])
            )
        })
        .collect();
    told.sort_unstable();
    told
}

/// `expected` is what is told, each of them once.
#[track_caller]
fn expect(document: &Json, expected: &[&str]) -> Result<(), Failed> {
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    let found = told(document);
    if found == expected { Ok(()) } else { Err(format!("found {found:#?}\nexpected {expected:#?}").into()) }
}

/// What has to be found: each planted value in its file, in its form or one that comes to the same bytes.
fn compare(planted: &[Planted], document: &Json) -> Result<(), Failed> {
    let finds = document["finds"].as_array().ok_or("no finds")?;
    let mut wrong = Vec::new();
    let mut values = 0;
    for (at, one) in planted.iter().enumerate() {
        let file = format!("planted/{at:04}");
        let here: Vec<_> = finds.iter().filter(|find| find["file"] == file).collect();
        let names: BTreeSet<_> = here.iter().filter_map(|find| find["name"].as_str()).collect();
        let forms: BTreeSet<_> = here.iter().filter_map(|find| find["encoding"].as_str()).collect();
        if one.is_value {
            values += 1;
            // A text without anything to escape is the same as it is.
            let is_right = forms.contains(&*one.form)
                || (matches!(&*one.form, "json" | "percent" | "latin-1" | "lines" | "escaped")
                    && !forms.is_empty());
            if names != BTreeSet::from([&*one.name]) || !is_right {
                wrong.push(format!("missed: {file} {} {}: {names:?} {forms:?}", one.name, one.form));
            }
        } else if !here.is_empty() {
            let shown = String::from_utf8_lossy(&one.bytes);
            wrong.push(format!("false: {file} {} {} {here:?}: {shown}", one.name, one.form));
        }
    }
    // What lacks a byte of a key has its other lines still.
    let is_line = |find: &Json| find["name"] == "KEY" && find["encoding"] == "line";
    let others = finds.iter().filter(|find| {
        let file = find["file"].as_str().unwrap_or_default();
        !(file.starts_with("planted/") || file.starts_with("almost/") && is_line(find))
    });
    wrong.extend(others.map(|find| format!("elsewhere: {find}")));
    if values < 150 || planted.len() < 2 * values {
        wrong.push(format!("only {values} values and {} in all", planted.len()));
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

fn plant(folder: &Path, planted: &[Planted]) -> Result<(), Failed> {
    fs::create_dir(folder.join("planted"))?;
    for (at, one) in planted.iter().enumerate() {
        fs::write(folder.join(format!("planted/{at:04}")), &one.bytes)?;
    }
    Ok(())
}

fn every_form_in_files() -> Result<(), Failed> {
    let (folder, planted) = (project()?, planted()?);
    plant(folder.path(), &planted)?;
    compare(&planted, &scan(folder.path(), &[])?)?;
    git(folder.path(), &["add", "."])?;
    compare(&planted, &scan(folder.path(), &[])?)?;
    // The index is what counts, and not the files.
    fs::remove_dir_all(folder.path().join("planted"))?;
    compare(&planted, &scan(folder.path(), &["--staged"])?)?;
    expect(&scan(folder.path(), &[])?, &[])
}

fn every_form_in_history() -> Result<(), Failed> {
    let (folder, planted) = (project()?, planted()?);
    plant(folder.path(), &planted)?;
    git(folder.path(), &["add", "."])?;
    git(folder.path(), &["commit", "--quiet", "--message=planted"])?;
    let added = git(folder.path(), &["rev-parse", "HEAD"])?;
    git(folder.path(), &["rm", "--quiet", "-r", "planted"])?;
    git(folder.path(), &["commit", "--quiet", "--message=gone"])?;
    let removed = git(folder.path(), &["rev-parse", "HEAD"])?;
    expect(&scan(folder.path(), &[])?, &[])?;
    for packed in [false, true] {
        if packed {
            git(folder.path(), &["gc", "--quiet"])?;
        }
        let document = scan(folder.path(), &["--history"])?;
        compare(&planted, &document)?;
        for find in document["finds"].as_array().into_iter().flatten() {
            let commits = [&find["added"][0]["commit"], &find["removed"][0]["commit"]];
            if commits != [&json!(added), &json!(removed)]
                || find["added"][0]["author"] != "Ann"
                || find["pushed"] != false
            {
                return Err(format!("{find}").into());
            }
        }
        compare(&planted, &scan(folder.path(), &["HEAD~2..HEAD~1"])?)?;
        expect(&scan(folder.path(), &["HEAD~1..HEAD"])?, &[])?;
    }
    Ok(())
}

/// Lines of which no two are the same, so that a change copies all that it can.
fn lines(numbers: std::ops::Range<usize>) -> String {
    numbers.map(|number| format!("line {number}: {:016x}\n", number.wrapping_mul(0x9e37_79b9_7f4a))).collect()
}

/// Writes two files of the same name: into `planted` a text that holds `bytes` at the line `at`, and into
/// `almost` a longer one that lacks the byte `missing` of them. git takes the longer one as the base.
fn plant_change(
    folder: &Path,
    name: &str,
    text: std::ops::Range<usize>,
    at: usize,
    (bytes, missing): (&[u8], usize),
) -> Result<(), Failed> {
    let (before, after) = (lines(text.start..at), lines(at..text.end));
    let whole = [before.as_bytes(), bytes, b"\n", after.as_bytes()].concat();
    let gap = before.len() + missing;
    let almost = [&whole[..gap], &whole[gap + 1..], lines(text.end..text.end + 4).as_bytes()].concat();
    for (place, text) in [("planted", whole), ("almost", almost)] {
        fs::create_dir_all(folder.join(place))?;
        fs::write(folder.join(place).join(name), text)?;
    }
    Ok(())
}

/// Commits what is in `folder`, and packs it as changes, at least so many.
fn pack_changes(folder: &Path, setting: &str, at_least: usize) -> Result<(), Failed> {
    git(folder, &["add", "."])?;
    git(folder, &["commit", "--quiet", "--allow-empty", "--message=planted"])?;
    git(folder, &["-c", setting, "repack", "-a", "-d", "-f", "--quiet", "--window=60", "--depth=50"])?;
    let index = only_pack(folder)?.with_extension("idx");
    let entries = git(folder, &["verify-pack", "-v", index.to_str().ok_or("a path")?])?;
    let changes = entries.lines().filter(|line| line.split_whitespace().count() == 7).count();
    if changes < at_least { Err(format!("only {changes} changes in the pack").into()) } else { Ok(()) }
}

/// Values that git stores as changes to what is almost the same: with every byte but one of them copied
/// from another object, whose own text holds none.
fn every_form_in_changes() -> Result<(), Failed> {
    // Letters inside each value that no quotes change: what is left without a quote's mark may be the value in
    // another shell's quotes.
    const INSIDE: [&str; 9] = ["9xTb", "Wq", "ss/", "plain", "chl", "-98", "CSC6", "Qr77", "Ab/"];
    let (folder, planted) = (project()?, planted()?);
    let folder = folder.path();
    for (at, one) in planted.iter().enumerate() {
        // Inside the value, and not at one of its line ends; a URL's password is a value too.
        let end = one.bytes.iter().position(|byte| *byte == b'\n').unwrap_or(one.bytes.len());
        let is_broken = end + 1 < one.bytes.len() && !one.form.starts_with("utf");
        let mut inside = INSIDE.iter().filter_map(|text| memchr::memmem::find(&one.bytes, text.as_bytes()));
        let missing = match &*one.name {
            _ if matches!(&*one.form, "escaped" | "json") => inside.next().unwrap_or(one.bytes.len() / 2) + 1,
            _ if !is_broken => one.bytes.len() / 2,
            "URL" => 75,
            _ => 54,
        };
        plant_change(folder, &format!("{at:04}"), 0..60, at % 60, (&one.bytes, missing))?;
    }
    for setting in ["repack.useDeltaBaseOffset=true", "repack.useDeltaBaseOffset=false"] {
        pack_changes(folder, setting, planted.len())?;
        compare(&planted, &scan(folder, &["--history"])?)?;
    }
    Ok(())
}

/// A value that a change completes, at each of its bytes, and that is nowhere in the base.
fn a_value_at_every_seam() -> Result<(), Failed> {
    let folder = project()?;
    let folder = folder.path();
    let (name, value) = VALUES[0];
    // The search goes by pieces of the shortest value; a long one alone has long pieces.
    write_secrets(&folder.join("secrets.toml"), &[(name.to_owned(), value.to_owned())]);
    for missing in 0..value.len() {
        // Each pair has lines of its own, so that nothing else is its base.
        let first = missing * 1000;
        let bytes = (value.as_bytes(), missing);
        plant_change(folder, &format!("{missing:02}"), first..first + 40, first + 20, bytes)?;
    }
    pack_changes(folder, "repack.useDeltaBaseOffset=true", value.len())?;
    let expected: Vec<String> =
        (0..value.len()).map(|missing| format!("planted/{missing:02}:21:1 {name} plain content")).collect();
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    expect(&scan(folder, &["--history"])?, &expected)
}

/// The one pack of the repository in `folder`.
fn only_pack(folder: &Path) -> Result<PathBuf, Failed> {
    let all: Vec<PathBuf> = fs::read_dir(folder.join(".git/objects/pack"))?
        .filter_map(|entry| {
            Some(entry.ok()?.path()).filter(|path| path.extension().is_some_and(|end| end == "pack"))
        })
        .collect();
    match <[PathBuf; 1]>::try_from(all) {
        Ok([pack]) => Ok(pack),
        Err(all) => Err(format!("not one pack: {all:?}").into()),
    }
}

/// Large objects and their changes, packs that were fetched, and packs with an error in them.
fn every_sort_of_pack() -> Result<(), Failed> {
    let outer = project()?;
    let folder = outer.path();
    let mut state = 1u64;
    let mut noise = vec![0u8; 17 << 20];
    for byte in &mut noise {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        *byte = state.to_be_bytes()[0] | 1;
    }
    let text = |noise: &[u8]| {
        format!("one\n= {}", noise.iter().map(|byte| char::from(byte % 64 + 48)).collect::<String>())
    };
    commit(folder, "large", &text(&noise), "large")?;
    commit(folder, "large", &format!("{}\n{}", text(&noise), VALUES[0].1), "leak")?;
    commit(folder, "large", &format!("{}\n", text(&noise)), "gone")?;
    commit(folder, "small", &text(&noise[..9999]), "small")?;
    git(folder, &["repack", "-a", "-d", "-f", "--quiet"])?;
    let large = "large:3:1 PLAIN plain content";
    expect(&scan(folder, &["--history"])?, &[large])?;
    // What is fetched comes as changes to what is there, which git then puts behind them.
    let elsewhere = tempfile::tempdir()?;
    let address = format!("file://{}", folder.to_str().ok_or("a path")?);
    git(elsewhere.path(), &["clone", "--quiet", &address, "."])?;
    fs::copy(folder.join("secrets.toml"), elsewhere.path().join("secrets.toml"))?;
    expect(&scan(elsewhere.path(), &["--history"])?, &[large])?;
    let leak = format!("{}{}{}", text(&noise[..5000]), VALUES[0].1, &text(&noise[..9999])[5006..]);
    commit(folder, "small", &leak, "leak")?;
    git(elsewhere.path(), &["-c", "fetch.unpackLimit=1", "fetch", "--quiet"])?;
    let found = [large, "small:2:5003 PLAIN plain content"];
    expect(&scan(elsewhere.path(), &["--history"])?, &found)?;
    // With an index over all packs.
    git(elsewhere.path(), &["multi-pack-index", "write"])?;
    expect(&scan(elsewhere.path(), &["--history"])?, &found)?;
    // What cannot be read is never said to hold nothing.
    let clean = project()?;
    commit(clean.path(), "small", &text(&noise[..9999]), "small")?;
    git(clean.path(), &["repack", "-a", "-d", "--quiet"])?;
    expect(&scan(clean.path(), &["--history"])?, &[])?;
    let pack = only_pack(clean.path())?;
    let good = fs::read(&pack)?;
    fs::set_permissions(&pack, fs::Permissions::from_mode(0o644))?;
    for broken in [good[..good.len() - 60].to_vec(), {
        let mut broken = good.clone();
        let middle = broken.len() / 2;
        broken[middle..middle + 8].fill(0xff);
        broken
    }] {
        fs::write(&pack, broken)?;
        let output = run(venvars(clean.path()).args(["scan", "--history"]), b"")?;
        if output.status.code() != Some(2) {
            return Err(format!("{}: {output:?}", pack.display()).into());
        }
    }
    fs::write(&pack, good)?;
    let index = pack.with_extension("idx");
    fs::set_permissions(&index, fs::Permissions::from_mode(0o644))?;
    File::options().write(true).open(&index)?.set_len(500)?;
    let output = run(venvars(clean.path()).args(["scan", "--history"]), b"")?;
    if output.status.code() == Some(2) { Ok(()) } else { Err(format!("{output:?}").into()) }
}

/// The text of a file that holds the value of PLAIN at its line 2, column 3.
const LEAK: &str = "one\n= zq7Rk2Lw9xTb4VmN8sPd\n";

fn commit(folder: &Path, file: &str, text: &str, message: &str) -> Result<String, Failed> {
    if let Some(parent) = folder.join(file).parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(folder.join(file), text)?;
    git(folder, &["add", "--force", file])?;
    git(folder, &["commit", "--quiet", "--message", message])?;
    git(folder, &["rev-parse", "HEAD"])
}

fn every_place_of_the_history() -> Result<(), Failed> {
    let folder = project()?;
    let folder = folder.path();
    let key = VALUES[0].1;
    // Another branch, and a merge that holds what none of its parents does.
    git(folder, &["checkout", "--quiet", "-b", "other"])?;
    commit(folder, "on-branch", LEAK, "other")?;
    git(folder, &["checkout", "--quiet", "main"])?;
    commit(folder, "ours", "ours", "ours")?;
    git(folder, &["merge", "--quiet", "--no-commit", "--no-ff", "other"])?;
    fs::write(folder.join("in-merge"), LEAK)?;
    git(folder, &["add", "in-merge"])?;
    git(folder, &["commit", "--quiet", "--message=merged"])?;
    // Only the reflog knows a commit that was amended.
    commit(folder, "amended", LEAK, "amended")?;
    fs::write(folder.join("amended"), "harmless")?;
    git(folder, &["commit", "--quiet", "--all", "--amend", "--message=better"])?;
    // A stash, with its index and with what is not tracked.
    fs::write(folder.join("ours"), LEAK)?;
    fs::write(folder.join("untracked"), LEAK)?;
    git(folder, &["stash", "push", "--quiet", "--include-untracked"])?;
    // Messages, names.
    commit(folder, "harmless", "x", &format!("subject\n\nbody {key}"))?;
    let message = git(folder, &["rev-parse", "--short=12", "HEAD"])?;
    git(folder, &["tag", "--annotate", "v1", "--message", &format!("tag\n{key}")])?;
    commit(folder, &format!("folder-{key}/file"), "x", "a name")?;
    git(folder, &["branch", &format!("about-{key}")])?;
    // Who wrote it and who committed it are one.
    let tree = git(folder, &["rev-parse", "HEAD^{tree}"])?;
    let person = format!("{key} <{}@b.example> 1700000000 +0000", VALUES[1].1);
    let text = format!("tree {tree}\nauthor {person}\ncommitter {person}\n\nsubject\n");
    fs::write(folder.join("commit"), text)?;
    let authored = git(folder, &["hash-object", "-t", "commit", "-w", "commit"])?;
    fs::remove_file(folder.join("commit"))?;
    git(folder, &["branch", "authored", &authored])?;
    // A tag that leads to a file and no commit.
    fs::write(folder.join("loose"), LEAK)?;
    let blob = git(folder, &["hash-object", "-w", "loose"])?;
    fs::remove_file(folder.join("loose"))?;
    git(folder, &["tag", "blob", &blob])?;
    // Notes.
    git(folder, &["notes", "add", "--message", key])?;
    let noted = git(folder, &["rev-parse", "HEAD"])?;
    // What nothing leads to is told of by number alone.
    fs::write(folder.join("nowhere"), format!("{LEAK}nowhere"))?;
    git(folder, &["hash-object", "-w", "nowhere"])?;
    fs::remove_file(folder.join("nowhere"))?;
    let expected = [
        "on-branch:2:3 PLAIN plain content".to_owned(),
        "in-merge:2:3 PLAIN plain content".to_owned(),
        "amended:2:3 PLAIN plain content".to_owned(),
        "ours:2:3 PLAIN plain content".to_owned(),
        "untracked:2:3 PLAIN plain content".to_owned(),
        format!("{message}:3:6 PLAIN plain commit"),
        format!("{}:1:1 PLAIN plain commit", &authored[..12]),
        format!("{}:1:1 SHORT plain commit", &authored[..12]),
        "v1:2:1 PLAIN plain tag".to_owned(),
        "folder-<PLAIN>/file PLAIN plain file_name".to_owned(),
        "refs/heads/about-<PLAIN> PLAIN plain reference".to_owned(),
        format!("{noted}:1:1 PLAIN plain content"),
    ];
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    // The blob of the tag is the very one that commits brought.
    let document = scan(folder, &["--history"])?;
    expect(&document, &expected)?;
    if document["unreachable"] != 1 {
        return Err(format!("{} unreachable", document["unreachable"]).into());
    }
    git(folder, &["pack-refs", "--all"])?;
    git(folder, &["repack", "--quiet", "-a", "-d"])?;
    expect(&scan(folder, &["--history"])?, &expected)
}

fn a_tag_that_leads_to_a_file() -> Result<(), Failed> {
    let folder = project()?;
    let folder = folder.path();
    fs::write(folder.join("loose"), LEAK)?;
    let blob = git(folder, &["hash-object", "-w", "loose"])?;
    fs::remove_file(folder.join("loose"))?;
    expect(&scan(folder, &["--history"])?, &[])?;
    git(folder, &["tag", "blob", &blob])?;
    expect(&scan(folder, &["--history"])?, &[&format!("{}:2:3 PLAIN plain content", &blob[..12])])
}

fn what_was_pushed_is_told() -> Result<(), Failed> {
    let folder = project()?;
    let (folder, remote) = (folder.path(), tempfile::tempdir()?);
    git(remote.path(), &["init", "--quiet", "--bare"])?;
    let address = remote.path().to_str().ok_or("a path")?;
    git(folder, &["remote", "add", "origin", address])?;
    git(folder, &["push", "--quiet", "origin", "main"])?;
    let pushed = |file: &str| -> Result<bool, Failed> {
        let document = scan(folder, &["--history"])?;
        let finds = document["finds"].as_array().ok_or("no finds")?;
        let find = finds.iter().find(|find| find["file"] == file).ok_or(format!("{file} was not found"))?;
        Ok(find["pushed"] == true)
    };
    let first = git(folder, &["rev-parse", "HEAD"])?;
    commit(folder, "leak", LEAK, "leak")?;
    let before = pushed("leak")?;
    git(folder, &["push", "--quiet", "origin", "main"])?;
    let after = pushed("leak")?;
    // Pushed over: others may have read it all the same.
    git(folder, &["reset", "--quiet", "--hard", &first])?;
    git(folder, &["push", "--quiet", "--force", "origin", "main"])?;
    let over = pushed("leak")?;
    commit(folder, "local", LEAK, "local")?;
    let local = pushed("local")?;
    // A bare repository, where there are no files.
    git(folder, &["push", "--quiet", "origin", "main"])?;
    fs::copy(folder.join("secrets.toml"), remote.path().join("secrets.toml"))?;
    expect(&scan(remote.path(), &["--history"])?, &["local:2:3 PLAIN plain content"])?;
    if (before, after, over, local) == (false, true, true, false) {
        Ok(())
    } else {
        Err(format!("{before} {after} {over} {local}").into())
    }
}

fn every_kind_of_repository() -> Result<(), Failed> {
    let outer = project()?;
    let folder = outer.path();
    let leaked = commit(folder, "leak", LEAK, "leak")?;
    commit(folder, "leak", "harmless", "gone")?;
    let found = ["leak:2:3 PLAIN plain content"];
    let elsewhere = tempfile::tempdir()?;
    let elsewhere = elsewhere.path();
    let home = |name: &str| -> Result<PathBuf, Failed> {
        let copy = elsewhere.join(name);
        fs::copy(folder.join("secrets.toml"), copy.join("secrets.toml"))?;
        Ok(copy)
    };
    let from = folder.to_str().ok_or("a path")?;
    // Objects in another repository's store.
    git(elsewhere, &["clone", "--quiet", "--shared", from, "shared"])?;
    expect(&scan(&home("shared")?, &["--history"])?, &found)?;
    // A repository without the older commits: the leak is in them, and then it is in their youngest.
    let address = format!("file://{from}");
    git(elsewhere, &["clone", "--quiet", "--depth=1", &address, "shallow"])?;
    let document = scan(&home("shallow")?, &["--history"])?;
    expect(&document, &[])?;
    if document["shallow"] != json!(true) || document["partial"] != json!(false) {
        return Err(format!("{document}").into());
    }
    let bare = "uploadpack.allowFilter=true";
    git(folder, &["config", "uploadpack.allowFilter", "true"])?;
    git(elsewhere, &["clone", "--quiet", "--filter=blob:none", "-c", bare, &address, "partial"])?;
    let document = scan(&home("partial")?, &["--history"])?;
    if document["shallow"] != json!(false) || document["partial"] != json!(true) {
        return Err(format!("{document}").into());
    }
    git(elsewhere, &["clone", "--quiet", "--depth=2", &address, "deeper"])?;
    let document = scan(&home("deeper")?, &["--history"])?;
    expect(&document, &found)?;
    if document["finds"][0]["added"][0]["commit"] != json!(leaked) {
        return Err(format!("{document}").into());
    }
    // A second working tree, whose own branch has a find more.
    let tree = elsewhere.join("tree");
    git(folder, &["worktree", "add", "--quiet", "--detach", tree.to_str().ok_or("a path")?])?;
    home("tree")?;
    commit(&tree, "in-tree", LEAK, "in a tree")?;
    let in_tree = "in-tree:2:3 PLAIN plain content";
    for folder in [folder, &tree] {
        expect(&scan(folder, &["--history"])?, &[found[0], in_tree])?;
    }
    expect(&scan(&tree, &[])?, &[in_tree])?;
    // It has the values of the first also without a secrets.toml of its own.
    fs::remove_file(tree.join("secrets.toml"))?;
    expect(&scan(&tree, &[])?, &[in_tree])?;
    // One without a working tree, named; and one that is named for its history.
    git(elsewhere, &["clone", "--quiet", "--bare", from, "bare.git"])?;
    let bare = elsewhere.join("bare.git");
    let bare = bare.to_str().ok_or("a path")?;
    let in_bare = format!("{bare}/{}", found[0]);
    for arguments in [&[bare][..], &["--history", bare]] {
        expect(&scan(folder, arguments)?, &[&in_bare])?;
    }
    let in_deeper = format!("{}/{}", elsewhere.join("deeper").display(), found[0]);
    let deeper = elsewhere.join("deeper");
    expect(&scan(folder, &["--history", deeper.to_str().ok_or("a path")?])?, &[&in_deeper])?;
    // Ids of another kind.
    git(elsewhere, &["init", "--quiet", "--object-format=sha256", "sha256"])?;
    home("sha256")?;
    commit(&elsewhere.join("sha256"), "leak", LEAK, "leak")?;
    fs::write(elsewhere.join("sha256/first"), LEAK)?;
    git(&elsewhere.join("sha256"), &["add", "first"])?;
    expect(&scan(&elsewhere.join("sha256"), &["--history"])?, &found)?;
    expect(&scan(&elsewhere.join("sha256"), &["--staged"])?, &["first:2:3 PLAIN plain content"])
}

/// A folder that has the names of git's own is none.
/// A bare repository is read only where git itself would, and nothing that its configuration names is run.
fn what_git_refuses_is_refused() -> Result<(), Failed> {
    let outer = project()?;
    let folder = outer.path();
    commit(folder, "leak", LEAK, "leak")?;
    let elsewhere = tempfile::tempdir()?;
    let from = folder.to_str().ok_or("a path")?;
    git(elsewhere.path(), &["clone", "--quiet", "--bare", from, "bare.git"])?;
    let bare = elsewhere.path().join("bare.git");
    let program = elsewhere.path().join("program");
    fs::write(&program, format!("#!/bin/sh\necho >> {}/ran\n", elsewhere.path().display()))?;
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
    let shown = bare.to_str().ok_or("a path")?;
    for setting in ["core.fsmonitor", "core.hooksPath", "core.sshCommand", "diff.external", "core.pager"] {
        git(&bare, &["config", setting, program.to_str().ok_or("a path")?])?;
    }
    // Its working tree is gone.
    git(&bare, &["config", "core.worktree", "/nonexistent/tree"])?;
    let ways: [(&Path, &[&str]); 5] = [
        (folder, &["scan", shown]),
        (folder, &["scan", "--history", shown]),
        (folder, &["-C", shown, "--secrets", "secrets.toml", "scan", "--history"]),
        (folder, &["-C", shown, "--secrets", "secrets.toml", "scan", "--staged"]),
        (folder, &["-C", shown, "--secrets", "secrets.toml", "scan", "HEAD^..HEAD"]),
    ];
    let explicit = [("GIT_CONFIG_COUNT", "1"), ("GIT_CONFIG_KEY_0", "safe.bareRepository")];
    let explicit = explicit.into_iter().chain([("GIT_CONFIG_VALUE_0", "explicit")]);
    for (from, way) in ways {
        let done = venvars(from).args(way).output()?;
        let is_read = way.contains(&"--staged") || done.status.code() == Some(1);
        let refused = venvars(from).args(way).envs(explicit.clone()).output()?;
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        if !is_read || refused.status.code() != Some(2) || !said.contains("safe.bareRepository") {
            return Err(format!("{way:?}: {done:?} {refused:?}").into());
        }
    }
    // Only root can give a folder away.
    let given = Command::new("chown").args(["-R", "12345", shown]).output()?;
    for (from, way) in ways.iter().filter(|_| given.status.success()) {
        let refused = venvars(from).args(*way).output()?;
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        if refused.status.code() != Some(2) || !said.contains("safe.directory") {
            return Err(format!("{way:?}: {refused:?}").into());
        }
    }
    if elsewhere.path().join("ran").exists() { Err("a program was run".into()) } else { Ok(()) }
}

fn what_only_looks_like_a_repository() -> Result<(), Failed> {
    let folder = project()?;
    let folder = folder.path();
    for place in ["", "looks/like"] {
        for name in ["objects", "refs"] {
            fs::create_dir_all(folder.join(place).join(name))?;
        }
        fs::write(folder.join(place).join("HEAD"), "x\n")?;
    }
    fs::write(folder.join("looks/like/leak"), LEAK)?;
    let found = ["looks/like/leak:2:3 PLAIN plain content"];
    expect(&scan(folder, &[])?, &found)?;
    expect(&scan(folder, &["looks/like"])?, &found)?;
    git(folder, &["add", "."])?;
    expect(&scan(folder, &["--staged"])?, &found)?;
    git(folder, &["commit", "--quiet", "--message=leak"])?;
    expect(&scan(folder, &["--history"])?, &found)?;
    // Links that lead round and round.
    fs::create_dir_all(folder.join(".git/modules"))?;
    for name in ["a", "b"] {
        crate::support::unix::symlink(".", folder.join(".git/modules").join(name))?;
    }
    expect(&scan(folder, &["--history"])?, &found)
}

fn submodules_are_looked_into() -> Result<(), Failed> {
    let outer = project()?;
    let folder = outer.path();
    let inner = tempfile::tempdir()?;
    git(inner.path(), &["init", "--quiet", "--initial-branch=main"])?;
    commit(inner.path(), "old", LEAK, "old")?;
    git(inner.path(), &["rm", "--quiet", "old"])?;
    commit(inner.path(), "new", LEAK, "new")?;
    git(folder, &["submodule", "--quiet", "add", inner.path().to_str().ok_or("a path")?, "sub"])?;
    expect(&scan(folder, &["--staged"])?, &[])?;
    git(folder, &["commit", "--quiet", "--message=sub"])?;
    let new = "sub/new:2:3 PLAIN plain content";
    expect(&scan(folder, &[])?, &[new])?;
    let both = [new, "sub/old:2:3 PLAIN plain content"];
    expect(&scan(folder, &["--history"])?, &both)?;
    // git keeps it where it is in the working tree no more.
    git(folder, &["submodule", "--quiet", "deinit", "--force", "sub"])?;
    expect(&scan(folder, &[])?, &[])?;
    expect(&scan(folder, &["--history"])?, &both)?;
    fs::remove_dir_all(folder.join("sub"))?;
    git(&folder.join(".git/modules/sub"), &["config", "core.worktree", "../../../sub"])?;
    expect(&scan(folder, &["--history"])?, &both)?;
    // Also where it was added in another working tree, and of a name that is a value itself.
    let tree = inner.path().join("tree");
    git(folder, &["worktree", "add", "--quiet", tree.to_str().ok_or("a path")?])?;
    let path = format!("libs/{}", VALUES[0].1);
    git(&tree, &["submodule", "--quiet", "add", inner.path().to_str().ok_or("a path")?, &path])?;
    git(&tree, &["rm", "--quiet", "-f", "-r", &path])?;
    let hidden = ["libs/<PLAIN>/new:2:3 PLAIN plain content", "libs/<PLAIN>/old:2:3 PLAIN plain content"];
    expect(&scan(folder, &["--history"])?, &[&both[..], &hidden].concat())
}

fn files_of_every_sort() -> Result<(), Failed> {
    let folder = project()?;
    let folder = folder.path();
    let key = VALUES[0].1;
    fs::write(folder.join(".gitignore"), "/secrets.toml\n/ignored/\n*.log\n/value.pem\n/.venv/\n")?;
    fs::create_dir_all(folder.join("ignored/deep"))?;
    fs::write(folder.join("ignored/deep/a"), LEAK)?;
    fs::write(folder.join("x.log"), LEAK)?;
    fs::write(folder.join("binary"), [&b"\0\x01\xff\n\0"[..], key.as_bytes(), b"\0\xfe"].concat())?;
    crate::support::unix::symlink(format!("/tmp/{key}"), folder.join("link"))?;
    crate::support::unix::symlink("secrets.toml", folder.join("to-secrets"))?;
    fs::create_dir(folder.join(key))?;
    fs::write(folder.join(key).join("empty"), "")?;
    // A file that is a value's home, and a block of ours with the value in it.
    let secrets = fs::read_to_string(folder.join("secrets.toml"))?;
    fs::write(folder.join("value.pem"), "a-value-in-a-file-9")?;
    fs::write(folder.join("secrets.toml"), format!("{secrets}FROM_FILE = {{ file = \"value.pem\" }}\n"))?;
    fs::write(folder.join("copy"), "a-value-in-a-file-9")?;
    let bin = folder.join(".venv").join(BIN);
    fs::create_dir_all(&bin)?;
    fs::write(folder.join(".venv/pyvenv.cfg"), "")?;
    let block = format!("# >>> venvars export >>>\nPLAIN='{key}'\n# <<< venvars export <<<\n");
    fs::write(bin.join("activate"), format!("{block}PLAIN='{key}'\n"))?;
    fs::write(bin.join("other"), &block)?;
    let plain = [
        "binary:2:2 PLAIN plain content",
        "link:1:6 PLAIN plain content",
        "<PLAIN>/empty PLAIN plain file_name",
        "copy:1:1 FROM_FILE plain content",
    ];
    expect(&scan(folder, &[])?, &plain)?;
    let ignored = [
        "ignored/deep/a:2:3 PLAIN plain content",
        "x.log:2:3 PLAIN plain content",
        ".venv/bin/activate:4:8 PLAIN plain content",
        ".venv/bin/other:2:8 PLAIN plain content",
    ];
    expect(&scan(folder, &["--ignored"])?, &[&plain[..], &ignored].concat())?;
    // Whatever is named is looked into.
    expect(&scan(folder, &["ignored"])?, &ignored[..1])?;
    // All of it, also if git has a file of it.
    fs::write(folder.join("ignored/kept"), "")?;
    git(folder, &["add", "--force", "ignored/kept"])?;
    expect(&scan(folder, &["ignored"])?, &ignored[..1])?;
    expect(&scan(folder, &["ignored/deep"])?, &ignored[..1])?;
    git(folder, &["rm", "--quiet", "--force", "ignored/kept"])?;
    expect(&scan(folder, &["x.log", "binary"])?, &[ignored[1], plain[0]])?;
    // So is where a link leads that is named itself, and a pipe.
    crate::support::unix::symlink("x.log", folder.join("to-log"))?;
    expect(&scan(folder, &["to-log"])?, &["to-log:2:3 PLAIN plain content"])?;
    expect(&scan(folder, &["to-secrets"])?, &[])?;
    fs::remove_file(folder.join("to-log"))?;
    expect(&scan_input(folder, &["/dev/stdin"], LEAK.as_bytes())?, &["/dev/stdin:2:3 PLAIN plain content"])?;
    let input = [vec![b'.'; 3 << 20], LEAK.as_bytes().to_vec()].concat();
    expect(&scan_input(folder, &["--stdin"], &input)?, &["standard input:2:3 PLAIN plain content"])?;
    // A secrets file that git has is found there.
    git(folder, &["add", "--force", "secrets.toml"])?;
    let staged = scan(folder, &["--staged"])?;
    if told(&staged).iter().filter(|find| find.starts_with("secrets.toml:1:10 PLAIN plain")).count() != 1 {
        return Err(format!("{:?}", told(&staged)).into());
    }
    Ok(())
}

/// The file of the secrets and our blocks may hold values, but not where git has them.
fn what_git_has_is_no_home() -> Result<(), Failed> {
    let folder = project()?;
    let folder = folder.path();
    write_secrets(&folder.join("secrets.toml"), &[(VALUES[0].0.to_owned(), VALUES[0].1.to_owned())]);
    generators::all()[0].make(&folder.join("env"), folder)?;
    succeed(venvars(folder).args(["apply", "--quiet", "--venv", "env", "--shell", "bash"]))?;
    expect(&scan(folder, &["--ignored"])?, &[])?;
    git(folder, &["add", "--force", "secrets.toml", &*format!("env/{BIN}/activate")])?;
    let document = scan(folder, &[])?;
    let files: BTreeSet<_> =
        document["finds"].as_array().into_iter().flatten().filter_map(|find| find["file"].as_str()).collect();
    if files == BTreeSet::from([&*format!("env/{BIN}/activate"), "secrets.toml"]) {
        Ok(())
    } else {
        Err(format!("{document}").into())
    }
}

/// What venvars itself writes elsewhere is found there.
fn every_export_is_found() -> Result<(), Failed> {
    let formats = [
        "sh",
        "fish",
        "powershell",
        "csh",
        "nu",
        "xonsh",
        "cmd",
        "dotenv",
        "json",
        "toml",
        "docker",
        "systemd",
        "github",
        "kubernetes",
        "python",
    ];
    let mut wrong = Vec::new();
    let mut found = 0;
    for (name, value) in VALUES {
        let folder = tempfile::tempdir()?;
        let folder = folder.path();
        write_secrets(&folder.join("secrets.toml"), &[(name.to_owned(), value.to_owned())]);
        for format in formats {
            let export = venvars(folder).args(["export", "--format", format]).output()?;
            // Some formats have no word for some values, and say so.
            if !export.status.success() {
                continue;
            }
            found += 1;
            let document = scan_input(folder, &["--stdin"], &export.stdout)?;
            if document["finds"].as_array().is_none_or(Vec::is_empty) {
                wrong.push(format!("{name} as {format}"));
            }
        }
    }
    if wrong.is_empty() && found > 100 {
        Ok(())
    } else {
        Err(format!("{found} exports; missed: {wrong:?}").into())
    }
}

fn which_values_are_looked_for() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    fs::write(
        folder.join("secrets.toml"),
        "DEBUG = true\nPORT = 5000\nTINY = \"x7Kp\"\nPUBLIC = \"https://public.example.net/a\"\nTOLD = \"q8Zw\"\n\
         LOCAL = \"postgres://localhost/app\"\nMODE = \"sandbox-mode\"\nA = \"base-value-A1\"\n\
         T = { template = \"https://x:${A}@host/\" }\nLOUD = { command = [\"touch\", \"asked\"] }\n\
         ON_LOUD = { template = \"${LOUD}-and-more\" }\nKEPT = { keyring = \"no/such\" }\n\
         GONE = { file = \"no-such-file\" }\n[profile.live]\nA = \"live-value-A2\"\n",
    )?;
    support::private(&folder.join("secrets.toml"));
    fs::write(
        folder.join("venvars.toml"),
        "[variables.PUBLIC]\nsecret = false\n[variables.TOLD]\nsecret = true\n\
         [variables.MODE]\nchoices = [\"sandbox-mode\", \"live-mode\"]\n[variables.D]\ndefault = \"the-default-1\"\n",
    )?;
    fs::write(
        folder.join("f"),
        "true 5000 x7Kp https://public.example.net/a sandbox-mode postgres://localhost/app the-default-1\n\
         q8Zw base-value-A1 live-value-A2 https://x:live-value-A2@host/\n",
    )?;
    let document = scan(folder, &[])?;
    let expected = [
        "f:2:1 TOLD plain content",
        "f:2:6 A plain content",
        "f:2:20 A plain content",
        "f:2:34 T plain content",
        "f:2:44 A plain content",
    ];
    expect(&document, &expected)?;
    let profiles: Vec<_> =
        document["finds"].as_array().into_iter().flatten().map(|find| &find["profile"]).collect();
    let live = &json!("live");
    if profiles != [&Json::Null, &Json::Null, live, &Json::Null, live] {
        return Err(format!("{profiles:?}").into());
    }
    let left_out: BTreeSet<(&str, &str)> = document["left_out"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| Some((one["name"].as_str()?, one["reason"].as_str()?)))
        .collect();
    let expected = [
        ("D", "no_secret"),
        ("DEBUG", "short"),
        ("GONE", "failed"),
        ("KEPT", "unasked"),
        ("LOCAL", "common"),
        ("LOUD", "unasked"),
        ("MODE", "no_secret"),
        ("ON_LOUD", "unasked"),
        ("PORT", "short"),
        ("PUBLIC", "no_secret"),
        ("TINY", "short"),
    ];
    if left_out != BTreeSet::from(expected) {
        return Err(format!("{left_out:?}").into());
    }
    if folder.join("asked").exists() {
        return Err("a command was run".into());
    }
    fs::write(folder.join("venvars.toml"), "scan = { min_length = 4 }\n")?;
    if !told(&scan(folder, &["f"])?).iter().any(|find| find == "f:1:11 TINY plain content") {
        return Err("min_length has no effect".into());
    }
    Ok(())
}

fn errors_are_told() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    write_secrets(&folder.join("secrets.toml"), &[("A".to_owned(), VALUES[0].1.to_owned())]);
    for (arguments, says) in [
        (&["--staged"][..], "not in a git repository"),
        (&["--history"], "not in a git repository"),
        (&["no-such-file"], "no such file"),
        (&["--staged", "--history"], "cannot be used with"),
        (&["--history", "."], "not the top folder of a git repository"),
    ] {
        let output = venvars(folder).arg("scan").args(arguments).output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        if output.status.code() != Some(2) || !said.contains(says) {
            return Err(format!("{arguments:?}: {}: {said}", output.status).into());
        }
    }
    // A file that nobody can read, root neither: what could not be looked into is not said to hold nothing.
    if cfg!(target_os = "linux") {
        fs::write(folder.join("file"), "harmless")?;
        let output = venvars(folder).args(["scan", "file", "/proc/self/mem"]).output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        if output.status.code() != Some(2) || !said.contains("/proc/self/mem: could not read") {
            return Err(format!("{}: {said}", output.status).into());
        }
    }
    git(folder, &["init", "--quiet"])?;
    let output = venvars(folder).args(["scan", "nowhere..HEAD"]).output()?;
    if output.status.code() != Some(2) || !output.stdout.is_empty() {
        return Err(format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(())
}

/// What cannot be looked into is told of, and so is all else.
fn what_is_broken_hides_nothing_else() -> Result<(), Failed> {
    let folder = project()?;
    let folder = folder.path();
    let found = |says: &str, arguments: &[&str]| -> Result<(), Failed> {
        let output = venvars(folder).arg("scan").args(arguments).output()?;
        let text = [&output.stdout[..], &output.stderr].concat();
        let text = String::from_utf8_lossy(&text);
        if output.status.code() == Some(1) && text.contains(says) && text.contains("other/f:2:3") {
            return Ok(());
        }
        Err(format!("{says} {arguments:?}: {}: {text}", output.status).into())
    };
    // A file took the place of a folder that git has: nothing is broken.
    fs::create_dir(folder.join("a"))?;
    fs::write(folder.join("a/b"), "harmless")?;
    git(folder, &["add", "a/b"])?;
    fs::remove_dir_all(folder.join("a"))?;
    fs::write(folder.join("a"), "harmless")?;
    expect(&scan(folder, &[])?, &[])?;

    commit(folder, "other/f", LEAK, "leak")?;
    let inner = tempfile::tempdir()?;
    git(inner.path(), &["init", "--quiet"])?;
    commit(inner.path(), "file", "harmless", "inner")?;
    git(folder, &["submodule", "--quiet", "add", inner.path().to_str().ok_or("a path")?, "sub"])?;
    fs::write(folder.join("sub/.git"), "gitdir: ../nowhere\n")?;
    found("sub", &[])?;
    found("sub", &["--history"])?;
    git(folder, &["rm", "--quiet", "--force", "--cached", "sub"])?;
    fs::remove_dir_all(folder.join("sub"))?;
    // A reference to a commit that is not there: what lies in the objects is told without commits.
    fs::create_dir_all(folder.join(".git/refs/remotes/origin"))?;
    fs::write(folder.join(".git/refs/remotes/origin/gone"), format!("{}\n", "12".repeat(20)))?;
    let output = venvars(folder).args(["scan", "--history"]).output()?;
    let text = [&output.stdout[..], &output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    if output.status.code() != Some(1) || !text.contains(":2:3: PLAIN") || !text.contains("error: ") {
        return Err(format!("{}: {text}", output.status).into());
    }
    Ok(())
}

/// A folder that may not be read, seen by a user who is not root, with git and without.
fn an_unreadable_folder_is_told() -> Result<(), Failed> {
    use crate::support::unix::CommandExt;
    use crate::support::unix::MetadataExt;
    let folder = project()?;
    let project = folder.path();
    fs::create_dir(project.join("other"))?;
    fs::write(project.join("other/f"), LEAK)?;
    fs::create_dir(project.join("locked"))?;
    fs::write(project.join("locked/f"), LEAK)?;
    fs::set_permissions(project.join("locked"), fs::Permissions::from_mode(0o000))?;
    // Root may read everything: the user `nobody` is given all of it, and a copy that it may run.
    let is_root = fs::metadata(project)?.uid() == 0;
    let copy = tempfile::tempdir()?;
    let program = copy.path().join("venvars");
    if is_root {
        fs::set_permissions(copy.path(), fs::Permissions::from_mode(0o755))?;
        // Not by ourselves: while another trial forks, its child would have the copy open, and it could not be run.
        succeed(Command::new("cp").arg(env!("CARGO_BIN_EXE_venvars")).arg(&program))?;
        succeed(Command::new("chown").args(["-R", "65534:65534"]).arg(project))?;
    }
    for _ in ["with git", "without"] {
        let mut command = if is_root { Command::new(&program) } else { venvars(project) };
        if is_root {
            clean(&mut command, project);
            command.current_dir(project).uid(65534).gid(65534);
        }
        let output = command.args(["scan", "."]).output()?;
        let text = [&output.stdout[..], &output.stderr].concat();
        let text = String::from_utf8_lossy(&text);
        if output.status.code() != Some(1) || !text.contains("locked") || !text.contains("other/f:2:3") {
            return Err(format!("{}: {text}", output.status).into());
        }
        let _ = fs::remove_dir_all(project.join(".git"));
    }
    fs::set_permissions(project.join("locked"), fs::Permissions::from_mode(0o755))?;
    Ok(())
}

/// However often one value stands in a file, another one behind it is told of.
fn a_value_behind_many_of_another_is_told() -> Result<(), Failed> {
    let folder = project()?;
    let folder = folder.path();
    let text = format!("{}\n", VALUES[0].1).repeat(1003) + VALUES[1].1;
    fs::write(folder.join("many"), &text)?;
    for document in [scan(folder, &["many"])?, scan_input(folder, &["--stdin"], text.as_bytes())?] {
        let finds = document["finds"].as_array().ok_or("finds")?;
        let last = finds.last().ok_or("a find")?;
        if (finds.len(), &document["more"], &last["name"]) != (1001, &json!(3), &json!(VALUES[1].0)) {
            return Err(format!("{} {} {last}", finds.len(), document["more"]).into());
        }
    }
    Ok(())
}

/// The hook of a commit of single files has an index of its own, and that is what counts.
fn a_hook_sees_the_index_of_its_commit() -> Result<(), Failed> {
    use crate::support::unix::PermissionsExt;
    let folder = project()?;
    let folder = folder.path();
    fs::write(folder.join("good"), "harmless")?;
    fs::write(folder.join("bad"), "harmless")?;
    git(folder, &["add", "."])?;
    git(folder, &["commit", "--quiet", "--message=both"])?;
    let hook = folder.join(".git/hooks/pre-commit");
    fs::create_dir_all(folder.join(".git/hooks"))?;
    fs::write(&hook, format!("#!/bin/sh\nexec {} scan --staged\n", env!("CARGO_BIN_EXE_venvars")))?;
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755))?;
    fs::write(folder.join("good"), "harmless still")?;
    fs::write(folder.join("bad"), LEAK)?;
    git(folder, &["commit", "--quiet", "--message=good", "good"])?;
    git(folder, &["add", "bad"])?;
    match git(folder, &["commit", "--quiet", "--message=bad"]) {
        Ok(_) => Err("the commit went through".into()),
        Err(_) => Ok(()),
    }
}

/// The most memory that a command and each of its children had, in KiB.
fn peak(command: &mut Command) -> Result<(Output, u64), Failed> {
    let mut timed = Command::new("python3");
    timed.args(["-c", "import resource, subprocess, sys\nr = subprocess.run(sys.argv[1:])\n\
        print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)\nsys.exit(r.returncode)"]);
    timed.arg(command.get_program()).args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        clean(&mut timed, folder);
        timed.current_dir(folder);
    }
    let output = timed.output()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let peak = said.lines().last().and_then(|line| line.parse().ok()).ok_or(said.clone())?;
    Ok((output, peak))
}

/// The bound of the memory, in KiB.
const MEMORY: u64 = 200 * 1024;

/// A file with holes reads as NULs, and takes no room.
fn a_huge_file_takes_little_memory() -> Result<(), Failed> {
    let folder = project()?;
    let folder = folder.path();
    let size: u64 = 2 << 30;
    let mut file = File::create(folder.join("huge"))?;
    file.set_len(size)?;
    for at in [0, size / 2 - 7, size - 20] {
        file.seek(SeekFrom::Start(at))?;
        file.write_all(VALUES[0].1.as_bytes())?;
    }
    drop(file);
    let (output, peak) = peak(venvars(folder).args(["scan", "--json"]))?;
    let document: Json = serde_json::from_slice(&output.stdout)?;
    let places = [1, size / 2 - 6, size - 19].map(|column| format!("huge:1:{column} PLAIN plain content"));
    expect(&document, &places.each_ref().map(String::as_str))?;
    if peak < MEMORY { Ok(()) } else { Err(format!("{peak} KiB").into()) }
}

fn many_small_objects_take_little_memory() -> Result<(), Failed> {
    const COUNT: usize = 100_000;
    let folder = project()?;
    let folder = folder.path();
    let mut import = Command::new("git");
    clean(&mut import, folder);
    let mut child =
        import.current_dir(folder).args(["fast-import", "--quiet"]).stdin(Stdio::piped()).spawn()?;
    let mut stream = String::from("commit refs/heads/many\ncommitter A <a@b> 1700000000 +0000\ndata 1\nx\n");
    for number in 0..COUNT {
        let text = format!("small object {number} {}", if number == COUNT / 3 { VALUES[0].1 } else { "" });
        let (outer, inner) = (number / 1000, number % 1000);
        stream.push_str(&format!("M 100644 inline d{outer}/f{inner}\ndata {}\n{text}\n", text.len()));
    }
    child.stdin.take().ok_or("no input")?.write_all(stream.as_bytes())?;
    if !child.wait()?.success() {
        return Err("git fast-import failed".into());
    }
    let (output, peak) = peak(venvars(folder).args(["scan", "--history", "--json"]))?;
    let document: Json = serde_json::from_slice(&output.stdout)?;
    expect(&document, &["d33/f333:1:20 PLAIN plain content"])?;
    if peak < MEMORY { Ok(()) } else { Err(format!("{peak} KiB").into()) }
}

/// The schema is Microsoft's, for GitHub; Python's jsonschema compares.
fn sarif_is_valid(python: &Path, schema: &Path) -> Result<(), Failed> {
    let folder = project()?;
    let folder = folder.path();
    commit(folder, "a folder/leak", LEAK, &format!("message {}", VALUES[0].1))?;
    git(folder, &["tag", "--annotate", "v1", "--message", VALUES[0].1])?;
    fs::create_dir(folder.join(VALUES[0].1))?;
    fs::write(folder.join(VALUES[0].1).join("x"), "")?;
    for arguments in [&["scan", "--sarif"][..], &["scan", "--sarif", "--history"]] {
        let output = venvars(folder).args(arguments).output()?;
        fs::write(folder.join("out.sarif"), &output.stdout)?;
        let mut check = Command::new(python);
        clean(&mut check, folder);
        check.args([
            "-c",
            "import json, sys, jsonschema\nschema, log = (json.load(open(f)) for f in sys.argv[1:])\n\
            jsonschema.Draft7Validator(schema).validate(log)\nassert len(log['runs'][0]['results']) >= 2",
        ]);
        succeed(check.arg(schema).arg(folder.join("out.sarif")))?;
        fs::remove_file(folder.join("out.sarif"))?;
    }
    Ok(())
}

/// A key of another kind than [`KEY`], of so many lines as one of 2,048 bits has; `seed` says which.
fn body(seed: u64) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut state = seed;
    let mut digit = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(DIGITS[usize::try_from(state >> 58).unwrap_or(0)])
    };
    (0..26).map(|_| (0..64).map(|_| digit()).collect::<String>() + "\n").collect()
}

/// Values of many lines that nearly all are public: of Google, of Kubernetes, a chain with its key, addresses.
fn documents() -> [(&'static str, String); 4] {
    let pem = |label: &str, seed| format!("-----BEGIN {label}-----\n{}-----END {label}-----\n", body(seed));
    let encoded = |text: &str| base64::Engine::encode(&base64::engine::general_purpose::STANDARD, text);
    let google = json!({
        "type": "service_account",
        "project_id": "shop-prod-123456",
        "private_key_id": "0f6c1b6d2b7e4e0a9a3d5c8b7f1e2d3c4b5a6978",
        "private_key": pem("PRIVATE KEY", 1),
        "client_email": "shop@shop-prod-123456.iam.gserviceaccount.com",
        "client_id": "123456789012345678901",
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": "https://oauth2.googleapis.com/token",
        "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
        "client_x509_cert_url": "https://www.googleapis.com/robot/v1/metadata/x509/shop%40shop-prod-123456.iam.gserviceaccount.com",
        "universe_domain": "googleapis.com",
    });
    let kubernetes = format!(
        "apiVersion: v1\nkind: Config\nclusters:\n- cluster:\n    certificate-authority-data: {}\n    server: https://10.0.0.1:6443\n\
         \x20 name: kubernetes\ncontexts:\n- context:\n    cluster: kubernetes\n    user: kubernetes-admin\n  name: prod\n\
         current-context: prod\npreferences: {{}}\nusers:\n- name: kubernetes-admin\n  user:\n    client-certificate-data: {}\n\
         \x20   client-key-data: {}\n",
        encoded(&pem("CERTIFICATE", 2)),
        encoded(&pem("CERTIFICATE", 3)),
        encoded(&pem("RSA PRIVATE KEY", 4))
    );
    let chain =
        [pem("CERTIFICATE", 5), pem("CERTIFICATE", 6), pem("CERTIFICATE", 7), pem("PRIVATE KEY", 8)].concat();
    let addresses = json!([
        "https://www.googleapis.com/oauth2/v1/certs",
        "https://accounts.google.com/o/oauth2/auth",
        "https://example.org/a/path/that-is-long",
        "https://github.com/rust-lang/crates.io-index",
    ]);
    let pretty = |document: &Json| serde_json::to_string_pretty(document).unwrap_or_default();
    [
        ("GOOGLE", pretty(&google)),
        ("KUBERNETES", kubernetes),
        ("CHAIN", chain),
        ("ADDRESSES", pretty(&addresses)),
    ]
}

fn project_with(values: &[(&str, String)]) -> Result<TempDir, Failed> {
    let folder = tempfile::tempdir()?;
    let values: Vec<_> = values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    write_secrets(&folder.path().join("secrets.toml"), &values);
    Ok(folder)
}

fn a_line_of_a_key_is_found_and_what_is_public_is_not() -> Result<(), Failed> {
    let folder = project_with(&documents())?;
    let folder = folder.path();
    let prefix =
        "2026-11-26T10:00:00.000000+00:00 app[web.1]: 10.0.0.1 - - [26/Nov/2026] key of the service account ";
    let logged = |text: &str| text.lines().map(|line| format!("{prefix}{line}\n")).collect::<String>();
    fs::write(folder.join("bare"), body(1))?;
    fs::write(folder.join("logged"), logged(&body(8)))?;
    fs::write(folder.join("one"), body(8).lines().nth(7).unwrap_or_default())?;
    for (name, seed) in
        [("ca", 2), ("client", 3), ("chain-1", 5), ("chain-2", 6), ("chain-3", 7), ("foreign", 9)]
    {
        fs::write(folder.join(name), logged(&body(seed)) + &body(seed))?;
    }
    let frames = "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----\n";
    fs::write(folder.join("frames"), frames)?;
    // Each line of all documents by itself, but those of private keys.
    let public: String =
        documents().iter().flat_map(|(_, text)| text.lines()).fold(String::new(), |all, line| {
            let is_private = body(8).contains(line)
                || line.contains("PRIVATE KEY-----\\n")
                || line.contains("client-key-data");
            if is_private { all } else { all + line.trim() + "\n\nbetween\n\n" }
        });
    fs::write(folder.join("public"), public)?;
    let column = prefix.len() + 1;
    let logged = format!("logged:1:{column} CHAIN line content");
    expect(&scan(folder, &[])?, &["bare:1:1 GOOGLE line content", &logged, "one:1:1 CHAIN line content"])
}

/// Files of other people's projects, as far as this machine has them.
fn files_of_others() -> Vec<PathBuf> {
    const ENDINGS: [&str; 9] = ["rs", "py", "js", "json", "md", "toml", "pem", "sh", "txt"];
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(Path::new(&std::env::var_os("HOME")?).join(".cargo")));
    let roots = home.into_iter().map(|home| home.join("registry/src")).chain([cache()]);
    let mut files = Vec::new();
    for root in roots {
        let (mut folders, most) = (vec![root], files.len() + 2000);
        while let Some(folder) = folders.pop().filter(|_| files.len() < most) {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => folders.push(path),
                    Ok(kind) if kind.is_file() && ENDINGS.contains(&ending) => files.push(path),
                    _ => {}
                }
            }
        }
    }
    files
}

fn nothing_is_found_in_the_files_of_others() -> Result<(), Failed> {
    let folder = project_with(&documents())?;
    let mut command = venvars(folder.path());
    command.args(["scan", "--json"]).args(files_of_others());
    let output = command.output()?;
    let document: Json = serde_json::from_slice(&output.stdout)?;
    expect(&document, &[])
}

fn a_value_that_other_programs_cut_is_found() -> Result<(), Failed> {
    let value = "zq7Rk2Lw9xTb4VmN8sPdQ5yHc3JfG6uA1eXoZi0KtWpBnMrS7vDaCgEhIjUlOqFy".to_owned();
    let folder = project_with(&[("TOKEN", value.clone()), ("SHORTER", value[20..36].to_lowercase())])?;
    let folder = folder.path();
    let cut = |program: &str, arguments: &[&str]| -> Result<Vec<u8>, Failed> {
        Ok(run(Command::new(program).args(arguments), value.as_bytes())?.stdout)
    };
    let (at, half) = value.split_at(29);
    fs::write(folder.join("folded-40"), cut("fold", &["-w", "40"])?)?;
    fs::write(folder.join("folded-20"), cut("fold", &["-w", "20"])?)?;
    fs::write(folder.join("coloured"), cut("grep", &["--color=always", "-E", "GhIjUlOqFy|zq"])?)?;
    fs::write(folder.join("source.js"), format!("const token = \"{at}\" +\n    \"{half}\";\n"))?;
    fs::write(folder.join("source.php"), format!("$token = '{at}'\n    . '{half}';\n"))?;
    fs::write(folder.join("source.sh"), format!("TOKEN=\"{at}\"\\\n\"{half}\"\n"))?;
    fs::write(folder.join("changed.diff"), format!("+TOKEN: {at}\n+  {half}\n"))?;
    fs::write(folder.join("other"), format!("{at}\n{}x{}", &half[..9], &half[10..]))?;
    let found: BTreeSet<String> = told(&scan(folder, &[])?).into_iter().collect();
    let at = |file: &str, place: &str| format!("{file}:{place} TOKEN lines content");
    let expected = [
        at("folded-40", "1:1"),
        at("folded-20", "1:1"),
        at("source.js", "1:16"),
        at("source.php", "1:11"),
        at("source.sh", "1:8"),
        at("changed.diff", "1:9"),
    ];
    let expected: BTreeSet<String> = expected.into_iter().collect();
    let (coloured, rest): (BTreeSet<_>, BTreeSet<_>) =
        found.into_iter().partition(|one| one.starts_with("coloured"));
    if coloured.len() == 1 && rest == expected {
        Ok(())
    } else {
        Err(format!("found {coloured:#?} {rest:#?}").into())
    }
}

pub fn trials() -> Vec<Trial> {
    let missing = |program: &str| which::which(program).is_err().then(|| program.to_owned());
    let both = || missing("git").or_else(|| missing("python3"));
    let python = cache().join("readers-2/bin/python");
    let schema = cache().join("sarif/node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");
    let no_schema = (!schema.exists()).then(|| "schema of SARIF".to_owned());
    let no_schema = no_schema.or_else(|| (!python.exists()).then(|| "jsonschema".to_owned()));
    let named: [(&str, fn() -> Result<(), Failed>); 8] = [
        ("a value at every seam of a change", a_value_at_every_seam),
        ("every place of the history", every_place_of_the_history),
        ("a tag that leads to a file", a_tag_that_leads_to_a_file),
        ("what git has is no home", what_git_has_is_no_home),
        ("which values are looked for", which_values_are_looked_for),
        ("errors are told", errors_are_told),
        ("a value behind many of another is told", a_value_behind_many_of_another_is_told),
        ("a line of a key, and what is public", a_line_of_a_key_is_found_and_what_is_public_is_not),
    ];
    // They write forms down by Python, or need modes, links, programs of Unix, or a git that starts `sh`.
    let of_unix: [(&str, fn() -> Result<(), Failed>); 17] = [
        ("every form in files and in the index", every_form_in_files),
        ("every form in the history", every_form_in_history),
        ("every form in what is stored as a change", every_form_in_changes),
        ("every sort of pack", every_sort_of_pack),
        ("what only looks like a repository", what_only_looks_like_a_repository),
        ("what git refuses is refused", what_git_refuses_is_refused),
        ("files of every sort", files_of_every_sort),
        ("every export is found", every_export_is_found),
        ("an unreadable folder is told", an_unreadable_folder_is_told),
        ("a hook sees the index of its commit", a_hook_sees_the_index_of_its_commit),
        ("a huge file takes little memory", a_huge_file_takes_little_memory),
        ("many small objects take little memory", many_small_objects_take_little_memory),
        ("what was pushed is told", what_was_pushed_is_told),
        ("every kind of repository", every_kind_of_repository),
        ("submodules are looked into", submodules_are_looked_into),
        ("a value that other programs cut", a_value_that_other_programs_cut_is_found),
        ("what is broken hides nothing else", what_is_broken_hides_nothing_else),
    ];
    let no_files = (files_of_others().len() < 2000).then(|| "2,000 files of other projects".to_owned());
    let mut trials: Vec<Trial> =
        named.into_iter().map(|(name, run)| trial(name.to_owned(), missing("git"), run)).collect();
    trials.extend(of_unix.into_iter().map(|(name, run)| {
        if cfg!(unix) { trial(name.to_owned(), both(), run) } else { support::on_unix(name.to_owned(), run) }
    }));
    trials.push(trial(
        "nothing in the files of others".to_owned(),
        no_files,
        nothing_is_found_in_the_files_of_others,
    ));
    trials.push(trial("SARIF is valid".to_owned(), no_schema, move || sarif_is_valid(&python, &schema)));
    trials
}
