//! What the files of somebody else's repository could do to the terminal, to the stack and to what is pasted.

use std::fmt::Write;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use tempfile::TempDir;

use crate::support::{clean, git, private, toml_string, venvars};

pub fn trials() -> Vec<Trial> {
    trials![
        no_output_holds_what_a_terminal_obeys_or_hides,
        a_path_begins_no_line_of_its_own,
        long_chains_of_templates_end,
        many_declarations_are_read,
        a_very_long_name_is_listed,
        many_profiles_that_extend_each_other_end,
        what_is_to_be_pasted_is_quoted,
        the_line_of_an_error_holds_no_value,
        the_copies_of_editors_are_ignored,
        the_copies_of_editors_are_named_after_edit,
        a_pipe_in_the_place_of_an_ignore_file_is_not_waited_for
    ]
}

const SECRET: &str = "hunter2-hunter2";

fn project(secrets: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("secrets.toml"), secrets);
    folder
}

fn write(file: &Path, secrets: &str) {
    fs::write(file, secrets).unwrap();
    private(file);
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    venvars(folder).args(arguments).output().unwrap()
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Sets the clipboard and the title, turns the direction, hides text and tags it.
const EVIL: &str =
    "\u{1b}]52;c;aGk=\u{7} \u{1b}]0;x\u{9c} \u{202e}gnp\u{202c} \u{200b}\u{2066}\u{feff}\u{e0041} \rX";

fn is_evil(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\t')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
        || ('\u{e0000}'..='\u{e0fff}').contains(&c)
}

fn no_output_holds_what_a_terminal_obeys_or_hides() {
    let home = tempfile::tempdir().unwrap();
    let (folder, evil) = (home.path().join(EVIL), toml_string(EVIL));
    fs::create_dir(&folder).unwrap();
    git(&folder, &["init", "--quiet"]).unwrap();
    write(
        &folder.join("secrets.toml"),
        &format!("TOKEN = '{SECRET}'\nPORT = 'x'\nLEVEL = 'no'\nT = {{ template = '${{NONE}}' }}\n"),
    );
    let variables = format!(
        "[variables.PORT]\ntype = 'integer'\ndescription = {evil}\n[variables.LEVEL]\nchoices = [{evil}]\nexample = {evil}\n\
         [variables.MISSING]\ndescription = {evil}\nexample = {evil}\n"
    );
    fs::write(folder.join("venvars.toml"), variables).unwrap();
    fs::write(folder.join(format!("{EVIL}.py")), format!("x = '{SECRET}'\n")).unwrap();
    fs::write(folder.join(format!("{EVIL}.env")), "A=1\nB\n").unwrap();
    let mut python = std::process::Command::new("python3");
    clean(&mut python, home.path());
    let made = python.args(["-m", "venv", "--without-pip", ".venv"]).current_dir(&folder).status();
    assert!(made.unwrap().success());
    let env = format!("{EVIL}.env");
    let commands: [&[&str]; 20] = [
        &["list"],
        &["explain", "PORT"],
        &["explain", "LEVEL"],
        &["check"],
        &["status"],
        &["apply", "--dry-run"],
        &["apply", "--venv", EVIL],
        &["scan"],
        &["doctor"],
        &["example", "--stdout"],
        &["import", &env, "--format", "dotenv", "--dry-run"],
        &["compromised"],
        &["get", "T"],
        &["init"],
        &["hook", "install"],
        &["list", "--json"],
        &["explain", "PORT", "--json"],
        &["check", "--json"],
        &["scan", "--json"],
        &["doctor", "--json"],
    ];
    let mut said = String::new();
    for arguments in commands {
        let shown = text(&run(&folder, arguments));
        let found: Vec<char> = shown.chars().filter(|c| is_evil(*c)).collect();
        assert!(found.is_empty(), "{arguments:?}: {found:?} in {shown}");
        said += &shown;
        if arguments.contains(&"--json") && arguments[0] == "explain" {
            let document: serde_json::Value =
                serde_json::from_slice(&run(&folder, arguments).stdout).unwrap();
            let description = document["declared"]["description"].as_str().unwrap();
            assert!(
                description.starts_with("\u{1b}]52") && description.contains('\u{202e}'),
                "{description:?}"
            );
        }
    }
    assert!(said.contains("]52;c;aGk=") && said.contains("gnp"), "{said}");
    // A value is what it is.
    fs::remove_file(folder.join("venvars.toml")).unwrap();
    write(&folder.join("secrets.toml"), &format!("TOKEN = {evil}\n"));
    for arguments in [&["get", "TOKEN"][..], &["list", "--reveal"], &["export", "--format", "sh"]] {
        assert!(text(&run(&folder, arguments)).contains("\u{1b}]52;c;aGk=\u{7}"), "{arguments:?}");
    }
}

fn a_path_begins_no_line_of_its_own() {
    let folder = project("A = 1\nB = \n");
    let inner = folder.path().join("x\nerror: run `touch y`");
    fs::create_dir(&inner).unwrap();
    fs::rename(folder.path().join("secrets.toml"), inner.join("secrets.toml")).unwrap();
    let file = inner.join("secrets.toml");
    let said = text(&run(folder.path(), &["--secrets", file.to_str().unwrap(), "list"]));
    assert!(said.contains("error: run") && !said.contains("\nerror: run"), "{said}");
}

/// Runs it, and expects it to end in time with this exit code.
#[track_caller]
fn ends(folder: &Path, arguments: &[&str], code: i32) -> String {
    let start = Instant::now();
    let output = run(folder, arguments);
    let shown = text(&output);
    let short: String = shown.chars().take(500).collect();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {short}");
    assert!(start.elapsed() < Duration::from_mins(1), "{arguments:?}: {:?}", start.elapsed());
    assert!(shown.len() < 5_000_000, "{arguments:?}: {} bytes", shown.len());
    shown
}

fn long_chains_of_templates_end() {
    const COUNT: usize = 20_000;
    let chain = |last: &str, next: &dyn Fn(usize) -> String| {
        let mut text = String::new();
        for index in 0..COUNT {
            writeln!(text, "T{index} = {{ template = '{}' }}", next(index)).unwrap();
        }
        project(&format!("{text}T{COUNT} = '{last}'\n"))
    };
    let deep = chain("end", &|index| format!("${{T{}}}", index + 1));
    let path = deep.path();
    let said = ends(path, &["get", "T0"], 2);
    assert!(said.contains("secrets.toml:") && said.contains("refers to more than 1000 others"), "{said}");
    assert_eq!(ends(path, &["get", &format!("T{}", COUNT - 1000)], 0), "end");
    assert_eq!(ends(path, &["check"], 2).matches("error:").count(), 1);
    ends(path, &["list"], 0);
    ends(path, &["explain", "T0"], 0);
    ends(path, &["explain", "T0", "--json"], 0);
    ends(path, &["export", "--format", "json"], 2);
    ends(path, &["scan"], 0);
    let round = chain("end", &|index| format!("${{T{}}}", (index + 1) % COUNT));
    let said = ends(round.path(), &["get", "T0"], 2);
    assert!(said.contains("in a loop: T0 → T1 → ") && said.contains("… → T0") && said.len() < 1000, "{said}");
    // Each is twice the one below, and 2^20000 names long in the end.
    let wide = chain("end", &|index| format!("${{T{0}}}${{T{0}}}", index + 1));
    ends(wide.path(), &["explain", "T0"], 0);
    ends(wide.path(), &["explain", "T0", "--json"], 0);
    ends(wide.path(), &["check"], 2);
    let nameless = chain("end", &|index| format!("${{NONE{index}}}"));
    ends(nameless.path(), &["check"], 2);
    // One that is made of very much.
    let many = project(&format!(
        "A = '{}'\nB = {{ template = '{}' }}\n",
        "x".repeat(100_000),
        "${A}".repeat(25_000)
    ));
    assert!(ends(many.path(), &["get", "B"], 2).contains("longer than"));
}

fn a_very_long_name_is_listed() {
    let name = "N".repeat(70_000);
    let home = project(&format!("{name} = \"{SECRET}\"\nA = \"x\"\n"));
    for arguments in [&["list"][..], &["list", "--reveal"]] {
        assert!(ends(home.path(), arguments, 0).contains(&name));
    }
}

fn many_declarations_are_read() {
    let folder = project("V1 = 'one'\n");
    let mut text = String::new();
    for index in 0..5_000 {
        writeln!(text, "[variables.V{index}]\nrequired = false\ndefault = 'd'").unwrap();
    }
    fs::write(folder.path().join("venvars.toml"), text).unwrap();
    for command in [&["list"][..], &["check"], &["get", "V1"], &["export", "--format", "json"]] {
        ends(folder.path(), command, 0);
    }
}

fn many_profiles_that_extend_each_other_end() {
    let profiles = |extends: &dyn Fn(usize) -> usize| {
        let mut text = "A = 1\n".to_owned();
        for index in 0..5000 {
            writeln!(text, "[profile.p{index}]\nextends = 'p{}'\nV{index} = 1", extends(index)).unwrap();
        }
        project(&text)
    };
    for (extends, says) in [
        (&(|index: usize| index + 1) as &dyn Fn(usize) -> usize, "extends more than 32 profiles"),
        (&|index| index.saturating_sub(1), "the profile extends itself"),
        (&|index| (index + 1) % 5000, "p9 → … → p0"),
        (&|index| 1_000_000 + index, "extends does not name a profile"),
    ] {
        let folder = profiles(extends);
        for command in [&["list"][..], &["check"], &["get", "A"], &["scan"], &["status"]] {
            let said = ends(folder.path(), command, 2);
            assert!(said.contains(says) && said.contains("secrets.toml:"), "{command:?}: {}", &said[..300]);
        }
        ends(folder.path(), &["doctor"], 1);
    }
    let fine = |index: usize| format!("[profile.p{index}]\nextends = 'p{}'\nV{index} = 1\n", index + 1);
    let fine: String = (0..32).map(fine).collect();
    let folder = project(&format!("A = 1\n{fine}[profile.p32]\nW = 2\n"));
    assert_eq!(ends(folder.path(), &["--profile", "p0", "get", "W"], 0), "2");
}

/// An error shows its line, but for what may be a value, or somebody else's.
fn the_line_of_an_error_holds_no_value() {
    let home = project("KEY = \"hunter2-hunter2\"\n");
    let folder = home.path();
    let ledger = "version = 1\ncompromised = [\n  { name = 3 },\n]\n";
    for (file, content, shown, hidden) in [
        ("venvars.toml", "mode = \"nope\"\n", "mode = \"nope\"", ""),
        ("venvars.toml", "[variables.KEY]\ndefault = hidden\n", "default = …", "hidden"),
        ("venvars.toml", "[variables.KEY]\ndefault = \"\"\"\nhidden = \\q\n\"\"\"\n", "error", "hidden"),
        ("venvars.toml", "[variables.KEY]\nchoices = [\n\"hidden\\q\"]\n", "error", "hidden"),
        ("pyproject.toml", "[tool.venvars]\nmode = \"nope\"\n", "mode = \"nope\"", ""),
        (
            "pyproject.toml",
            "[tool.venvars]\n[[tool.poetry.source]]\nmode = \"https://u:hidden@h/\\q\"\n",
            "error",
            "hidden",
        ),
        ("secrets.toml", "[other.dev]\nKEY = \"hidden\"\n", "| [other.dev]\n  |  ^", "hidden"),
        ("secrets.toml", "KEY = hidden\n", "error", "hidden"),
        ("secrets.toml", "KEY = \"\"\"\n[hidden]\n", "error", "hidden"),
        ("venvars.compromised.toml", ledger, "|   { name = 3 },", ""),
    ] {
        let path = folder.join(file);
        let before = fs::read(&path).ok();
        write(&path, content);
        let output = text(&run(folder, &["check"]));
        assert!(output.contains(shown) && output.contains("error"), "{file}: {content}{output}");
        assert!(hidden.is_empty() || !output.contains(hidden), "{file}: {content}{output}");
        match before {
            Some(before) => fs::write(&path, before).unwrap(),
            None => fs::remove_file(&path).unwrap(),
        }
    }
}

fn what_is_to_be_pasted_is_quoted() {
    let folder = project(&format!("A = '{SECRET}'\n"));
    let path = folder.path();
    git(path, &["init", "--quiet"]).unwrap();
    fs::write(path.join(".gitignore"), "secrets.toml\n").unwrap();
    let name = "a $(touch m) 'b'";
    let said = text(&run(path, &["apply", "--venv", name]));
    assert!(said.contains(r"python3 -m venv 'a $(touch m) '\''b'\'''"), "{said}");
    for name in [name, "-rf"] {
        let inner = path.join(name);
        fs::create_dir(&inner).unwrap();
        let file = inner.join(name).with_extension("toml");
        write(&file, &format!("B = '{SECRET}-2'\n"));
        fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
        let settings = format!("secrets = \"{name}.toml\"\n");
        fs::write(inner.join("venvars.toml"), settings).unwrap();
        for fill in [false, true] {
            if fill {
                git(&inner, &["add", "--force", "."]).unwrap();
            }
            let said = text(&run(&inner, &["doctor"]));
            let quoted = if name == "-rf" { "./-rf.toml" } else { r"'a $(touch m) '\''b'\''.toml'" };
            assert!(said.contains(&format!("chmod 600 {quoted}")), "{said}");
            assert!(!fill || said.contains(&format!("--cached {quoted}")), "{said}");
        }
    }
}

/// What vim, Emacs, nano, Kate and others leave beside `name`, and we ourselves where we are killed.
fn copies(name: &str) -> Vec<String> {
    let forms = [
        ".{}.swp",
        ".{}.swo",
        ".{}.un~",
        "{}~",
        "{}.~1~",
        "#{}#",
        ".#{}",
        "{}.save",
        ".{}.kate-swp",
        ".{}.venvars-new",
    ];
    forms.iter().map(|form| form.replace("{}", name)).collect()
}

fn is_ignored(folder: &Path, name: &str) -> bool {
    git(folder, &["check-ignore", "--quiet", "--", name]).is_ok()
}

fn the_copies_of_editors_are_ignored() {
    for name in ["secrets.toml", "my [x]*?\\ s.toml", "#s.toml", "!s.toml", " s.toml "] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        git(path, &["init", "--quiet"]).unwrap();
        let file = path.join(name);
        let secrets = file.to_str().unwrap();
        let init = run(path, &["--secrets", secrets, "init"]);
        assert!(init.status.success(), "{}", text(&init));
        for copy in copies(name).iter().map(String::as_str).chain([name]) {
            assert!(is_ignored(path, copy), "{copy}");
        }
        for other in [
            "secrets.example.toml",
            "pyproject.toml",
            "venvars.toml",
            "sxtoml",
            "my x s.toml",
            "sub/secrets.toml",
        ] {
            assert!(!is_ignored(path, other), "{name}: {other}");
        }
        let list = fs::read(path.join(".gitignore")).unwrap();
        run(path, &["--secrets", secrets, "init"]);
        assert_eq!(fs::read(path.join(".gitignore")).unwrap(), list);
    }
    // An older list: what is missing is said, and mended.
    for list in ["secrets.toml\n", "/secrets.toml\n/.secrets.toml.venvars-new\n", ""] {
        for mend in [&["init"][..], &["doctor", "--fix"]] {
            let folder = project(&format!("A = '{SECRET}'\n"));
            let path = folder.path();
            git(path, &["init", "--quiet"]).unwrap();
            fs::write(path.join(".gitignore"), list).unwrap();
            let said = text(&run(path, &["doctor"]));
            assert!(said.contains(".secrets.toml.swp") && said.contains("/*secrets.toml*"), "{said}");
            run(path, mend);
            assert_eq!(
                fs::read_to_string(path.join(".gitignore")).unwrap(),
                format!("{list}/*secrets.toml*\n")
            );
            assert!(!text(&run(path, &["doctor"])).contains("git would commit"));
        }
    }
}

fn the_copies_of_editors_are_named_after_edit() {
    let folder = project(&format!("A = '{SECRET}'\n"));
    let path = folder.path();
    let edit = |editor: &str| {
        let output = venvars(path).arg("edit").env("EDITOR", editor).output().unwrap();
        (output.status.success(), text(&output))
    };
    assert!(!edit("true").1.contains("a copy of"));
    for status in ["true", "false"] {
        let (_, said) =
            edit(&format!("f() {{ cp \"$1\" \"$1~\"; cp \"$1\" '.secrets.toml.swp'; {status}; }}; f"));
        for copy in ["secrets.toml~", ".secrets.toml.swp"] {
            assert!(said.contains(&format!("warning: {copy}: a copy of secrets.toml")), "{said}");
        }
        assert!(said.contains("rm 'secrets.toml~'") && !said.contains(SECRET), "{said}");
    }
}

fn a_pipe_in_the_place_of_an_ignore_file_is_not_waited_for() {
    for (pipe, given) in [(".gitignore", false), ("app/.gitignore", true)] {
        let folder = tempfile::tempdir().unwrap();
        let app = folder.path().join("app");
        fs::create_dir(&app).unwrap();
        git(folder.path(), &["init", "--quiet"]).unwrap();
        assert!(Command::new("mkfifo").arg(folder.path().join(pipe)).status().unwrap().success());
        if given {
            write(&app.join("secrets.toml"), &format!("A = '{SECRET}'\n"));
            fs::set_permissions(app.join("secrets.toml"), PermissionsExt::from_mode(0o644)).unwrap();
        }
        for arguments in [&["init"][..], &["doctor", "--fix"], &["example"], &["set", "B=1"], &["scan"]] {
            let mut command = Command::new("timeout");
            clean(&mut command, folder.path());
            command.args(["20", env!("CARGO_BIN_EXE_venvars"), "-C", "app"]).args(arguments);
            let output = command.current_dir(folder.path()).output().unwrap();
            let said = text(&output);
            assert!(matches!(output.status.code(), Some(0..=2)), "{arguments:?}: {} {said}", output.status);
            if arguments[0] == "init" {
                assert!(said.contains(".gitignore: ") && output.status.code() == Some(2), "{said}");
            }
        }
    }
}
