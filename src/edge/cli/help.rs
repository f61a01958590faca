//! The help: commands in groups, and examples for each.

use clap::builder::{StyledStr, Styles};
use clap::{Arg, Command, CommandFactory, Id};

use super::Arguments;

/// The heading of the options that go with every command.
pub(super) const GLOBAL: &str = "Global options";

/// The commands, as the help of `venvars` lists them.
const GROUPS: &[(&str, &[&str])] = &[
    ("Secrets", &["init", "set", "unset", "get", "list", "edit", "import"]),
    ("Environments", &["apply", "remove", "status", "run", "export"]),
    ("Project", &["check", "explain", "example", "schema", "heroku"]),
    ("Leaks", &["scan", "hook", "rotate", "compromised"]),
    ("Safety", &["doctor", "allow", "deny", "restore", "backups"]),
    ("Help and setup", &["completions", "man", "help"]),
];

/// Lines to paste, and what each does.
const EXAMPLES: &[(&str, &[(&str, &str)])] = &[
    ("init", &[("venvars init", "Create secrets.toml in this folder")]),
    (
        "set",
        &[
            ("venvars set SECRET_KEY", "Type the value, which is not shown"),
            ("venvars set SECRET_KEY --generate", "Generate a random value"),
            ("venvars set TLS_KEY < key.pem", "Read the value from a file"),
            ("venvars set PORT=5000", "Set a non-secret"),
            ("venvars --profile prod set PORT=80", "Set it in a profile"),
            ("venvars set", "Type every declared variable that has no value"),
        ],
    ),
    ("unset", &[("venvars unset OLD_KEY", "Remove a variable")]),
    (
        "get",
        &[
            ("venvars get SECRET_KEY", "Print the value"),
            ("venvars --profile prod get PORT", "Print the value in a profile"),
        ],
    ),
    (
        "list",
        &[
            ("venvars list", "List the variables, masked"),
            ("venvars list --reveal", "Show the values"),
            ("venvars list --json", "List them for a program"),
        ],
    ),
    (
        "edit",
        &[("venvars edit", "Edit secrets.toml"), ("EDITOR='code --wait' venvars edit", "Edit it in VS Code")],
    ),
    (
        "import",
        &[
            ("venvars import --dry-run", "Show what the project's .env would change"),
            ("venvars import", "Import the project's .env or secrets.py"),
            ("venvars import - --format json < vars.json", "Import JSON from a pipe or file"),
        ],
    ),
    (
        "restore",
        &[
            ("venvars restore --list", "List the backups"),
            ("venvars restore", "Restore the newest one"),
            ("venvars restore 2", "Restore the one before it"),
        ],
    ),
    ("backups", &[("venvars backups clear", "Delete all backups")]),
    ("backups clear", &[("venvars backups clear --yes", "Delete them without asking")]),
    (
        "allow",
        &[
            ("venvars allow", "Review what the project asks for, then agree or not"),
            ("venvars allow --yes", "Agree without asking, for scripts"),
        ],
    ),
    ("deny", &[("venvars deny", "Ask again before anything is run or accessed")]),
    (
        "apply",
        &[
            ("venvars apply", "Update every activate script"),
            ("venvars apply --dry-run", "Show which scripts would change"),
            ("venvars apply --shell fish,sh", "Only update the scripts of these shells"),
            ("venvars --profile prod apply", "Use the variables of a profile"),
        ],
    ),
    (
        "remove",
        &[
            ("venvars remove", "Undo `venvars apply`"),
            ("venvars remove --venv .venv", "Only in one virtual environment"),
        ],
    ),
    (
        "status",
        &[
            ("venvars status", "Show the state of every activate script"),
            ("venvars status || venvars apply", "Update them if one is out of date"),
        ],
    ),
    (
        "run",
        &[
            ("venvars run -- python app.py", "Run a program in the virtual environment"),
            ("venvars run --no-venv -- make deploy", "Only set the variables"),
            ("venvars --profile prod run -- python app.py", "Use the variables of a profile"),
        ],
    ),
    (
        "export",
        &[
            ("eval \"$(venvars export --format sh)\"", "Set the variables in this shell"),
            ("venvars export --format json | python -m json.tool", "Hand them to another program"),
        ],
    ),
    (
        "check",
        &[
            ("venvars check", "List what is missing or not valid"),
            ("venvars --profile prod check", "Check a profile"),
        ],
    ),
    ("explain", &[("venvars explain SECRET_KEY", "Show where the value comes from")]),
    (
        "example",
        &[("venvars example", "Write secrets.example.toml"), ("venvars example --stdout", "Print it")],
    ),
    ("schema", &[("venvars schema secrets > secrets.schema.json", "Save the schema of secrets.toml")]),
    (
        "scan",
        &[
            ("venvars scan", "Scan the files of the project"),
            ("venvars scan --history", "Scan everything that was ever committed"),
            ("venvars scan main..HEAD", "Scan the commits of a branch"),
            ("venvars scan --stdin < build.log", "Scan a log"),
            ("venvars scan --sarif > venvars.sarif", "Write a report for GitHub"),
        ],
    ),
    (
        "rotate",
        &[
            ("venvars rotate SECRET_KEY --generate", "Replace it with a random value"),
            ("venvars rotate API_KEY", "Type the new value"),
            ("venvars rotate --all-compromised --generate", "Replace all compromised values"),
        ],
    ),
    (
        "compromised",
        &[
            ("venvars compromised API_KEY --reason 'sent by mail'", "Record a leak"),
            ("venvars compromised", "List the records"),
            ("venvars compromised API_KEY --forget", "Delete the record"),
        ],
    ),
    ("hook", &[("venvars hook install", "Scan before each commit and push from now on")]),
    ("hook install", &[("venvars hook install", "Install the hooks in this repository")]),
    ("hook remove", &[("venvars hook remove", "Remove venvars from the hooks")]),
    ("hook run", &[("venvars hook run pre-commit", "Scan what would be committed now")]),
    (
        "doctor",
        &[("venvars doctor", "List the problems"), ("venvars doctor --fix", "Fix what is safe to fix")],
    ),
    ("heroku", &[("venvars heroku diff --app shop", "Compare with the app `shop`")]),
    ("heroku diff", &[("venvars heroku diff", "Compare with the app of the git remote")]),
    (
        "heroku push",
        &[
            ("venvars heroku push --dry-run", "Show what would be sent"),
            ("venvars --profile prod heroku push --app shop", "Send a profile to the app `shop`"),
        ],
    ),
    ("heroku pull", &[("venvars heroku pull --only API_KEY", "Fetch one variable")]),
    (
        "completions",
        &[
            ("venvars completions --install", "Install it for your shell"),
            ("venvars completions zsh --install", "Install it for zsh"),
            ("venvars completions bash", "Print the script for bash"),
        ],
    ),
    (
        "man",
        &[
            ("venvars man set | man -l -", "Read the page of `venvars set`"),
            ("venvars man --out ~/.local/share/man/man1", "Have `man venvars-set` find it"),
        ],
    ),
];

/// The command line, with its help.
pub fn command() -> Command {
    let command = Arguments::command();
    let styles = command.get_styles().clone();
    let template = overview(&command, &styles);
    let command = command.mut_arg("color", |color| color.help("When to use color").help_heading(GLOBAL));
    let command = command.help_template(template);
    command.mut_subcommands(|command| with_examples(command, "", &styles))
}

/// The help of `venvars` itself. clap knows no groups of commands.
fn overview(command: &Command, styles: &Styles) -> StyledStr {
    let mut text = "{about-with-newline}\n{usage-heading} {usage}\n\n".to_owned();
    for (heading, names) in GROUPS {
        let rows = names.iter().map(|name| {
            let about = command.find_subcommand(name).and_then(Command::get_about);
            // clap adds `help` later.
            let about = about.map_or_else(|| "Print help for a command".to_owned(), ToString::to_string);
            (format!("{name:<11}"), about)
        });
        text.push_str(&section(heading, rows, styles));
        text.push('\n');
    }
    let header = styles.get_header();
    text.push_str(&format!("{header}{GLOBAL}:{header:#}\n{{options}}\n\n"));
    let literal = styles.get_literal();
    let more = "venvars help COMMAND";
    text.push_str(&format!("Run `{literal}{more}{literal:#}` for the options and examples of a command."));
    text.into()
}

/// `command`, which is below the commands `above`, and all below it with their examples.
fn with_examples(mut command: Command, above: &str, styles: &Styles) -> Command {
    let name = format!("{above}{}", command.get_name());
    let mut after = String::new();
    let explained: Vec<_> = command.get_arguments().filter_map(explained).collect();
    for (_, word, values) in &explained {
        after.push_str(&section(&format!("Values of {word}"), values.iter().cloned(), styles));
        after.push('\n');
    }
    // `mut_arg` would put it behind the others.
    command = command.mut_args(|argument| {
        let is_explained = explained.iter().any(|(id, ..)| id == argument.get_id());
        if is_explained { argument.hide_possible_values(true) } else { argument }
    });
    after.push_str(&section("Examples", examples(&name).iter().copied(), styles));
    command = command.after_help(StyledStr::from(after)).disable_help_subcommand(true);
    // With a long text about it, clap would give each option of `--help` three lines.
    let long = command.get_long_about().map(ToString::to_string);
    if let Some((_, details)) = long.as_deref().and_then(|text| text.split_once("\n\n")) {
        let template = "{about-with-newline}\n{before-help}{usage-heading} {usage}\n\n{all-args}{after-help}";
        command = command.before_help(details.to_owned()).help_template(template).long_about(None);
    }
    command.mut_subcommands(|command| with_examples(command, &format!("{name} "), styles))
}

/// `argument` and the word for its value, if its values are explained, and what each is.
fn explained(argument: &Arg) -> Option<(Id, String, Vec<(String, String)>)> {
    let word = argument.get_value_names()?.first()?.to_string();
    let values = argument.get_possible_values().into_iter().filter(|value| !value.is_hide_set());
    let explained = values.map(|value| Some((value.get_name().to_owned(), value.get_help()?.to_string())));
    let explained: Vec<_> = explained.collect::<Option<_>>()?;
    (!explained.is_empty()).then(|| (argument.get_id().clone(), word, explained))
}

/// The examples of the command called `name`, with all commands that it is below.
pub fn examples(name: &str) -> &'static [(&'static str, &'static str)] {
    EXAMPLES.iter().find(|(of, _)| *of == name).map_or(&[], |(_, examples)| examples)
}

/// Rows of two columns below a heading.
fn section<L: AsRef<str>, R: AsRef<str>>(
    heading: &str,
    rows: impl IntoIterator<Item = (L, R)>,
    styles: &Styles,
) -> String {
    let (header, literal) = (styles.get_header(), styles.get_literal());
    let rows: Vec<_> = rows.into_iter().collect();
    let width = rows.iter().map(|(left, _)| left.as_ref().len()).max().unwrap_or_default();
    let rows = rows.iter().map(|(left, right)| {
        format!("  {literal}{:<width$}{literal:#}  {}\n", left.as_ref(), right.as_ref())
    });
    format!("{header}{heading}:{header:#}\n{}", rows.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_in_one_group_and_has_examples() {
        let mut command = command();
        command.build();
        let visible = |command: &Command| -> Vec<String> {
            let visible = command.get_subcommands().filter(|command| !command.is_hide_set());
            visible.map(|command| command.get_name().to_owned()).collect()
        };
        let mut grouped: Vec<_> = GROUPS.iter().flat_map(|(_, names)| *names).collect();
        let mut expected = visible(&command);
        grouped.sort();
        expected.sort();
        assert_eq!(grouped, expected.iter().collect::<Vec<_>>());

        let mut paths = Vec::new();
        for name in expected.iter().filter(|name| *name != "help") {
            paths.push(name.clone());
            let below = visible(command.find_subcommand(name).unwrap());
            paths
                .extend(below.iter().filter(|below| *below != "help").map(|below| format!("{name} {below}")));
        }
        let mut shown: Vec<_> = EXAMPLES.iter().map(|(path, _)| (*path).to_owned()).collect();
        paths.sort();
        shown.sort();
        assert_eq!(shown, paths);
    }

    #[test]
    fn the_overview_fits_on_a_terminal() {
        let help = command().render_help().to_string();
        // clap wraps the options to the terminal's width, and only them.
        let commands = help.split(GLOBAL).next().unwrap();
        let long: Vec<_> = commands.lines().filter(|line| line.chars().count() > 80).collect();
        assert!(long.is_empty(), "{long:?}");
    }
}
