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

/// A name in a registry that is not ours yet is never shown; `scripts/install-lines` shows it.
fn the_registries_are_named_when_the_release_says_so() {
    let names_a_registry = |text: &str| {
        ["pip install", "tool install", "pipx install", "install --locked"]
            .iter()
            .any(|verb| text.contains(&format!("{verb} venvars")))
    };
    for page in pages() {
        assert!(!names_a_registry(&page.text), "{}", page.name);
    }
    let copy = tempfile::tempdir().unwrap();
    let pages = ["README.md", "docs/getting-started.md"];
    for address in ["", "repository = \"https://example.org/o/venvars\"\n"] {
        for name in [pages[0], pages[1], "scripts/install-lines", "scripts/install-lines.md"] {
            let file = copy.path().join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::copy(root().join(name), file).unwrap();
        }
        fs::write(copy.path().join("Cargo.toml"), format!("[package]\n{address}")).unwrap();
        succeed(Command::new("python3").arg(copy.path().join("scripts/install-lines"))).unwrap();
        for name in pages {
            let text = fs::read_to_string(copy.path().join(name)).unwrap();
            assert!(names_a_registry(&text) && !text.contains("<!--") && !text.contains('@'), "{text}");
            assert!(text.contains("cargo install --locked --path ."), "{text}");
            let download = "https://example.org/o/venvars/releases/latest/download/install.sh";
            assert_eq!(text.contains(download), !address.is_empty(), "{text}");
        }
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
