//! Every command that the README and the pages of docs/ show is run: each page by a new user in a new folder, its
//! blocks in their order. A block marked `sh` is run; one with a title is written to the file of that name. One marked
//! `shell` needs what a test has not (Heroku, a registry) and is not run.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, iter};

use libtest_mimic::{Failed, Trial};
use regex::Regex;

mod hidden;

use hidden::{Hidden, NONE, hidden};

use crate::support::{self, cache, clean, private, succeed, venvars};

pub fn trials() -> Vec<Trial> {
    let mut trials = trials![
        the_readme_is_short,
        the_blocks_are_marked,
        the_commands_in_the_text_exist,
        no_block_writes_a_file_by_itself,
        what_a_reader_has_is_not_harmed,
        the_two_commands_of_the_set_up_are_there,
        the_files_that_it_points_to_are_there,
        what_builds_it_takes_the_locked_dependencies,
        a_tool_whose_python_is_gone_is_made_anew,
        the_registries_are_named_when_the_release_says_so
    ];
    trials.extend(pages().into_iter().map(|page| {
        let hidden = hidden(&page.name);
        let missing = hidden.tools.iter().find(|tool| !cache().join(tool).exists()).map(ToString::to_string);
        support::trial(format!("commands of {}", page.name), missing, move || page.run(hidden))
    }));
    let mkdocs = cache().join("mkdocs/bin/mkdocs");
    let missing = (!mkdocs.exists()).then(|| "mkdocs".to_owned());
    trials.push(support::trial("the_site_is_built".to_owned(), missing, move || the_site_is_built(&mkdocs)));
    if support::whole() {
        trials.extend(trials![the_demo_shows_what_it_should]);
    }
    trials
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A page of Markdown.
struct Page {
    name: String,
    text: String,
}

/// A fenced block.
struct Block<'a> {
    language: &'a str,
    title: Option<&'a str>,
    text: &'a str,
}

/// The README and the pages of docs/.
fn pages() -> Vec<Page> {
    let mut files: Vec<PathBuf> = fs::read_dir(root().join("docs"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    files.push(root().join("README.md"));
    files.sort();
    let page = |file: PathBuf| Page {
        name: file.strip_prefix(root()).unwrap().to_str().unwrap().to_owned(),
        text: fs::read_to_string(file).unwrap(),
    };
    files.into_iter().map(page).collect()
}

fn readme() -> Page {
    pages().into_iter().find(|page| page.name == "README.md").unwrap()
}

impl Page {
    /// The text before, between and after the marks of `scripts/install-lines`.
    fn at_marks(&self) -> (&str, &str, &str) {
        let (before, rest) = self.text.split_once("<!-- install-lines").unwrap_or((&self.text, ""));
        let (between, after) = rest.split_once("<!-- /install-lines -->").unwrap_or(("", rest));
        (before, between, after)
    }

    fn blocks(&self) -> Vec<Block<'_>> {
        let mut blocks = Vec::new();
        let mut rest = self.text.as_str();
        while let Some((_, begin)) = rest.split_once("```") {
            let (info, body) = begin.split_once('\n').unwrap();
            let (text, after) = body.split_once("```").unwrap();
            let (language, title) = info.split_once(" title=\"").unwrap_or((info, ""));
            let title = title.strip_suffix('"');
            blocks.push(Block { language: language.trim(), title, text });
            rest = after;
        }
        blocks
    }

    /// Does what a reader does, in a new folder.
    fn run(&self, hidden: Hidden) -> Result<(), Failed> {
        let folder = tempfile::tempdir()?;
        // Elsewhere: they may hold what a scan of the project would find.
        let files = tempfile::tempdir()?;
        // Whoever pastes the commands may have them.
        let own = [".env", "app.env"].map(|name| folder.path().join(name));
        for file in &own {
            fs::write(file, "MINE=hunter2-of-mine\n")?;
        }
        let mut script = format!("set -e\n{}\n", hidden.before);
        for (number, block) in self.blocks().into_iter().enumerate() {
            if let Some(title) = block.title {
                let file = files.path().join(number.to_string());
                fs::write(&file, block.text)?;
                private(&file);
                script += &format!("cp '{}' '{title}'\n", file.display());
            } else if block.language == "sh" {
                script += block.text;
            }
        }
        let file = files.path().join("commands.sh");
        fs::write(&file, script + hidden.after + "\n")?;
        let program = Path::new(env!("CARGO_BIN_EXE_venvars")).parent().unwrap();
        let path = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths(iter::once(program.to_owned()).chain(env::split_paths(&path)))?;
        let mut command = Command::new("bash");
        clean(&mut command, folder.path());
        command.arg(&file).current_dir(folder.path()).env("PATH", path);
        command.env("CACHE", cache()).env("WEB", cache().join("web"));
        let output = succeed(&mut command)?;
        let said =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        for what in hidden.says {
            if !said.contains(what) {
                return Err(format!("{what:?} was not said\n{said}").into());
            }
        }
        for file in own {
            if fs::read(&file)? != b"MINE=hunter2-of-mine\n" {
                return Err(format!("the reader's {} was changed\n{said}", file.display()).into());
            }
        }
        Ok(())
    }
}

fn the_readme_is_short() {
    let words = readme().text.split_whitespace().count();
    assert!(words <= 1000, "{words}");
}

/// A block is run, written, or one of the few that cannot be.
fn the_blocks_are_marked() {
    let (mut run, mut passed) = (0, 0);
    for page in pages() {
        for block in page.blocks() {
            match (block.language, block.title) {
                (_, Some(_)) => {}
                ("sh", None) => run += 1,
                // How to install a release is shown once there is one.
                ("shell", None) if page.at_marks().1.contains(block.text) => {}
                ("shell", None) => passed += 1,
                ("text" | "toml" | "python" | "yaml" | "json" | "fish" | "powershell", None) => {}
                ("", None) if page.name == "README.md" && block.text.starts_with("bash scripts/") => {}
                (language, None) => panic!("{}: {language:?}: {}", page.name, block.text),
            }
        }
    }
    assert!(passed * 4 <= run, "{passed} of {run}");
}

/// A reader may have a file of that name: only venvars, which looks first, and blocks with a title write files.
fn no_block_writes_a_file_by_itself() {
    let writes = Regex::new(r"(?m)[^<]>\s*[\w.~$/]|(^|[;&|]\s*)(rm|mv|cp|tee)\s").unwrap();
    for page in pages() {
        for block in page.blocks().iter().filter(|block| matches!(block.language, "sh" | "shell")) {
            assert!(!writes.is_match(block.text), "{}: {}", page.name, block.text);
        }
    }
}

/// What stands in a sentence, a table or a block that is not run: such commands are there, with such options.
fn the_commands_in_the_text_exist() {
    let folder = tempfile::tempdir().unwrap();
    let mut found = 0;
    for page in pages() {
        let in_text =
            page.text.split('`').filter(|span| span.starts_with("venvars ") && !span.contains('\n'));
        let not_run = page.blocks().into_iter().filter(|block| block.language == "shell");
        let lines = not_run.flat_map(|block| block.text.lines());
        for line in in_text.chain(lines.filter(|line| line.starts_with("venvars "))) {
            let words: Vec<_> = line.split_whitespace().skip(1).take_while(|word| *word != "--").collect();
            let is_command = |word: &&&str| word.chars().all(|c| c.is_ascii_lowercase());
            let depth = if matches!(words[0], "hook" | "heroku" | "backups") { 2 } else { 1 };
            let command: Vec<_> = words.iter().filter(is_command).take(depth).collect();
            let help = succeed(venvars(folder.path()).args(command).arg("--help"));
            let help =
                String::from_utf8(help.unwrap_or_else(|_| panic!("{}: {line}", page.name)).stdout).unwrap();
            for option in words.iter().filter(|word| word.starts_with("--")) {
                let option = option.split('=').next().unwrap();
                assert!(help.contains(option), "{}: {line}: {option}", page.name);
            }
            found += 1;
        }
    }
    assert!(found > 50, "{found}");
}

/// Somebody with a project of their own pastes the README.
fn what_a_reader_has_is_not_harmed() {
    let hidden = Hidden {
        before: "
            python3 -m venv --without-pip .venv
            touch .venv/mine
            printf 'OTHER = \"hunter2\"\\nSECRET_KEY = \"hunter3\"\\n' >secrets.toml
            chmod 600 secrets.toml",
        after: "
            [ -e .venv/mine ]
            [ \"$(venvars get OTHER)\" = hunter2 ]
            venvars restore
            [ \"$(venvars get SECRET_KEY)\" = hunter3 ]",
        ..NONE
    };
    readme().run(hidden).unwrap();
}

/// Nobody who builds it gets a dependency that was never tried.
fn what_builds_it_takes_the_locked_dependencies() {
    let mut found = 0;
    for folder in ["scripts", ".ci", ".github/workflows", "docs", "README.md"] {
        let place = root().join(folder);
        let files: Vec<_> = match fs::read_dir(&place) {
            Ok(entries) => entries.map(|entry| entry.unwrap().path()).collect(),
            Err(_) => vec![place],
        };
        for file in files {
            let text = fs::read_to_string(&file).unwrap();
            for line in text.lines().filter(|line| !line.starts_with('#') && !line.contains("echo ")) {
                for verb in ["install", "build", "test", "clippy", "doc", "run", "bench", "deny"] {
                    for (at, begin) in line.match_indices(&format!("cargo {verb} ")) {
                        found += 1;
                        let rest = &line[at + begin.len()..];
                        assert!(rest.contains("--locked"), "{}: {line}", file.display());
                    }
                }
            }
        }
    }
    assert!(found >= 10, "{found}");
    // The release is at a random address: static-pie, which is what Rust makes unless it is told not to.
    assert!(!fs::read_to_string(root().join("scripts/release")).unwrap().contains("relocation-model"));
}

/// The cache of the tools may be older than the Python that their venvs link to.
fn a_tool_whose_python_is_gone_is_made_anew() {
    const TRY: &str =
        ". scripts/tools; pip_install() { touch \"$VENVARS_TEST_CACHE/made\"; }; python_tool tool x";
    let cache = tempfile::tempdir().unwrap();
    let (bin, made) = (cache.path().join("tool/bin"), cache.path().join("made"));
    fs::create_dir_all(&bin).unwrap();
    fs::write(cache.path().join("tool/complete"), "").unwrap();
    for (python, is_made) in [(which::which("true").unwrap(), false), ("/nowhere/python3".into(), true)] {
        let _ = fs::remove_file(bin.join("python"));
        std::os::unix::fs::symlink(python, bin.join("python")).unwrap();
        let mut command = Command::new("bash");
        command.args(["-c", TRY]).env("VENVARS_TEST_CACHE", cache.path()).current_dir(root());
        succeed(&mut command).unwrap();
        assert_eq!(made.exists(), is_made);
    }
}

/// A name in a registry that is not ours yet is never shown: only `scripts/install-lines` writes it, between its marks.
fn the_registries_are_named_when_the_release_says_so() {
    let names_a_registry = |text: &str| {
        ["pip install", "tool install", "pipx install", "install --locked"]
            .iter()
            .any(|verb| text.contains(&format!("{verb} venvars")))
    };
    for page in pages() {
        let (before, _, after) = page.at_marks();
        assert!(!names_a_registry(before) && !names_a_registry(after), "{}", page.name);
    }
    let copy = tempfile::tempdir().unwrap();
    let script = |name: &str| {
        let mut command = Command::new("python3");
        command.arg(copy.path().join("scripts").join(name));
        command
    };
    let pages = ["README.md", "docs/getting-started.md"];
    let read = |name: &str| fs::read_to_string(copy.path().join(name)).unwrap();
    for name in ["CHANGELOG.md", "scripts/install-lines", "scripts/install-lines.md", "scripts/package"] {
        fs::create_dir_all(copy.path().join("scripts")).unwrap();
        fs::copy(root().join(name), copy.path().join(name)).unwrap();
    }
    fs::create_dir(copy.path().join("docs")).unwrap();
    for name in pages {
        fs::copy(root().join(name), copy.path().join(name)).unwrap();
    }
    let own = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let address = "repository = \"https://example.org/o/venvars\"\n";
    let tap = format!("{address}tap = \"o/homebrew-tap\"\n");
    // What is there already is what it writes, too.
    for cargo in [&own, "", address, &tap] {
        fs::write(copy.path().join("Cargo.toml"), cargo).unwrap();
        succeed(&mut script("install-lines")).unwrap();
        for name in pages {
            let text = read(name);
            let here = fs::read_to_string(root().join(name)).unwrap();
            assert!(
                names_a_registry(&text) && !text.contains("@ADDRESS@") && !text.contains("@TAP@"),
                "{text}"
            );
            assert!(text.contains("cargo install --locked --path ."), "{text}");
            if cargo == own {
                assert!(!names_a_registry(&here) || here == text, "run scripts/install-lines");
                continue;
            }
            let download = "https://example.org/o/venvars/releases/latest/download/install.sh";
            assert_eq!(text.contains(download), !cargo.is_empty(), "{text}");
            assert_eq!(text.contains("brew install o/tap/venvars"), cargo == tap, "{text}");
        }
        let said = script("package").args(["check", "v0"]).output().unwrap().stderr;
        let said = String::from_utf8_lossy(&said);
        assert!(said.contains("the tag is v0") && !said.contains("registries"), "{said}");
    }
}

fn the_two_commands_of_the_set_up_are_there() {
    let readme = readme();
    let scripts: Vec<_> = readme
        .blocks()
        .into_iter()
        .filter_map(|block| block.text.trim().strip_prefix("bash "))
        .map(|script| root().join(script).exists())
        .collect();
    assert_eq!(scripts, [true, true]);
}

/// The site of docs/, with all that the program itself prints. Strict: every link and anchor leads somewhere.
fn the_site_is_built(mkdocs: &Path) -> Result<(), Failed> {
    let site = tempfile::tempdir()?;
    let mut command = Command::new(mkdocs);
    clean(&mut command, site.path());
    command.args(["build", "--strict", "--site-dir"]).arg(site.path().join("site"));
    command.env("VENVARS", env!("CARGO_BIN_EXE_venvars")).env("NO_MKDOCS_2_WARNING", "1").current_dir(root());
    succeed(&mut command)?;
    let commands = fs::read_to_string(site.path().join("site/commands/index.html"))?;
    for heading in ["venvars set", "venvars hook install", "venvars heroku push"] {
        if !commands.contains(&format!(">{heading}<")) {
            return Err(format!("{heading} is not in the reference").into());
        }
    }
    Ok(())
}

/// The demo installs Flask and goes through every shell: the first of the two commands.
fn the_demo_shows_what_it_should() {
    let mut command = Command::new("bash");
    let output = command
        .arg("scripts/demo")
        .env("VENVARS_DEMO", env!("CARGO_BIN_EXE_venvars"))
        .current_dir(root())
        .output()
        .unwrap();
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("demo: all as it should be"), "{said}");
}

fn the_files_that_it_points_to_are_there() {
    let readme = readme();
    let links = readme.text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    for (link, _) in links {
        let file = link.split_once('#').map_or(link, |(file, _)| file);
        assert!(root().join(file).exists(), "{link}");
    }
}
